"""Opening hours in a time zone: weekdays, Japanese national holidays, special days.

Wall-clock ranges are laid on each local day and turned into instants there, so a day of 23 or 25 hours is right.
National holidays are those of the Act on National Holidays (国民の祝日に関する法律), by ``jpholiday``.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import Annotated, Any
from zoneinfo import ZoneInfo

import jpholiday
from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from ivr.nodes import Strict

Range = Annotated[str, Field(pattern=r"^([01]\d|2[0-3]):[0-5]\d-(([01]\d|2[0-3]):[0-5]\d|24:00)$")]
Ranges = Annotated[tuple[Range, ...], Field(max_length=8)]
Day = Annotated[str, Field(pattern=r"^\d{4}-\d{2}-\d{2}$")]
Yearly = Annotated[str, Field(pattern=r"^\d{2}-\d{2}$")]
WEEK = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
AHEAD = 400
"""Days to look for the next opening; past it a centre counts as closed for good."""


class OpeningHours(Strict):
    """Ranges ``09:00-17:30`` of weekdays, national holidays, yearly (``12-31``) and single (``2026-12-29``) days.

    The most particular wins: single day, yearly day, holiday, weekday. Every weekday and ``holiday`` must be given,
    an empty list being a closed day, so that no hour of the year is left open to guessing.
    """

    mon: Ranges
    tue: Ranges
    wed: Ranges
    thu: Ranges
    fri: Ranges
    sat: Ranges
    sun: Ranges
    holiday: Ranges
    yearly: dict[Yearly, Ranges] = Field(default={})
    days: dict[Day, Ranges] = Field(default={})

    @model_validator(mode="before")
    @classmethod
    def _end_at_midnight(cls, data: Any) -> Any:
        for name, one in _written(data) if isinstance(data, dict) else ():
            found = re.fullmatch(r"(\d{1,2}:\d\d)-(\d{1,2}):(\d\d)", one)
            if not found or int(found[3]) > 59:
                continue
            start, end = found[1].zfill(5), f"{found[2].zfill(2)}:{found[3]}"
            if "24:00" < end <= "36:00" or (end < start < "24:00"):
                morning = f"{int(found[2]) % 24:02}:{found[3]}"
                raise PydanticCustomError(
                    "hours_past_midnight",
                    "{name}: {range} goes past midnight; write {start}-24:00, and 00:00-{end} for the day after",
                    {"name": name, "range": one, "start": start, "end": morning},
                )
        return data

    @model_validator(mode="after")
    def _make_sense(self) -> OpeningHours:
        for day in (*self.days, *(f"2024-{day}" for day in self.yearly)):  # a leap year: 02-29 may be meant
            try:
                date.fromisoformat(day)
            except ValueError:
                raise PydanticCustomError("no_such_day", "there is no day {day}", {"day": day}) from None
        named = [
            *((name, getattr(self, name)) for name in (*WEEK, "holiday")),
            *self.yearly.items(),
            *self.days.items(),
        ]
        for name, ranges in named:
            ends = [moment for one in ranges for moment in one.split("-")]
            if any(a >= b for a, b in itertools.pairwise(ends)):
                raise PydanticCustomError(
                    "hours_out_of_order", "{name}: ranges must be in order and apart", {"name": name}
                )
        return self

    def ranges(self, day: date) -> tuple[str, ...]:
        iso = day.isoformat()
        if iso in self.days:
            return self.days[iso]
        if iso[5:] in self.yearly:
            return self.yearly[iso[5:]]
        if is_holiday(day):
            return self.holiday
        found: tuple[str, ...] = getattr(self, WEEK[day.weekday()])
        return found

    def spans(self, day: date, zone: ZoneInfo) -> tuple[tuple[datetime, datetime], ...]:
        """The openings that begin on this local day, as instants in UTC."""
        return tuple(
            (_instant(day, a, zone), _instant(day, b, zone)) for a, b in (r.split("-") for r in self.ranges(day))
        )

    def is_open(self, at: datetime, zone: ZoneInfo) -> bool:
        """at: aware."""
        return any(a <= at < b for a, b in self.spans(at.astimezone(zone).date(), zone))

    def next_opening(self, at: datetime, zone: ZoneInfo) -> datetime | None:
        """The first instant from ``at`` on at which it is open, in the zone: ``at`` itself while open.

        None if there is none within 400 days.
        """
        today = at.astimezone(zone).date()
        for ahead in range(AHEAD):
            for start, end in self.spans(today + timedelta(days=ahead), zone):
                if at < end and start < end:
                    return max(at, start).astimezone(zone)
        return None


@lru_cache(maxsize=2048)
def is_holiday(day: date) -> bool:
    return bool(jpholiday.is_holiday(day))


def _written(data: dict[Any, Any]) -> Iterator[tuple[str, str]]:
    """(day, range) of all that looks like ranges, before it is known to be right."""
    days = dict(data)
    for field in ("yearly", "days"):
        more = days.pop(field, None)
        days |= more if isinstance(more, dict) else {}
    for name, ranges in days.items():
        yield from (
            ((str(name), one) for one in ranges if isinstance(one, str)) if isinstance(ranges, list | tuple) else ()
        )


@lru_cache(maxsize=4096)
def _instant(day: date, moment: str, zone: ZoneInfo) -> datetime:
    if moment == "24:00":
        day, moment = day + timedelta(days=1), "00:00"
    return datetime.combine(day, time.fromisoformat(moment), zone).astimezone(UTC)
