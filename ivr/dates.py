"""Dates and times as people key, type and hear them: 和暦 and 西暦, without a year, on a 24-hour clock."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, timedelta

from ivr.phrases import phrase

ERAS = {"令和": 2018, "平成": 1988, "昭和": 1925, "大正": 1911, "明治": 1867}
"""Japanese eras and the year before their first (元号法 and the imperial ordinances before it)."""
_ERA_KEYS = {"1": "明治", "2": "大正", "3": "昭和", "4": "平成", "5": "令和"}
"""How Japanese forms and voice menus number the eras."""
_ERA_SIGNS = {"R": "令和", "H": "平成", "S": "昭和", "T": "大正", "M": "明治"}
_BEGINS = {
    "令和": date(2019, 5, 1),
    "平成": date(1989, 1, 8),
    "昭和": date(1926, 12, 25),
    "大正": date(1912, 7, 30),
    "明治": date(1868, 10, 23),
}
_DATE = re.compile(r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?")
_ERA_DATE = re.compile(
    r"(明治|大正|昭和|平成|令和|[MTSHR])\s*(\d{1,2}|元)\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?"
)
_TIME = re.compile(r"(午前|午後|AM|PM)?\s*(\d{1,2})\s*[:時]\s*(?:(\d{1,2})\s*分?|(半))?\s*(AM|PM)?", re.IGNORECASE)


def bound(written: str, today: date) -> str:
    """A bound of a tree as a date: ``today``, ``+30d``, ``-120y``; anything else as it is."""
    if written == "today":
        return today.isoformat()
    if found := re.fullmatch(r"([+-])(\d{1,4})([dy])", written):
        count = int(found[1] + found[2])
        if found[3] == "d":
            return (today + timedelta(days=count)).isoformat()
        return _same_day(today, today.year + count).isoformat()
    return written


def era_date(era: str, year: int, month: int, day_of_month: int) -> date | None:
    """A date of a Japanese era; None when there is no such day, or it lies outside the era."""
    found = _date(ERAS[era] + year, month, day_of_month)
    if found is None or year < 1 or found < _BEGINS[era]:
        return None
    later = [begins for begins in _BEGINS.values() if begins > _BEGINS[era]]
    # A birthday on the very day of a change is written in either era.
    return found if not later or found <= min(later) else None


def nearest_year(month: int, day_of_month: int, today: date, allowed: Callable[[date], bool]) -> date | None:
    """The day without a year: the next to come that is allowed, or the last one that was; the next to come else."""
    found = [_date(today.year + ahead, month, day_of_month) for ahead in (0, 1, -1)]
    days = [one for one in found if one is not None]
    if not days:
        return _date(today.year + 4 - today.year % 4, month, day_of_month)  # the 29th of February
    fitting = [one for one in days if allowed(one)] or days
    coming = [one for one in fitting if one >= today]
    return min(coming) if coming else max(fitting)


def keyed_date(digits: str, today: date, allowed: Callable[[date], bool]) -> date | None:
    """20261103, 5081103 by era, or 1103."""
    if len(digits) == 8:
        return _date(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
    if len(digits) == 7 and digits[0] in _ERA_KEYS:
        return era_date(_ERA_KEYS[digits[0]], int(digits[1:3]), int(digits[3:5]), int(digits[5:]))
    if len(digits) == 4:
        return nearest_year(int(digits[:2]), int(digits[2:]), today, allowed)
    return None


def typed_date(plain: str) -> date | None:
    if found := _DATE.fullmatch(plain):
        return _date(int(found[1]), int(found[2]), int(found[3]))
    if found := _ERA_DATE.fullmatch(plain.upper()):
        year = 1 if found[2] == "元" else int(found[2])
        return era_date(_ERA_SIGNS.get(found[1], found[1]), year, int(found[3]), int(found[4]))
    return None


def typed_time(plain: str) -> str | None:
    if plain.isdecimal() and len(plain) in (3, 4):
        return clock(int(plain[:-2]), int(plain[-2:]))
    found = _TIME.fullmatch(plain)
    if not found:
        return None
    hour, minute = int(found[2]), 30 if found[4] else int(found[3] or 0)
    half = (found[1] or found[5] or "").upper()
    if half in ("午後", "PM") and hour < 12:
        hour += 12
    if half in ("午前", "AM") and hour == 12:
        hour = 0
    return clock(hour, minute)


def clock(hour: int, minute: int) -> str | None:
    return f"{hour:02}:{minute:02}" if hour < 24 and minute < 60 else None


def _date(year: int, month: int, day_of_month: int) -> date | None:
    try:
        return date(year, month, day_of_month)
    except ValueError:
        return None


def _same_day(when: date, year: int) -> date:
    return _date(year, when.month, when.day) or date(year, when.month, when.day - 1)


def is_date(value: str) -> bool:
    return bool(re.fullmatch(r"\d{4}-\d{2}-\d{2}", value)) and _date(*map(int, value.split("-"))) is not None


def is_time(value: str) -> bool:
    return bool(re.fullmatch(r"\d{2}:\d{2}", value)) and clock(int(value[:2]), int(value[3:])) is not None


def spoken_date(when: date, language: str) -> str:
    months, days = phrase("word_months", language).split(), phrase("word_days", language).split()
    values = {
        "year": str(when.year),
        "month": months[when.month - 1],
        "day": str(when.day),
        "weekday": days[when.weekday()],
    }
    return phrase("word_date", language, values)


def spoken_time(hour: int, minute: int, language: str) -> str:
    values = {
        "half": phrase("word_am" if hour < 12 else "word_pm", language),
        "from_zero": str(hour % 12),
        "from_twelve": str(hour % 12 or 12),
        "minute": phrase("word_minute", language, {"minute": f"{minute:02}"}) if minute else "",
    }
    return phrase("word_clock", language, values)
