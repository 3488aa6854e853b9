"""What a webhook answered: JSON, whatever it calls itself, and the values of it that a tree keeps. Pure."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from errands.errors import BadAnswer

LONGEST = 500
"""Signs of a value."""


def read(body: bytes) -> dict[str, Any]:
    """The JSON object; an empty body is an empty one. Numbers stay text, as they were written. Raises BadAnswer."""
    try:
        text = body.decode("utf-8-sig")
        # Beyond RFC 8259, Python reads NaN; deep nesting ends in RecursionError.
        found = json.loads(text, parse_int=str, parse_float=str, parse_constant=_no_constant) if text.strip() else {}
    except (ValueError, RecursionError):
        raise BadAnswer("a webhook's answer is not JSON") from None
    if not isinstance(found, dict):
        raise BadAnswer("a webhook's answer is no JSON object")
    return found


def kept(save: Mapping[str, str], answer: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    """(variable, value) for every place (``order.state``, ``orders.0.state``). Raises BadAnswer when one is missing."""
    return tuple((variable, _text(_at(answer, place))) for variable, place in save.items())


def _at(answer: Any, place: str) -> Any:
    for name in place.split("."):
        if isinstance(answer, list) and name.isdecimal() and int(name) < len(answer):
            answer = answer[int(name)]
        elif isinstance(answer, dict) and name in answer:
            answer = answer[name]
        else:
            raise BadAnswer("a webhook's answer lacks what the tree keeps of it")
    return answer


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if not isinstance(value, str):
        raise BadAnswer("a webhook's answer has no text where the tree wants one")
    # A sign that cannot be shown would be read out, drawn, or end a line of somebody else's format.
    text = " ".join("".join(sign if sign.isprintable() else " " for sign in value).split())
    if len(value) > LONGEST or any(0xD800 <= ord(sign) <= 0xDFFF for sign in value):
        raise BadAnswer("a webhook's answer has a text that is too long or no text")
    return text


def _no_constant(name: str) -> Any:
    raise ValueError(name)
