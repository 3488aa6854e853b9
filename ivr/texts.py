"""Names in braces within the words of a tree."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache

_NAME = re.compile(r"\{([a-z][a-z0-9_]*)\}")

VALUES = frozenset({"sms_sender", "link_domain", "centre_number"})
"""Known when a tree is loaded: the number messages come from, the domain of links, the number people call."""

GIVEN = frozenset({"caller_class", "language", "screen", "voice", "link_sent", "identified"})
"""Variables that every conversation has: the class of the caller's number, the language, and whether a page is there,
a voice is there, a link was sent, a customer was identified."""

CUSTOMER = frozenset({"customer_name", "customer_kana", "customer_rank"})
"""Columns of the customer table that a tree may name once a customer was identified."""


def fill(text: str, values: Mapping[str, str]) -> str:
    """Fill in ``{name}`` where the name is known; leave it where not. What is filled in is not looked at again."""
    if "{" not in text:
        return text
    return _NAME.sub(lambda found: values.get(found[1], found[0]), text)


@lru_cache(maxsize=8192)
def open_names(text: str) -> frozenset[str]:
    """text: words of a tree or a catalogue, before anything of a caller is filled in."""
    return frozenset(_NAME.findall(text))
