"""Every hour of the coming year: which hours are open together when, and whether a person can be reached then."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from ivr import problems
from ivr.errors import Problem
from ivr.hours import WEEK, OpeningHours
from ivr.nodes import HoursNode
from ivr.proof.ground import Ground
from ivr.proof.reach import Distances, reached
from ivr.proof.shape import Leads

DAYS = 366
HOME = "Asia/Tokyo"
MOST_STATES = 64
"""Different sets of hours open at once that are looked at one by one."""

Open = tuple[tuple[str, bool], ...]


def people(ground: Ground, leads: Leads, today: date | None) -> Iterator[Problem]:
    """Whether people are reached. What fails when anything may be open must fail at an hour that there is."""
    worst = list(reached(ground, leads, Distances(ground, leads)))
    used = {node.hours for node in ground.tree.nodes.values() if isinstance(node, HoursNode)} & ground.tree.hours.keys()
    if not worst or today is None or not used:
        yield from worst
        return
    states = moments({name: ground.tree.hours[name] for name in sorted(used)}, today)
    if len(states) > MOST_STATES:
        yield from worst
        return
    told = set()
    for state, when in states.items():
        for problem in reached(ground, leads, Distances(ground, leads, dict(state)), when):
            # One hour is enough to show it.
            if (problem.kind, problem.place) not in told:
                told.add((problem.kind, problem.place))
                yield problem


def moments(hours: Mapping[str, OpeningHours], today: date) -> dict[Open, str]:
    """Everything that is open or closed together in the coming year, with the first hour at which it is so."""
    kinds: dict[tuple[tuple[str, ...], ...], date] = {}
    for ahead in range(DAYS):
        day = today + timedelta(days=ahead)
        kinds.setdefault(tuple(one.ranges(day) for one in hours.values()), day)
    found: dict[Open, str] = {}
    for ranges, day in kinds.items():
        edges = sorted({"00:00", *(edge for one in itertools.chain(*ranges) for edge in one.split("-"))} - {"24:00"})
        for edge in edges:
            state = tuple(
                (name, any(a <= edge < b for a, b in (one.split("-") for one in mine)))
                for name, mine in zip(hours, ranges, strict=True)
            )
            found.setdefault(state, f"{day.isoformat()} {edge}")
    return found


def hours(ground: Ground, today: date | None) -> Iterator[Problem]:
    tree = ground.tree
    asked = {node.hours for node in tree.nodes.values() if isinstance(node, HoursNode)}
    for name, one in tree.hours.items():
        place = ("hours", name)
        if not any(getattr(one, day) for day in (*WEEK, "holiday")) and not any(
            (*one.yearly.values(), *one.days.values())
        ):
            yield problems.found("never_open", "", place, name=name)
        elif today is not None:
            yield from _in_the_year(name, one, today, tree.timezone, is_asked=name in asked)
        if tree.timezone != HOME:
            yield problems.found("holidays_of_japan", "", (*place, "holiday"), name=name, zone=tree.timezone)


def _in_the_year(name: str, one: OpeningHours, today: date, zone: str, *, is_asked: bool) -> Iterator[Problem]:
    place = ("hours", name)
    past = sorted(day for day in one.days if day < today.isoformat())
    if past:
        yield problems.found("days_past", "", (*place, "days", past[0]), name=name, day=past[0], count=len(past))
    states = {dict(state)[name] for state in moments({name: one}, today)}
    if True not in states:
        yield problems.found("never_open_this_year", "", place, name=name)
    elif False not in states and is_asked:
        yield problems.found("never_closed", "", place, name=name)
    for day, ranges in _lost(one, today, ZoneInfo(zone)):
        yield problems.found("hours_lost", "", place, name=name, day=day.isoformat(), range=ranges)


def _lost(one: OpeningHours, today: date, zone: ZoneInfo) -> Iterator[tuple[date, str]]:
    """Openings that a change of the clock swallows."""
    days = [today + timedelta(days=ahead) for ahead in range(DAYS)]
    offsets = [datetime(day.year, day.month, day.day, 12, tzinfo=zone).utcoffset() for day in days]
    for day, offset, before in zip(days[1:], offsets[1:], offsets, strict=False):
        if offset != before:
            for (start, end), ranges in zip(one.spans(day, zone), one.ranges(day), strict=True):
                if start >= end:
                    yield day, ranges
