"""What is to be done: orders, in the imperative. A channel decides how; an action never says.

``Say`` and ``Ask`` carry finished text in the conversation's language. The words "press 1" are not in it:
they belong to the voice.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any, Literal

from pydantic import Field, TypeAdapter

Expects = Literal["choice", "open", "yesno", "digits", "phone"]


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
    ``yes`` and ``no``; ``digits`` and ``phone`` a number of least..most digits.
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


Action = Say | Ask | Acknowledge | SendLink | IssueCode | TrustPage | RefusePage | Record | StartAfresh | Finish

_actions: TypeAdapter[Action] = TypeAdapter(Annotated[Action, Field(discriminator="kind")])


def dump(action: Action) -> dict[str, Any]:
    """The action as JSON-ready data; ``load`` gives it back."""
    data: dict[str, Any] = _actions.dump_python(action, mode="json")
    return data


def load(data: dict[str, Any]) -> Action:
    """Raises pydantic.ValidationError for anything that is no action."""
    return _actions.validate_python(data)
