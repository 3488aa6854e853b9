"""English number words as figures within a text: "the twenty-third" is "the 23rd", "twelve hundred" 1200.

Numbers side by side stay apart, for "twenty twenty six" is a year and "two thirty" a time: "20 26", "2 30".
"""

from __future__ import annotations

import re
from typing import NamedTuple

from meaning.normal import plain
from meaning.vocabulary import Vocabulary

_FIGURES = re.compile(r"\d{1,15}(?:\.\d+)?")
_FIGURED_ORDINAL = re.compile(r"(\d{1,2})(?:st|nd|rd|th)")
_ORDINAL = re.compile(r"first|second|third|[a-z]+th")
_HUNDRED = 100
_ONE = ("a", "an")


class _Read(NamedTuple):
    """end: index of the first token that does not belong to it."""

    value: float
    end: int
    is_ordinal: bool = False


def figures(text: str, words: Vocabulary) -> str:
    """Lower case, no commas or apostrophes, numbers as figures."""
    said = re.sub(r"(?<=\d),(?=\d{3}(?!\d))", "", plain(text)).replace("’", "").replace("'", "")
    said = re.sub(r"(?<=[a-z])-(?=[a-z])", " ", said)
    said = re.sub(r"[,;!?()\"]", " ", said)
    for pattern, becomes in words.written:
        said = pattern.sub(becomes, said)
    tokens = re.sub(r"\.(?= |$)", " ", said).split()
    out: list[str] = []
    at = 0
    while at < len(tokens):
        read = _number(tokens, at, words)
        if read is None:
            out.append(tokens[at])
            at += 1
        else:
            out.append(tokens[at] if read.end == at + 1 and tokens[at][0].isdigit() else _written(read))
            at = read.end
    return " ".join(out)


def _number(tokens: list[str], at: int, words: Vocabulary, below: float = 10.0**16) -> _Read | None:
    """A number less than ``below``, with its scales: thousand, million ..."""
    read = _hundreds(tokens, at, words)
    if read is None or read.is_ordinal:
        return read
    read = _with_decimals(tokens, read, words)
    scale = _word(tokens, read.end, words)
    if scale is None or scale < 1000 or scale >= below:
        return read
    whole = _Read(read.value * scale, read.end + 1)
    joint = whole.end + (_token(tokens, whole.end) == "and")
    rest = _number(tokens, joint, words, scale)
    if rest is None or not 0 < rest.value < scale or _token(tokens, joint) in _ONE or _is_figures(tokens, joint):
        return whole
    return _Read(whole.value + rest.value, rest.end, rest.is_ordinal)


def _hundreds(tokens: list[str], at: int, words: Vocabulary) -> _Read | None:
    if _token(tokens, at) in _ONE:
        following = _word(tokens, at + 1, words)
        return _of_hundreds(tokens, at + 1, words, 1.0) if following is not None and following >= _HUNDRED else None
    read = _tens(tokens, at, words)
    return read if read is None or read.is_ordinal else _of_hundreds(tokens, read.end, words, read.value)


def _of_hundreds(tokens: list[str], at: int, words: Vocabulary, count: float) -> _Read:
    if _word(tokens, at, words) != _HUNDRED or not 0 < count < 100:
        return _Read(count, at)
    joint = at + 1 + (_token(tokens, at + 1) == "and")
    rest = _tens(tokens, joint, words) if not _is_figures(tokens, joint) else None
    if rest is None or not rest.value:
        return _Read(count * _HUNDRED, at + 1)
    return _Read(count * _HUNDRED + rest.value, rest.end, rest.is_ordinal)


def _tens(tokens: list[str], at: int, words: Vocabulary) -> _Read | None:
    """Figures, or words below a hundred."""
    token = _token(tokens, at)
    if found := _FIGURED_ORDINAL.fullmatch(token):
        return _Read(float(found[1]), at + 1, True)
    if _FIGURES.fullmatch(token):
        return _Read(float(token), at + 1)
    value = _word(tokens, at, words)
    if value is None or value >= _HUNDRED or token in _ONE:
        return None
    is_ordinal = bool(_ORDINAL.fullmatch(token))
    ones = _word(tokens, at + 1, words)
    if value >= 20 and not is_ordinal and ones is not None and 0 < ones < 10 and _token(tokens, at + 1) not in _ONE:
        return _Read(value + ones, at + 2, bool(_ORDINAL.fullmatch(tokens[at + 1])))
    return _Read(value, at + 1, is_ordinal)


def _with_decimals(tokens: list[str], read: _Read, words: Vocabulary) -> _Read:
    if _token(tokens, read.end) != "point":
        return read
    at, decimals = read.end + 1, ""
    while at < len(tokens):
        digit = _word(tokens, at, words)
        if tokens[at].isdecimal():
            decimals += tokens[at]
        elif digit is not None and digit < 10 and tokens[at] not in _ONE:
            decimals += str(digit)
        else:
            break
        at += 1
    return _Read(read.value + float(f"0.{decimals}"), at) if decimals else read


def _token(tokens: list[str], at: int) -> str:
    return tokens[at] if at < len(tokens) else ""


def _word(tokens: list[str], at: int, words: Vocabulary) -> int | None:
    return words.numerals.get(_token(tokens, at))


def _is_figures(tokens: list[str], at: int) -> bool:
    return _token(tokens, at)[:1].isdigit()


def _written(read: _Read) -> str:
    whole = round(read.value)
    if abs(read.value - whole) > 1e-6:
        return f"{read.value:.6f}".rstrip("0")
    if not read.is_ordinal:
        return str(whole)
    teens = whole % 100 in (11, 12, 13)
    return f"{whole}{'th' if teens else {1: 'st', 2: 'nd', 3: 'rd'}.get(whole % 10, 'th')}"
