"""Regularised least squares over likenesses (kernel ridge), and what it says of examples that it has not seen.

Both have closed forms, so that nothing is fitted twice: leaving out one example (Rasmussen & Williams 2006, 5.4.2),
and leaving out a group, where the inverse of the group's block takes the place of the one number.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Ridge:
    """weights, wanted: a row for each example, a column for each matter. inverse: of the likenesses, regularised."""

    weights: Numbers
    wanted: Numbers
    inverse: Numbers

    def scores(self, likeness: Numbers) -> Numbers:
        """likeness: a row for each text, a column for each example."""
        return likeness @ self.weights

    def unseen(self) -> Numbers:
        """The scores of each example, had it been left out."""
        left: Numbers = self.wanted - self.weights / np.diag(self.inverse)[:, None]
        return left

    def without(self, group: Iterable[int]) -> Numbers:
        """The scores of the examples of a group, had the whole group been left out."""
        at = np.fromiter(group, dtype=np.intp)
        left: Numbers = self.wanted[at] - np.linalg.solve(self.inverse[np.ix_(at, at)], self.weights[at])
        return left


def fitted(likeness: Numbers, wanted: Numbers, doubt: Numbers) -> Ridge:
    """likeness: among the examples. doubt: how little each is trusted; the more, the less it is followed."""
    inverse: Numbers = np.asarray(np.linalg.inv(likeness + np.diag(doubt)), dtype=np.float64)
    return Ridge(inverse @ wanted, wanted, inverse)
