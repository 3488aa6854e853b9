"""What comes back while the customer waits: from webhooks, the customer table, queues, the line.

What comes for a node that the conversation has left counts no more. A voice that came back and has not shown whose it
is hears nothing of it, but the conversation goes on.
"""

from __future__ import annotations

from ivr import callbacks
from ivr.events import Booked, CallFailed, Connected, Identified, NotBooked, NotConnected, NotIdentified, Replied
from ivr.nodes import AgentNode, IdentifyNode, TransferNode, WebhookNode
from ivr.state import Stage
from ivr.turn import Turn

MOST = 10
"""Times that a customer is told to wait on before what was awaited counts as failed."""

Back = Booked | CallFailed | Connected | Identified | NotBooked | NotConnected | NotIdentified | Replied
STAGES: dict[str, tuple[Stage, ...]] = {
    "Replied": ("calling",),
    "CallFailed": ("calling",),
    "Identified": ("identifying",),
    "NotIdentified": ("identifying",),
    "Connected": ("queueing", "transferring"),
    "NotConnected": ("queueing", "transferring"),
    "Booked": ("booking",),
    "NotBooked": ("booking",),
}


def came(turn: Turn, event: Back) -> None:
    if turn.state.node != event.node or turn.state.stage not in STAGES[event.kind]:
        return None
    match event:
        case Replied():
            return _know(turn, event.values, "next")
        case Identified():
            turn.become(customer=event.customer)
            return _know(turn, event.values, "next")
        case CallFailed() | NotIdentified():
            return _go(turn, "failed")
        case Connected():
            return turn.finish("connected")
        case NotConnected():
            if turn.state.stage == "transferring" and turn.state.voice:
                turn.phrase("not_connected")
            return _go(turn, event.reason if turn.state.stage == "queueing" else "failed")
        case Booked():
            return callbacks.booked(turn)
        case NotBooked():
            return callbacks.not_booked(turn)


def waited(turn: Turn) -> bool:
    """The customer has waited for what does not come. Whether that was once too often."""
    if turn.state.tries < MOST:
        return False
    node = turn.tree.nodes[turn.state.node]
    if isinstance(node, AgentNode | WebhookNode | IdentifyNode | TransferNode):
        turn.go(dict(node.targets)["failed"])
        return True
    if turn.state.stage == "booking":
        callbacks.not_booked(turn)
        return True
    turn.become(stage="asking", held="")  # an area that nobody finds
    return False


def _know(turn: Turn, values: tuple[tuple[str, str], ...], answer: str) -> None:
    names = {name for name, _ in values}
    turn.become(known=(*(one for one in turn.state.known if one[0] not in names), *values))
    _go(turn, answer)


def _go(turn: Turn, answer: str) -> None:
    target = dict(turn.tree.nodes[turn.state.node].targets)[answer]
    if turn.state.locked:
        return turn.go_unheard(target)
    return turn.go(target)
