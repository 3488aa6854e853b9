"""Messages left on tape: taken, asked for once more, and when somebody calls back."""

from __future__ import annotations

from ivr.events import Recorded
from ivr.nodes import VoicemailNode
from ivr.phrases import moment
from ivr.turn import Turn


def recorded(turn: Turn, event: Recorded) -> None:
    if turn.state.stage != "recording":
        return None
    if event.seconds > 0:
        turn.phrase("message_taken", shown=True)
        _say_when(turn)
        turn.phrase("message_goodbye")
        return turn.finish("message")
    if turn.state.voice and not turn.state.tries:
        turn.become(tries=1)
        turn.phrase("message_empty")
        return turn.record()
    turn.phrase("message_none")
    return turn.finish("no_message")


def _say_when(turn: Turn) -> None:
    node = turn.tree.nodes[turn.state.node]
    name = node.hours if isinstance(node, VoicemailNode) else None
    opening = turn.tree.file.hours[name].next_opening(turn.at, turn.tree.zone) if name else None
    now = turn.at.astimezone(turn.tree.zone)
    if opening is None:
        turn.phrase("call_back", shown=True)
    elif opening <= turn.at:
        turn.phrase("call_back_today", shown=True)
    else:
        turn.phrase("call_back_from", shown=True, when=moment(opening, now, turn.state.language))
