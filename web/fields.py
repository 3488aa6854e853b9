"""The fields of a question on the smartphone page: for every kind of value what a browser and a keyboard should know.

What a form brings back is one value again (``value``), as ``ivr.slots.typed`` reads it. Limits are told beside the
field and given to the browser; whether a value is taken is for the rules to say.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from ivr import slots
from ivr.actions import Ask, Limits
from web.catalogue import Words

LIFETIME = timedelta(days=80 * 365)
"""A day that may lie so long ago is a birthday, which browsers know."""
ROWS = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One input, or with ``rows`` a textarea. name: ``value``, or a part that is joined to it. mode: of the keyboard on
    the screen. complete: what the browser may fill in (HTML, autocomplete)."""

    name: str = "value"
    label: str
    hint: str = ""
    type: str = "text"
    mode: str = "text"
    complete: str = "off"
    lowest: str = ""
    highest: str = ""
    longest: int = 40
    rows: int = 0
    is_required: bool = True


def fields(ask: Ask, limits: Limits, words: Words, today: date) -> tuple[Field, ...]:
    """limits: the question's, as values (``ivr.slots.resolved``)."""
    bounds = _bounds(ask, limits, words)
    match ask.expects:
        case "digits":
            return (Field(label=_counted(ask, words), mode="numeric"),)
        case "phone":
            return (Field(label=words("page.phone_hint"), type="tel", mode="tel", complete="tel"),)
        case "member":
            example = words("page.example", example=_example(limits.pattern)) if limits.pattern else ""
            return (Field(label=words("page.member"), hint=example, mode="numeric" if ask.most else "text"),)
        case "date":
            is_birthday = bool(limits.lowest) and date.fromisoformat(limits.lowest) < today - LIFETIME
            return (
                Field(
                    label=words("page.date"), hint="" if is_birthday else bounds, type="date",
                    complete="bday" if is_birthday else "off", lowest=limits.lowest, highest=limits.highest,
                ),
            )  # fmt: skip
        case "time":
            field = Field(
                label=words("page.time"), hint=bounds, type="time", lowest=limits.lowest, highest=limits.highest
            )
            return (field,)
        case "amount":
            return (Field(label=words("page.amount"), hint=bounds, mode="numeric", complete="transaction-amount"),)
        case "count":
            return (Field(label=words("page.count"), hint=bounds, mode="numeric"),)
        case "name":
            return tuple(_name(words))
        case "address":
            return (
                Field(
                    name="code", label=words("page.postal_code"), hint=words("page.postal_hint"), mode="numeric",
                    complete="postal-code", longest=10, is_required=False,
                ),
                Field(
                    label=words("page.address"), hint=words("page.address_hint"), complete="street-address",
                    longest=200, rows=2, is_required=False,
                ),
            )  # fmt: skip
        case "rest":
            return (Field(label=words("page.rest"), hint=words("page.rest_hint"), longest=150),)
        case "text":
            return (Field(label=words("page.own_words", most=slots.LONGEST), longest=slots.LONGEST, rows=ROWS),)
        case "choice" | "open" | "yesno" | "wait":
            return ()


def value(form: Mapping[str, str]) -> str | None:
    """What was typed, as one value; None when a postal code is none."""
    typed = form.get("value", "").strip()
    if kana := form.get("kana", "").strip():
        return f"{typed}|{kana}"
    if code := form.get("code", "").strip():
        figures = "".join(c for c in unicodedata.normalize("NFKC", code) if c.isalnum())
        if not (figures.isascii() and figures.isdecimal() and len(figures) == 7):
            return None
        return f"{figures}|{typed}" if typed else figures
    return typed


def complaint(why: str, ask: Ask | None, limits: Limits, words: Words) -> str:
    """What is wrong with what was typed. why: one of ivr.slots.Why, or ``wrong``."""
    values = _spoken(ask, limits, words) if ask else {}
    needed = {"too_early": "lowest", "too_small": "lowest", "too_late": "highest", "too_large": "highest"}.get(why)
    if why == "wrong" or (needed and not values.get(needed)):
        return words("page.field_wrong")
    return words(f"page.wrong_{why}", **values, most=slots.LONGEST)


def _name(words: Words) -> Iterator[Field]:
    if words.language != "ja":
        yield Field(label=words("page.full_name"), complete="name", longest=80)
        return
    yield Field(label=words("page.full_name"), hint=words("page.full_name_hint"), complete="name")
    yield Field(name="kana", label=words("page.kana"), hint=words("page.kana_hint"))


def _counted(ask: Ask, words: Words) -> str:
    if not ask.most:
        return words("page.digits_any")
    if ask.least == ask.most:
        return words("page.digits_exactly", most=ask.most)
    return words("page.digits_between", least=ask.least, most=ask.most)


def _spoken(ask: Ask, limits: Limits, words: Words) -> dict[str, str]:
    return {
        name: slots.spoken(ask.expects, bound, words.language) if bound else ""
        for name, bound in (("lowest", limits.lowest), ("highest", limits.highest))
    }


def _bounds(ask: Ask, limits: Limits, words: Words) -> str:
    """Both limits, one, or none, in words."""
    values = _spoken(ask, limits, words)
    if values["lowest"] and values["highest"]:
        return words("page.between", **values)
    if values["lowest"]:
        is_time = ask.expects in ("date", "time")
        return words("page.from" if is_time else "page.at_least", lowest=values["lowest"])
    return words("page.until", highest=values["highest"]) if values["highest"] else ""


def _example(pattern: str) -> str:
    """``9999-AA`` as ``1234-AB``."""
    figures, letters = iter("123456789" * 5), iter("ABCDEFGHJK" * 4)
    return "".join(next(figures) if sign in "9X" else next(letters) if sign == "A" else sign for sign in pattern)
