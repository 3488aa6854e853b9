from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from meaning.digits import digits, spoken

JA = {
    "ぜろきゅうぜろいちにさんよんごろくななはち": "09012345678",
    "〇九〇の一二三四の五六七八です": "09012345678",
    "ゼロ三、一二三四、五六七八": "0312345678",
    "会員番号は１２３４５６７８です": "12345678",
    "えっと、090の、えー、1234の5678": "09012345678",
    "電話番号は090-1234-5678にお願いします": "09012345678",
    "レイサンのイチニーサンヨンのゴーロクナナハチ": "0312345678",
    "まるきゅうまる": "090",
    "しちしちはち": "778",
    "よんごろく": "456",
    "いちにさんし": "1234",
    "二十三": "23",
    "百二十": "120",
    "ゼロ百二十": "0120",
    "千二百": "1200",
    "じゅうに": "12",
    "きゅうじゅうきゅう": "99",
    "一人で1234": "1234",
    "に": "2",
    "さん": "3",
    "はい、00123456です": "00123456",
}
EN = {
    "oh nine oh one two three four five six seven eight": "09012345678",
    "zero nine zero, double one triple two": "09011222",
    "double oh seven": "007",
    "one eight hundred five five five oh one nine nine": "18005550199",
    "My number is 555-0199.": "5550199",
    "um nine, er, nine": "99",
    "to for to": "242",
    "ate": "8",
    "twenty one": "21",
    "nineteen eighty four": "1984",
    "two thousand twenty five": "2025",
    "five hundred and six": "506",
    "one dash two three": "123",
    "niner niner three": "993",
}
NUMBERLESS = {
    "ja": ["もしもし", "お願いします", "田中さんです", "はい", "わかりません", "", "。。。", "😀"],
    "en": ["I would like to talk", "oh no", "for my wife", "well", "", "to be or not to be"],
}
SPOKEN = {
    "ja": (
        "ぜろ れい まる ゼロ 〇|いち イチ 一|にー ニー 二|さん サン 三|よん ヨン 四|ごー ゴー 五|"
        "ろく ロク 六|なな しち 七|はち ハチ 八|きゅう キュー 九"
    ),
    "en": "zero oh nought|one|two|three|four|five|six|seven|eight|nine niner",
}


@pytest.mark.parametrize(("text", "expected"), JA.items())
def test_japanese_digits_are_heard_as_they_were_said(text: str, expected: str) -> None:
    assert digits(text, "ja") == expected


@pytest.mark.parametrize(("text", "expected"), EN.items())
def test_english_digits_are_heard_as_they_were_said(text: str, expected: str) -> None:
    assert digits(text, "en") == expected


@pytest.mark.parametrize(("language", "text"), [(lang, text) for lang, texts in NUMBERLESS.items() for text in texts])
def test_particles_and_fillers_are_no_digits(language: str, text: str) -> None:
    assert spoken(text, language) == ()


def test_the_wanted_length_decides_between_two_readings() -> None:
    assert digits("it's for one two three four", "en", least=4, most=4) == "1234"
    assert digits("four one two three four", "en", least=5, most=5) == "41234"


def test_too_few_and_too_many_digits_are_no_answer() -> None:
    assert digits("いちにさん", "ja", least=4, most=8) is None
    assert digits("one two three four", "en", least=1, most=3) is None


@pytest.mark.parametrize("language", ["ja", "en"])
@settings(max_examples=150, deadline=None)
@given(data=st.data())
def test_any_digit_string_said_in_words_comes_back_whole_with_its_leading_zeros(
    language: str, data: st.DataObject
) -> None:
    wanted = data.draw(st.text(alphabet="0123456789", min_size=2, max_size=12))
    ways = [row.split() for row in SPOKEN[language].split("|")]
    words = [data.draw(st.sampled_from(ways[int(digit)])) for digit in wanted]
    joints = {"ja": ["", "、", "の", " ", "ハイフン", "、えっと、"], "en": [" ", ", ", " dash ", " um "]}[language]
    text = words[0] + "".join(data.draw(st.sampled_from(joints)) + word for word in words[1:])
    assert spoken(text, language)[0] == wanted
    assert all(found.startswith("0") for found in spoken(text, language) if wanted.startswith("0"))


@pytest.mark.parametrize("language", ["ja", "en"])
@given(
    wanted=st.text(alphabet="0123456789", min_size=1, max_size=16), joint=st.sampled_from(["", "-", " ", "、", "ー"])
)
def test_figures_stay_as_they_were_written(language: str, wanted: str, joint: str) -> None:
    assert spoken(joint.join(wanted), language) == (wanted,)


@pytest.mark.parametrize("language", ["ja", "en"])
@settings(max_examples=200, deadline=None)
@given(text=st.text(max_size=80))
def test_no_text_breaks_it_and_only_digits_come_out(language: str, text: str) -> None:
    for found in spoken(text, language):
        assert found.removeprefix("+").isdecimal()
        assert found.removeprefix("+").isascii()
