from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from meaning.numerals import bare, figures


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("二十三日", "23日"), ("二〇二六年", "2026年"), ("にじゅうさんにち", "23日"), ("くがつついたち", "9月1日"),
        ("一万二千円", "12000円"), ("1.5万円", "15000円"), ("三億五千万", "350000000"),
        ("はっせんろっぴゃくえん", "8600円"),
        ("十 一 月 三 日", "11月3日"), ("さんにんで", "3人で"), ("みっかご", "3日ご"), ("あしたのごご", "明日の午後"),
        ("百二千", "百2千"),
    ],
)  # fmt: skip
def test_japanese_numbers_become_figures(text: str, written: str) -> None:
    assert figures(text, "ja") == written


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("the twenty-third of November", "the 23rd of november"), ("nineteen eighty five", "19 85"),
        ("twelve thousand five hundred yen", "12500 yen"), ("two thousand and six", "2006"),
        ("one point five million", "1500000"), ("a hundred and twenty", "120"), ("two oh five", "2 oh 5"),
        ("two hundred and third", "203rd"), ("the thirty-first", "the 31st"), ("3rd", "3rd"),
        ("a man and a dog", "a man and a dog"),
    ],
)  # fmt: skip
def test_english_numbers_become_figures_and_those_side_by_side_stay_apart(text: str, written: str) -> None:
    assert figures(text, "en") == written


def test_numbers_spelt_by_sound_are_left_alone_where_they_may_be_none() -> None:
    assert figures("にじのはなし", "ja", kana=False) == "にじのはなし"


def test_a_bare_number_has_nothing_else_of_weight_around_it() -> None:
    assert bare("三千です", "ja") == "3000"
    assert bare("just five, please", "en") == "5"
    assert bare("0012", "ja") == "0012"
    assert bare("三千の件", "ja") is None
    assert bare("fifteen fifty", "en") is None


@pytest.mark.parametrize("language", ["ja", "en"])
@given(text=st.text(max_size=120), kana=st.booleans())
def test_no_text_breaks_it(language: str, text: str, kana: bool) -> None:
    figures(text, language, kana=kana)
    assert (bare(text, language) or "0").isdecimal()
