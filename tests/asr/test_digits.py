from __future__ import annotations

import pytest

from asr import digits


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("ぜろさんの いちにい", "0312"),
        ("ゼロ、キュウ、ゼロ", "090"),
        ("よんごー ろくなな", "4567"),
        ("しちはちく", "789"),
        ("０３－１２３４", "031234"),
        ("三四五", "345"),
        ("住所変更", ""),
        ("", ""),
    ],
)
def test_japanese_digits_are_read(text: str, wanted: str):
    assert digits.read(text, "ja") == wanted


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("oh double five, four", "0554"),
        ("Zero-one triple nine", "01999"),
        ("4155 550 132", "4155550132"),
        ("operator please", ""),
        ("tone", ""),
    ],
)
def test_english_digits_are_read(text: str, wanted: str):
    assert digits.read(text, "en") == wanted


def test_a_language_without_words_still_has_its_figures():
    assert digits.read("a1 b２", "xx") == "12"


@pytest.mark.parametrize("language", ["ja", "en", "ko"])
def test_every_digit_has_a_word_and_is_read_back_from_it(language: str):
    for digit in "0123456789":
        assert digits.read(digits.spoken(digit, language), language) == digit
