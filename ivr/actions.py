"""What is to be done: orders, in the imperative. A channel decides how; an action never says.

``Say`` and ``Ask`` carry finished text in the conversation's language. The words "press 1" are not in it:
they belong to the voice.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any, Literal

from pydantic import Field, TypeAdapter

Expects = Literal[
    "choice", "open", "yesno",
    "digits", "phone", "member", "date", "time", "amount", "count", "name", "address", "rest", "text", "wait",
]  # fmt: skip
"""``rest``: what follows the area of a postal address: block, number, building. ``wait``: nothing is asked; something
is being looked up or somebody fetched, and the customer is told so."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What a value must keep to; empty: anything of its kind.

    lowest, highest: canonical values (``ivr.slots``) of the same kind, both allowed; dates may be as trees write them
    (``ivr.slots.resolved``). pattern: of a member number
    (``9`` a digit, ``A`` a letter, ``X`` either). check: ``mod10`` or ``mod11``, over all of its digits.
    """

    lowest: str = ""
    highest: str = ""
    pattern: str = ""
    check: Literal["", "mod10", "mod11"] = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    """One answer. key: the telephone key, or None. words: how people say it, the label aside."""

    id: str
    key: str | None
    label: str
    words: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Say:
    """fixed: the text holds nothing of this caller, so its sound may be kept. audio: a recorded file to play."""

    kind: Literal["Say"] = "Say"
    node: str
    text: str
    language: str
    fixed: bool = True
    audio: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """Ask and wait for an answer.

    expects: ``choice`` one of options; ``open`` own words, options being the known matters; ``yesno`` options
    ``yes`` and ``no``; the others a value of that kind (``ivr.slots``). least, most: how many keys make one; most is 0
    where it cannot be keyed. limits: what the value must keep to. keys_only: words have failed, or this caller keys:
    it is to be keyed. brief: this caller speaks, and needs not be told how to answer yes or no.
    spoken: what the voice says instead of text and list, when the tree words it itself.
    patience: seconds of silence, after the question was heard, until the caller counts as having waited.
    retry: how often it was asked before, in a row.
    """

    kind: Literal["Ask"] = "Ask"
    node: str
    text: str
    language: str
    expects: Expects
    options: tuple[Option, ...] = ()
    least: int = 0
    most: int = 0
    patience: float = 6.0
    retry: int = 0
    fixed: bool = True
    spoken: str | None = None
    audio: str | None = None
    limits: Limits = Limits()
    keys_only: bool = False
    brief: bool = False
    optional: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Acknowledge:
    """An answer was taken on ``channel``; the other channels tell the customer. label: what was answered."""

    kind: Literal["Acknowledge"] = "Acknowledge"
    channel: str
    node: str
    label: str
    language: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SendLink:
    """Send the conversation's link to this number (E.164). Reports back as LinkSent or LinkFailed."""

    kind: Literal["SendLink"] = "SendLink"
    to: str
    language: str


@dataclass(frozen=True, slots=True, kw_only=True)
class IssueCode:
    """Make a six-digit code for the web page. Reports back as CodeIssued or CodeRefused."""

    kind: Literal["IssueCode"] = "IssueCode"


@dataclass(frozen=True, slots=True, kw_only=True)
class TrustPage:
    kind: Literal["TrustPage"] = "TrustPage"
    page: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RefusePage:
    kind: Literal["RefusePage"] = "RefusePage"
    page: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """Record the caller after a tone. Reports back as Recorded, later Transcribed."""

    kind: Literal["Record"] = "Record"
    node: str
    longest: float
    language: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FindArea:
    """Which area has this postal code (seven digits)? Reports back as AreaFound, with none when nobody knows it."""

    kind: Literal["FindArea"] = "FindArea"
    code: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """Call the webhook of this name with these values. Reports back as Replied or CallFailed."""

    kind: Literal["Call"] = "Call"
    node: str
    webhook: str
    send: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Identify:
    """Is there one customer to whom all of these belong? number: who seems to call, which alone is no proof.

    known: (column of the customer table, value as given). Reports back as Identified or NotIdentified.
    """

    kind: Literal["Identify"] = "Identify"
    node: str
    number: str | None
    known: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Enqueue:
    """Find a person of this queue. Reports back as Connected or NotConnected."""

    kind: Literal["Enqueue"] = "Enqueue"
    node: str
    queue: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Book:
    """Keep a request to be called back. to: E.164. when: an hour to come (aware, ISO 8601), or empty for soon.

    Reports back as Booked or NotBooked.
    """

    kind: Literal["Book"] = "Book"
    node: str
    queue: str
    to: str
    when: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Transfer:
    """Put the call through to this number or address, when all is said. Reports back as Connected or NotConnected."""

    kind: Literal["Transfer"] = "Transfer"
    node: str
    to: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StartAfresh:
    """The caller does not want to go on with the old matter: the call moves to a new conversation."""

    kind: Literal["StartAfresh"] = "StartAfresh"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finish:
    """The conversation is over. The voice hangs up when all is said. outcome: ``resolved``, ``message`` or so.

    stays: only the voice is over; the conversation goes on on the screen.
    """

    kind: Literal["Finish"] = "Finish"
    outcome: str
    stays: bool = False


Action = (
    Say | Ask | Acknowledge | SendLink | IssueCode | TrustPage | RefusePage | Record
    | FindArea | Call | Identify | Enqueue | Book | Transfer | StartAfresh | Finish
)  # fmt: skip

_actions: TypeAdapter[Action] = TypeAdapter(Annotated[Action, Field(discriminator="kind")])


def dump(action: Action) -> dict[str, Any]:
    """The action as JSON-ready data; ``load`` gives it back."""
    data: dict[str, Any] = _actions.dump_python(action, mode="json")
    return data


def load(data: dict[str, Any]) -> Action:
    """Raises pydantic.ValidationError for anything that is no action."""
    return _actions.validate_python(data)
