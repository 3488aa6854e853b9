"""What the test caller does, step by step, and what it noticed.

say:FILE.wav    speak a sound file            key:1  keys:0901234#   press keys (RFC 4733)
text:こんにちは  speak a text                  info:5  tone:5         press a key by SIP INFO, by its tones
wait:2          do nothing for 2 seconds      hear:1.5               wait for sound, then 1.5 s of silence
hold:3          hold the call for 3 seconds   hangup                 hang up (else the far end has to)
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from telephony.errors import BadScript
from telephony.keys import DIGITS

VERBS = frozenset({"say", "text", "key", "keys", "info", "tone", "wait", "hear", "hold", "hangup"})
_TIMED = frozenset({"wait", "hear", "hold"})
_KEYS = frozenset({"key", "keys", "info", "tone"})


@dataclass(frozen=True, slots=True)
class Step:
    verb: str
    value: str = ""

    @property
    def seconds(self) -> float:
        return float(self.value)


def parse(step: str) -> Step:
    """Raises BadScript."""
    verb, _, value = step.partition(":")
    if verb not in VERBS:
        raise BadScript(f"{verb} is no step; there are {', '.join(sorted(VERBS))}")
    if verb in _TIMED:
        try:
            if float(value) < 0:
                raise ValueError
        except ValueError:
            raise BadScript(f"{verb} needs seconds, like {verb}:1.5") from None
    elif verb in _KEYS and (not value or set(value.upper()) - DIGITS):
        raise BadScript(f"{verb} needs keys of 0-9 * # A-D")
    elif verb in ("say", "text") and not value:
        raise BadScript(f"{verb} needs something to say")
    return Step(verb, value)


@dataclass(slots=True)
class Report:
    """What a call was like. All times are seconds since the INVITE was sent, by one monotonic clock.

    heard: (start, end) of spans of sound. said: (start, end) of what was spoken to the far end, voiced samples only.
    reason: ``far end``, ``ours``, ``refused``, ``no answer``, ``silence`` (a ``hear`` that waited too long).
    """

    answered: float | None = None
    first_audio: float | None = None
    heard: list[tuple[float, float]] = field(default_factory=list)
    said: list[tuple[float, float]] = field(default_factory=list)
    keys: str = ""
    reason: str = ""
    status: int = 0
    ended: float | None = None
    codec: str = ""
    secure: bool = False

    def replies(self) -> list[float | None]:
        """For each thing said: from its last voiced sample to the next sound that began to be heard, if any."""
        return [next((start - end for start, _ in self.heard if start > end), None) for _, end in self.said]

    def dump(self) -> dict[str, Any]:
        return {
            "answered": self.answered,
            "first_audio": self.first_audio,
            "heard": [list(span) for span in self.heard],
            "said": [list(span) for span in self.said],
            "replies": self.replies(),
            "keys": self.keys,
            "codec": self.codec,
            "secure": self.secure,
            "ended": self.ended,
            "reason": self.reason,
            "status": self.status,
        }


class Spans:
    """Frames with their moments in; spans of sound out. gap: quiet that ends a span, seconds."""

    def __init__(self, loud: float = 150.0, gap: float = 0.3) -> None:
        self._loud, self._gap = loud, gap
        self._start: float | None = None
        self.last: float | None = None
        """When sound was last there."""

    def feed(self, level: float, at: float, seconds: float = 0.02) -> tuple[float, float] | str | None:
        """level: RMS of the frame. ``began`` when a span begins, (start, end) when one has ended, else None."""
        if level >= self._loud:
            self.last = at + seconds
            if self._start is None:
                self._start = at
                return "began"
            return None
        return self.close() if self._start is not None and self.last and at - self.last >= self._gap else None

    def close(self) -> tuple[float, float] | None:
        """The span that is open, if one is."""
        if self._start is None or self.last is None:
            return None
        span, self._start = (self._start, self.last), None
        return span

    @property
    def start(self) -> float | None:
        return self._start
