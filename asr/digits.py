"""Digits that were said one by one, read from a recogniser's words. Numbers (百, hundred) are not digits: left out.

"ぜろさんの いちにい"  ->  0312        "oh double five, four"  ->  0554        "０３－１２３４"  ->  031234
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from pathlib import Path
from typing import Any

import yaml

_CATALOGUE = Path(__file__).with_name("spoken_digits.yaml")
_TIMES = {"double": 2, "triple": 3}
_DRAWN = re.compile("(?<=[にご])[いー〜]|(?<=[ニゴ])[イー〜]")
"""Single-mora digits are drawn out in speech: にい, ごー."""


@cache
def words(language: str) -> dict[str, str]:
    """Word to digit; empty for a language that we have no words of."""
    catalogue: dict[str, dict[str, list[str]]] = yaml.safe_load(_CATALOGUE.read_text("utf-8"))
    return {word: digit for digit, spoken in catalogue.get(language, {}).items() for word in spoken}


def read(text: str, language: str) -> str:
    """The digits in the text, in order; what is no digit is passed over."""
    plain = unicodedata.normalize("NFKC", text).lower()
    table = words(language)
    if not table:
        return re.sub(r"\D", "", plain)
    if language == "en":
        return _read_spaced(plain, table)
    plain = _DRAWN.sub("", plain)
    pattern = "|".join(["[0-9]", *sorted(map(re.escape, table), key=len, reverse=True)])
    return "".join(table.get(found, found) for found in re.findall(pattern, plain))


def _read_spaced(plain: str, table: dict[str, str]) -> str:
    digits, times = "", 1
    for token in re.findall(r"[a-z]+|[0-9]", plain):
        if token in _TIMES:
            times = _TIMES[token]
            continue
        digits += (token if token.isdigit() else table.get(token, "")) * times
        times = 1
    return digits


def spoken(digit: str, language: str) -> str:
    """The usual word for one digit; the digit itself where we have no words."""
    said: Any = next((word for word, value in words(language).items() if value == digit), digit)
    return str(said)
