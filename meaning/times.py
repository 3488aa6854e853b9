"""Times of day as they are said: 午前十時半, 10時15分前, 夕方5時, "half past two", "quarter to five", "2 p.m.".

Named parts of a form: part or after (of the day), hour, minute, half, quarter + sign (so many minutes before, or
after when there is no sign), clock (正午, noon).
"""

from __future__ import annotations

import re
from datetime import date

from ivr import slots
from ivr.actions import Limits
from meaning.digits import alone
from meaning.numerals import figures
from meaning.spans import found_in, taken_back
from meaning.vocabulary import Vocabulary, vocabulary

_DAY = 24 * 60
_BUSINESS = range(7, 19)
"""Hours that are meant when neither words nor limits tell 3時 in the afternoon from that in the night."""


def understood(text: str, language: str, limits: Limits) -> str | None:
    """The one time that the text names, as ``09:30``; None when there is none, or more than one."""
    words = vocabulary(language)
    _, said = taken_back(figures(text, language), words)
    if words.unfit["time"].search(said):
        return None
    found = found_in(said, words.forms["times"])
    if not found:
        digits = alone(text, language, words.bare)
        return slots.keyed("time", digits, limits, date.min) if digits and len(digits) in (3, 4) else None
    times = {_time(one.parts, words, limits) for one in found}
    return times.pop() if len(times) == 1 else None


def in_passing(text: str, language: str) -> str | None:
    """A time that was said along with something else, when it is one for sure."""
    words = vocabulary(language)
    said = figures(text, language, kana=False)
    if words.unfit["time"].search(said) or words.instead.search(said):
        return None
    found = [one for one in found_in(said, words.forms["times"]) if one.is_sure]
    times = {_time(one.parts, words, Limits()) for one in found}
    return times.pop() if len(times) == 1 else None


def _time(parts: dict[str, str], words: Vocabulary, limits: Limits) -> str | None:
    tables = words.tables
    if "clock" in parts:
        return str(tables["clocks"][parts["clock"]])
    part = tables["parts"].get(parts.get("part") or parts.get("after", ""), "")
    hour, minute = int(parts["hour"]), _minute(parts)
    if hour == 24 and not minute and not part:
        return "00:00"
    if hour > 23 or not -60 < minute < 60:
        return None
    times = [_clock(one, minute) for one in _hours(hour, part)]
    allowed = [one for one in times if _is_within(one, limits)]
    if len(allowed) > 1:
        allowed = [one for one in allowed if int(one[:2]) in _BUSINESS] or allowed
    return next(iter(allowed or times), None)


def _minute(parts: dict[str, str]) -> int:
    """Minutes past the hour, negative before it."""
    if "half" in parts:
        return 30
    if "quarter" in parts:
        count = int(parts["quarter"]) if parts["quarter"].isdecimal() else 15
        return -count if "sign" in parts else count
    figured = re.sub(r"\D", "", parts.get("minute") or parts.get("minute2") or "0")
    return int(figured or 0)


def _hours(hour: int, part: str) -> list[int]:
    """The hours of the day that this may be."""
    if hour > 12:
        return [hour] if part != "am" else []
    match part:
        case "am":
            return [hour % 12]
        case "pm":
            return [hour % 12 + 12]
        case "noon":
            return [hour if hour in (10, 11, 12) else hour + 12]
        case "night":
            return [hour % 12 + 12 if 5 <= hour < 12 else hour % 12]
        case _:
            return [hour] if hour in (0, 12) else [hour, hour + 12]


def _clock(hour: int, minute: int) -> str:
    total = (hour * 60 + minute) % _DAY
    return f"{total // 60:02}:{total % 60:02}"


def _is_within(time: str, limits: Limits) -> bool:
    return (limits.lowest or "00:00") <= time <= (limits.highest or "23:59")
