"""With the model itself: it is the extra ``embedding``, and part of what CI installs."""

from __future__ import annotations

import threading

import numpy as np
import pytest

from meaning.embedding import installed


def _likeness(left: str, right: str) -> float:
    embedding = installed()
    assert embedding is not None
    first, second = embedding([left, right])
    return float(first @ second)


@pytest.mark.parametrize(
    ("text", "like", "unlike"),
    [
        ("財布を盗まれました", "カードをなくした", "営業時間を教えてください"),
        ("the net has been dead all day", "my internet is down", "I'd like to change my address"),
        ("引っ越しました", "I have moved", "I want to cancel"),
    ],
)
def test_what_means_the_same_lies_closer_even_in_another_language(text: str, like: str, unlike: str) -> None:
    assert _likeness(text, like) > _likeness(text, unlike)


@pytest.mark.parametrize("text", ["", "\0", "\ud800", "あ" * 5000, "🙂" * 300, "\u202e\ufffd"])
def test_any_text_has_a_place_of_length_one(text: str) -> None:
    embedding = installed()
    assert embedding is not None
    assert np.isclose(np.linalg.norm(embedding([text])[0]), 1.0, atol=1e-3)


def test_there_is_one_model_and_threads_take_turns_at_it() -> None:
    embedding = installed()
    assert embedding is not None
    assert installed() is embedding
    alone = embedding([f"予約{n}番" for n in range(8)])
    made: dict[int, np.ndarray] = {}
    threads = [
        threading.Thread(target=lambda n=n: made.update({n: embedding([f"予約{n}番", f"order {n}"])[0]}))
        for n in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert all(np.array_equal(made[n], alone[n]) for n in range(8))


def test_no_texts_make_no_rows() -> None:
    embedding = installed()
    assert embedding is not None
    assert embedding([]).shape == (0, 384)
