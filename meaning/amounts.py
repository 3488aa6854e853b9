"""Amounts in yen and counts of things: 一万二千円, 1.5万, "five hundred yen"; 三名, ふたり, "three of us"."""

from __future__ import annotations

from typing import Literal

from meaning.numerals import bare, figures
from meaning.spans import found_in, taken_back
from meaning.vocabulary import vocabulary

Kind = Literal["amount", "count"]
_MOST = 15
"""Figures of a number (``ivr.slots``)."""


def understood(kind: Kind, text: str, language: str) -> str | None:
    """The one number that the text names, without leading zeros; None when there is none, or more than one."""
    words = vocabulary(language)
    _, said = taken_back(figures(text, language), words)
    if words.unfit["number"].search(said):
        return None
    numbers = [one.parts["number"] for one in found_in(said, words.forms[f"{kind}s"])]
    if not numbers and (alone := bare(said, language)) is not None:
        numbers = [alone]
    return _canonical(numbers)


def in_passing(kind: Kind, text: str, language: str) -> str | None:
    """A number that was said along with something else, when it is one for sure."""
    words = vocabulary(language)
    said = figures(text, language, kana=False)
    if words.unfit["number"].search(said) or words.instead.search(said):
        return None
    return _canonical([one.parts["number"] for one in found_in(said, words.forms[f"{kind}s"]) if one.is_sure])


def _canonical(numbers: list[str]) -> str | None:
    # Two of the same are two as well: 大人2人、子ども2人.
    if len(numbers) != 1:
        return None
    number = str(int(numbers[0]))
    return number if len(number) <= _MOST else None
