"""Opening hours in a time zone: weekdays, Japanese national holidays, special days.

Wall-clock ranges are laid on each local day and turned into instants there, so a day of 23 or 25 hours is right.
National holidays are those of the Act on National Holidays (国民の祝日に関する法律), by ``jpholiday``.
"""

from __future__ import annotations

import itertools
from datetime import UTC, date, datetime, time, timedelta
from typing import Annotated
from zoneinfo import ZoneInfo

import jpholiday
from pydantic import Field, model_validator

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

    @model_validator(mode="after")
    def _make_sense(self) -> OpeningHours:
        for day in self.days:
            date.fromisoformat(day)
        for day in self.yearly:
            date.fromisoformat(f"2024-{day}")  # a leap year: 02-29 may be meant
        named = [
            *((name, getattr(self, name)) for name in (*WEEK, "holiday")),
            *self.yearly.items(),
            *self.days.items(),
        ]
        for name, ranges in named:
            ends = [moment for one in ranges for moment in one.split("-")]
            if any(a >= b for a, b in itertools.pairwise(ends)):
                raise ValueError(f"{name}: ranges must be in order and apart")
        return self

    def ranges(self, day: date) -> tuple[str, ...]:
        iso = day.isoformat()
        if iso in self.days:
            return self.days[iso]
        if iso[5:] in self.yearly:
            return self.yearly[iso[5:]]
        if jpholiday.is_holiday(day):
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


def _instant(day: date, moment: str, zone: ZoneInfo) -> datetime:
    if moment == "24:00":
        day, moment = day + timedelta(days=1), "00:00"
    return datetime.combine(day, time.fromisoformat(moment), zone).astimezone(UTC)
