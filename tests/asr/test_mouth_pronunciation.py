from __future__ import annotations

import re

import pyopenjtalk
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from asr.pronunciation import english, groups, japanese, parts

READINGS = {
    "0": "(?:ゼロ|マル)", "1": "イチ", "2": "ニー?", "3": "サン", "4": "ヨン", "5": "ゴー?",
    "6": "ロク", "7": "ナナ", "8": "ハチ", "9": "キュー",
}  # fmt: skip


def read(text: str) -> str:
    return str(pyopenjtalk.g2p(japanese(text), kana=True))


@settings(max_examples=80, deadline=None)
@given(st.text(alphabet="0123456789", min_size=4, max_size=16))
def test_every_digit_string_of_four_or_more_is_read_digit_by_digit(digits: str) -> None:
    spelt = "".join(f"{READINGS[digit]}[−、]?" for digit in digits)
    assert re.search(spelt, read(f"番号は、{digits}です。")), read(f"番号は、{digits}です。")


@pytest.mark.parametrize(
    ("text", "reading"),
    [
        ("090-1234-5678", "ゼロキューゼロ−イチニーサンヨン−ゴーロクナナハチ"),
        ("０３（１２３４）５６７８", "ゼロサン−イチニーサンヨン−ゴーロクナナハチ"),
        ("会員番号は0012です", "カイインバンゴーワゼロゼロ−イチニーデス"),
        ("12,345円です", "イチマンニセンサンビャクヨンジューゴエンデス"),
        ("2025年4月1日です", "ニセンニジューゴネンシガツツイタチデス"),
        ("受付は9:00〜17:30です", "ウケツケワクジカラジューシチジサンジュップンデス"),
        ("10-18時", "ジューカラジューハチジ"),
        ("8桁の番号", "ハチケタノバンゴー"),
        ("1を押してください", "イチヲオシテクダサイ"),
        ("#を押してください", "シャープヲオシテクダサイ"),
        ("間違えたときは、米印でやり直せます", "マチガエタトキワ、コメジルシデヤリナオセマス"),
        ("もう一度お聞きになる方は9", "モーイチドオキキニナルカタワキュー"),
    ],
)
def test_numbers_and_signs_are_read_as_a_caller_expects(text: str, reading: str) -> None:
    assert read(text) == reading


def test_a_domain_is_read_with_its_dots() -> None:
    assert japanese("https://denwaban.example.jp を開いて").count("ドット") == 2


def test_a_hidden_number_is_not_read_as_stars() -> None:
    assert "こめじるし" not in japanese("090-****-5678")
    assert read("090-****-5678").endswith("ゴーロク−ナナハチ")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Your code is 472905.", "Your code is 4 7 2, 9 0 5."),
        ("Call 090-1234-5678", "Call 0 9 0, 1 2 3 4, 5 6 7 8"),
        ("12345 yen", "12345 yen"),
        ("$12345", "$12345"),
        ("in 2025", "in 2025"),
        ("press #", "press pound"),
        ("extension 0012", "extension 0 0, 1 2"),
        ("open denwaban.example/a", "open denwaban dot example slash a"),
    ],
)
def test_english_digits_are_said_one_by_one_and_amounts_are_not(text: str, said: str) -> None:
    assert english(text) == said


def test_an_english_sentence_within_japanese_is_for_the_english_voice() -> None:
    assert parts("9を押してください。For English, press 8.", "ja") == [
        ("ja", "9を押してください。"),
        ("en", "For English, press 8."),
    ]
    assert parts("PDFをEnglishで", "ja") == [("ja", "PDFをEnglishで")]
    assert parts("For English, press 8.", "en") == [("en", "For English, press 8.")]


@given(st.text(alphabet="0123456789", max_size=40))
def test_groups_lose_nothing_and_are_short_enough_to_write_down(digits: str) -> None:
    assert "".join(groups(digits)) == digits
    assert all(1 <= len(group) <= 4 for group in groups(digits))


@given(st.text(max_size=120))
def test_no_text_breaks_it(text: str) -> None:
    for language in ("ja", "en"):
        said = {"ja": japanese, "en": english}[language](text)
        assert not any(ord(sign) < 32 for sign in said)
        assert parts(text, language)
