"""The record in words: every kind of event and action becomes one line that a person can read. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import assert_never

from ivr.actions import (
    Acknowledge,
    Action,
    Ask,
    Finish,
    IssueCode,
    Record,
    RefusePage,
    Say,
    SendLink,
    StartAfresh,
    TrustPage,
)
from ivr.events import (
    Chose,
    CodeIssued,
    CodeRefused,
    Event,
    Filled,
    Joined,
    Left,
    LinkFailed,
    LinkSent,
    PageArrived,
    Pressed,
    Recorded,
    Spoke,
    Transcribed,
    Waited,
)
from web.catalogue import Words


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """One entry, told. ``by``: ``customer``, ``us`` or ``system``. ``scores``: (label, 0..1) best first.

    sure: 0..1, how certain the recognition was. recording: id of a sound to play.
    """

    by: str
    text: str
    details: tuple[str, ...] = ()
    sure: float | None = None
    scores: tuple[tuple[str, float], ...] = ()
    recording: str | None = None


def told_event(event: Event, words: Words, labels: Mapping[str, str] | None = None) -> Told:
    """The line for an event. ``labels``: option id to the label of the question that was open."""
    labels = labels or {}
    match event:
        case Joined():
            return _joined(event, words)
        case Pressed():
            return Told(by="customer", text=words("tell.pressed", digit=event.digit))
        case Spoke():
            return _spoke(event, words, labels)
        case Chose():
            return Told(by="customer", text=words("tell.chose", label=labels.get(event.option, event.option)))
        case Filled():
            return Told(by="customer", text=words("tell.filled", value=event.value))
        case Waited():
            return Told(by="system", text=words("tell.waited", seconds=_seconds(event.seconds)))
        case Left():
            return Told(by="system", text=words(f"tell.left_{event.channel}"))
        case LinkSent():
            return Told(by="system", text=words("tell.link_sent", to=event.to_masked))
        case LinkFailed():
            return Told(by="system", text=words("tell.link_failed", reason=words.one_of("reason", event.reason)))
        case CodeIssued():
            # The code itself stays out of the console: while it is good, it opens a page.
            return Told(by="system", text=words("tell.code_issued", seconds=_seconds(event.seconds)))
        case CodeRefused():
            return Told(by="system", text=words("tell.code_refused"))
        case PageArrived():
            return Told(by="system", text=words("tell.page_arrived", match=event.match))
        case Recorded():
            if event.seconds <= 0:
                return Told(by="system", text=words("tell.recorded_nothing"))
            text = words("tell.recorded", seconds=_seconds(event.seconds))
            return Told(by="customer", text=text, recording=event.recording)
        case Transcribed():
            return Told(by="system", text=words("tell.transcribed", text=event.text))
        case _:
            assert_never(event)


def told_action(action: Action, words: Words) -> Told:
    """The line for an action."""
    match action:
        case Say():
            return Told(by="us", text=words("tell.say", text=action.text))
        case Ask():
            details = []
            if action.options:
                details.append(words("tell.options", labels=_labels(option.label for option in action.options)))
            if action.retry:
                details.append(words("tell.ask_again", count=action.retry + 1))
            return Told(by="us", text=words("tell.ask", text=action.text), details=tuple(details))
        case Acknowledge():
            return Told(by="us", text=words("tell.acknowledge", label=action.label))
        case SendLink():
            return Told(by="system", text=words("tell.send_link", to=masked(action.to)))
        case IssueCode():
            return Told(by="system", text=words("tell.issue_code"))
        case TrustPage():
            return Told(by="system", text=words("tell.trust_page"))
        case RefusePage():
            return Told(by="system", text=words("tell.refuse_page"))
        case Record():
            return Told(by="system", text=words("tell.record"))
        case StartAfresh():
            return Told(by="system", text=words("tell.start_afresh"))
        case Finish():
            key = "tell.finish_call" if action.stays else "tell.finish"
            return Told(by="system", text=words(key, outcome=words.one_of("outcome", action.outcome)))
        case _:
            assert_never(action)


def masked(number: str) -> str:
    """``+819012345678`` as ``+8190****5678``: enough to recognise, too little to dial."""
    return f"{number[:-8]}****{number[-4:]}" if len(number) > 9 else "****"


def _joined(event: Joined, words: Words) -> Told:
    again = "_again" if event.resumed and event.channel == "voice" else ""
    told = Told(by="customer", text=words(f"tell.joined_{event.channel}{again}"))
    if event.caller is None:
        return told
    number_class = words(f"number_class.{event.caller.number_class}")
    number = event.caller.number or "—"
    return replace(told, details=(words("tell.from_number", number=number, **{"class": number_class}),))


def _spoke(event: Spoke, words: Words, labels: Mapping[str, str]) -> Told:
    if event.channel == "page" and event.command is not None:
        # A wish tapped on the screen: nothing was heard, so there is nothing to be sure of.
        return Told(by="customer", text=words("tell.wished", wish=words(f"tell.command_{event.command}")))
    details = []
    if event.choice is not None:
        details.append(words("tell.understood", label=labels.get(event.choice, event.choice)))
    if event.value is not None:
        details.append(words("tell.value", value=event.value))
    if event.command is not None:
        details.append(words(f"tell.command_{event.command}"))
    if event.close:
        details.append(words("tell.close", labels=_labels(labels.get(id, id) for id in event.close)))
    return Told(
        by="customer",
        text=words("tell.spoke", text=event.text) if event.text else words("tell.spoke_nothing"),
        details=tuple(details),
        sure=event.confidence,
        scores=tuple((labels.get(id, id), score) for id, score in event.scores[:5]),
    )


def _labels(labels: Iterable[str]) -> str:
    return " / ".join(labels)


def _seconds(seconds: float) -> str:
    return f"{seconds:.0f}"
