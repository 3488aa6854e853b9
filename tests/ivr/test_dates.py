from datetime import date

import pytest

from ivr import dates

TODAY = date(2026, 11, 24)


def anything(day: date) -> bool:
    return True


@pytest.mark.parametrize(
    ("keys", "day"),
    [
        ("20261103", date(2026, 11, 3)),
        ("5081103", date(2026, 11, 3)),
        ("3550401", date(1980, 4, 1)),
        ("4010108", date(1989, 1, 8)),
        ("3640107", date(1989, 1, 7)),
        ("2150101", date(1926, 1, 1)),
        ("1124", date(2026, 11, 24)),
        ("1123", date(2027, 11, 23)),
        ("0229", date(2028, 2, 29)),
        ("20260229", None),
        ("9080101", None),
        ("4010107", None),
        ("1332", None),
        ("000", None),
        ("00000000", None),
    ],
)
def test_keys_make_a_day_of_either_calendar(keys: str, day: date | None):
    assert dates.keyed_date(keys, TODAY, anything) == day


def test_the_day_on_which_an_era_changes_belongs_to_both():
    assert dates.era_date("平成", 31, 5, 1) == dates.era_date("令和", 1, 5, 1) == date(2019, 5, 1)
    assert dates.era_date("平成", 31, 5, 2) is None


def test_a_birthday_without_a_year_is_the_last_one_where_only_the_past_is_allowed():
    assert dates.nearest_year(12, 1, TODAY, lambda day: day <= TODAY) == date(2025, 12, 1)
    assert dates.nearest_year(12, 1, TODAY, anything) == date(2026, 12, 1)


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2026-11-03", date(2026, 11, 3)),
        ("2026/11/3", date(2026, 11, 3)),
        ("2026年11月3日", date(2026, 11, 3)),
        ("令和8年11月3日", date(2026, 11, 3)),
        ("令和元年5月1日", date(2019, 5, 1)),
        ("R8.11.3", date(2026, 11, 3)),
        ("s55.4.1", date(1980, 4, 1)),
        ("2026-13-01", None),
        ("昭和65年1月1日", None),
        ("tomorrow", None),
    ],
)
def test_a_day_is_typed_in_either_calendar(text: str, day: date | None):
    assert dates.typed_date(text) == day


@pytest.mark.parametrize(
    ("text", "time"),
    [
        ("9:30", "09:30"),
        ("0930", "09:30"),
        ("午後3時半", "15:30"),
        ("15時", "15:00"),
        ("午前12時", "00:00"),
        ("12:05 pm", "12:05"),
        ("3 PM", None),
        ("3:00 pm", "15:00"),
        ("24:00", None),
        ("9:75", None),
        ("soon", None),
    ],
)
def test_a_time_is_typed_as_people_write_it(text: str, time: str | None):
    assert dates.typed_time(text) == time


@pytest.mark.parametrize(
    ("written", "day"),
    [("today", "2026-11-24"), ("+7d", "2026-12-01"), ("-120y", "1906-11-24"), ("2026-04-01", "2026-04-01")],
)
def test_a_bound_of_a_tree_is_a_day(written: str, day: str):
    assert dates.bound(written, TODAY) == day


def test_a_year_back_from_a_leap_day_is_the_day_before_march():
    assert dates.bound("-1y", date(2028, 2, 29)) == "2027-02-28"


def test_days_and_times_are_said_in_both_languages():
    assert dates.spoken_date(date(2026, 11, 3), "ja") == "2026年11月3日、火曜日"
    assert dates.spoken_date(date(2026, 11, 3), "en") == "Tuesday, November 3, 2026"
    assert (dates.spoken_time(0, 0, "ja"), dates.spoken_time(15, 5, "ja")) == ("午前0時", "午後3時05分")
    assert (dates.spoken_time(0, 0, "en"), dates.spoken_time(15, 5, "en")) == ("12 a.m.", "3:05 p.m.")
