from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from ivr.hours import WEEK, OpeningHours

TOKYO, NEW_YORK = ZoneInfo("Asia/Tokyo"), ZoneInfo("America/New_York")
OFFICE = dict.fromkeys(WEEK[:5], ("09:00-12:00", "13:00-18:00")) | {"sat": (), "sun": (), "holiday": ()}


def hours(**more):
    return OpeningHours(**(OFFICE | more))


def tokyo(text):
    return datetime.fromisoformat(text).replace(tzinfo=TOKYO)


@pytest.mark.parametrize(
    ("at", "expected"),
    [
        ("2026-11-24 08:59", False),
        ("2026-11-24 09:00", True),
        ("2026-11-24 12:00", False),
        ("2026-11-24 17:59", True),
        ("2026-11-24 18:00", False),
        ("2026-11-22 10:00", False),  # Sunday
        ("2026-11-23 10:00", False),  # 勤労感謝の日
        ("2026-09-22 10:00", False),  # 国民の休日, between two holidays
        ("2026-05-06 10:00", False),  # 振替休日
        ("2026-12-31 10:00", False),
        ("2026-12-28 10:00", True),
        ("2026-12-29 10:30", True),
        ("2026-12-29 14:00", False),
    ],
)
def test_weekdays_holidays_and_special_days(at, expected):
    centre = hours(yearly={"12-31": ()}, days={"2026-12-29": ("10:00-12:00",)})
    assert centre.is_open(tokyo(at), TOKYO) is expected


def test_a_single_day_wins_over_a_holiday():
    assert hours(days={"2026-11-23": ("10:00-15:00",)}).is_open(tokyo("2026-11-23 11:00"), TOKYO)


def test_the_next_opening_passes_over_a_long_weekend():
    assert hours().next_opening(tokyo("2026-11-20 19:00"), TOKYO) == tokyo("2026-11-24 09:00")
    assert hours().next_opening(tokyo("2026-11-24 12:30"), TOKYO) == tokyo("2026-11-24 13:00")


def test_while_it_is_open_the_next_opening_is_now():
    assert hours().next_opening(tokyo("2026-11-24 10:10"), TOKYO) == tokyo("2026-11-24 10:10")


def test_a_centre_that_never_opens_has_no_next_opening():
    assert OpeningHours(**dict.fromkeys((*WEEK, "holiday"), ())).next_opening(tokyo("2026-11-24 10:00"), TOKYO) is None


def test_the_clock_change_moves_the_opening_with_the_clock_on_the_wall():
    # 2026-03-08: New York goes from -05:00 to -04:00 at 02:00.
    week = OpeningHours(**dict.fromkeys((*WEEK, "holiday"), ("09:00-17:00",)))
    saturday = datetime(2026, 3, 7, 23, tzinfo=UTC)
    assert week.next_opening(saturday, NEW_YORK) == datetime(2026, 3, 8, 13, tzinfo=UTC)
    assert week.is_open(datetime(2026, 3, 8, 13, tzinfo=UTC), NEW_YORK)
    assert not week.is_open(datetime(2026, 3, 7, 13, tzinfo=UTC), NEW_YORK)


def test_a_day_round_the_clock_is_open_to_its_last_minute_also_when_it_has_23_hours():
    week = OpeningHours(**dict.fromkeys((*WEEK, "holiday"), ("00:00-24:00",)))
    start = datetime(2026, 3, 8, 0, tzinfo=NEW_YORK).astimezone(UTC)
    assert all(week.is_open(start + timedelta(minutes=30 * n), NEW_YORK) for n in range(60))


@given(st.datetimes(datetime(2026, 1, 1), datetime(2027, 12, 31)))
def test_it_is_open_at_the_next_opening_and_closed_until_then(naive):
    for zone in (TOKYO, NEW_YORK):
        at = naive.replace(tzinfo=UTC)
        opening = hours().next_opening(at, zone)
        assert opening is not None
        assert hours().is_open(opening, zone)
        if opening > at:
            assert not hours().is_open(at, zone)
            assert not hours().is_open(opening - timedelta(seconds=1), zone)


@pytest.mark.parametrize(
    "more",
    [
        {"mon": ("18:00-09:00",)},
        {"mon": ("09:00-12:00", "11:00-13:00")},
        {"mon": ("9-17",)},
        {"mon": ("25:00-26:00",)},
        {"days": {"2026-02-30": ()}},
        {"yearly": {"13-01": ()}},
        {"days": {"tomorrow": ()}},
        {"monday": ()},
    ],
)
def test_hours_that_make_no_sense_are_refused(more):
    with pytest.raises(ValidationError):
        hours(**more)


def test_a_weekday_that_is_left_out_is_refused():
    with pytest.raises(ValidationError, match="sun"):
        OpeningHours(**{day: ranges for day, ranges in OFFICE.items() if day != "sun"})
