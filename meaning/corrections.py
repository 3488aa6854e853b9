"""Taking back an answer: "no, I meant ...", いや、そうじゃなくて….``split`` gives what was meant instead."""

from __future__ import annotations

import re

_BEGINS = {
    "ja": re.compile(
        r"(?:いいえ|いえ|いや|あっ?|えっと|すみません)?[、,\s]*"
        r"(?:そうじゃ(?:なくて|ありません|ない(?:です)?)|そうではなくて|違い(?:ます|ました)|違う(?:んです(?:けど)?)?|間違え(?:ました|た))"
        r"[。、,.\s]*"
    ),
    "en": re.compile(r"(?:no|sorry|oh|wait)?[,.\s]*(?:i meant|i mean|that(?:'s| is) (?:not right|wrong))[,.\s]*", re.I),
}


def split(text: str, language: str) -> str | None:
    """The words after the correction, ``""`` if none; None when it is no correction."""
    pattern = _BEGINS.get(language)
    found = pattern.match(text.strip()[:200]) if pattern else None
    return text.strip()[found.end() :].strip() if found else None
