from __future__ import annotations

from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from meaning.callers import callers, stored, topics, write
from meaning.embedding import installed
from meaning.lexicon import LANGUAGES
from meaning.likeness import said
from meaning.normal import folded


def test_every_language_knows_the_same_topics() -> None:
    assert len({tuple(topics(language)) for language in LANGUAGES}) == 1


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_phrase_is_there_twice_and_none_is_empty(language: str) -> None:
    phrases = Counter(folded(phrase, language) for lines in topics(language).values() for phrase in lines)
    assert [phrase for phrase, count in phrases.items() if count > 1] in ([], [""])
    assert all(len(lines) >= 3 for lines in topics(language).values())
    assert all(phrase.strip() == phrase and phrase for lines in topics(language).values() for phrase in lines)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_vectors_that_lie_beside_the_phrases_are_those_of_the_model(language: str) -> None:
    embedding = installed()
    assert embedding is not None
    known = callers(language, embedding)
    assert known.features.vectors is not None
    some = list(range(0, len(known.phrases), 97))
    fresh = embedding([said(known.phrases[at], language) for at in some])
    assert np.all(np.sum(fresh * known.features.vectors[some], axis=1) > 0.999)
    # Of other phrases or another model, they would be passed over and cost seconds at every start.
    assert stored(language, known.phrases, embedding) is not None


class _Counting:
    """An embedding that is cheap: the letters of a text, counted."""

    name = "letters"

    def __call__(self, texts: list[str]) -> np.ndarray:
        rows = np.array([[1.0 + text.count(sign) for sign in "あいうえおabcdefgh"] for text in texts])
        return (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)


def test_vectors_of_another_model_are_passed_over_and_written_ones_are_read_again(tmp_path: Path) -> None:
    embedding = _Counting()
    known = callers("en", embedding)
    assert known.features.vectors is not None
    assert known.features.vectors.shape == (len(known.phrases), 13)
    write(tmp_path, embedding)
    with np.load(tmp_path / "en.npz") as kept:
        rows = kept["rows"].astype(np.float64)
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    assert np.all(np.sum(rows * known.features.vectors, axis=1) > 0.999)


def test_without_an_embedding_words_alone_are_compared() -> None:
    known = callers("ja", None)
    assert known.features.vectors is None
    told = known.told.scores(known.likeness)
    assert np.mean(told.argmax(axis=1) == known.topic) > 0.9
