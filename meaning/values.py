"""The value that an answer names, canonical as in ``ivr.slots``, for every kind that a question may ask for."""

from __future__ import annotations

import re
from datetime import date

from ivr import slots
from ivr.actions import Ask, Limits
from meaning import addresses, amounts, dates, members, names, phone, times
from meaning.digits import digits as spoken_digits
from meaning.lexicon import LANGUAGES, lexicon
from meaning.normal import plain

_NUMBER = re.compile(r"(?<!\d)0\d{1,3}[- ]?\d{2,4}[- ]?\d{4}(?!\d)")
SURE_EAR = 0.5
"""Confidence from which the ear's digits count against those in its words."""


def understood(
    ask: Ask, text: str, digits: str, confidence: float, *, today: date, is_written: bool = False
) -> str | None:
    """None when no value, or no single one, was said. digits, confidence: as in asr.speech.Hypothesis."""
    language = ask.language if ask.language in LANGUAGES else LANGUAGES[0]
    limits = ask.limits
    match ask.expects:
        case "digits":
            return _digits(text, language, digits, confidence, max(1, ask.least), ask.most or 32)
        case "phone":
            return _phone(text, digits)
        case "member":
            return _heard(ask, digits, today) or members.understood(text, language, limits)
        case "date":
            return dates.understood(text, language, limits, today) or _heard(ask, digits, today)
        case "time":
            return times.understood(text, language, limits) or _heard(ask, digits, today)
        case "amount" | "count" as kind:
            return amounts.understood(kind, text, language) or (None if text else _heard(ask, digits, today))
        case "name":
            return names.understood(text, language, is_written=is_written)
        case "address":
            return addresses.understood(text, language, digits)
        case "rest":
            return addresses.rest(text, language)
        case "text":
            return _words(text, language, is_written)
        case _:
            return None


def in_passing(text: str, language: str, today: date) -> tuple[tuple[str, str], ...]:
    """(kind, value) of what was said along with an answer and is sure: 来週の火曜の10時に3名で予約したい."""
    found = (
        ("date", dates.in_passing(text, language, today)),
        ("time", times.in_passing(text, language)),
        ("count", amounts.in_passing("count", text, language)),
        ("amount", amounts.in_passing("amount", text, language)),
        ("phone", _phone_in_passing(text)),
    )
    return tuple((kind, value) for kind, value in found if value is not None)


def _digits(text: str, language: str, digits: str, confidence: float, least: int, most: int) -> str | None:
    said = spoken_digits(text, language, least=least, most=most)
    heard = digits if digits.isascii() and digits.isdigit() and least <= len(digits) <= most else None
    if said is not None and heard is not None and said != heard and confidence < SURE_EAR:
        return None
    return heard or said


def _phone(text: str, digits: str) -> str | None:
    for said_or_heard in (digits, text):
        number = phone.normalise(said_or_heard) if said_or_heard else None
        if number is not None:
            return phone.national(number)
    return None


def _phone_in_passing(text: str) -> str | None:
    written = _NUMBER.search(plain(text))
    return _phone(written[0], "") if written else None


def _heard(ask: Ask, digits: str, today: date) -> str | None:
    """The ear's digits as keys would be taken."""
    value = slots.keyed(ask.expects, digits, ask.limits, today) if digits else None
    return value if value and not slots.amiss(ask.expects, value, ask.least, ask.most, ask.limits, today) else None


def _words(text: str, language: str, is_written: bool) -> str | None:
    said = slots.typed("text", text, Limits(), date.min) or ""
    if not is_written:
        said = re.sub(lexicon(language).fillers.pattern, " ", said, flags=re.IGNORECASE)
        said = re.sub(r"\s+", " ", said).strip(" 、,")
    return said or None
