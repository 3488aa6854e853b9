from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from asr.hearsay import collapse, was_said


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("住所変更 住所変更 住所変更 住所", "住所変更"),
        ("Hello there. Hello there. Hello there. Hel", "Hello there"),
        ("予約をお願いしますますますますますますます", "予約をお願いします"),
        ("住所変更したいのですが", "住所変更したいのですが"),
        ("1111", "1111"),
        ("12341234", "12341234"),
        ("はい はい", "はい はい"),
        ("", ""),
    ],
)
def test_a_loop_is_said_once_and_what_is_no_loop_stays(text: str, wanted: str):
    assert collapse(text) == wanted


@pytest.mark.parametrize("text", ["ご視聴ありがとうございました。", "Thanks for watching!", "[音楽]", "♪♪", "...", ""])
def test_what_video_endings_taught_is_never_believed(text: str):
    assert not was_said(text, 0.9, 0.1)


def test_a_short_thanks_is_believed_only_from_a_voice():
    assert was_said("ありがとうございました", 0.8, 0.1)
    assert not was_said("ありがとうございました", 0.8, 0.7)


def test_what_the_model_itself_doubts_is_not_believed():
    assert not was_said("住所変更", 0.2, 0.9)


@given(st.text(max_size=200))
def test_collapsing_never_makes_a_text_longer(text: str):
    assert len(collapse(text)) <= len(text)


def test_a_long_text_is_collapsed_in_no_time():
    began = time.perf_counter()
    collapse("あいうえおかきくけこさしすせそ" * 3 + "abcdefghij" * 40)
    assert time.perf_counter() - began < 2.0
