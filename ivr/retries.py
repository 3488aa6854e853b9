"""When there was no answer: say it otherwise, make it easier, lead to a person or a message. Never just hang up."""

from __future__ import annotations

import collections
from typing import Literal

from ivr import asides, linking
from ivr.nodes import VoicemailNode
from ivr.questions import present
from ivr.state import State
from ivr.tree import Tree
from ivr.turn import Turn

MOST = 3
MOST_BESIDE_SCREEN = 10
"""Somebody who fills in a screen has no reason to speak."""

Why = Literal["silence", "unclear", "no_such_key", "bad_digits", "not_mobile"]


def failed(turn: Turn, why: Why) -> None:
    """The present question got no answer that it takes."""
    if turn.state.aside:
        return asides.failed(turn, why)
    tries = turn.state.tries + 1
    turn.become(tries=tries, digits="")
    if turn.state.stage in ("offer", "other", "number", "number_confirm", "sending", "coding", "code"):
        if linking.failed(turn, why):
            return None
    elif tries >= (MOST_BESIDE_SCREEN if turn.state.screen else MOST):
        return _give_up(turn)
    if turn.state.screen and why == "silence":
        turn.phrase("screen_waits")
    else:
        turn.phrase(f"{why}_{min(tries, 2)}")
    return turn.ask()


def sorry(turn: Turn) -> None:
    """What we took for the answer was not it."""
    tries = turn.state.tries + 1
    turn.become(tries=tries)
    if tries >= MOST:
        return _give_up(turn)
    turn.phrase("sorry_again")
    return turn.ask()


def repeat(turn: Turn) -> None:
    if turn.state.stage == "code" and not turn.state.aside:
        linking.tell_code(turn)
    turn.ask()


def person(turn: Turn) -> None:
    turn.phrase("to_person")
    turn.become(escorted=True)
    asides.left_for(turn, turn.tree.file.person)


def command(turn: Turn, name: str) -> None:
    """What can be said anywhere."""
    match name:
        case "repeat":
            return repeat(turn)
        case "person":
            return person(turn)
        case "restart":
            if turn.state.locked:
                return asides.afresh(turn)
            turn.become(given=(), escorted=False)
            return asides.left_for(turn, turn.tree.file.home or turn.tree.file.start)
        case "back":
            return _back(turn)
        case language:
            if language in turn.tree.languages:
                turn.become(language=language)
                turn.phrase("language_is")
            return turn.ask()


def _back(turn: Turn) -> None:
    state = turn.state
    if state.aside or (state.stage == "asking" and not state.given):
        turn.phrase("no_way_back")
        return turn.ask()
    if state.stage in ("confirm", "between"):
        turn.become(stage="asking", held="", close=(), digits="")
        return turn.ask()
    if not state.given:
        return turn.go(turn.tree.file.home or turn.tree.file.start)
    turn.become(given=state.given[:-1])
    return turn.go(state.given[-1].node)


def _give_up(turn: Turn) -> None:
    if not turn.state.escorted:
        turn.phrase("give_up")
        turn.become(escorted=True)
        return turn.go(turn.tree.file.person)
    # Already on the way to a person: skip what remains unanswered, and take the message.
    message = nearest_message(turn.tree, turn.state)
    if message:
        return turn.go(message)
    turn.phrase("give_up_for_good")
    return turn.finish("given_up")


def nearest_message(tree: Tree, state: State) -> str | None:
    seen, queue = {state.node}, collections.deque([state.node])
    while queue:
        name = queue.popleft()
        node = tree.nodes[name]
        if isinstance(node, VoicemailNode):
            return name
        for _, target in node.targets:
            if target not in seen:
                seen.add(target)
                queue.append(target)
    return None


def waited(turn: Turn) -> None:
    if present(turn.tree, turn.state) is not None:
        failed(turn, "silence")


def again(turn: Turn) -> None:
    """The caller took an answer back: no fault of anybody."""
    turn.phrase("sorry_again")
    turn.ask()
