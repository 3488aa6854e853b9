from datetime import date
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr import slots
from ivr.actions import Limits

TODAY = date(2026, 11, 24)
FREE = Limits()
COMING = Limits(lowest="+1d", highest="+90d")
KINDS = st.sampled_from(get_args(slots.Kind))


def typed(kind: str, text: str, limits: Limits = FREE) -> str | None:
    return slots.typed(kind, text, limits, TODAY)


def amiss(kind: str, value: str, limits: Limits = FREE, least: int = 1, most: int = 32) -> slots.Why | None:
    return slots.amiss(kind, value, least, most, limits, TODAY)


@pytest.mark.parametrize(
    ("kind", "text", "value"),
    [
        ("digits", "１２３ ４５-６", "123456"),
        ("digits", "0012", "0012"),
        ("phone", "+81 90-1234-5678", "09012345678"),
        ("phone", "（03）1234ー5678", "0312345678"),
        ("member", "ab-12 34", "AB1234"),
        ("date", "令和８年１１月３日", "2026-11-03"),
        ("date", "20261103", "2026-11-03"),
        ("time", "午後３時半", "15:30"),
        ("amount", "１２，０００円", "12000"),
        ("amount", "¥1,200", "1200"),
        ("amount", "007", "7"),
        ("count", "３", "3"),
        ("name", "髙橋　太郎|たかはし たろう", "髙橋 太郎|タカハシ タロウ"),
        ("name", "たかはし　たろう", "タカハシ タロウ"),
        ("name", "ﾀｶﾊｼ ﾀﾛｳ", "タカハシ タロウ"),
        ("name", "|ﾀﾞﾃ ﾏｻﾑﾈ", "ダテ マサムネ"),
        ("name", "Taro Takahashi", "Taro Takahashi"),
        ("name", "髙橋|takahashi", None),
        ("address", "〒100-0001 東京都千代田区千代田１－１", "1000001|東京都千代田区千代田1-1"),
        ("address", "1000001", "1000001|"),
        ("address", "１００－０００１", "1000001|"),
        ("address", "1000001|東京都千代田区千代田1-1", "1000001|東京都千代田区千代田1-1"),
        ("address", "東京都千代田区千代田1-1", "|東京都千代田区千代田1-1"),
        ("text", "  長い   話 ", "長い 話"),
        ("date", "いつか", None),
        ("amount", "たくさん", None),
        ("digits", "  ", None),
        ("text", " ", None),
    ],
)
def test_what_is_typed_becomes_a_value(kind: str, text: str, value: str | None):
    assert typed(kind, text) == value


@pytest.mark.parametrize(
    ("kind", "value", "limits", "why"),
    [
        ("digits", "123", FREE, None),
        ("digits", "12a", FREE, "bad_digits"),
        ("date", "2026-11-25", COMING, None),
        ("date", "2026-11-24", COMING, "too_early"),
        ("date", "2027-02-22", COMING, None),
        ("date", "2027-02-23", COMING, "too_late"),
        ("date", "2026-02-30", FREE, "bad_date"),
        ("time", "09:00", Limits(lowest="09:00", highest="17:00"), None),
        ("time", "17:01", Limits(lowest="09:00", highest="17:00"), "too_late"),
        ("time", "25:00", FREE, "bad_time"),
        ("amount", "99", Limits(lowest="100"), "too_small"),
        ("amount", "1000", Limits(highest="999"), "too_large"),
        ("count", "x", FREE, "bad_number"),
        ("member", "12345674", Limits(pattern="9999-9999", check="mod10"), None),
        ("member", "12345675", Limits(pattern="9999-9999", check="mod10"), "bad_check"),
        ("member", "1234567", Limits(pattern="9999-9999"), "bad_member"),
        ("member", "AB1", Limits(pattern="AXX"), None),
        ("member", "1B1", Limits(pattern="AXX"), "bad_member"),
        ("member", "7X1", Limits(pattern="7X9"), None),
        ("name", "", FREE, "bad_name"),
        ("address", "1000001|", FREE, "bad_address"),
        ("address", "|東京都千代田区1-1", FREE, None),
        ("text", "", FREE, "bad_text"),
    ],
)
def test_a_value_that_cannot_be_is_told_apart(kind: str, value: str, limits: Limits, why: str | None):
    assert amiss(kind, value, limits) == why


@pytest.mark.parametrize("number", ["4111111111111111", "49927398716", "79927398713"])
def test_check_digits_by_luhn(number: str):
    assert slots.checks(number, "mod10")
    for wrong in range(10):
        assert slots.checks(number[:-1] + str(wrong), "mod10") == (str(wrong) == number[-1])


def test_check_digits_by_modulus_11_as_individual_numbers_have_them():
    # 11 digits and their check digit by the formula of the ordinance, worked by hand: 2..7, then 2..6, from the right.
    body = "12345678901"
    weights = (2, 3, 4, 5, 6, 7, 2, 3, 4, 5, 6)
    rest = sum(int(d) * w for d, w in zip(reversed(body), weights, strict=True)) % 11
    right = str(0 if rest <= 1 else 11 - rest)
    assert [str(d) for d in range(10) if slots.checks(body + str(d), "mod11")] == [right]


def test_what_is_too_short_to_have_a_check_digit_is_wrong():
    assert not slots.checks("7", "mod10")
    assert not slots.checks("ABC", "mod11")


@pytest.mark.parametrize(
    ("kind", "limits", "keys"),
    [
        ("date", FREE, (4, 8)),
        ("member", Limits(pattern="9999-9999"), (8, 8)),
        ("member", Limits(pattern="AA-9999"), (0, 0)),
        ("member", FREE, (0, 0)),
        ("amount", Limits(highest="50000"), (1, 5)),
        ("name", FREE, (0, 0)),
        ("text", FREE, (0, 0)),
        ("address", FREE, (7, 7)),
    ],
)
def test_how_many_keys_make_a_value(kind: str, limits: Limits, keys: tuple[int, int]):
    assert slots.keys(kind, 1, 32, limits) == keys


@pytest.mark.parametrize(
    ("kind", "value", "ja", "en"),
    [
        ("date", "2026-11-03", "2026年11月3日、火曜日", "Tuesday, November 3, 2026"),
        ("time", "15:30", "午後3時30分", "3:30 p.m."),
        ("amount", "12000", "12,000円", "12,000 yen"),
        ("phone", "09012345678", "090-1234-5678", "090-1234-5678"),
        ("address", "1000001|東京都千代田区千代田1-1", "〒100-0001 東京都千代田区千代田1-1", None),
        ("name", "髙橋 太郎|タカハシ タロウ", "髙橋 太郎（タカハシ タロウ）", None),
        ("digits", "0012", "0012", "0012"),
    ],
)
def test_a_value_is_read_back_as_people_say_it(kind: str, value: str, ja: str, en: str | None):
    assert slots.spoken(kind, value, "ja") == ja
    if en:
        assert slots.spoken(kind, value, "en") == en


@given(kind=KINDS, text=st.text(max_size=60))
def test_nothing_that_is_typed_or_keyed_breaks_anything(kind: str, text: str):
    for value in (typed(kind, text, COMING if kind == "date" else FREE), slots.keyed(kind, text, FREE, TODAY)):
        if value is not None:
            amiss(kind, value, COMING if kind == "date" else FREE)
            slots.spoken(kind, value, "ja")


@given(
    kind=st.sampled_from(["date", "time", "amount", "count", "digits", "phone"]),
    keys=st.text("0123456789", max_size=12),
)
def test_what_was_keyed_is_the_same_when_it_is_typed_again(kind: str, keys: str):
    value = slots.keyed(kind, keys, FREE, TODAY) if keys else None
    if value is not None and amiss(kind, value) is None:
        assert typed(kind, value) == value
