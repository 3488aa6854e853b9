"""What forms find in a text: from left to right, the longest at each place, each sign used once."""

from __future__ import annotations

from dataclasses import dataclass

from meaning.vocabulary import Forms, Vocabulary


@dataclass(frozen=True, slots=True)
class Found:
    """parts: the named groups that matched. is_sure: a value wherever it is said."""

    start: int
    end: int
    parts: dict[str, str]
    is_sure: bool


def found_in(said: str, forms: Forms) -> list[Found]:
    every = [
        Found(match.start(), match.end(), {name: part for name, part in match.groupdict().items() if part}, sure)
        for pattern, sure in forms
        for match in pattern.finditer(said)
        if match.group()
    ]
    every.sort(key=lambda one: (one.start, -one.end))
    kept: list[Found] = []
    for one in every:
        if not kept or one.start >= kept[-1].end:
            kept.append(one)
    return kept


def taken_back(said: str, words: Vocabulary) -> tuple[str, str]:
    """(what was taken back, what was said instead); the first is empty when nothing was taken back."""
    marks = list(words.instead.finditer(said))
    return (said[: marks[-1].start()], said[marks[-1].end() :]) if marks else ("", said)
