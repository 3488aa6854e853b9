from __future__ import annotations

from typing import Any

import pytest

from errands.answers import kept, read
from errands.errors import BadAnswer

ORDER = '{"order": {"state": "発送済み", "lines": [{"id": 7}], "paid": true, "sum": 12.50, "note": null}}'.encode()


@pytest.mark.parametrize(
    ("place", "value"),
    [("order.state", "発送済み"), ("order.lines.0.id", "7"), ("order.paid", "true"), ("order.sum", "12.50")],
)
def test_a_value_is_found_by_its_place_as_it_was_written(place: str, value: str) -> None:
    assert kept({"it": place}, read(ORDER)) == (("it", value),)


@pytest.mark.parametrize(
    "place",
    [
        "state",
        "order.none",
        "order.state.more",
        "order.lines.1.id",
        "order.lines.x",
        "order",
        "order.lines",
        "order.note",
    ],
)
def test_a_place_without_text_is_a_bad_answer(place: str) -> None:
    with pytest.raises(BadAnswer):
        kept({"it": place}, read(ORDER))


@pytest.mark.parametrize(
    ("body", "found"),
    [
        (b"", {}),
        (b"  \n", {}),
        (b"{}", {}),
        (b'\xef\xbb\xbf{"a":"b"}', {"a": "b"}),
        (b'{"a":' + b"9" * 60_000 + b"}", None),
    ],
)
def test_json_is_read_whatever_it_calls_itself(body: bytes, found: dict[str, Any] | None) -> None:
    assert found is None or read(body) == found
    assert isinstance(read(body), dict)


@pytest.mark.parametrize(
    "body",
    [
        b"<html>", b"null", b"[]", b'"text"', b"1", b"{", b'{"a": NaN}', b'{"a": Infinity}', b"\xff\xfe{\0}\0",
        "{\"a\": \"漢\"}".encode("cp932"), b"[" * 60_000, b'{"a":' * 10_000, b"{}{}",
    ],
)  # fmt: skip
def test_what_is_no_json_object_is_a_bad_answer(body: bytes) -> None:
    with pytest.raises(BadAnswer):
        read(body)


@pytest.mark.parametrize("value", ['"' + "あ" * 501 + '"', '"\\ud800"', "{}", "[]", "null"])
def test_what_is_no_text_of_at_most_500_signs_is_a_bad_answer(value: str) -> None:
    with pytest.raises(BadAnswer):
        kept({"it": "it"}, read(f'{{"it": {value}}}'.encode()))


def test_signs_that_cannot_be_shown_become_spaces() -> None:
    assert kept({"it": "it"}, read(b'{"it": " a\\u0000b\\r\\nc\\u202e d "}')) == (("it", "a b c d"),)
    assert kept({"it": "it"}, {"it": "あ" * 500}) == (("it", "あ" * 500),)
