"""A message while it is left: pieces of a second, and when it is over. Time is counted in sound, not by a clock."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

FRAME_SECONDS = 0.02
PIECE_FRAMES = 50
Ending = Literal["key", "silence", "longest", "hangup"]


@dataclass(frozen=True, slots=True)
class Piece:
    number: int
    pcm: bytes


@dataclass(frozen=True, slots=True)
class Over:
    """seconds: the length of the message; 0 when nothing was said."""

    seconds: float
    reason: Ending


class Recorder:
    """One a message. longest, silence: seconds; silence counts from the beginning or from the last speech."""

    def __init__(self, longest: float, silence: float) -> None:
        self._longest, self._silence = longest, silence
        self._frames: list[bytes] = []
        self._length = self._quiet = self._pieces = 0
        self._spoken = False
        self.over = False

    def feed(self, pcm: bytes, speaking: bool) -> list[Piece | Over]:
        """One frame of 20 ms."""
        if self.over:
            return []
        self._frames.append(pcm)
        self._length += 1
        self._quiet = 0 if speaking else self._quiet + 1
        self._spoken = self._spoken or speaking
        if self._length * FRAME_SECONDS >= self._longest:
            return self.end("longest")
        if self._quiet * FRAME_SECONDS >= self._silence:
            return self.end("silence")
        return self._piece() if len(self._frames) >= PIECE_FRAMES else []

    def end(self, reason: Ending) -> list[Piece | Over]:
        """What is left of it, and that it is over. Nothing when it was over already."""
        if self.over:
            return []
        self.over = True
        seconds = round(self._length * FRAME_SECONDS, 2) if self._spoken else 0.0
        return [*self._piece(), Over(seconds, reason)]

    def _piece(self) -> list[Piece | Over]:
        if not self._frames:
            return []
        piece = Piece(self._pieces, b"".join(self._frames))
        self._frames.clear()
        self._pieces += 1
        return [piece]
