import re
from datetime import datetime
from pathlib import Path
from typing import get_args

import pytest

import ivr
from ivr import slots
from ivr.expand import SCALE
from ivr.phrases import catalogue, grouped, is_mobile, languages, moment, phrase, spaced
from ivr.texts import fill, open_names

MINUTES = datetime(2026, 11, 25, 13, 30)


def test_every_phrase_is_there_in_japanese_and_english_with_the_same_names():
    assert languages() == {"ja", "en"}
    for name, words in catalogue().items():
        assert words.keys() == {"ja", "en"}, name
        if not name.startswith("word_"):
            assert open_names(words["ja"]) == open_names(words["en"]), name


def test_every_phrase_is_said_somewhere():
    source = "".join(p.read_text("utf-8") for p in Path(ivr.__file__).parent.glob("*.py"))
    whys = (*get_args(slots.Why), "silence", "unclear", "no_such_key", "no_area")
    made = {f"{why}_{n}" for why in whys for n in (1, 2)} | {f"scale_{grade}" for grade in SCALE}
    for name in catalogue():
        said = f'"{name}"' in source or f'"{name.removeprefix("word_")}"' in source
        assert said or name in made or name in ("yes", "no"), name


def test_a_value_that_looks_like_a_name_is_not_filled_in_again():
    assert fill("{a} {b}", {"a": "{b}", "b": "x"}) == "{b} x"


@pytest.mark.parametrize(
    ("number", "mobile"),
    [
        ("09012345678", True),
        ("06012345678", True),
        ("05012345678", False),
        ("0312345678", False),
        ("0901234567", False),
        ("０9012345678", False),
        ("", False),
    ],
)
def test_mobile_numbers_are_told_by_their_prefix(number, mobile):
    assert is_mobile(number) is mobile


def test_numbers_are_grouped_for_the_eye_and_codes_spaced_for_the_ear():
    assert grouped("09012345678") == "090-1234-5678"
    assert grouped("12345678") == "12345678"
    assert spaced("4719", "ja") == "4、7、1、9"
    assert spaced("4719", "en") == "4, 7, 1, 9"


@pytest.mark.parametrize(
    ("now", "ja", "en"),
    [
        (datetime(2026, 11, 25, 8), "本日の午後1時30分", "1:30 p.m. today"),
        (datetime(2026, 11, 24, 23), "明日の午後1時30分", "1:30 p.m. tomorrow"),
        (datetime(2026, 11, 20, 8), "11月25日、水曜日の午後1時30分", "1:30 p.m. on Wednesday, November 25"),
    ],
)
def test_a_time_to_come_is_said_as_people_say_it(now, ja, en):
    assert moment(MINUTES, now, "ja") == ja
    assert moment(MINUTES, now, "en") == en


def test_noon_and_midnight():
    noon = datetime(2026, 11, 25, 12)
    assert moment(noon, noon, "ja") == "本日の午後0時"
    assert moment(noon, noon, "en") == "12 p.m. today"


def test_japanese_phrases_are_short_sentences():
    for name, words in catalogue().items():
        for sentence in re.split(r"[。？]", words["ja"]):
            assert len(sentence) <= 60, (name, sentence)


def test_a_phrase_keeps_what_is_not_known():
    assert phrase("confirm_choice", "ja") == "{label}、でよろしいですか。"
