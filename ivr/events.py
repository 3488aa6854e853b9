"""What has happened in a conversation: facts, in the past tense.

Every event says when (``at``, aware, from whoever saw it) and through which channel. Nothing here knows
how a channel works; a key press and a tap are different facts that may mean the same answer.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import Field, TypeAdapter

Channel = Literal["voice", "page", "system"]
Command = Literal["repeat", "slower", "back", "correct", "person", "restart", "ja", "en"]
NumberClass = Literal["mobile", "landline", "toll_free", "navi", "ip", "international", "withheld", "unknown"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """Who seems to be calling. A number alone proves nothing.

    number: E.164 (``+819012345678``), or None when withheld or unreadable.
    """

    number: str | None = None
    number_class: NumberClass = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    at: datetime
    channel: Channel


@dataclass(frozen=True, slots=True, kw_only=True)
class Joined(Fact):
    """A channel entered: a call was answered, or a page was opened by its link.

    resumed: the channel came into a conversation that had been left (a redial); nothing is proved by it.
    """

    kind: Literal["Joined"] = "Joined"
    caller: Caller | None = None
    language: str | None = None
    resumed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Pressed(Fact):
    kind: Literal["Pressed"] = "Pressed"
    digit: Annotated[str, Field(pattern=r"^[0-9*#A-D]$")]


@dataclass(frozen=True, slots=True, kw_only=True)
class Spoke(Fact):
    """The caller said something; the sense was decided before the inbox.

    choice: id of the option that it means, if one; ``yes``/``no`` for yes/no questions.
    command: what can be said anywhere; with ``correct``, choice or value answer the question before this one.
    nearest: (option id, example) that the words resemble most, best first.
    value: the slot's value, canonical (``ivr.slots``), if one. values: more of what was said with it, for questions to
    come: (kind of slot, value).
    confidence: 0..1. scores: (option id, score) best first. close: ids too close to tell apart.
    """

    kind: Literal["Spoke"] = "Spoke"
    text: str
    confidence: float = 0.0
    choice: str | None = None
    value: str | None = None
    scores: tuple[tuple[str, float], ...] = ()
    close: tuple[str, ...] = ()
    command: Command | None = None
    values: tuple[tuple[str, str], ...] = ()
    nearest: tuple[tuple[str, str], ...] = ()
    engine: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Chose(Fact):
    """An option was tapped. ``node`` is the question that the screen showed, so that a late tap is known."""

    kind: Literal["Chose"] = "Chose"
    node: str
    option: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Filled(Fact):
    """A field was filled in on a screen. value: as it was typed."""

    kind: Literal["Filled"] = "Filled"
    node: str
    value: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Waited(Fact):
    """The customer gave no answer for ``seconds`` after the question was heard. Only voice says so."""

    kind: Literal["Waited"] = "Waited"
    seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Left(Fact):
    kind: Literal["Left"] = "Left"
    reason: str = "hangup"


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkSent(Fact):
    """The link is on its way. ``to_masked``: the number with its middle hidden."""

    kind: Literal["LinkSent"] = "LinkSent"
    to_masked: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkFailed(Fact):
    """The link could not be sent. ``reason``: ``no_sms``, ``limit``, ``provider``."""

    kind: Literal["LinkFailed"] = "LinkFailed"
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeIssued(Fact):
    """A six-digit code for the web page was made, to be read to the caller."""

    kind: Literal["CodeIssued"] = "CodeIssued"
    code: str
    seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeRefused(Fact):
    """No code could be made (too many at once)."""

    kind: Literal["CodeRefused"] = "CodeRefused"
    reason: str = "limit"


@dataclass(frozen=True, slots=True, kw_only=True)
class PageArrived(Fact):
    """A page was reached by code. It shows ``match`` (two digits) and nothing given before, until trusted."""

    kind: Literal["PageArrived"] = "PageArrived"
    page: str
    match: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorded(Fact):
    """A message was left. ``recording``: its id in the store. ``seconds``: its length; 0 when nothing was said."""

    kind: Literal["Recorded"] = "Recorded"
    recording: str
    seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Transcribed(Fact):
    kind: Literal["Transcribed"] = "Transcribed"
    recording: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AreaFound(Fact):
    """areas: those of the postal code, as people write them; none when nobody knows it."""

    kind: Literal["AreaFound"] = "AreaFound"
    code: str
    areas: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Replied(Fact):
    """The webhook of ``node`` answered. values: (variable, value) that the tree asked to be kept."""

    kind: Literal["Replied"] = "Replied"
    node: str
    values: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class CallFailed(Fact):
    """``reason``: ``timeout``, ``refused`` (an address that may not be called), ``status``, ``too_large``,
    ``bad_answer``, ``unreachable``."""

    kind: Literal["CallFailed"] = "CallFailed"
    node: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Identified(Fact):
    """customer: an id. values: (variable, value) of the customer that trees may use."""

    kind: Literal["Identified"] = "Identified"
    node: str
    customer: str
    values: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class NotIdentified(Fact):
    """``reason``: ``no_match``, ``tries`` (too many), ``away``."""

    kind: Literal["NotIdentified"] = "NotIdentified"
    node: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Connected(Fact):
    """A person, or the number that the call was put through to, is there."""

    kind: Literal["Connected"] = "Connected"
    node: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NotConnected(Fact):
    """``reason``: ``busy``, ``closed``, ``failed``."""

    kind: Literal["NotConnected"] = "NotConnected"
    node: str
    reason: Literal["busy", "closed", "failed"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Booked(Fact):
    kind: Literal["Booked"] = "Booked"
    node: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NotBooked(Fact):
    """``reason``: ``number`` (it may not be called), ``full``, ``away``."""

    kind: Literal["NotBooked"] = "NotBooked"
    node: str
    reason: str


Event = (
    Joined | Pressed | Spoke | Chose | Filled | Waited | Left | LinkSent | LinkFailed
    | CodeIssued | CodeRefused | PageArrived | Recorded | Transcribed
    | AreaFound | Replied | CallFailed | Identified | NotIdentified | Connected | NotConnected | Booked | NotBooked
)  # fmt: skip

_events: TypeAdapter[Event] = TypeAdapter(Annotated[Event, Field(discriminator="kind")])


def dump(event: Event) -> dict[str, Any]:
    """The event as JSON-ready data; ``load`` gives it back."""
    data: dict[str, Any] = _events.dump_python(event, mode="json")
    return data


def load(data: dict[str, Any]) -> Event:
    """Raises pydantic.ValidationError for anything that is no event."""
    return _events.validate_python(data)
