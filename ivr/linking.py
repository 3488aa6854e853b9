"""From the call to the screen: the offer, the number, the message, the code. Refusing costs nothing."""

from __future__ import annotations

from typing import Literal

from ivr import retries
from ivr.actions import IssueCode, SendLink
from ivr.events import CodeIssued
from ivr.nodes import AskNode, DecideNode, GoodbyeNode, LinkNode
from ivr.phrases import spaced
from ivr.turn import Turn

CODE_TOLD_AGAIN = 3
STAGES = ("offer", "other", "number", "number_confirm", "sending", "coding", "code")


def begin(turn: Turn) -> None:
    """Offer the screen for the value that is asked for here, and for it alone."""
    turn.become(stage="offer", held="", digits="", tries=0)
    turn.ask()


def answered(turn: Turn, value: str, how: Literal["key", "voice", "page"]) -> None:
    """An answer at one of the stages of a link node."""
    state = turn.state
    match state.stage, value:
        case "offer", "yes":
            if state.number_class == "mobile" and state.number:
                return send(turn, state.number)
            if state.number_class == "withheld":
                turn.phrase("link_withheld")
            turn.become(stage="other", tries=0)
            return turn.ask()
        case "other", "mobile":
            turn.become(stage="number", tries=0)
            return turn.ask()
        case "other", "code":
            turn.do(IssueCode())
            turn.become(stage="coding", tries=0)
            return turn.ask()
        case "number", number:
            turn.become(stage="number_confirm", held=number, tries=0)
            return turn.ask()
        case "number_confirm", "yes":
            return send(turn, "+81" + state.held[1:])
        case "number_confirm", _:
            turn.become(stage="number", held="")
            return retries.again(turn)
        case "code", "again":
            tell_code(turn)
            return turn.ask()
        case "sending", _:
            turn.phrase("sent_soon")
            return _on(turn, _next(turn))
        case "coding" | "code", _:
            return _on(turn, _next(turn))
        case _:
            return refuse(turn)


def send(turn: Turn, number: str) -> None:
    turn.do(SendLink(to=number, language=turn.state.language))
    turn.become(stage="sending", held="", tries=0)
    turn.ask()


def refuse(turn: Turn) -> None:
    turn.phrase("link_refused")
    node = turn.tree.nodes[turn.state.node]
    if isinstance(node, AskNode):
        return retries.give_up(turn)
    return _on(turn, dict(node.targets).get("refused", _next(turn)))


def sent(turn: Turn) -> None:
    turn.become(link_sent=True)
    if turn.state.stage == "sending" and not turn.state.locked:
        turn.phrase("sent")
        _on(turn, _next(turn), "or_by_phone")


def not_sent(turn: Turn) -> None:
    if turn.state.locked:
        return
    if turn.state.stage == "sending":
        turn.phrase("not_sent")
        _failed(turn)
    elif turn.state.voice and turn.state.stage not in ("recording", "finished"):
        turn.phrase("not_sent")  # told that it would arrive shortly, the caller has moved on
        turn.ask()


def code_issued(turn: Turn, event: CodeIssued) -> None:
    if turn.state.stage != "coding" or turn.state.locked:
        return
    turn.become(stage="code", code=event.code, tries=0)
    tell_code(turn)
    turn.ask()


def code_refused(turn: Turn) -> None:
    if turn.state.stage == "coding" and not turn.state.locked:
        turn.phrase("no_code")
        _failed(turn)


def tell_code(turn: Turn) -> None:
    turn.phrase("code_where")
    turn.phrase("code_told", fixed=False, code=spaced(turn.state.code, turn.state.language))


def arrived(turn: Turn) -> None:
    """The screen is there: whatever was under way to get it there is over."""
    if turn.state.stage in STAGES:
        turn.go(_next(turn))


def failed(turn: Turn, why: str) -> bool:
    """No answer at one of the stages. Whether that ended it; if not, it is asked again."""
    state = turn.state
    match state.stage:
        case "sending" if why == "silence":
            turn.phrase("sent_soon")
            _on(turn, _next(turn))
            return True
        case "code" if why == "silence" and state.tries <= CODE_TOLD_AGAIN:
            tell_code(turn)
            turn.ask()
            return True
        case "coding" | "code" | "sending" if state.tries <= 1:
            return False
        case _ if state.tries < retries.MOST:
            return False
    refuse(turn)
    return True


def _on(turn: Turn, target: str, how: str = "on_by_phone") -> None:
    """On without the screen, and said so, unless what follows is goodbye."""
    if not isinstance(turn.tree.nodes[target], GoodbyeNode | DecideNode):
        turn.phrase(how)
    turn.go(target)


def _failed(turn: Turn) -> None:
    node = turn.tree.nodes[turn.state.node]
    if isinstance(node, AskNode):
        return retries.give_up(turn)
    return _on(turn, dict(node.targets).get("failed", _next(turn)))


def _next(turn: Turn) -> str:
    """Where it goes on once the screen is settled: a question that wanted one is asked again."""
    node = turn.tree.nodes[turn.state.node]
    return node.next if isinstance(node, LinkNode) else turn.state.node
