from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from meaning.normal import LONGEST, core, folded, kana, plain


def test_width_case_and_punctuation_do_not_matter() -> None:
    assert folded("ＡＢＣ、カード。", "ja") == folded("abc カード", "ja") == "abcカード"
    assert folded("It's MY card!", "en") == "its my card"


@pytest.mark.parametrize(
    "text", ["えっと、住所変更", "えーと住所変更", "あのー、住所変更", "うーんと、住所変更", "あの、住所変更"]
)
def test_japanese_fillers_are_dropped(text: str) -> None:
    assert folded(text, "ja") == "住所変更"


def test_words_that_only_look_like_fillers_stay() -> None:
    assert folded("なまえとじゅうしょ", "ja") == "なまえとじゅうしょ"
    assert folded("ええ", "ja") == "ええ"
    assert folded("uh-huh", "en") == "uhhuh"


def test_english_fillers_are_dropped() -> None:
    assert folded("um, I uh lost, er, my card", "en") == "i lost my card"


def test_digits_keep_their_leading_zeros() -> None:
    assert folded("番号は００１２", "ja").endswith("0012")


def test_politeness_is_no_matter_but_may_be_all_that_was_said() -> None:
    assert core("住所変更をお願いします", "ja") == core("住所変更", "ja")
    assert core("お願いします", "ja")


def test_a_reading_is_the_same_however_it_is_spelt() -> None:
    assert kana("住所変更") == kana("じゅうしょへんこう") == "ジューショヘンコー"


@given(st.text(max_size=500))
def test_of_any_text_only_words_remain_and_no_more_than_there_were_bounded(text: str) -> None:
    for language in ("ja", "en"):
        assert all(sign.isalnum() or sign in " ー々〇#*+" for sign in folded(text, language))
        assert len(core(text, language)) <= len(folded(text, language))
    assert len(plain(text)) <= 18 * LONGEST  # NFKC makes at most eighteen signs of one
    assert all("ァ" <= sign <= "ヴ" or sign == "ー" for sign in kana(text))
