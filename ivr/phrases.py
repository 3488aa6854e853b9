"""The catalogue of what the engine itself says (``phrases.yaml``), by id and language."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from functools import cache
from importlib import resources

from ivr.source import read
from ivr.texts import fill


@cache
def catalogue() -> Mapping[str, Mapping[str, str]]:
    """Phrase id to language to words."""
    return read(resources.files("ivr").joinpath("phrases.yaml").read_text("utf-8"))


def languages() -> frozenset[str]:
    """The languages that the engine speaks: those of every phrase."""
    return frozenset.intersection(*(frozenset(words) for words in catalogue().values()))


def phrase(name: str, language: str, values: Mapping[str, str] | None = None) -> str:
    return fill(catalogue()[name][language], values or {})


def spaced(digits: str, language: str) -> str:
    """Digits one by one, with a breath between them."""
    return phrase("word_pause", language).join(digits)


def grouped(number: str) -> str:
    """A Japanese mobile number as people write it, ``090-1234-5678``; anything else as it is."""
    return f"{number[:3]}-{number[3:7]}-{number[7:]}" if is_mobile(number) else number


def is_mobile(number: str) -> bool:
    """060, 070, 080 or 090 and eight digits (MIC numbering plan, 電気通信番号計画)."""
    return len(number) == 11 and number[0] == "0" and number[1] in "6789" and number[2] == "0" and number.isdecimal()


def moment(when: datetime, now: datetime, language: str) -> str:
    """A day and an hour to come, for being spoken; both in the zone of the tree."""

    def word(name: str, **values: str) -> str:
        return phrase(f"word_{name}", language, values)

    clock = word(
        "clock",
        half=word("am" if when.hour < 12 else "pm"),
        from_zero=str(when.hour % 12),
        from_twelve=str(when.hour % 12 or 12),
        minute=word("minute", minute=f"{when.minute:02}") if when.minute else "",
    )
    ahead = (when.date() - now.date()).days
    if ahead < 2:
        return word("tomorrow" if ahead else "today", clock=clock)
    weekday, month = word("days").split()[when.weekday()], word("months").split()[when.month - 1]
    return word("day", month=month, day=str(when.day), weekday=weekday, clock=clock)
