"""When there was no answer: say it otherwise, make it easier, lead to a person or a message. Never just hang up."""

from __future__ import annotations

import collections
from typing import Literal

from ivr import asides, callbacks, linking, slots, waits
from ivr.events import Command
from ivr.nodes import AskNode, MenuNode, QuestionNode, VoicemailNode
from ivr.questions import limits_of, present
from ivr.state import State
from ivr.tree import Tree
from ivr.turn import Turn

MOST = 3
MOST_BESIDE_SCREEN = 10
"""Somebody who fills in a screen has no reason to speak."""

Why = Literal["silence", "unclear", "no_such_key", "no_area"] | slots.Why


def failed(turn: Turn, why: Why) -> None:
    """The present question got no answer that it takes."""
    if turn.state.aside:
        return asides.failed(turn, why)
    tries = turn.state.tries + 1
    turn.become(tries=tries, digits="")
    if turn.state.stage in linking.STAGES:
        if linking.failed(turn, why):
            return None
    elif turn.state.stage in callbacks.STAGES:
        if callbacks.failed(turn):
            return None
    elif tries == 2 and _only_on_a_screen(turn):
        return linking.begin(turn)
    elif tries >= (MOST_BESIDE_SCREEN if turn.state.screen else MOST):
        return give_up(turn)
    if turn.state.screen and why == "silence":
        turn.phrase("screen_waits")
    else:
        _tell(turn, why, min(tries, 2))
    return turn.ask()


def _tell(turn: Turn, why: Why, times: int) -> None:
    node = turn.tree.nodes[turn.state.node]
    values: dict[str, str] = {}
    if isinstance(node, AskNode) and why in ("too_early", "too_late", "too_small", "too_large"):
        limits = slots.resolved(node.slot, limits_of(node), turn.today)
        language = turn.state.language
        values = {
            "lowest": slots.spoken(node.slot, limits.lowest, language),
            "highest": slots.spoken(node.slot, limits.highest, language),
        }
    turn.phrase(f"{why}_{times}", shown=False, fixed=True, **values)


def _only_on_a_screen(turn: Turn) -> bool:
    """Words failed twice, keys cannot give this value, and a screen might."""
    state, node = turn.state, turn.tree.nodes[turn.state.node]
    if not (isinstance(node, AskNode) and node.is_value and state.stage in ("asking", "rest")):
        return False
    keyless = state.stage == "rest" or not slots.keys(node.slot, node.least, node.most, limits_of(node))[1]
    return keyless and state.voice and not state.screen and not state.link_sent and bool(turn.tree.file.sms)


def sorry(turn: Turn) -> None:
    """What we took for the answer was not it."""
    tries = turn.state.tries + 1
    turn.become(tries=tries)
    if tries >= MOST:
        return give_up(turn)
    turn.phrase("sorry_again")
    return turn.ask()


def forbidden(turn: Turn, name: Command) -> bool:
    """Whether the tree, or the question, does not take this command."""
    node = turn.tree.nodes.get(turn.state.node)
    here = node.forbid if isinstance(node, MenuNode | QuestionNode | AskNode) else ()
    return name in turn.tree.file.forbid or name in here


def repeat(turn: Turn) -> None:
    if turn.state.stage == "code" and not turn.state.aside:
        linking.tell_code(turn)
    turn.ask()


def person(turn: Turn) -> None:
    turn.phrase("to_person")
    turn.become(escorted=True)
    asides.left_for(turn, turn.tree.file.person)


def command(turn: Turn, name: Command) -> None:
    """What can be said anywhere."""
    match name:
        case "repeat":
            return repeat(turn)
        case "slower":
            turn.become(slow=True)
            turn.phrase("slower")
            return repeat(turn)
        case "person":
            return person(turn)
        case "restart":
            if turn.state.locked:
                return asides.afresh(turn)
            turn.become(given=(), escorted=False)
            return asides.left_for(turn, turn.tree.file.home or turn.tree.file.start)
        case "back" | "correct":
            return _back(turn)
        case "ja" | "en" as language:
            if language in turn.tree.languages:
                turn.become(language=language)
                turn.phrase("language_is")
            return turn.ask()


def _back(turn: Turn) -> None:
    state = turn.state
    if state.aside or (state.stage == "asking" and not state.given):
        turn.phrase("no_way_back")
        return turn.ask()
    if state.stage in ("confirm", "between", "rest", "area"):
        turn.become(stage="asking", held="", close=(), digits="")
        return turn.ask()
    if not state.given:
        return turn.go(turn.tree.file.home or turn.tree.file.start)
    turn.become(given=state.given[:-1])
    return turn.go(state.given[-1].node)


def give_up(turn: Turn) -> None:
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
    ask = present(turn.tree, turn.state)
    if ask is None:
        return None
    if ask.expects == "wait":
        turn.become(tries=turn.state.tries + 1)
        return None if waits.waited(turn) else turn.ask()
    return failed(turn, "silence")


def again(turn: Turn) -> None:
    """The caller took an answer back: no fault of anybody."""
    turn.phrase("sorry_again")
    turn.ask()
