"""Where an utterance begins, may have ended, and has ended: arithmetic over seconds of audio, no clock.

    quiet --STARTED--> speaking --PAUSED--> maybe over --ENDED--> quiet
                          ^--------RESUMED-------'

At PAUSED a recogniser may already guess, so that its answer is there when ENDED comes.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass, replace

from asr.speech import Mode


class Edge(enum.Enum):
    STARTED = "started"
    PAUSED = "paused"
    RESUMED = "resumed"
    ENDED = "ended"


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """How a speaker is waited for; all in seconds of audio.

    start: voice that makes a beginning. resume: voice after a pause that is more than a click.
    pause: silence that may be the end. end: silence that is the end. longest: an utterance is cut there.
    slowest: as far as ``end`` grows for a speaker who was found to pause long.

    The gate says "voice" for about 0.16 s after the last of it, so a speaker is really given that much more.
    """

    start: float = 0.04
    resume: float = 0.06
    pause: float = 0.18
    end: float = 0.56
    longest: float = 15.0
    slowest: float = 1.6

    def __post_init__(self) -> None:
        if not 0 < self.start <= self.longest or not 0 < self.pause <= self.end <= self.slowest or self.resume <= 0:
            raise ValueError("a pace needs 0 < start <= longest and 0 < pause <= end <= slowest")

    def slower(self, factor: float) -> Pace:
        """For a caller known to speak through an operator (電話リレーサービス) or slowly: waits longer for the end."""
        end = self.end * factor
        return replace(self, end=end, slowest=max(self.slowest, end))


PACES: dict[Mode, Pace] = {
    "choice": Pace(),
    "free": Pace(),
    # Numbers are read out in groups, with breath between.
    "digits": Pace(end=1.2, slowest=2.0),
}
SLOWER = 1.5
"""How much longer a caller who asked for it to go slowly is waited for."""


def pace(mode: str, *, slow: bool = False) -> Pace:
    """The pace for a mode of listening, that of free speech for one that is unknown."""
    found = next((one for name, one in PACES.items() if name == mode), PACES["free"])
    return found.slower(SLOWER) if slow else found


class Segmenter:
    """Feed it audio time; it says the edges. Total over any sequence of steps."""

    def __init__(self, pace: Pace = PACES["choice"]) -> None:
        self._pace = pace
        self._end = pace.end
        self._reset()

    def _reset(self) -> None:
        self.speaking = False
        self.paused = False
        self.silence = 0.0
        """Seconds since the last voice, while speaking."""
        self.seconds = 0.0
        """Since the first voice of the utterance."""
        self._run = 0.0

    @property
    def end(self) -> float:
        """The silence that ends an utterance now."""
        return self._end

    def expect(self, pace: Pace) -> None:
        """Another question, another pace. What was learned of a slow speaker stays."""
        slowness = self._end / self._pace.end
        self._pace = pace
        self._end = min(pace.end * slowness, pace.slowest)

    def feed(self, seconds: float, is_speech: bool) -> Edge | None:
        """The edge that this much audio makes, if any."""
        return self._while_speaking(seconds, is_speech) if self.speaking else self._while_quiet(seconds, is_speech)

    def _while_quiet(self, seconds: float, is_speech: bool) -> Edge | None:
        # A leak, not a reset: one frame lost to the network must not delay the beginning.
        self._run = self._run + seconds if is_speech else max(0.0, self._run - seconds)
        if self._run < self._pace.start - _GRAIN:
            return None
        began = self._run
        self._reset()
        self.speaking, self.seconds = True, began
        return Edge.STARTED

    def _while_speaking(self, seconds: float, is_speech: bool) -> Edge | None:
        self.seconds += seconds
        if is_speech:
            edge = self._voice(seconds)
        else:
            self._run = 0.0
            self.silence += seconds
            edge = None
        if self.silence >= self._end - _GRAIN or self.seconds >= self._pace.longest - _GRAIN:
            self.speaking = False
            return Edge.ENDED
        if not self.paused and self.silence >= self._pace.pause - _GRAIN:
            self.paused = True
            return Edge.PAUSED
        return edge

    def _voice(self, seconds: float) -> Edge | None:
        self._run += seconds
        if not self.paused:
            self.silence = 0.0
            return None
        if self._run < self._pace.resume - _GRAIN:
            self.silence += seconds
            return None
        if self.silence >= _LONG * self._end:
            # Nearly cut off: this speaker takes his time, and may take a little more next time.
            self._end = min(self._end * _GROWTH, self._pace.slowest)
        self.silence, self.paused = 0.0, False
        return Edge.RESUMED

    def forget(self) -> None:
        """Quiet again, whatever was going on."""
        self._reset()


_GRAIN = 1e-6
_LONG = 0.6
_GROWTH = 1.5
