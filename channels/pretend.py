"""What the world around the engine reports back in a trial: on a terminal, in the editor. Pure.

Most orders are answered in a plain way at once (``answers``). What a company's own systems would know is for the person
who tries the tree to say (``wanted``, ``told``): ``order_state=発送済み`` or ``fail``, ``known`` or ``unknown``.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from ivr.actions import Action, Book, Call, Enqueue, FindArea, Identify, Transfer
from ivr.events import (
    AreaFound,
    Booked,
    CallFailed,
    Connected,
    Event,
    Identified,
    NotConnected,
    NotIdentified,
    Replied,
)

CUSTOMER = "trial"


def answers(action: Action, at: datetime, areas: Callable[[str], tuple[str, ...]]) -> tuple[Event, ...]:
    """What follows by itself. areas: of a postal code. There is nobody at any desk, and every transfer gets through."""
    match action:
        case FindArea(code=code):
            return (AreaFound(at=at, channel="system", code=code, areas=areas(code)),)
        case Enqueue(node=node):
            return (NotConnected(at=at, channel="system", node=node, reason="closed"),)
        case Book(node=node):
            return (Booked(at=at, channel="system", node=node),)
        case Transfer(node=node):
            return (Connected(at=at, channel="system", node=node),)
        case _:
            return ()


def wanted(action: Action) -> str | None:
    """What the person has to type for this order, or None."""
    match action:
        case Call(webhook=webhook):
            return f"{webhook} is asked: type what it answers as name=value, or fail"
        case Identify():
            return "the customer is looked up: type known, known name=value, or unknown"
        case _:
            return None


def told(action: Call | Identify, words: str, at: datetime) -> Event:
    """What was typed for this order; a space within a value is written ``_``. Raises ValueError with what to type."""
    match action, words.split():
        case Call(node=node), ["fail"]:
            return CallFailed(at=at, channel="system", node=node, reason="unreachable")
        case Call(node=node), [_, *_] as pairs:
            return Replied(at=at, channel="system", node=node, values=_pairs(pairs, action))
        case Identify(node=node), ["unknown"]:
            return NotIdentified(at=at, channel="system", node=node, reason="no_match")
        case Identify(node=node), ["known", *pairs]:
            values = _pairs(pairs, action)
            return Identified(at=at, channel="system", node=node, customer=CUSTOMER, values=values)
    raise ValueError(wanted(action))


def _pairs(words: list[str], action: Call | Identify) -> tuple[tuple[str, str], ...]:
    found = []
    for word in words:
        name, equals, value = word.partition("=")
        if not equals or not name.isidentifier():
            raise ValueError(wanted(action))
        found.append((name, value.replace("_", " ")))
    return tuple(found)
