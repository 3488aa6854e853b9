"""The record in words: every kind of event and action becomes one line that a person can read. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import assert_never

from ivr import slots
from ivr.actions import (
    Acknowledge,
    Action,
    Ask,
    Book,
    Call,
    Enqueue,
    FindArea,
    Finish,
    Identify,
    IssueCode,
    Record,
    RefusePage,
    Say,
    SendLink,
    StartAfresh,
    Transfer,
    TrustPage,
)
from ivr.events import (
    AreaFound,
    Booked,
    CallFailed,
    Chose,
    CodeIssued,
    CodeRefused,
    Connected,
    Event,
    Filled,
    Identified,
    Joined,
    Left,
    LinkFailed,
    LinkSent,
    NotBooked,
    NotConnected,
    NotIdentified,
    PageArrived,
    Pressed,
    Recorded,
    Replied,
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


def told_event(event: Event, words: Words, labels: Mapping[str, str] | None = None, expects: str = "") -> Told:
    """The line for an event. ``labels``: option id to label, ``expects``: the kind of the question that was open."""
    labels = labels or {}
    match event:
        case Joined():
            return _joined(event, words)
        case Pressed():
            return Told(by="customer", text=words("tell.pressed", digit=event.digit))
        case Spoke():
            return _spoke(event, words, labels, expects)
        case Chose():
            return Told(by="customer", text=words("tell.chose", label=labels.get(event.option, event.option)))
        case Filled():
            text = words("tell.filled", value=event.value) if event.value else words("tell.passed_over")
            return Told(by="customer", text=text)
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
            return _came_back(event, words)


Back = AreaFound | Replied | CallFailed | Identified | NotIdentified | Connected | NotConnected | Booked | NotBooked


def _came_back(event: Back, words: Words) -> Told:
    """What others report of what was ordered of them."""
    match event:
        case AreaFound():
            known = words("tell.area_found", code=event.code, areas=_labels(event.areas))
            text = known if event.areas else words("tell.area_unknown", code=event.code)
        case Replied():
            return Told(by="system", text=words("tell.replied"), details=_pairs(event.values))
        case CallFailed():
            text = words("tell.call_failed", reason=words.one_of("reason", event.reason))
        case Identified():
            text = words("tell.identified", customer=event.customer)
            return Told(by="system", text=text, details=_pairs(event.values))
        case NotIdentified():
            text = words("tell.not_identified", reason=words.one_of("reason", event.reason))
        case Connected():
            text = words("tell.connected")
        case NotConnected():
            text = words("tell.not_connected", reason=words.one_of("reason", event.reason))
        case Booked():
            text = words("tell.booked")
        case NotBooked():
            text = words("tell.not_booked", reason=words.one_of("reason", event.reason))
        case _:
            assert_never(event)
    return Told(by="system", text=text)


def told_action(action: Action, words: Words) -> Told:
    """The line for an action."""
    match action:
        case Say():
            return Told(by="us", text=words("tell.say", text=action.text))
        case Ask():
            details = []
            if action.options:
                details.append(words("tell.options", labels=_labels(option.label for option in action.options)))
            if action.keys_only:
                details.append(words("tell.keys_only"))
            if action.retry:
                details.append(words("tell.ask_again", count=action.retry + 1))
            name = "tell.wait" if action.expects == "wait" else "tell.ask"
            return Told(by="us", text=words(name, text=action.text), details=tuple(details))
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
            return _ordered(action, words)


def _ordered(action: FindArea | Call | Identify | Enqueue | Book | Transfer, words: Words) -> Told:
    """What others are to do. Values stand where they were given; here their names will do."""
    match action:
        case FindArea():
            text = words("tell.find_area", code=action.code)
        case Call():
            details = _sent((name for name, _ in action.send), words)
            return Told(by="system", text=words("tell.call", webhook=action.webhook), details=details)
        case Identify():
            details = _sent((column for column, _ in action.known), words)
            return Told(by="system", text=words("tell.identify"), details=details)
        case Enqueue():
            text = words("tell.enqueue", queue=action.queue)
        case Book():
            to = masked(action.to)
            at = moment(action.when, words)
            text = words("tell.book_at", to=to, when=at) if at else words("tell.book", to=to)
        case Transfer():
            text = words("tell.transfer", to=action.to)
        case _:
            assert_never(action)
    return Told(by="system", text=text)


def moment(when: str, words: Words) -> str:
    """A day and hour (ISO 8601) as people read it, or empty."""
    try:
        at = datetime.fromisoformat(when)
    except ValueError:
        return ""
    day = slots.spoken("date", at.date().isoformat(), words.language)
    return f"{day} {slots.spoken('time', f'{at:%H:%M}', words.language)}"


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


def _spoke(event: Spoke, words: Words, labels: Mapping[str, str], expects: str) -> Told:
    if event.channel == "page" and event.command is not None:
        # A wish tapped on the screen: nothing was heard, so there is nothing to be sure of.
        return Told(by="customer", text=words("tell.wished", wish=words(f"tell.command_{event.command}")))
    details = []
    if event.choice is not None:
        details.append(words("tell.understood", label=labels.get(event.choice, event.choice)))
    if event.value is not None:
        details.append(words("tell.value", value=slots.spoken(expects, event.value, words.language)))
    for kind, value in event.values:
        told = slots.spoken(kind, value, words.language)
        details.append(words("tell.also", kind=words.one_of("kind", kind), value=told))
    if event.command is not None:
        details.append(words(f"tell.command_{event.command}"))
    if event.close:
        details.append(words("tell.close", labels=_labels(labels.get(id, id) for id in event.close)))
    if event.nearest:
        examples = (words("tell.example", example=example, label=labels.get(id, id)) for id, example in event.nearest)
        details.append(words("tell.nearest", examples=_labels(examples)))
    return Told(
        by="customer",
        text=words("tell.spoke", text=event.text) if event.text else words("tell.spoke_nothing"),
        details=tuple(details),
        sure=event.confidence,
        scores=tuple((labels.get(id, id), score) for id, score in event.scores[:5]),
    )


def _labels(labels: Iterable[str]) -> str:
    return " / ".join(labels)


def _pairs(values: Iterable[tuple[str, str]]) -> tuple[str, ...]:
    return tuple(f"{name}: {value}" for name, value in values)


def _sent(names: Iterable[str], words: Words) -> tuple[str, ...]:
    listed = _labels(names)
    return (words("tell.with", names=listed),) if listed else ()


def _seconds(seconds: float) -> str:
    return f"{seconds:.0f}"
