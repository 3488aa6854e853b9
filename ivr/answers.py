"""Answers: from keys, words and taps to one meaning, and what follows from it.

Keys mean the same everywhere: 0 a person, 9 or ``*`` once more, unless the question uses them. Where a value is
asked for, ``#`` hands in and ``*`` starts over.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Literal, cast

from ivr import addresses, asides, callbacks, linking, retries, slots
from ivr.actions import Ask
from ivr.events import Chose, Filled, Pressed, Spoke
from ivr.given import label_of, options_of
from ivr.nodes import AskNode, MenuNode, QuestionNode
from ivr.phrases import is_mobile
from ivr.questions import present, underlying
from ivr.state import Given
from ivr.turn import Turn

How = Literal["key", "voice", "page"]
LISTED = ("choice", "open", "yesno", "wait")
"""What is answered by an option, or not at all; everything else by a value."""
BAD: dict[str, slots.Why] = {
    "digits": "bad_digits", "phone": "bad_digits", "member": "bad_member", "date": "bad_date", "time": "bad_time",
    "amount": "bad_number", "count": "bad_number", "name": "bad_name", "address": "bad_address", "rest": "bad_address",
    "text": "bad_text",
}  # fmt: skip
"""What is said of keys and words that make no value of that kind."""


def pressed(turn: Turn, event: Pressed) -> None:
    ask = present(turn.tree, turn.state)
    if ask is None:
        return None
    if ask.most:
        return _pressed_digit(turn, ask, event.digit)
    for option in ask.options:
        if option.key == event.digit:
            return answered(turn, ask, option.id, "key")
    match event.digit:
        case "0" if not retries.forbidden(turn, "person"):
            return retries.person(turn)
        case "9" | "*":
            return retries.repeat(turn)
        case "0" | "1" | "2" | "3" | "4" | "5" | "6" | "7" | "8" if ask.expects != "wait":
            return retries.failed(turn, "no_such_key")
        case _:  # a sharp after a menu's key is a habit, not an answer
            return None


def handed_in(turn: Turn) -> bool:
    """The caller stopped keying. Whether that made an answer."""
    ask = present(turn.tree, turn.state)
    digits = _digits(turn)
    if ask is None or not digits:
        return False
    _keyed(turn, ask, digits)
    return True


def spoke(turn: Turn, event: Spoke) -> None:
    ask = present(turn.tree, turn.state)
    if ask is None:
        return None
    if event.command and not retries.forbidden(turn, event.command):
        retries.command(turn, event.command)
        if event.command == "correct" and (event.choice or event.value) and not turn.state.aside:
            # Said in one breath: that it was wrong, and what is right.
            spoke(turn, replace(event, command=None))
        return None
    if ask.expects == "wait":
        return None  # words while something is on its way are no answer to anything
    ids = {option.id for option in ask.options}
    thresholds = turn.tree.file.thresholds
    if ask.expects not in LISTED:
        if event.value is None or event.confidence < thresholds.confirm:
            return retries.failed(turn, "unclear")
        return _valued(turn, ask, event.value, "voice", sure=event.confidence >= thresholds.accept)
    close = tuple(dict.fromkeys(one for one in event.close if one in ids))
    if len(close) >= 2 and turn.state.stage == "asking" and not turn.state.aside and ask.expects != "yesno":
        turn.become(stage="between", close=close[:2], digits="")
        return turn.ask()
    if event.choice not in ids:
        return retries.failed(turn, "unclear")
    sure = dict(event.scores).get(event.choice, event.confidence)
    if ask.expects == "yesno":
        # The words decided; the ear's share of a list of two only adds to them, and a doubtful yes is asked again.
        sure = max(sure, event.confidence)
    if sure < thresholds.confirm:
        return retries.failed(turn, "unclear")
    open_question = ask.expects in ("choice", "open") and turn.state.stage == "asking" and not turn.state.aside
    turn.become(heard=event.values or turn.state.heard)
    if sure < thresholds.accept and open_question:
        turn.become(stage="confirm", held=event.choice, digits="")
        return turn.ask()
    return answered(turn, ask, event.choice, "voice")


def chose(turn: Turn, event: Chose) -> None:
    ask = underlying(turn.tree, turn.state)
    if ask is None or ask.node != event.node or event.option not in {option.id for option in ask.options}:
        return
    asides.tapped(turn)
    answered(turn, ask, event.option, "page")


def filled(turn: Turn, event: Filled) -> None:
    ask = underlying(turn.tree, turn.state)
    if ask is None or ask.node != event.node:
        return
    if ask.optional and not event.value.strip():
        asides.tapped(turn)
        _pass_over(turn)
    elif ask.expects not in LISTED:
        value, amiss = typed(ask, event.value, turn.today)
        if amiss is None:
            asides.tapped(turn)
            answered(turn, ask, value, "page")


def typed(ask: Ask, text: str, today: date) -> tuple[str, slots.Why | None]:
    """What was typed into the field of this question: the value, and what is wrong with it, if anything."""
    value = slots.typed(ask.expects, text, ask.limits, today)
    if value is None:
        return "", BAD.get(ask.expects, "bad_text")
    return value, _amiss(ask, value, today)


def answered(turn: Turn, ask: Ask, value: str, how: How, *, sure: bool = True) -> None:
    """An answer to this question that is one of those it takes."""
    if how != "page" and turn.state.aside:
        return asides.answered(turn, value)
    turn.become(digits="", habit=turn.state.habit if how == "page" else how)
    state = turn.state
    match state.stage:
        case "asking" | "rest":
            if state.stage == "rest":
                value = state.held + value
            elif ask.expects == "address" and not addresses.is_whole(value):
                return addresses.begin(turn, value)
            if _to_read_back(turn, how, sure):
                turn.become(stage="confirm", held=value)
                return turn.ask()
            return commit(turn, value, how)
        case "confirm":
            if value == "yes":
                return commit(turn, state.held, how)
            turn.become(stage="asking", held="")
            return retries.sorry(turn)
        case "between":
            if value != "neither":
                return commit(turn, value, how)
            turn.become(stage="asking", close=())
            return retries.sorry(turn)
        case "call_offer" | "call_number" | "call_which" | "call_confirm":
            return callbacks.answered(turn, value)
        case _:
            return linking.answered(turn, value, how)


def commit(turn: Turn, value: str, how: How) -> None:
    """The answer counts: keep it, tell the other channel, go on."""
    state, name = turn.state, turn.state.node
    node = cast(MenuNode | QuestionNode | AskNode, turn.tree.nodes[name])
    option = next((one for one in options_of(turn.tree, name) if one.id == value), None)
    given = Given(node=name, save=node.save or name, value=value)
    is_value = isinstance(node, AskNode) and node.is_value
    label = (
        turn.tree.words(node.label, state.language)
        if is_value and node.label
        else label_of(turn.tree, given, state.language)
    )
    if how == "page" or state.screen:
        turn.acknowledge("page" if how == "page" else "voice", label)
    if option and option.language:
        turn.become(language=option.language)
    else:
        turn.become(given=(*(one for one in state.given if one.node != name), given))
    targets = dict(node.targets)
    turn.go(targets["next"] if is_value else targets[value])


def passed_over(turn: Turn) -> bool:
    """Silence at a question that need not be answered. Whether it was one."""
    node = turn.tree.nodes[turn.state.node]
    if not (isinstance(node, AskNode) and node.optional and turn.state.stage == "asking" and not turn.state.aside):
        return False
    _pass_over(turn)
    return True


def _pass_over(turn: Turn) -> None:
    turn.go(next(target for _, target in turn.tree.nodes[turn.state.node].targets))


def _amiss(ask: Ask, value: str, today: date) -> slots.Why | None:
    """What is wrong with this value as an answer."""
    if ask.node.endswith("/number"):
        return None if is_mobile(value) else "not_mobile"
    if ask.expects == "address" and not addresses.is_whole(value):
        return None  # its rest is asked for
    return slots.amiss(ask.expects, value, ask.least, ask.most, ask.limits, today)


def _pressed_digit(turn: Turn, ask: Ask, digit: str) -> None:
    digits = _digits(turn)
    match digit:
        case "#":
            return _keyed(turn, ask, digits) if digits else retries.failed(turn, "unclear")
        case "*":
            if not digits:
                return retries.repeat(turn)
            _keep(turn, "")
            turn.phrase("cleared")
            return turn.ask()
        case "A" | "B" | "C" | "D":
            return None
    _keep(turn, digits + digit)
    if len(digits) + 1 < ask.most:
        return None
    return _keyed(turn, ask, digits + digit)


def _keyed(turn: Turn, ask: Ask, digits: str) -> None:
    _keep(turn, "")
    value = slots.keyed(ask.expects, digits, ask.limits, turn.today)
    if value is None:
        return retries.failed(turn, BAD[ask.expects])
    return _valued(turn, ask, value, "key")


def _valued(turn: Turn, ask: Ask, value: str, how: How, *, sure: bool = True) -> None:
    _keep(turn, "")
    amiss = _amiss(ask, value, turn.today)
    if amiss:
        return retries.failed(turn, amiss)
    return answered(turn, ask, value, how, sure=sure)


def _digits(turn: Turn) -> str:
    return turn.state.aside_digits if turn.state.aside else turn.state.digits


def _keep(turn: Turn, digits: str) -> None:
    turn.become(**{"aside_digits" if turn.state.aside else "digits": digits})


def _to_read_back(turn: Turn, how: How, sure: bool) -> bool:
    node = turn.tree.nodes[turn.state.node]
    if not isinstance(node, AskNode) or not node.is_value or how == "page":
        return False
    match node.read_back:
        case "always":
            return True
        case "spoken":
            # An address was put together of what was keyed and what was said.
            return how == "voice" or turn.state.stage == "rest"
        case "unsure":
            return how == "voice" and not sure
        case "never":
            return False
