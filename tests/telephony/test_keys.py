from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from telephony.keys import DIGITS, ECHO_WITHIN, Keys, Method


def counted(reports: list[tuple[str, Method, float]]) -> str:
    keys = Keys()
    return "".join(pressed for report in reports if (pressed := keys.report(*report)) is not None)


def test_one_press_told_in_three_ways_counts_once() -> None:
    assert counted([("5", "rfc4733", 1.0), ("5", "inband", 1.06), ("5", "info", 1.4)]) == "5"


def test_the_same_key_pressed_twice_counts_twice() -> None:
    assert counted([("1", "rfc4733", 1.0), ("1", "rfc4733", 1.2)]) == "11"


def test_the_same_key_pressed_twice_and_told_in_two_ways_counts_twice() -> None:
    reports: list[tuple[str, Method, float]] = [
        ("1", "rfc4733", 1.0),
        ("1", "rfc4733", 1.2),
        ("1", "info", 1.25),
        ("1", "info", 1.45),
    ]
    assert counted(reports) == "11"


def test_a_late_report_is_a_press_of_its_own() -> None:
    assert counted([("1", "rfc4733", 1.0), ("1", "info", 1.0 + ECHO_WITHIN + 0.1)]) == "11"


def test_another_digit_is_never_an_echo() -> None:
    assert counted([("1", "rfc4733", 1.0), ("2", "info", 1.1)]) == "12"


def test_lower_case_letters_are_the_keys_that_they_name() -> None:
    assert counted([("a", "info", 1.0), ("A", "rfc4733", 1.1)]) == "A"


@given(st.text(max_size=3).filter(lambda text: text.upper() not in DIGITS))
def test_what_is_no_key_is_no_press(report: str) -> None:
    assert Keys().report(report, "info", 0.0) is None


@given(st.text("0123456789*#", min_size=1, max_size=12), st.floats(0.0, 0.6))
def test_a_number_keyed_on_a_phone_that_tells_everything_twice_is_heard_once(number: str, lag: float) -> None:
    reports: list[tuple[str, Method, float]] = []
    for place, digit in enumerate(number):
        reports += [(digit, "rfc4733", place * 0.3), (digit, "info", place * 0.3 + lag)]
    assert counted(sorted(reports, key=lambda report: report[2])) == number
