from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from meaning import phone


@pytest.mark.parametrize(
    ("text", "e164", "kind"),
    [
        ("09012345678", "+819012345678", "mobile"),
        ("080-1234-5678", "+818012345678", "mobile"),
        ("０７０（１２３４）５６７８", "+817012345678", "mobile"),
        ("06012345678", "+816012345678", "mobile"),
        ("03-1234-5678", "+81312345678", "landline"),
        ("045 123 4567", "+81451234567", "landline"),
        ("0120-123-456", "+81120123456", "toll_free"),
        ("0800-123-4567", "+818001234567", "toll_free"),
        ("0570-123-456", "+81570123456", "navi"),
        ("050-1234-5678", "+815012345678", "ip"),
        ("+819012345678", "+819012345678", "mobile"),
        ("+1 202 555 0123", "+12025550123", "international"),
        ("ゼロキューゼロ、イチニーサンヨン、ゴーロクナナハチ", "+819012345678", "mobile"),
        ("ゼロハチゼロ、サンニイチゴー、ロクナナハチキュー", "+818032156789", "mobile"),
        ("携帯の090の1234の5678です", "+819012345678", "mobile"),
        ("oh nine oh, one two three four, five six seven eight", "+819012345678", "mobile"),
    ],
)
def test_a_number_is_recognised_however_it_is_written_or_said(text: str, e164: str, kind: str) -> None:
    assert phone.normalise(text) == e164
    assert phone.number_class(e164) == kind


@pytest.mark.parametrize(
    "text", ["", "1234", "110", "0901234567", "0000000000", "番号はありません", "9" * 5000, "anonymous"]
)
def test_what_is_no_number_is_none(text: str) -> None:
    assert phone.normalise(text) is None


def test_a_withheld_number_and_an_unreadable_one_are_told_apart() -> None:
    assert phone.number_class(None) == "withheld"
    assert phone.number_class("") == "withheld"
    assert phone.number_class("sip:nobody") == "unknown"


def test_a_number_is_said_in_its_usual_groups_and_dialled_as_in_japan() -> None:
    assert phone.spoken("+819012345678") == "090-1234-5678"
    assert phone.spoken("+81312345678") == "03-1234-5678"
    assert phone.national("+819012345678") == "09012345678"
    assert phone.national("+12025550123") == "+12025550123"


def test_a_masked_number_shows_who_may_know_it_enough_and_nobody_else() -> None:
    assert phone.masked("+819012345678") == "090-****-5678"
    assert phone.masked("+81312345678") == "03-****-5678"
    assert phone.masked("+12025550123") == "+1 ***-***-0123"
    assert phone.masked("12345") == "***45"


@given(st.text(max_size=60))
def test_no_text_breaks_it(text: str) -> None:
    e164 = phone.normalise(text)
    assert e164 is None or phone.normalise(e164) == e164
    phone.number_class(text)
    phone.spoken(text)
    phone.masked(text)
