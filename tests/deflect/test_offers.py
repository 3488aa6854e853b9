from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deflect.offers import Limits, Sent, masked, range_of, refusal, takes_sms

NOTHING = Sent(0, 0, 0)
JAPAN = ("+81",)


@pytest.mark.parametrize("number", ["+819012345678", "+818012345678", "+817012345678", "+816012345678"])
def test_a_japanese_mobile_number_may_be_sent_a_message(number: str) -> None:
    assert refusal(number, NOTHING, Limits()) is None


@pytest.mark.parametrize(
    "number",
    [
        "+81312345678",  # Tokyo
        "+815012345678",  # IP telephony
        "+81120123456",  # toll free
        "+81570123456",  # navi dial
        "+812012345678",  # machines
        "+8190123456789",
        "+81901234567",
        "+14155550123",
        "+882212345678",
        "09012345678",
        "+81９０12345678",
        "",
    ],
)
def test_no_other_number_may(number: str) -> None:
    assert refusal(number, NOTHING, Limits()) == "no_sms"


def test_a_country_that_was_allowed_may_be_sent_to_and_only_its_mobiles() -> None:
    countries = ("+81", "+44")
    assert takes_sms("+447400123456", countries)
    assert not takes_sms("+442071838750", countries)
    assert not takes_sms("+447400123456", JAPAN)


@given(st.text(alphabet="+0123456789", max_size=20) | st.text(max_size=20))
def test_any_text_is_answered_and_only_japanese_mobiles_are_taken(number: str) -> None:
    if refusal(number, NOTHING, Limits()) is None:
        assert len(number) == 13
        assert number[:5] in {"+8160", "+8170", "+8180", "+8190"}


@given(st.integers(0, 10), st.integers(0, 60), st.integers(0, 500))
def test_it_is_refused_as_soon_as_one_limit_is_reached(number: int, same_range: int, overall: int) -> None:
    limits = Limits(a_number=3, a_range=20, overall=200)
    refused = refusal("+819012345678", Sent(number, same_range, overall), limits)
    assert (refused == "limit") == (number >= 3 or same_range >= 20 or overall >= 200)


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 40)), max_size=80))
def test_however_calls_come_in_no_number_gets_more_than_three_a_day(calls: list[tuple[int, int]]) -> None:
    hour, sent = 0, []
    for which, later in calls:
        hour += later
        number = f"+81901234567{which}"
        today = sum(to == number and hour - at < 24 for to, at in sent)
        ranged = sum(range_of(to) == range_of(number) and hour == at for to, at in sent)
        if refusal(number, Sent(today, ranged, ranged), Limits()) is None:
            sent.append((number, hour))
    for number, at in sent:
        assert sum(to == number and 0 <= at - before < 24 for to, before in sent) <= 3


def test_a_range_is_what_a_hundred_thousand_numbers_share() -> None:
    assert range_of("+819012345678") == range_of("+819012399999") != range_of("+819012412345")


@pytest.mark.parametrize(
    ("number", "shown"),
    [("+819012345678", "090-****-5678"), ("+447400123456", "+44-******-3456"), ("+8190", "*" * 3)],
)
def test_a_masked_number_hides_its_middle(number: str, shown: str) -> None:
    assert masked(number) == shown
