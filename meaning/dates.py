"""Dates as they are said: 令和8年11月3日, 来週の火曜, あさって, "the third of November", "a week from Tuesday".

The forms are data (``meaning.vocabulary``); here is what their named parts mean:

year, years, short, era + eyear   four figures; 来年; two that only the limits place; 令和 8
month, name, months               a number; its name; 来月
day, end, feast                   of the month; the last of it; a day with a name
weekday, weeks, coming, past      火曜; 来週; 次の; "last"
n + unit + sign, days             3日後; 明日

Weeks begin on Monday (ISO 8601). Without a year it is the nearest day that the limits allow (``ivr.dates``).
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from ivr import dates as rules
from ivr import slots
from ivr.actions import Limits
from meaning.digits import alone
from meaning.numerals import figures
from meaning.spans import Found, found_in, taken_back
from meaning.vocabulary import Vocabulary, vocabulary

Allowed = Callable[[date], bool]


def understood(text: str, language: str, limits: Limits, today: date) -> str | None:
    """The one date that the text names, as ``2026-11-03``; None when there is none, or more than one."""
    words = vocabulary(language)
    allowed = _allowed(limits, today)
    before, said = taken_back(figures(text, language), words)
    if words.unfit["date"].search(said):
        return None
    found = found_in(said, words.forms["dates"])
    days = _days(found, words, today, allowed)
    if days is None:
        return None
    if not days:
        return _digit_by_digit(text, language, limits, today)
    day = min(days)
    if before and [one.parts.keys() for one in found] == [{"day"}]:
        # 11月3日、いや、4日: the month is still that which was said before.
        first = _days(found_in(before, words.forms["dates"]), words, today, allowed) or set()
        kept = [_of(one.year, one.month, int(found[0].parts["day"])) for one in first]
        return kept[0].isoformat() if kept and kept[0] else None if first else day.isoformat()
    return day.isoformat()


def in_passing(text: str, language: str, today: date) -> str | None:
    """A date that was said along with something else, when it is one for sure."""
    words = vocabulary(language)
    said = figures(text, language, kana=False)
    if words.unfit["date"].search(said) or words.instead.search(said):
        return None
    found = found_in(said, words.forms["dates"])
    days = _days(found, words, today, lambda one: True)
    return min(days).isoformat() if days and any(one.is_sure for one in found) else None


def _days(found: list[Found], words: Vocabulary, today: date, allowed: Allowed) -> set[date] | None:
    """The one day that all that was found agrees on; empty when nothing was; None when it is no day, or several."""
    weekdays: set[int] = set()
    days: set[date] = set()
    for one in found:
        parts = one.parts
        if parts.keys() == {"weekday"}:
            weekdays.add(_weekday(parts["weekday"], words))
            continue
        day = _day(parts, words, today, allowed)
        if day is None:
            return None
        days.add(day)
    if not days:
        days = {_nearest_weekday(weekday, today, allowed) for weekday in weekdays}
    elif any(day.weekday() not in weekdays for day in days if weekdays):
        return None
    return days if len(days) <= 1 else None


def _day(parts: dict[str, str], words: Vocabulary, today: date, allowed: Allowed) -> date | None:
    """The day of one form's parts."""
    tables = words.tables
    if "n" in parts:
        return _counted(parts, words, today, allowed)
    if "weekday" in parts:
        return _of_week(parts, words, today)
    if "days" in parts:
        weeks = tables["weeks"].get(parts.get("weeks", ""), 0)
        return _moved(today, tables["relative"][parts["days"]] + 7 * weeks)
    if "months" in parts:
        first = _months_on(today.replace(day=1), tables["months"][parts["months"]])
        return first and _of_month(first.year, first.month, parts)
    if parts.keys() == {"end"}:
        return _of_month(today.year, today.month, parts)
    if parts.keys() == {"day"}:
        return _nearest_day(int(parts["day"]), today, allowed)
    if "feast" in parts:
        month, day = tables["feasts"][parts["feast"]]
        parts = {**parts, "month": str(month), "day": str(day)}
    month = tables["month_names"][parts["name"]] if "name" in parts else int(parts["month"])
    if "slash" in parts and month > 12:
        month, parts = int(parts["day"]), {**parts, "day": str(month)}
    if not 1 <= month <= 12:
        return None
    return _of_year(month, parts, words, today, allowed)


def _of_year(month: int, parts: dict[str, str], words: Vocabulary, today: date, allowed: Allowed) -> date | None:
    tables = words.tables
    if "year" in parts:
        figured = re.sub(r"\boh?\b", "0", parts["year"]).replace(" ", "")
        return _of_month(int(figured), month, parts)
    if "years" in parts:
        return _of_month(today.year + tables["years"][parts["years"]], month, parts)
    if "era" in parts:
        year = int(parts["eyear"]) if parts["eyear"].isdecimal() else 1
        era = tables["eras"][parts["era"]]
        last = _of_month(rules.ERAS[era] + year, month, parts)
        return last and rules.era_date(era, year, last.month, last.day)
    if "short" in parts:
        return _of_short_year(int(parts["short"]), month, int(parts["day"]), allowed)
    if "end" in parts:
        near = rules.nearest_year(month, 1, today.replace(day=1), lambda one: allowed(_last_of(one)))
        return near and _last_of(near)
    return rules.nearest_year(month, int(parts["day"]), today, allowed)


def _of_short_year(short: int, month: int, day: int, allowed: Allowed) -> date | None:
    """Two figures for a year: of whichever era or century the limits allow, when that is but one."""
    candidates = {_of(century + short, month, day) for century in (1900, 2000)}
    candidates |= {rules.era_date(era, short, month, day) for era in rules.ERAS}
    fitting = {one for one in candidates if one is not None and allowed(one)}
    return fitting.pop() if len(fitting) == 1 else None


def _counted(parts: dict[str, str], words: Vocabulary, today: date, allowed: Allowed) -> date | None:
    count = int(parts["n"]) if parts["n"].isdecimal() else 1
    unit = words.tables["units"][parts["unit"]]
    count *= words.tables["signs"].get(parts.get("sign", ""), 1)
    start = today
    if "weekday" in parts:
        start = _nearest_weekday(_weekday(parts["weekday"], words), today, lambda one: one > today)
    if "days" in parts:
        start = _moved(today, words.tables["relative"][parts["days"]]) or today
    if unit == "month":
        return _months_on(start, count)
    return _moved(start, count * (7 if unit == "week" else 1))


def _of_week(parts: dict[str, str], words: Vocabulary, today: date) -> date | None:
    weekday = _weekday(parts["weekday"], words)
    if "weeks" in parts:
        monday = today - timedelta(today.weekday())
        return _moved(monday, 7 * words.tables["weeks"][parts["weeks"]] + weekday)
    if "past" in parts:
        return _moved(today, -((today.weekday() - weekday - 1) % 7 + 1))
    return _nearest_weekday(weekday, today, lambda one: one > today)


def _nearest_weekday(weekday: int, today: date, allowed: Allowed) -> date:
    """The next to come after today; today or the last one when only that is allowed."""
    ahead = (weekday - today.weekday() - 1) % 7 + 1
    days = [day for day in (_moved(today, ahead), _moved(today, ahead - 7), _moved(today, ahead - 14)) if day]
    return next((day for day in days if allowed(day)), days[0])


def _nearest_day(day: int, today: date, allowed: Allowed) -> date | None:
    """The next such day of a month that is allowed, else the last one that was."""
    months = [_months_on(today.replace(day=1), ahead) for ahead in (0, 1, 2, -1, -2)]
    days = [one for first in months if first and (one := _of(first.year, first.month, day))]
    coming = [one for one in days if one >= today]
    fitting = [one for one in (*coming, *sorted(set(days) - set(coming), reverse=True)) if allowed(one)]
    return next(iter(fitting or coming or days), None)


def _of_month(year: int, month: int, parts: dict[str, str]) -> date | None:
    first = _of(year, month, 1)
    if first is None or "end" in parts:
        return first and _last_of(first)
    return _of(year, month, int(parts["day"]))


def _digit_by_digit(text: str, language: str, limits: Limits, today: date) -> str | None:
    """20261103, 5081103, 1103, when nothing but such digits was said."""
    digits = alone(text, language, vocabulary(language).bare)
    return slots.keyed("date", digits, limits, today) if digits and len(digits) in (4, 7, 8) else None


def _weekday(word: str, words: Vocabulary) -> int:
    days: dict[str, Any] = {**words.tables["weekdays"], **words.tables.get("short_weekdays", {})}
    return int(days[word])


def _allowed(limits: Limits, today: date) -> Allowed:
    bounds = slots.resolved("date", limits, today)
    lowest, highest = bounds.lowest or "0001-01-01", bounds.highest or "9999-12-31"
    return lambda one: lowest <= one.isoformat() <= highest


def _of(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _moved(start: date, days: int) -> date | None:
    try:
        return start + timedelta(days)
    except OverflowError:
        return None


def _months_on(start: date, months: int) -> date | None:
    """The same day so many months on, or the last of a shorter month."""
    year, month = divmod(start.year * 12 + start.month - 1 + months, 12)
    first = _of(year, month + 1, 1)
    return first and first.replace(day=min(start.day, _last_of(first).day))


def _last_of(day: date) -> date:
    return day.replace(day=calendar.monthrange(day.year, day.month)[1])
