"""A text as a row of known phrases: the longest that fits at each place, from left to right."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

LONGEST_PHRASE = 40
_WORD_SIGNS = re.compile(r"[a-z0-9]{2}")
_WORD = re.compile(r"[a-z0-9]+|.", re.DOTALL)


def tiles(text: str, kinds: Mapping[str, re.Pattern[str]]) -> Iterator[tuple[str, str]]:
    """(kind, phrase) from left to right; what fits no kind comes as kind ``""``, one word or one sign at a time."""
    at = 0
    while at < len(text):
        if text[at] == " ":
            at += 1
            continue
        kind, phrase = _longest(text, at, kinds)
        yield kind, phrase
        at += len(phrase)


def _longest(text: str, at: int, kinds: Mapping[str, re.Pattern[str]]) -> tuple[str, str]:
    for end in range(min(len(text), at + LONGEST_PHRASE), at, -1):
        if _WORD_SIGNS.match(text, end - 1):
            continue  # in the middle of a word
        for kind, pattern in kinds.items():
            if pattern.fullmatch(text, at, end):
                return kind, text[at:end]
    word = _WORD.match(text, at)
    assert word is not None
    return "", word[0]
