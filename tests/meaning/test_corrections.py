"""Tables of what people say when they take an answer back, and of what only sounds like it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from meaning.corrections import split
from meaning.errors import UnknownLanguage

TAKEN_BACK = {
    "ja": (
        ("いや、そうじゃなくて、火曜日です", "火曜日です"),
        ("違います、紛失です", "紛失です"),
        ("違います紛失です", "紛失です"),
        ("間違えました", ""),
        ("すみません、間違えました", ""),
        ("間違えました、火曜です", "火曜です"),
        ("あ、すみません、違いました", ""),
        ("そうじゃなくて", ""),
        ("いや、月曜じゃなくて火曜です", "火曜です"),
        ("いえ違います、そうじゃなくて住所変更です", "住所変更です"),
        ("それは違います", ""),
        ("違う、2番", "2番"),
        ("違うよ", ""),
        ("訂正します、15日です", "15日です"),
        ("訂正をお願いします", ""),
        ("さっきの答えを変えたいです", ""),
        ("今のは間違いです", ""),
        ("やっぱり水曜日でお願いします", "水曜日でお願いします"),
        ("言い間違えました。03です", "03です"),
        ("えっと、違うんです、090なんです", "090なんです"),
        ("さっきの番号は間違いでした", ""),
        ("ちょっと待って、そうではなくて解約です", "解約です"),
        ("今のはなしでお願いします", ""),
    ),
    "en": (
        ("no, I meant Tuesday", "tuesday"),
        ("no I meant Tuesday", "tuesday"),
        ("No, that's wrong", ""),
        ("that's not what I said, it's 15", "it's 15"),
        ("sorry, I made a mistake", ""),
        ("I made a mistake, it's Tuesday", "it's tuesday"),
        ("wait, make it Tuesday", "tuesday"),
        ("actually, change that to five", "five"),
        ("no, I said Tuesday", "tuesday"),
        ("no, not Monday, Tuesday", "tuesday"),
        ("scratch that, the second one", "the second one"),
        ("correction, 0 3", "0 3"),
        ("oh sorry I mean the fifteenth", "the fifteenth"),
        ("that should be nine", "nine"),
        ("my mistake", ""),
        ("change my answer", ""),
        ("not that one", ""),
        ("um no, that is wrong, lost card", "lost card"),
    ),
}
NO_CORRECTION = {
    "ja": (
        "違う商品が届きました|カードじゃなくて通帳をなくしました|間違えて注文しました|いいえ|いや|いや、わかりません|やっぱり届いていません|振込先を間違えました|はい|"
        "住所が違うので直したい|名前の漢字が間違っています|思っていたのと違うので返したい|色が違いました|すみません|そうです|電話番号を間違えて登録しました|それを変えたい"
    ),
    "en": (
        "I'd like to change my last answer|no|no thank you|I made a mistake on my order|"
        "the amount is wrong|I said I lost my card|not today|I don't know|"
        "the color is not what I ordered|sorry|my bill is wrong|I ordered the wrong one|no idea|"
        "can you make it cheaper"
    ),
}


@pytest.mark.parametrize(
    ("language", "text", "meant"), [(lang, *case) for lang, cases in TAKEN_BACK.items() for case in cases]
)
def test_an_answer_is_taken_back_and_what_was_meant_is_what_comes_after(language: str, text: str, meant: str) -> None:
    assert split(text, language) == meant


@pytest.mark.parametrize(
    ("language", "text"), [(language, text) for language, texts in NO_CORRECTION.items() for text in texts.split("|")]
)
def test_a_matter_or_a_mere_no_takes_nothing_back(language: str, text: str) -> None:
    assert split(text, language) is None


@pytest.mark.parametrize("language", ["ja", "en"])
@given(text=st.text(max_size=300))
def test_no_text_breaks_it_and_nothing_is_added_to_what_was_said(language: str, text: str) -> None:
    meant = split(text, language)
    assert meant is None or len(meant) <= 120


def test_an_unknown_language_is_refused() -> None:
    with pytest.raises(UnknownLanguage):
        split("no, I meant Tuesday", "tlh")
