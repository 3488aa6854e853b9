"""What the hub orders of a line worker, and the facts that a line worker tells.

A call is named by ``call``, an id that is new with every call (not the SIP Call-ID, which the caller chooses).
Times are seconds. Sound is PCM, signed 16-bit mono 8 kHz; files are WAV of that format.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Annotated, Any, Literal

from pydantic import Field, TypeAdapter

# -- orders: hub to line ------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Play:
    """Play these files one after another, at once, instead of what is playing.

    play: a number that grows; ``Played`` names it. bargeable: the caller's speech pauses it (``Listen`` must be on);
    keys always stop it.
    """

    kind: Literal["Play"] = "Play"
    call: str
    play: int
    files: tuple[str, ...]
    bargeable: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Hush:
    """Stop what is playing and forget it."""

    kind: Literal["Hush"] = "Hush"
    call: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Resume:
    """Go on with the prompt that speech had paused: what was heard was no answer."""

    kind: Literal["Resume"] = "Resume"
    call: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Listen:
    """Listen for speech from now on; ``Heard`` names ``listen``. hint: for the ear, passed on unread.

    Replaces an earlier Listen; speech that began under it is still reported under its number.
    """

    kind: Literal["Listen"] = "Listen"
    call: str
    listen: int
    hint: dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Unlisten:
    kind: Literal["Unlisten"] = "Unlisten"
    call: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TakeMessage:
    """Play a tone, then record until ``#``, ``silence`` seconds of it, ``longest`` seconds, or hang-up.

    Told in ``Taken`` pieces of about a second while it happens, then ``Took``.
    """

    kind: Literal["TakeMessage"] = "TakeMessage"
    call: str
    recording: str
    longest: float = 120.0
    silence: float = 5.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Transfer:
    """Ask the caller's side to call this instead of us (RFC 3515, blind). ``Transferred`` tells what came of it.

    to: a SIP address, or a number, which is called where the call came from. conversation: told to the far end in the
    header X-Denwaban-Conversation. A second one while the first is under way does nothing.
    """

    kind: Literal["Transfer"] = "Transfer"
    call: str
    to: str
    conversation: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Spare:
    """The caller is busy elsewhere, on a screen: for ``seconds`` from now dead media does not end the call."""

    kind: Literal["Spare"] = "Spare"
    call: str
    seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class HangUp:
    """End the call. after_play: first let the prompt end."""

    kind: Literal["HangUp"] = "HangUp"
    call: str
    after_play: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Drain:
    """Take no more calls; the process ends when its last call has."""

    kind: Literal["Drain"] = "Drain"


Order = Play | Hush | Resume | Listen | Unlisten | TakeMessage | Transfer | Spare | HangUp | Drain

# -- facts: line to hub -------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """A call came in and was answered. reserve: all other lines are busy; be short.

    caller, called, diverted: user parts as received, or None. privacy: the caller withheld the number.
    """

    kind: Literal["Answered"] = "Answered"
    call: str
    at: float
    sip_call_id: str
    caller: str | None
    called: str | None
    diverted: str | None = None
    privacy: bool = False
    codec: str = ""
    reserve: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Keyed:
    kind: Literal["Keyed"] = "Keyed"
    call: str
    at: float
    digit: str
    method: Literal["rfc4733", "info", "inband"] = "rfc4733"


@dataclass(frozen=True, slots=True, kw_only=True)
class Played:
    """The prompt ended. complete: it was heard to its end."""

    kind: Literal["Played"] = "Played"
    call: str
    at: float
    play: int
    complete: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class SpeechBegan:
    """The caller began to speak. barged: a prompt was playing and was paused."""

    kind: Literal["SpeechBegan"] = "SpeechBegan"
    call: str
    at: float
    listen: int
    barged: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """What the ear made of it. result: the ear's hypothesis, passed on unread; None when the ear is away or too slow.

    at: when it was known. spoken_until: when the caller's voice ended. barged: a prompt is paused and waits.
    """

    kind: Literal["Heard"] = "Heard"
    call: str
    at: float
    listen: int
    result: dict[str, Any] | None
    spoken_until: float
    barged: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """A piece of a recording. pcm: base64."""

    kind: Literal["Taken"] = "Taken"
    call: str
    at: float
    recording: str
    piece: int
    pcm: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Took:
    kind: Literal["Took"] = "Took"
    call: str
    at: float
    recording: str
    seconds: float
    reason: Literal["key", "silence", "longest", "hangup"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Transferred:
    """What came of a transfer. status: of SIP; 2xx: somebody answered there, 408: nobody did in time."""

    kind: Literal["Transferred"] = "Transferred"
    call: str
    at: float
    status: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """The call is over. reason: ``hangup`` by the caller, ``ours``, ``media timeout``, ``no ack``, ``lost`` ...

    quality: packets, lost, jitter and the like, as the SIP engine counted.
    """

    kind: Literal["Ended"] = "Ended"
    call: str
    at: float
    reason: str
    status: int = 200
    quality: dict[str, float] = field(default_factory=dict)


Fact = Answered | Keyed | Played | SpeechBegan | Heard | Taken | Took | Transferred | Ended

_orders: TypeAdapter[Order] = TypeAdapter(Annotated[Order, Field(discriminator="kind")])
_facts: TypeAdapter[Fact] = TypeAdapter(Annotated[Fact, Field(discriminator="kind")])


def dump_order(order: Order) -> dict[str, Any]:
    data: dict[str, Any] = _orders.dump_python(order, mode="json")
    return data


def load_order(data: dict[str, Any]) -> Order:
    """Raises pydantic.ValidationError for anything that is no order."""
    return _orders.validate_python(data)


def dump_fact(fact: Fact) -> dict[str, Any]:
    data: dict[str, Any] = _facts.dump_python(fact, mode="json")
    return data


def load_fact(data: dict[str, Any]) -> Fact:
    """Raises pydantic.ValidationError for anything that is no fact."""
    return _facts.validate_python(data)
