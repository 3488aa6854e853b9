from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from meaning.english_numbers import figures
from meaning.vocabulary import vocabulary

ONES = ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven"]
ONES += ["twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"]
TENS = ["", "", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]


def spelt(number: int) -> str:
    """As the British and many others say it: two hundred and five thousand and one."""
    if number < 20:
        return ONES[number]
    if number < 100:
        return TENS[number // 10] + (f"-{ONES[number % 10]}" if number % 10 else "")
    for scale, name in ((10**9, "billion"), (10**6, "million"), (1000, "thousand"), (100, "hundred")):
        if number >= scale:
            rest = number % scale
            joint = " and " if 0 < rest < 100 else " "
            return f"{spelt(number // scale)} {name}" + (f"{joint}{spelt(rest)}" if rest else "")
    raise AssertionError


@given(st.integers(0, 10**12 - 1) | st.integers(0, 3000))
def test_every_number_in_words_is_the_one_in_figures(number: int) -> None:
    assert figures(spelt(number), vocabulary("en")) == str(number)
    assert figures(spelt(number).replace(" and ", " "), vocabulary("en")) == str(number)


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("a hundred", "100"), ("a thousand and one", "1001"), ("twelve hundred", "1200"),
        ("one point two five", "1.25"),
        ("2.5 million", "2500000"), ("three 4", "3 4"), ("five and six", "5 and 6"),
        ("hundred", "hundred"), ("a", "a"),
    ],
)  # fmt: skip
def test_what_is_no_single_number_stays_apart(text: str, written: str) -> None:
    assert figures(text, vocabulary("en")) == written
