"""May this number be sent a message? Pure: the counts are given.

Against SMS pumping (numbers of one range that earn by being sent messages): few a number, few a range, few in all,
and only to mobile numbers of countries that were allowed.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

import phonenumbers

Refusal = Literal["no_sms", "limit"]
DAY = timedelta(days=1)
HOUR = timedelta(hours=1)
_E164 = re.compile(r"\+[1-9][0-9]{6,14}", re.ASCII)
# Telecommunications numbering plan of Japan: 060, 070, 080 and 090 are mobile; 020 is machines, 050 is IP telephony.
_JAPANESE_MOBILE = re.compile(r"\+81[6789]0[1-9][0-9]{7}", re.ASCII)
_RANGE = 5
"""Digits that numbers of one range differ in."""


@dataclass(frozen=True, slots=True)
class Limits:
    """a_number: messages to one number in a day. a_range: to one range of 100,000 numbers in an hour.

    overall: to all together in an hour. countries: calling codes that may be sent to.
    """

    a_number: int = 3
    a_range: int = 20
    overall: int = 200
    countries: tuple[str, ...] = ("+81",)


@dataclass(frozen=True, slots=True)
class Sent:
    """What was sent before: to the number within DAY, to its range within HOUR, to all within HOUR."""

    to_number: int
    to_range: int
    overall: int


def refusal(number: str, sent: Sent, limits: Limits) -> Refusal | None:
    """Why this number is not sent a message now, or None when it may be. number: E.164."""
    if not takes_sms(number, limits.countries):
        return "no_sms"
    if sent.to_number >= limits.a_number or sent.to_range >= limits.a_range or sent.overall >= limits.overall:
        return "limit"
    return None


def takes_sms(number: str, countries: tuple[str, ...]) -> bool:
    """A mobile number of one of these countries."""
    if not _E164.fullmatch(number):
        return False
    parsed = phonenumbers.parse(number)
    if f"+{parsed.country_code}" not in countries:
        return False
    if parsed.country_code == 81:
        return _JAPANESE_MOBILE.fullmatch(number) is not None
    mobile = (phonenumbers.PhoneNumberType.MOBILE, phonenumbers.PhoneNumberType.FIXED_LINE_OR_MOBILE)
    return phonenumbers.is_valid_number(parsed) and phonenumbers.number_type(parsed) in mobile


def range_of(number: str) -> str:
    """What numbers of one range have in common."""
    return number[:-_RANGE]


def masked(number: str) -> str:
    """The number with its middle hidden: ``090-****-5678``, as its owner knows it."""
    local = "0" + number[3:] if number.startswith("+81") else number
    hidden = "*" * max(0, len(local) - 7)
    return f"{local[:3]}-{hidden}-{local[-4:]}" if len(local) >= 8 else "*" * len(local)
