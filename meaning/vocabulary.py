"""The words that values are made of, read from ``values`` in ``meaning/words/<language>.yaml`` once and compiled."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

import yaml

from meaning.errors import UnknownLanguage
from meaning.lexicon import LANGUAGES

Pattern = re.Pattern[str]
Forms = tuple[tuple[Pattern, bool], ...]
"""Patterns, each with whether a match is a value wherever it is said, and not only where one was asked for."""
Renamed = tuple[tuple[Pattern, str], ...]
"""Patterns, and what each is written as; empty for as it is."""
_TABLE = re.compile(r"\{([a-z_]+)\}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Vocabulary:
    """tables: name to word to what it stands for. dates, times, amounts, counts: their forms.

    written: what recognisers leave in kana or spell otherwise, and as what it is read. counters, house_counters: what
    a number in kana comes before. instead: what takes back the
    words before it. unfit: kind to what makes a value another one. bare: what may stand around a bare number.
    before, after: kind to what people say around a name or an address. families: usual family names, by reading.
    introduces: what is said only around a name.
    """

    language: str
    written: Renamed
    days: Mapping[str, int]
    things: Mapping[str, int]
    counters: Renamed
    house_counters: Renamed
    numerals: Mapping[str, int]
    instead: Pattern
    unfit: Mapping[str, Pattern]
    bare: Pattern
    tables: Mapping[str, Mapping[str, Any]]
    forms: Mapping[str, Forms]
    before: Mapping[str, Pattern]
    after: Mapping[str, Pattern]
    postal_code: Pattern
    letters: Mapping[str, str]
    as_in: Pattern
    families: frozenset[str]
    introduces: Pattern
    name_signs: Mapping[str, str]


@cache
def vocabulary(language: str) -> Vocabulary:
    """Raises UnknownLanguage."""
    if language not in LANGUAGES:
        raise UnknownLanguage(f"no words for {language!r:.12}")
    text = resources.files("meaning.words").joinpath(f"{language}.yaml").read_text("utf-8")
    data: dict[str, Any] = yaml.safe_load(text)["values"]
    tables = {name: words for name, words in data.items() if isinstance(words, dict)}
    return Vocabulary(
        language=language,
        written=_compiled(data["written"]),
        days=data["days"],
        things=data["things"],
        counters=_compiled(data["counters"]),
        house_counters=_compiled(data["house_counters"]),
        numerals=data["words"],
        instead=_any(data["instead"]),
        unfit={kind: re.compile(data[f"not_{kind}s"]) for kind in ("date", "time", "number", "name")},
        bare=re.compile(rf"^(?:{data['bare_before']})+|(?:{data['bare_after']})+$"),
        tables=tables,
        forms={
            kind: tuple(
                (re.compile(_TABLE.sub(lambda found: _words(tables[found[1]]), form)), sure)
                for name, sure in ((kind, True), (f"loose_{kind}", False))
                for form in data.get(name, ())
            )
            for kind in ("dates", "times", "amounts", "counts")
        },
        before={kind: re.compile(data[f"before_{kind}"]) for kind in ("names", "addresses")},
        after={kind: re.compile(data[f"after_{kind}"]) for kind in ("names", "addresses")},
        postal_code=re.compile(data["postal_code"]),
        letters={name: letter for letter, names in data["letters"].items() for name in names},
        as_in=re.compile(data["as_in"]),
        families=frozenset(data["families"].split()),
        introduces=re.compile(data["introduces"]),
        name_signs=data["name_signs"],
    )


def _compiled(table: Mapping[str, str]) -> Renamed:
    return tuple((re.compile(words), becomes) for words, becomes in table.items())


def _words(table: Mapping[str, Any]) -> str:
    return "|".join(map(re.escape, sorted(table, key=len, reverse=True))) or "(?!)"


def _any(patterns: Iterable[str]) -> Pattern:
    return re.compile("|".join(f"(?:{pattern})" for pattern in patterns) or "(?!)")
