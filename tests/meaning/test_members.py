from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.actions import Limits
from meaning import members
from tests.doubles.tables import rows

PATTERN = Limits(pattern="AA-999999")
CARD = Limits(pattern="9999-9999-9999-9999", check="mod10")

JA = """
エービー123456 = AB123456
AB123456 = AB123456
ab-123456です = AB123456
会員番号はエー、ビー、いちにさんよんごろくです = AB123456
エービーの12の34の56 = AB123456
シーディー012345 = CD012345
キューエーきゅうきゅうキューゼロゼロゼロ = QA999000
えーびーいちにーさんよんごーろく = AB123456
Ａ Ｂ １２３４５６ = AB123456
わかりません = -
ジーエイチ〇〇一二三四 = GH001234
AB12345 = AB12345
"""
EN = """
A B one two three four five six = AB123456
A as in Alpha, B as in Bravo, one two three four five six = AB123456
alpha bravo 123456 = AB123456
it's AB 12 34 56 = AB123456
my member number is a b one double two three four five = AB122345
see dee oh one two three four five = CD012345
A for apple B for banana twelve thirty four fifty six = AB123456
AB-123456 = AB123456
ab123456 = AB123456
queue a 9 9 9 0 0 0 = QA999000
I don't know = -
o o zero zero one two three four = OO001234
"""


@pytest.mark.parametrize(
    ("language", "text", "value"), [("ja", *row) for row in rows(JA)] + [("en", *row) for row in rows(EN)]
)
def test_letters_and_figures_are_understood_by_their_names(language: str, text: str, value: str | None) -> None:
    assert members.understood(text, language, PATTERN) == value


@pytest.mark.parametrize(
    ("language", "text", "pattern", "value"),
    [
        ("ja", "キューいちに", "A99", "Q12"), ("ja", "キューいちに", "999", "912"), ("en", "o one two", "A99", "O12"),
        ("en", "o one two", "999", "012"), ("ja", "ビー12", "", "B12"), ("en", "AB12", "", "AB12"),
        ("en", "members only", "", None), ("ja", "もう一つ", "", None), ("ja", "はい", "9999", None),
        ("en", "see you", "AA99", "CU"),
    ],
)  # fmt: skip
def test_the_pattern_tells_a_letter_from_a_figure(language: str, text: str, pattern: str, value: str | None) -> None:
    assert members.understood(text, language, Limits(pattern=pattern)) == value


def test_among_readings_that_fit_the_check_digit_chooses() -> None:
    assert members.understood("4111 1111 1111 1111", "en", CARD) == "4111111111111111"
    # Twelve-one is 121 said in two ways; only one of them has a right check digit.
    assert members.understood("forty two", "en", Limits(pattern="99", check="mod10")) == "42"
    assert members.understood("thirty four five", "en", Limits(pattern="9999", check="mod10")) == "3045"


def test_a_wrong_check_digit_is_for_the_rules_to_tell() -> None:
    assert members.understood("4111 1111 1111 1112", "en", CARD) == "4111111111111112"


@pytest.mark.parametrize("language", ["ja", "en"])
@given(value=st.from_regex(r"[A-Z]{2}[0-9]{6}", fullmatch=True))
def test_a_number_as_it_is_written_is_understood_as_it_is(language: str, value: str) -> None:
    assert members.understood(value, language, PATTERN) == value


@pytest.mark.parametrize("language", ["ja", "en"])
@given(
    text=st.text(max_size=80)
    | st.lists(st.sampled_from(["キュー", "オー", "ダブル", "9", "a", "thirty", "four", "double"])).map(" ".join),
    pattern=st.sampled_from(["", "AA-999999", "XXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXX"]),
)
def test_no_text_breaks_it(language: str, text: str, pattern: str) -> None:
    value = members.understood(text, language, Limits(pattern=pattern))
    assert value is None or (value.isalnum() and len(value) <= 32)
