"""What the SIP engine tells the line about its calls: facts, in the past tense, told in asyncio.

``call`` is the id that the engine gave. ``clock`` is monotonic seconds, ``at`` wall seconds, of when it happened.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import Literal

from telephony.ports import Sound


@dataclass(frozen=True, slots=True, kw_only=True)
class Signal:
    call: str
    at: float = field(default_factory=time.time)
    clock: float = field(default_factory=time.monotonic)


@dataclass(frozen=True, slots=True, kw_only=True)
class CameIn(Signal):
    """The call is answered and the caller has confirmed it. invite: the INVITE as received.

    sound: its frames. codec: as negotiated, or empty. keys_by_rtp: RFC 4733 was negotiated.
    """

    invite: str
    sound: Sound
    codec: str = ""
    keys_by_rtp: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyReported(Signal):
    digit: str
    method: Literal["rfc4733", "info"]


@dataclass(frozen=True, slots=True, kw_only=True)
class PlayEnded(Signal):
    """A list of files ended: heard to its end, or stopped, or unreadable."""

    play: int
    complete: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldChanged(Signal):
    held: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class TransferEnded(Signal):
    """status: as the far end told it; 408 when it told nothing in time."""

    status: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Gone(Signal):
    """The call is over. confirmed: ``CameIn`` had been told."""

    reason: str
    status: int
    quality: dict[str, float]
    confirmed: bool


AnySignal = CameIn | KeyReported | PlayEnded | HeldChanged | TransferEnded | Gone
