"""Where an answer is taken, asked about, or not understood. Found by judging examples that were not seen.

Of what is no matter of the tree, one in ten may be taken for one. Within that, and with few turns asked back, as many
as possible of the known are to be told rightly, or to be among the two that are asked about.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.float64]
ACCEPT, CONFIRM = 0.6, 0.3
"""What a score means to every tree: taken from the one on, understood at all from the other on."""
FALSE = 0.15
"""Share of strangers that may be taken."""
ASKED = 0.12
"""Share of turns that may be asked back: below the 15 % that callers bear, for examples are not callers."""
KNOWN = 0.8
"""Share of turns that are about a matter of the tree, for that count."""
LOWEST, HIGHEST = 0.33, 0.7
"""Between these an answer begins to be taken; few examples must make it neither reckless nor deaf."""
FEWEST = 10
"""Judgements below which nothing can be learnt from them."""
_MARGINS = (0.05, 0.08, 0.11, 0.14, 0.17, 0.2, 0.25)
_ZONES = (0.0, 0.03, 0.06, 0.09, 0.12, 0.15, 0.2, 0.25, 0.3)


@dataclass(frozen=True, slots=True)
class Bounds:
    """In scores as they are fitted. accept: taken from here on, if ``margin`` ahead of the second. confirm: asked about
    from here on."""

    accept: float
    confirm: float
    margin: float

    def outcome(self, scores: Sequence[tuple[str, float]]) -> tuple[str | None, tuple[str, ...]]:
        """From scores, best first: the one to take, or the two to ask about, or neither."""
        if not scores or scores[0][1] < self.confirm:
            return None, ()
        if len(scores) == 1:
            return scores[0][0], ()
        (first, best), (second, next_best) = scores[:2]
        # Two that would each be taken were both said.
        if best >= self.accept > next_best and best - next_best >= self.margin:
            return first, ()
        return None, (first, second)

    def scaled(self, score: float) -> float:
        """On the scale that trees know: CONFIRM at ``confirm``, ACCEPT at ``accept``; 0 to 1."""
        scale = np.interp(score, (0.0, self.confirm, self.accept, 1.0), (0.0, CONFIRM, ACCEPT, 1.0))
        return round(float(scale), 4)


USUAL = Bounds(accept=0.45, confirm=0.3, margin=0.14)


def bounds(unseen: Numbers, wanted: NDArray[np.intp], strangers: Numbers) -> Bounds:
    """unseen: scores of known examples, not seen. wanted: the column of each. strangers: scores of what is unknown."""
    if len(unseen) < FEWEST or len(strangers) < FEWEST or unseen.shape[1] < 2:
        return USUAL
    known, unknown = _Best(unseen), _Best(strangers)
    right = known.first == wanted
    among = right | (known.second == wanted)
    best, most = USUAL, -1.0
    for margin, zone in product(_MARGINS, _ZONES):
        clear = unknown.score[unknown.ahead >= margin]
        accept = float(np.clip(_exceeded(clear, FALSE * len(strangers)), LOWEST, HIGHEST))
        confirm = max(accept - zone, LOWEST / 2)
        taken, asked = known.outcome(accept, confirm, margin)
        _, asked_strangers = unknown.outcome(accept, confirm, margin)
        if KNOWN * asked.mean() + (1 - KNOWN) * asked_strangers.mean() > ASKED:
            continue
        gain = float(np.mean((taken & right) | (asked & among)))
        if gain > most:
            best, most = Bounds(accept, confirm, margin), gain
    return best


class _Best:
    """The best and the second of each row."""

    def __init__(self, scores: Numbers) -> None:
        order = np.argsort(-scores, axis=1, kind="stable")
        rows = np.arange(len(scores))
        self.first, self.second = order[:, 0], order[:, 1]
        self.score = scores[rows, self.first]
        self.next = scores[rows, self.second]
        self.ahead = self.score - self.next

    def outcome(self, accept: float, confirm: float, margin: float) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
        """Which are taken, and which are asked about."""
        taken = (self.score >= accept) & (self.next < accept) & (self.ahead >= margin)
        return taken, (self.score >= confirm) & ~taken


def _exceeded(values: Numbers, times: float) -> float:
    """The least value that no more than ``times`` of them reach."""
    ordered = np.sort(values)[::-1]
    at = int(times)
    return float(ordered[at]) + 1e-6 if at < len(ordered) else 0.0
