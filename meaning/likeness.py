"""How alike two sentences are, 0 to 1: by words and sound, and by meaning where an embedding is installed.

Words: character n-grams weighted by how rare they are among the topics; in Japanese also of the reading, for
recognisers spell as they like, but it sounds the same. Meaning: the angle between the sentences' vectors.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import hstack
from sklearn.feature_extraction.text import HashingVectorizer, TfidfTransformer

from meaning.embedding import Vectors
from meaning.normal import core, kana, plain, without_fillers

Numbers = NDArray[np.float64]
WORDS = {"ja": 0.6, "en": 0.35}
"""Share of the words in the likeness; the rest is the meaning. More in Japanese, whose words carry their sound: what a
recogniser writes wrongly sounds alike, but means something else."""
SHARPNESS = 8.0
"""How fast likeness falls with the angle: vectors of any two sentences are within 40 degrees of each other."""
_BUCKETS = 2**18


@dataclass(frozen=True, slots=True)
class Features:
    """grams: sparse, a row a text. vectors: a row a text, or None without an embedding. words: share of the grams."""

    words: float
    grams: Any
    vectors: Vectors | None

    def rows(self, at: Sequence[int] | NDArray[np.intp]) -> Features:
        return Features(self.words, self.grams[at], self.vectors[at] if self.vectors is not None else None)


def likeness(left: Features, right: Features) -> Numbers:
    """A row for each of left, a column for each of right."""
    words = np.asarray((left.grams @ right.grams.T).toarray(), dtype=np.float64)
    if left.vectors is None or right.vectors is None:
        return words
    meaning = np.exp(SHARPNESS * (left.vectors.astype(np.float64) @ right.vectors.astype(np.float64).T - 1.0))
    return np.asarray(left.words * words + (1.0 - left.words) * meaning, dtype=np.float64)


class Words:
    """The n-grams of a language; ``phrases`` teach which of them are common."""

    def __init__(self, phrases: Sequence[str], language: str) -> None:
        self._language = language
        self._parts = [(_counts(row, analyzer, grams), TfidfTransformer(sublinear_tf=True)) for row, analyzer, grams in
                       (_JAPANESE if language == "ja" else _OTHERS)]  # fmt: skip
        forms = [form(text, language) for text in phrases]
        for counts, rarity in self._parts:
            rarity.fit(counts.transform(forms))

    def grams(self, texts: Sequence[str]) -> Any:
        forms = [form(text, self._language) for text in texts]
        weight = len(self._parts) ** -0.5
        return hstack([weight * rarity.transform(counts.transform(forms)) for counts, rarity in self._parts]).tocsr()


_JAPANESE = ((0, "char", (1, 2)), (1, "char", (2, 3)), (1, "char", (1, 2)))
_OTHERS = ((0, "word", (1, 1)), (0, "char_wb", (2, 4)))


def _counts(row: int, analyzer: str, grams: tuple[int, int]) -> HashingVectorizer:
    return HashingVectorizer(
        analyzer=analyzer,
        ngram_range=grams,
        n_features=_BUCKETS,
        alternate_sign=False,
        norm=None,
        lowercase=False,
        preprocessor=lambda text: text.partition("\n")[2 * row],
    )


def form(text: str, language: str) -> str:
    """What is compared of a text: its words, and under them its reading, if it has one. Empty for no words."""
    words = core(text, language)
    if not words:
        return ""
    return f"{words}\n{kana(words)}" if language == "ja" else words


def said(text: str, language: str) -> str:
    """What the embedding reads of a text."""
    return without_fillers(plain(text), language)
