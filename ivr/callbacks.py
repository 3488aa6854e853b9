"""Being called back: the offer, the number, the request. Refusing costs nothing."""

from __future__ import annotations

from datetime import datetime
from typing import cast

from ivr import retries
from ivr.actions import Book
from ivr.nodes import CallbackNode
from ivr.phrases import moment
from ivr.turn import Turn

STAGES = ("call_offer", "call_number", "call_which", "call_confirm")


def answered(turn: Turn, value: str) -> None:
    """An answer at one of the stages of a callback node."""
    state = turn.state
    match state.stage, value:
        case "call_offer", "yes" if state.number:
            turn.become(stage="call_number", tries=0)
            return turn.ask()
        case "call_offer", "yes":
            turn.become(stage="call_which", tries=0)
            return turn.ask()
        case "call_number", "yes":
            return _book(turn, state.number or "")
        case "call_number", _:
            turn.become(stage="call_which", tries=0)
            return turn.ask()
        case "call_which", number:
            turn.become(stage="call_confirm", held=number, tries=0)
            return turn.ask()
        case "call_confirm", "yes":
            return _book(turn, "+81" + state.held[1:])
        case "call_confirm", _:
            turn.become(stage="call_which", held="")
            return retries.again(turn)
        case _:
            return refuse(turn)


def refuse(turn: Turn) -> None:
    turn.phrase("link_refused")
    node = _node(turn)
    turn.go(node.refused or node.next)


def failed(turn: Turn) -> bool:
    """No answer at one of the stages. Whether that ended it; if not, it is asked again."""
    if turn.state.tries < retries.MOST:
        return False
    refuse(turn)
    return True


def booked(turn: Turn) -> None:
    """The request is kept."""
    when = _when(turn)
    if when is None:
        turn.phrase("call_back", shown=True)
    else:
        now = turn.at.astimezone(turn.tree.zone)
        turn.phrase("call_back_at", shown=True, when=moment(when, now, turn.state.language))
    turn.go(_node(turn).next)


def not_booked(turn: Turn) -> None:
    turn.phrase("not_booked")
    node = _node(turn)
    turn.go(node.failed or node.next)


def _book(turn: Turn, number: str) -> None:
    when = _when(turn)
    turn.do(
        Book(
            node=turn.state.node,
            queue=_node(turn).queue,
            to=number,
            when=when.isoformat() if when else "",
        )
    )
    turn.become(stage="booking", held="", tries=0)
    turn.ask()


def _when(turn: Turn) -> datetime | None:
    """The day and hour that were asked for, in the zone of the tree."""
    node, state = _node(turn), turn.state
    date, time = state.variable(node.date or ""), state.variable(node.time or "")
    if not date:
        return None
    try:
        return datetime.fromisoformat(f"{date}T{time or '00:00'}").replace(tzinfo=turn.tree.zone)
    except ValueError:
        return None


def _node(turn: Turn) -> CallbackNode:
    return cast(CallbackNode, turn.tree.nodes[turn.state.node])
