from __future__ import annotations

import numpy as np
import pytest

from meaning.bounds import ACCEPT, CONFIRM, FALSE, HIGHEST, LOWEST, USUAL, Bounds, bounds

LIMITS = Bounds(accept=0.5, confirm=0.2, margin=0.1)


@pytest.mark.parametrize(
    ("scores", "choice", "close"),
    [
        ((("a", 0.7), ("b", 0.2), ("c", 0.1)), "a", ()),
        ((("a", 0.55), ("b", 0.48)), None, ("a", "b")),  # too close
        ((("a", 0.9), ("b", 0.6)), None, ("a", "b")),  # both were said
        ((("a", 0.4), ("b", 0.1)), None, ("a", "b")),  # not sure enough
        ((("a", 0.1), ("b", 0.0)), None, ()),
        ((("a", 0.3),), "a", ()),  # there is nothing else to ask about
        ((), None, ()),
    ],
)
def test_one_is_taken_when_it_is_clear_two_are_asked_about_and_what_is_like_nothing_is_nothing(
    scores: tuple[tuple[str, float], ...], choice: str | None, close: tuple[str, ...]
) -> None:
    assert LIMITS.outcome(scores) == (choice, close)


def test_a_score_means_the_same_to_every_tree() -> None:
    assert [LIMITS.scaled(score) for score in (-1.0, 0.2, 0.5, 1.0, 2.0)] == [0.0, CONFIRM, ACCEPT, 1.0, 1.0]


def _rows(best: np.ndarray, second: float, column: np.ndarray) -> np.ndarray:
    made = np.full((len(best), 4), second)
    made[np.arange(len(best)), column] = best
    return made


def test_few_strangers_are_taken_and_most_of_the_known_are_told() -> None:
    random = np.random.default_rng(3)
    wanted = random.integers(0, 4, size=200)
    known = _rows(random.normal(0.8, 0.1, size=200), 0.05, wanted)
    strangers = _rows(random.normal(0.25, 0.1, size=300), 0.05, random.integers(0, 4, size=300))
    found = bounds(known, wanted, strangers)
    assert LOWEST <= found.accept <= HIGHEST
    assert np.mean(strangers.max(axis=1) >= found.accept) <= FALSE
    assert np.mean(known.max(axis=1) >= found.accept) > 0.95
    assert found.confirm <= found.accept


def test_nothing_is_learnt_from_next_to_nothing() -> None:
    assert bounds(np.ones((2, 2)), np.array([0, 1]), np.zeros((40, 2))) == USUAL
    assert bounds(np.ones((40, 1)), np.zeros(40, dtype=np.intp), np.zeros((40, 1))) == USUAL
