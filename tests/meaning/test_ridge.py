from __future__ import annotations

import numpy as np

from meaning.ridge import fitted

RANDOM = np.random.default_rng(7)
POINTS = RANDOM.normal(size=(24, 5))
LIKENESS = POINTS @ POINTS.T
WANTED = np.eye(3)[RANDOM.integers(0, 3, size=24)]
DOUBT = np.where(np.arange(24) % 4 == 0, 1.0, 0.4)


def _refitted_without(group: list[int]) -> np.ndarray:
    kept = [at for at in range(24) if at not in group]
    fit = fitted(LIKENESS[np.ix_(kept, kept)], WANTED[kept], DOUBT[kept])
    return fit.scores(LIKENESS[np.ix_(group, kept)])


def test_the_score_of_an_example_unseen_is_that_of_a_fit_without_it() -> None:
    fit = fitted(LIKENESS, WANTED, DOUBT)
    assert np.allclose(fit.unseen(), np.concatenate([_refitted_without([at]) for at in range(24)]))


def test_the_scores_of_a_group_left_out_are_those_of_a_fit_without_it() -> None:
    group = [1, 5, 6, 17, 23]
    assert np.allclose(fitted(LIKENESS, WANTED, DOUBT).without(group), _refitted_without(group))
