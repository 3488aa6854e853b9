"""Words that people read, by id and language. Code holds ids; the words stand in ``web/words/``."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from importlib.resources import files
from typing import Any

import yaml

from web.errors import BrokenCatalogue

LANGUAGES = ("ja", "en")


class Words:
    """One language's words. ``words("page.send")``; values fill ``{name}``; an unknown id raises BrokenCatalogue."""

    def __init__(self, language: str, entries: Mapping[str, str]) -> None:
        self.language = language
        self._entries = dict(entries)

    def __call__(self, id: str, **values: object) -> str:
        try:
            text = self._entries[id]
        except KeyError:
            raise BrokenCatalogue(f"{self.language}: no words for {id}") from None
        return text.format_map(values) if values else text

    def one_of(self, group: str, id: str) -> str:
        """``group.id``, or ``group.other`` for an id that the catalogue does not know."""
        return self._entries.get(f"{group}.{id}") or self(f"{group}.other")

    @property
    def ids(self) -> frozenset[str]:
        return frozenset(self._entries)


@cache
def words(language: str) -> Words:
    """The catalogue of ``language``, or Japanese for a language that we do not have."""
    known = language if language in LANGUAGES else LANGUAGES[0]
    text = (files("web") / "words" / f"{known}.yaml").read_text(encoding="utf-8")
    return Words(known, dict(_flat(yaml.safe_load(text))))


def preferred(accept: str) -> str:
    """The language to greet with, from an Accept-Language header (RFC 9110 12.5.4); Japanese if in doubt."""
    best, weight = LANGUAGES[0], 0.0
    for part in accept[:200].split(","):
        tag, _, parameter = part.strip().partition(";")
        language = tag.split("-")[0].lower()
        name, _, value = parameter.strip().partition("=")
        try:
            wanted = float(value) if name == "q" else 1.0
        except ValueError:
            continue
        if language in LANGUAGES and wanted > weight:
            best, weight = language, wanted
    return best


def _flat(tree: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, str]]:
    for key, value in tree.items():
        if isinstance(value, Mapping):
            yield from _flat(value, f"{prefix}{key}.")
        elif isinstance(value, str):
            yield f"{prefix}{key}", value
        else:
            raise BrokenCatalogue(f"{prefix}{key} is no text")
