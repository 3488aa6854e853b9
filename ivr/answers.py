"""Answers: from keys, words and taps to one meaning, and what follows from it.

Keys mean the same everywhere: 0 a person, 9 or ``*`` once more, unless the question uses them. Where digits are
asked for, ``#`` hands in and ``*`` starts over.
"""

from __future__ import annotations

import unicodedata
from typing import Literal, cast

from ivr import asides, linking, retries
from ivr.actions import Ask
from ivr.events import Chose, Filled, Pressed, Spoke
from ivr.nodes import AskNode, MenuNode, QuestionNode
from ivr.phrases import is_mobile
from ivr.questions import label_of, options_of, present, underlying
from ivr.state import Given
from ivr.turn import Turn

How = Literal["key", "voice", "page"]


def pressed(turn: Turn, event: Pressed) -> None:
    ask = present(turn.tree, turn.state)
    if ask is None:
        return None
    if ask.expects in ("digits", "phone"):
        return _pressed_digit(turn, ask, event.digit)
    for option in ask.options:
        if option.key == event.digit:
            return answered(turn, ask, option.id, "key")
    match event.digit:
        case "0":
            return retries.person(turn)
        case "9" | "*":
            return retries.repeat(turn)
        case "1" | "2" | "3" | "4" | "5" | "6" | "7" | "8":
            return retries.failed(turn, "no_such_key")
        case _:  # a sharp after a menu's key is a habit, not an answer
            return None


def handed_in(turn: Turn) -> bool:
    """The caller stopped keying. Whether that made an answer."""
    ask = present(turn.tree, turn.state)
    digits = _digits(turn)
    if ask is None or not digits:
        return False
    _submit(turn, ask, digits, "key")
    return True


def spoke(turn: Turn, event: Spoke) -> None:
    ask = present(turn.tree, turn.state)
    if ask is None:
        return None
    if event.command:
        return retries.command(turn, event.command)
    ids = {option.id for option in ask.options}
    if ask.expects in ("digits", "phone"):
        if event.value is None or event.confidence < turn.tree.file.thresholds.confirm:
            return retries.failed(turn, "unclear")
        return _submit(turn, ask, national(event.value), "voice")
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
    thresholds = turn.tree.file.thresholds
    if sure < thresholds.confirm:
        return retries.failed(turn, "unclear")
    open_question = ask.expects in ("choice", "open") and turn.state.stage == "asking" and not turn.state.aside
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
    if ask is None or ask.node != event.node or ask.expects not in ("digits", "phone"):
        return
    value = national(event.value)
    if _amiss(turn, ask, value):
        return
    asides.tapped(turn)
    answered(turn, ask, value, "page")


def answered(turn: Turn, ask: Ask, value: str, how: How) -> None:
    """An answer to this question that is one of those it takes."""
    if how != "page" and turn.state.aside:
        return asides.answered(turn, value)
    turn.become(digits="")
    state = turn.state
    match state.stage:
        case "asking":
            if _to_read_back(turn, how):
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
        case _:
            return linking.answered(turn, value, how)


def commit(turn: Turn, value: str, how: How) -> None:
    """The answer counts: keep it, tell the other channel, go on."""
    state, name = turn.state, turn.state.node
    node = cast(MenuNode | QuestionNode | AskNode, turn.tree.nodes[name])
    option = next((one for one in options_of(turn.tree, name) if one.id == value), None)
    given = Given(node=name, save=node.save or name, value=value)
    is_value = isinstance(node, AskNode) and node.slot in ("digits", "phone")
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


def _amiss(turn: Turn, ask: Ask, value: str) -> retries.Why | None:
    """What is wrong with these digits as an answer."""
    if ask.node.endswith("/number"):
        return None if is_mobile(value) else "not_mobile"
    right = value.isascii() and value.isdecimal() and ask.least <= len(value) <= ask.most
    if not right or (ask.expects == "phone" and not value.startswith("0")):
        return "bad_digits"
    return None


def national(value: str) -> str:
    """Digits as they are keyed in Japan: full-width made plain, spaces and hyphens gone, +81 made 0."""
    plain = "".join(c for c in unicodedata.normalize("NFKC", value[:64]) if c not in " -‐−–ー()\t\u3000")
    return "0" + plain[3:] if plain.startswith("+81") else plain


def _pressed_digit(turn: Turn, ask: Ask, digit: str) -> None:
    digits = _digits(turn)
    match digit:
        case "#":
            return _submit(turn, ask, digits, "key") if digits else retries.failed(turn, "unclear")
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
    return _submit(turn, ask, digits + digit, "key")


def _submit(turn: Turn, ask: Ask, digits: str, how: How) -> None:
    _keep(turn, "")
    amiss = _amiss(turn, ask, digits)
    if amiss:
        return retries.failed(turn, amiss)
    return answered(turn, ask, digits, how)


def _digits(turn: Turn) -> str:
    return turn.state.aside_digits if turn.state.aside else turn.state.digits


def _keep(turn: Turn, digits: str) -> None:
    turn.become(**{"aside_digits" if turn.state.aside else "digits": digits})


def _to_read_back(turn: Turn, how: How) -> bool:
    node = turn.tree.nodes[turn.state.node]
    if not isinstance(node, AskNode) or node.slot not in ("digits", "phone") or how == "page":
        return False
    return node.read_back == "always" or (node.read_back == "spoken" and how == "voice")
