"""Member numbers as they are said: letters by their names (エー, "A as in Alpha"), figures one by one.

Some sounds are a letter or a figure (キュー, "oh"): the number's pattern and its check digit tell which.
"""

from __future__ import annotations

import re
from functools import cache

import jaconv

from ivr import slots
from ivr.actions import Limits
from meaning.lexicon import lexicon
from meaning.normal import plain, without_fillers
from meaning.vocabulary import vocabulary

_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_KINDS = {"9": "0123456789", "A": _LETTERS, "X": _LETTERS + "0123456789"}
_LONGEST = 32
_READINGS = 64
"""Readings that are followed at once; a few sounds are ambiguous, and the pattern cuts most of them."""
_NOT_LETTERS = r"(?:is|its|it|no|and|code|am|id|yes|the|then|dash|was|my|plus)\b"
_SEPARATORS = " -‐‑–—−・、。,./()"

Reading = tuple[str, ...]
"""What one sound may be, likeliest first."""


def understood(text: str, language: str, limits: Limits) -> str | None:
    """The member number in capitals; None when nothing said has the form of the pattern.

    When all that was said is letters and figures, it is what was meant, form or no form.
    """
    # えー is a filler, and the letter A.
    for said in (plain(text), without_fillers(plain(text), language)):
        runs, whole = _runs(said, language)
        joined = [sound for run in runs for sound in run]
        fitting = [value for run in (joined, *sorted(runs, key=len, reverse=True)) for value in _fitting(run, limits)]
        checked = [value for value in fitting if slots.checks(value, limits.check)]
        if checked or fitting:
            return (checked or fitting)[0]
    return "".join(sound[0] for sound in joined)[:_LONGEST] or None if whole else None


def _fitting(run: list[Reading], limits: Limits) -> list[str]:
    """Readings of these sounds that have the form of the pattern."""
    signs = limits.pattern.replace("-", "")
    found = [""]
    for sound in run:
        longer = [value + one for value in found for one in (sound if signs else sound[:1])]
        found = [value for value in longer if _begins(value, signs)][:_READINGS]
    # A lone letter or figure is more often a word than a number.
    return [value for value in found if slots.fits(value, limits.pattern) and (signs or len(value) > 2)]


def _begins(value: str, signs: str) -> bool:
    if not signs:
        return len(value) <= _LONGEST
    return len(value) <= len(signs) and all(
        sign in _KINDS.get(kind, kind) for sign, kind in zip(value, signs, strict=False)
    )


def _runs(said: str, language: str) -> tuple[list[list[Reading]], bool]:
    """Letters and figures with nothing but pauses between them, and whether there was nothing else."""
    said = vocabulary(language).as_in.sub(_spelt, said)
    if language == "ja":
        said = jaconv.hira2kata(said)
    between, sounds = lexicon(language).between, _sounds(language)
    runs: list[list[Reading]] = []
    at, times, whole = 0, 1, True
    for found in _pattern(language).finditer(said):
        gap = between.sub("", said[at : found.start()]).strip(_SEPARATORS)
        if gap or not runs:
            whole = whole and not gap
            runs.append([])
        at = found.end()
        word = found[0]
        if word in lexicon(language).times:
            times = lexicon(language).times[word]
            continue
        reading = sounds.get(word) or (word.upper(),)
        runs[-1] += [reading] * times
        times = 1
    left = vocabulary(language).bare.sub("", jaconv.kata2hira(said[at:]) if language == "ja" else said[at:])
    return [run for run in runs if run], whole and not left.strip(_SEPARATORS)


def _spelt(found: re.Match[str]) -> str:
    return found[1] if found[2].startswith(found[1]) else found[0]


@cache
def _sounds(language: str) -> dict[str, Reading]:
    words = lexicon(language)
    figures = {**words.strong, **words.weak}
    figures |= {name: str(value) for name, value in {**words.teens, **words.tens}.items()}
    letters = vocabulary(language).letters
    sounds: dict[str, Reading] = {}
    for name in [*letters, *figures]:
        either = (letters.get(name), figures.get(name))
        # "O" is a figure as often as a letter, and the pattern tells; without one a figure it is.
        order = reversed(either) if name in words.weak else either
        sounds[name] = tuple(one for one in order if one)
        if len(name) in (2, 3) and name.isascii() and name in letters:
            sounds[name] += (name.upper(),)  # BE-000000 is no bee
    if language == "ja":
        sounds["キュウ"], sounds["キュー"] = ("9", "Q"), ("Q", "9")
    return {**sounds, **_tens(language)}


def _tens(language: str) -> dict[str, Reading]:
    """ "thirty four": one number, though it is two words."""
    words = lexicon(language)
    ones = {name: digit for name, digit in words.strong.items() if digit != "0"}
    return {
        f"{tens} {one}": (str(value + int(digit)), f"{value}{digit}")
        for tens, value in words.tens.items()
        for one, digit in ones.items()
    }


@cache
def _pattern(language: str) -> re.Pattern[str]:
    known = sorted({*_sounds(language), *lexicon(language).times}, key=len, reverse=True)
    names = "|".join(map(re.escape, known))
    if language == "ja":
        return re.compile(rf"\d|(?<![a-z])[a-z](?![a-z]{{3}})|(?<=[a-z])[a-z]|{names}")
    # "AB 12" is letters and figures, "is 12" is not.
    begins = r"(?<![a-z'])"
    letters = rf"{begins}[a-z](?=\d)|{begins}(?!{_NOT_LETTERS})[a-z]{{2,4}}(?=[ -]*\d)"
    return re.compile(rf"\d|{begins}(?:{names})(?![a-z'])|{letters}")
