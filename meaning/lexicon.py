"""The words of a language, read from ``meaning/words/<language>.yaml`` once and compiled."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

import yaml

from meaning.errors import UnknownLanguage

LANGUAGES = ("ja", "en")
Pattern = re.Pattern[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Lexicon:
    """fillers, polite and endings are cut out; yes, no, unclear, doubt and light tile an answer; commands by name.

    corrections: ``lead`` and ``mark`` of taking an answer back; ``led`` is a mark only after a lead.

    strong, weak: word to digit; a weak word counts only among other digits. units, teens, tens: word to number.
    times: "double" to 2. ordinals: "second" to the key. key_words: "pound" to the key.
    """

    language: str
    fillers: Pattern
    polite: Pattern
    endings: Pattern
    yes: Pattern
    no: Pattern
    unclear: Pattern
    doubt: Pattern
    light: Pattern
    backchannels: Pattern
    commands: Mapping[str, Pattern]
    corrections: Mapping[str, Pattern]
    strong: Mapping[str, str]
    weak: Mapping[str, str]
    units: Mapping[str, int]
    teens: Mapping[str, int]
    tens: Mapping[str, int]
    times: Mapping[str, int]
    between: Pattern
    prefix: Pattern
    ordinal: tuple[str, ...]
    ordinals: Mapping[str, str]
    key_words: Mapping[str, str]


@cache
def lexicon(language: str) -> Lexicon:
    """Raises UnknownLanguage."""
    if language not in LANGUAGES:
        raise UnknownLanguage(f"no words for {language!r:.12}")
    text = resources.files("meaning.words").joinpath(f"{language}.yaml").read_text("utf-8")
    data: dict[str, Any] = yaml.safe_load(text)
    digits: dict[str, dict[str, list[str]]] = data["digits"]
    return Lexicon(
        language=language,
        fillers=_any(data["fillers"]),
        polite=_any(data["polite"]),
        endings=_any(data["endings"]),
        yes=_any(data["yes"]),
        no=_any(data["no"]),
        unclear=_any(data["unclear"]),
        doubt=_any(data["doubt"]),
        light=_any(data["light"]),
        backchannels=_any(data["backchannels"]),
        commands={name: _any(patterns) for name, patterns in data["commands"].items()},
        corrections={name: _any(patterns) for name, patterns in data["corrections"].items()},
        strong={word: digit for digit, words in digits.items() for word in words["strong"]},
        weak={word: digit for digit, words in digits.items() for word in words["weak"]},
        units={word: int(unit) for unit, words in data["units"].items() for word in words},
        teens=data.get("teens", {}),
        tens=data.get("tens", {}),
        times=data["times"],
        between=_any(data["between"]),
        prefix=_any(data["prefix"]),
        ordinal=tuple(data["ordinal"]),
        ordinals=data.get("ordinals", {}),
        key_words={word: key for key, words in data["key_words"].items() for word in words},
    )


def _any(patterns: Iterable[str]) -> Pattern:
    return re.compile("|".join(f"(?:{pattern})" for pattern in patterns) or "(?!)")
