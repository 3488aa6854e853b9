"""What a caller wants, in own words: the nearest of the known matters, or none, or two that are asked about.

Character n-grams weighted by rarity, and a regularised least-squares fit over their likeness to the examples
(kernel ridge). Its leave-one-out scores have a closed form (Rasmussen & Williams 2006, 5.4.2), so the thresholds
come from the examples themselves: each judged by a fit that has not seen it shows how known matters score, and by a
fit that has not seen its matter at all, how unknown ones do. What resembles no example scores near 0.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.pipeline import FeatureUnion

from meaning.normal import core, kana

Numbers = NDArray[np.float64]
RIDGE = 0.3
LOWEST, HIGHEST = 0.30, 0.60
"""Between these the accepting threshold is sought; few examples must make it neither reckless nor deaf."""
MARGIN = 0.15


@dataclass(frozen=True, slots=True)
class Found:
    """choice: the matter, if one is clear. close: two or three too close to tell apart. scores: best first."""

    choice: str | None
    close: tuple[str, ...]
    scores: tuple[tuple[str, float], ...]


class Intents:
    """``examples``: id of the matter to how people say it; at least one example in all."""

    def __init__(self, examples: Mapping[str, Sequence[str]], language: str) -> None:
        self._language = language
        self._ids = tuple(examples)
        pairs = [(self._features(text), index) for index, id in enumerate(examples) for text in examples[id]]
        pairs = [pair for pair in dict.fromkeys(pairs) if pair[0]]
        if not pairs:
            raise ValueError("no example with words in it")
        self._vectors = _vectors(language)
        self._known = self._vectors.fit_transform([text for text, _ in pairs])
        wanted = np.zeros((len(pairs), len(self._ids)))
        wanted[np.arange(len(pairs)), [index for _, index in pairs]] = 1.0
        likeness = self._likeness(self._known)
        inverse: Numbers = np.asarray(np.linalg.inv(likeness + RIDGE * np.eye(len(pairs))), dtype=np.float64)
        self._weights: Numbers = inverse @ wanted
        unseen: Numbers = wanted - self._weights / np.diag(inverse)[:, None]
        self.accept = _threshold(unseen, wanted, _strangers(likeness, wanted))

    def understand(self, text: str) -> Found:
        features = self._features(text)
        if not features:
            return Found(None, (), ())
        values = (self._likeness(self._vectors.transform([features])) @ self._weights)[0]
        order = np.argsort(-values, kind="stable")
        scores = tuple((self._ids[at], round(float(min(1.0, max(0.0, values[at]))), 4)) for at in order)
        return decide(scores, self.accept, MARGIN)

    def _features(self, text: str) -> str:
        """The words and, in Japanese, their reading: recognisers spell as they like, but sound the same."""
        words = core(text, self._language)
        if not words:
            return ""
        return f"{words}\n{kana(words)}" if self._language == "ja" else words

    def _likeness(self, vectors: Any) -> Numbers:
        product = vectors @ self._known.T
        return np.asarray(product.toarray(), dtype=np.float64)


def decide(scores: Sequence[tuple[str, float]], accept: float, margin: float) -> Found:
    """From scores, best first: one when it is high and far enough from the next, several when they are too close."""
    if not scores or scores[0][1] < accept:
        return Found(None, (), tuple(scores))
    best = scores[0][1]
    close = tuple(id for id, score in scores[:3] if best - score < margin)
    if len(close) > 1:
        return Found(None, close, tuple(scores))
    return Found(scores[0][0], (), tuple(scores))


def _strangers(likeness: Numbers, wanted: Numbers) -> Numbers:
    """The best score of each example in a fit that does not know its matter."""
    best = []
    for matter in wanted.T:
        out = matter > 0
        known = ~out
        if not out.any() or not known.any():
            continue
        inner = likeness[np.ix_(known, known)] + RIDGE * np.eye(int(known.sum()))
        best.append((likeness[np.ix_(out, known)] @ np.linalg.solve(inner, wanted[known])).max(axis=1))
    return np.concatenate(best) if best else np.zeros(0)


def _threshold(unseen: Numbers, wanted: Numbers, strangers: Numbers) -> float:
    """Where the share of examples told rightly is furthest above the share of strangers taken (Youden 1950)."""
    best, told = unseen.max(axis=1), unseen.argmax(axis=1) == wanted.argmax(axis=1)

    def gain(accept: float) -> float:
        taken = float(np.mean(strangers >= accept)) if strangers.size else 0.0
        return float(np.mean((best >= accept) & told)) - taken

    return max((float(accept) for accept in np.arange(LOWEST, HIGHEST, 0.01)), key=gain)


def _vectors(language: str) -> FeatureUnion:
    def part(row: int, analyzer: str, grams: tuple[int, int]) -> TfidfVectorizer:
        return TfidfVectorizer(
            analyzer=analyzer,
            ngram_range=grams,
            sublinear_tf=True,
            lowercase=False,
            preprocessor=lambda text: text.split("\n")[row],
        )

    if language == "ja":
        parts = [("words", part(0, "char", (1, 2))), ("sound", part(1, "char", (2, 3)))]
    else:
        parts = [("words", part(0, "word", (1, 1))), ("letters", part(0, "char_wb", (2, 4)))]
    return FeatureUnion(parts, transformer_weights={name: 0.5**0.5 for name, _ in parts})
