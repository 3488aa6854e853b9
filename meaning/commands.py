"""What can be said anywhere: repeat, slower, back, a person, from the start, another language."""

from __future__ import annotations

from typing import Literal, cast

from meaning.lexicon import lexicon
from meaning.normal import folded
from meaning.tiling import tiles

Command = Literal["repeat", "slower", "back", "correct", "person", "restart", "ja", "en"]
"""As in ivr.events; ``correct`` is found by meaning.corrections."""
_LONGEST = 80
_LOOSE = {"ja": 8, "en": 16}
"""Signs of other words that may go with a command; more, and the words are about something else: もう一度カードを…"""


def command(text: str, language: str) -> Command | None:
    """The command that the text is, or None. Raises UnknownLanguage."""
    words = lexicon(language)
    whole = folded(text, language)
    if len(whole) > _LONGEST:
        return None
    for name, pattern in words.commands.items():
        if pattern.search(whole) is None:
            continue
        rest = pattern.sub(" ", whole)
        for other in words.commands.values():
            rest = other.sub(" ", rest)
        rest = words.polite.sub(" ", rest)
        kinds = {"no": words.no, "yes": words.yes, "light": words.light}
        if sum(len(phrase) for kind, phrase in tiles(rest, kinds) if not kind) <= _LOOSE.get(language, 16):
            return cast(Command, name)
    return None
