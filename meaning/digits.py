"""Spoken digits to digit strings, in Japanese and English. Leading zeros are never lost.

A run is digits with nothing but pauses, の, ハイフン, dash and the like between them. Some words are digits only in
company: に, ご and さん, "to", "for" and "o"; at the edge of a run they make two readings of it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cache

import jaconv

from meaning.lexicon import Lexicon, lexicon
from meaning.normal import plain, without_fillers


@dataclass(frozen=True, slots=True)
class _Token:
    """kind: ``digit``, ``unit`` (ten, hundred), ``teen``, ``tens``, ``times``.

    weak: may be no number at all. written: a figure, not a word.
    """

    kind: str
    value: int
    weak: bool = False
    written: bool = False


@dataclass(slots=True)
class _Run:
    tokens: list[_Token] = field(default_factory=list)
    plus: bool = False

    def digits(self) -> str:
        # Whoever wrote figures wrote them all as figures; a weak word beside them is a particle.
        if any(token.written for token in self.tokens):
            return self.trimmed()
        return ("+" if self.plus else "") + _digits(self.tokens)

    def trimmed(self) -> str:
        tokens = list(self.tokens)
        # "o" at the edge stays: a zero must never be lost, and nobody says it for anything else beside digits.
        while tokens and tokens[0].weak and tokens[0].value:
            tokens.pop(0)
        while tokens and tokens[-1].weak and tokens[-1].value:
            tokens.pop()
        return ("+" if self.plus else "") + _digits(tokens)


def spoken(text: str, language: str) -> tuple[str, ...]:
    """The digit strings that the text may mean, likeliest first; a leading ``+`` is kept. Empty when there is none."""
    runs, rest = _runs(text, language)
    whole = len(runs) == 1 and not rest
    sure = [run for run in runs if whole or len(run.tokens) > 2 or any(not token.weak for token in run.tokens)]
    if any(len(run.digits()) > 2 for run in sure):
        sure = [run for run in sure if len(run.digits()) > 1]  # 一人, "one moment": no part of the number
    if not sure:
        return ()
    longest = max(sure, key=lambda run: len(run.digits()))
    found = [
        "".join(run.digits() for run in sure),
        "".join(run.trimmed() for run in sure),
        longest.digits(),
        longest.trimmed(),
    ]
    return tuple(dict.fromkeys(digits for digits in found if digits.strip("+")))


def digits(text: str, language: str, *, least: int = 1, most: int = 32) -> str | None:
    """The likeliest digit string of least..most digits, or None."""
    for found in spoken(text, language):
        bare = found.removeprefix("+")
        if least <= len(bare) <= most:
            return bare
    return None


def alone(text: str, language: str, around: re.Pattern[str]) -> str | None:
    """The digits of a text that holds nothing else but words without weight (``around``)."""
    runs, rest = _runs(text, language)
    kept = jaconv.kata2hira(rest) if language == "ja" else rest
    return "".join(run.digits() for run in runs) if runs and not around.sub("", kept) else None


def _runs(text: str, language: str) -> tuple[list[_Run], str]:
    """The runs of the text, and what is left of it."""
    words = lexicon(language)
    kept = without_fillers(plain(text), language)
    if language == "ja":
        kept = jaconv.hira2kata(kept)
    runs: list[_Run] = []
    rest: list[str] = []
    at, joined, plus = 0, False, False
    for found in _numbers(language).finditer(kept):
        gap = kept[at : found.start()]
        at = found.end()
        linked, plus = _between(gap, words)
        if not linked or not runs or plus:
            runs.append(_Run(plus=plus))
            if not linked:
                rest.append(gap)
        joined = True
        runs[-1].tokens += _tokens(found[0], words)
    tail = kept[at:] if joined else kept
    if not _between(tail, words)[0]:
        rest.append(tail)
    return runs, "".join(rest).strip(" 、。,.?!？！")


def _between(gap: str, words: Lexicon) -> tuple[bool, bool]:
    """Whether a gap joins what is around it, and whether it ends with a plus."""
    plus = False
    found = list(words.prefix.finditer(gap))
    if found:
        plus = not gap[found[-1].end() :].strip()
        gap = words.prefix.sub("", gap)
    left = words.between.sub("", gap) if words.language == "ja" else re.sub(words.between, " ", gap)
    return not left.strip(" 、。,.・-‐‑–—−ー~()/"), plus


@cache
def _numbers(language: str) -> re.Pattern[str]:
    words = lexicon(language)
    known = [*words.strong, *words.weak, *words.units, *words.teens, *words.tens, *words.times]
    known.sort(key=len, reverse=True)
    if language == "ja":
        # ニイチ is two and one; the long ニイ would leave a チ behind.
        names = "|".join(re.escape(name) + ("(?!チ)" if name == "ニイ" else "") for name in known)
        return re.compile(rf"\d|{names}")
    return re.compile(r"\d|(?<![a-z])(?:" + "|".join(map(re.escape, known)) + r")(?![a-z'])")


def _tokens(word: str, words: Lexicon) -> list[_Token]:
    if word.isdecimal():
        return [_Token("digit", int(word), written=True)]
    if word in words.strong:
        return [_Token("digit", int(words.strong[word]))]
    if word in words.weak:
        return [_Token("digit", int(words.weak[word]), weak=True)]
    for kind, table in (("unit", words.units), ("teen", words.teens), ("tens", words.tens)):
        if word in table:
            # ません ends in 千's sound: units in kana count only in company.
            return [_Token(kind, table[word], weak="ァ" <= word[0] <= "ヶ")]
    return [_Token("times", words.times[word])]


def _digits(tokens: list[_Token]) -> str:
    """Digits one by one, where a number of tens or hundreds is worked out: 二十三 is 23, "eight hundred" 800."""
    out: list[str] = []
    at = 0
    while at < len(tokens):
        token = tokens[at]
        follower = tokens[at + 1] if at + 1 < len(tokens) else None
        if token.kind == "times":
            if follower is not None and follower.kind == "digit":
                out.append(str(follower.value) * token.value)
                at += 1
            at += 1
        elif token.kind in ("teen", "tens", "unit") or (
            follower is not None and follower.kind == "unit" and token.value > 0
        ):
            number, at = _number(tokens, at)
            out.append(str(number))
        else:
            out.append(str(token.value))
            at += 1
    return "".join(out)


def _number(tokens: list[_Token], at: int) -> tuple[int, int]:
    """A number said with its units from ``at`` on, and where it ends."""
    total, room = 0, 1 << 30
    while at < len(tokens):
        token = tokens[at]
        follower = tokens[at + 1] if at + 1 < len(tokens) else None
        if token.kind == "digit" and follower is not None and follower.kind == "unit" and follower.value < room:
            if token.value == 0:
                break
            total += token.value * follower.value
            room, at = follower.value, at + 2
        elif token.kind == "unit" and token.value < room:
            total += token.value
            room, at = token.value, at + 1
        elif token.kind == "teen" and room > 10:
            total, room, at = total + token.value, 0, at + 1
        elif token.kind == "tens" and room > 10:
            total, room, at = total + token.value, 10, at + 1
        elif token.kind == "digit" and token.value > 0 and 1 < room <= 1000 and (room == 10 or follower is None):
            return total + token.value, at + 1
        else:
            break
    return total, at
