from __future__ import annotations

from datetime import date
from typing import get_args

import pytest

from ivr import slots
from ivr.actions import Ask, Expects, Limits
from web.catalogue import LANGUAGES, words
from web.fields import Field, complaint, fields, value

TODAY = date(2026, 11, 24)
VALUES = [kind for kind in get_args(Expects) if kind not in ("choice", "open", "yesno", "wait")]


def drawn(expects: str, language: str = "ja", limits: Limits = Limits(), **more: int) -> tuple[Field, ...]:  # noqa: B008
    ask = Ask(node="n", text="?", language=language, expects=expects, **more)  # type: ignore[arg-type]
    return fields(ask, slots.resolved(expects, limits, TODAY), words(language), TODAY)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("expects", VALUES)
def test_every_kind_of_value_has_a_field_with_a_label_in_every_language(expects: str, language: str) -> None:
    found = drawn(expects, language)
    assert found
    assert all(field.label for field in found)
    assert [field.name for field in found].count("value") == 1


def test_what_is_chosen_and_what_is_waited_for_has_no_field() -> None:
    assert not [kind for kind in ("choice", "open", "yesno", "wait") if drawn(kind)]


@pytest.mark.parametrize(
    ("expects", "more", "type", "mode", "complete"),
    [
        ("digits", {"least": 8, "most": 8}, "text", "numeric", "off"),
        ("phone", {}, "tel", "tel", "tel"),
        ("date", {}, "date", "text", "off"),
        ("time", {}, "time", "text", "off"),
        ("amount", {}, "text", "numeric", "transaction-amount"),
        ("count", {}, "text", "numeric", "off"),
        ("member", {"least": 8, "most": 8}, "text", "numeric", "off"),
        ("member", {}, "text", "text", "off"),
        ("name", {}, "text", "text", "name"),
    ],
)
def test_a_browser_is_told_what_it_may_fill_in_and_which_keyboard_fits(
    expects: str, more: dict[str, int], type: str, mode: str, complete: str
) -> None:
    field = drawn(expects, **more)[0]
    assert (field.type, field.mode, field.complete) == (type, mode, complete)


def test_the_limits_of_a_date_are_the_browsers_and_are_told() -> None:
    (field,) = drawn("date", limits=Limits(lowest="+1d", highest="+90d"))
    assert (field.lowest, field.highest) == ("2026-11-25", "2027-02-22")
    assert field.hint == "2026年11月25日、水曜日から2027年2月22日、月曜日まで"


def test_a_birthday_is_one_that_browsers_know() -> None:
    assert drawn("date", limits=Limits(lowest="-120y", highest="today"))[0].complete == "bday"
    assert drawn("date", limits=Limits(lowest="-3y", highest="today"))[0].complete == "off"


@pytest.mark.parametrize(
    ("expects", "limits", "hint"),
    [
        ("time", Limits(lowest="09:00", highest="17:00"), "午前9時から午後5時まで"),
        ("time", Limits(lowest="09:00"), "午前9時以降"),
        ("count", Limits(lowest="2"), "2以上"),
        ("amount", Limits(highest="1000000"), "1,000,000円まで"),
        ("count", Limits(), ""),
        ("member", Limits(pattern="9999-AA"), "例　1234-AB"),
    ],
)
def test_limits_and_examples_are_told_beside_the_field(expects: str, limits: Limits, hint: str) -> None:
    assert drawn(expects, limits=limits)[0].hint == hint


def test_a_japanese_name_is_asked_for_with_its_reading_and_an_english_one_without() -> None:
    assert [field.name for field in drawn("name")] == ["value", "kana"]
    assert [field.name for field in drawn("name", "en")] == ["value"]


@pytest.mark.parametrize(
    ("form", "expected"),
    [
        ({"value": " 1234 "}, "1234"),
        ({"value": "髙橋 太郎", "kana": "たかはし たろう"}, "髙橋 太郎|たかはし たろう"),
        ({"value": "", "kana": "ヤマダ"}, "|ヤマダ"),
        ({"code": "〒100－0001", "value": ""}, "1000001"),
        ({"code": "100-0001", "value": "千代田1-1"}, "1000001|千代田1-1"),
        ({"code": "", "value": "東京都千代田区千代田1-1"}, "東京都千代田区千代田1-1"),
        ({"code": "123", "value": "千代田1-1"}, None),
        ({"code": "abcdefg", "value": "x"}, None),
        ({}, ""),
    ],
)
def test_the_parts_of_a_form_are_one_value(form: dict[str, str], expected: str | None) -> None:
    assert value(form) == expected


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("why", ["wrong", *get_args(slots.Why)])
def test_every_reason_is_told_in_words_also_when_the_question_has_changed(why: str, language: str) -> None:
    dates = Ask(node="n", text="?", language=language, expects="date")
    for ask, limits in (
        (dates, Limits(lowest="2026-11-25", highest="2027-02-22")),
        (dates, Limits()),
        (None, Limits()),
    ):
        told = complaint(why, ask, limits, words(language))
        assert told
        assert "{" not in told


def test_what_is_too_early_is_told_with_the_first_day_that_is_not() -> None:
    ask = Ask(node="n", text="?", language="ja", expects="date")
    assert complaint("too_early", ask, Limits(lowest="2026-11-25"), words("ja")) == (
        "2026年11月25日、水曜日以降を入力してください。"
    )
