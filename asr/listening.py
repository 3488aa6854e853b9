"""One caller's listening: frames in; beginnings, sound, pauses and ends out. Pure over audio time.

Sound is held back during a pause and comes after ``Resumed``, so that a recogniser which guessed at ``Paused`` has
heard all there was when ``SpeechEnded`` follows.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from typing import Protocol

from asr.segmenter import PACES, Edge, Pace, Segmenter
from asr.speech import FRAME_SECONDS

PRE_ROLL = 0.3
"""Seconds before the first voice that belong to the utterance: soft consonants come before the gate opens."""


class VoiceGate(Protocol):
    def hears(self, frame: bytes) -> bool: ...
    def reset(self) -> None: ...


@dataclass(frozen=True, slots=True)
class SpeechStarted:
    """The caller speaks, since ``ago`` seconds of audio."""

    ago: float


@dataclass(frozen=True, slots=True)
class Chunk:
    """Sound of the utterance."""

    pcm: bytes


@dataclass(frozen=True, slots=True)
class Paused:
    """Maybe the end; the voice stopped ``ago`` seconds of audio before now."""

    ago: float


@dataclass(frozen=True, slots=True)
class Resumed:
    """It was not the end."""


@dataclass(frozen=True, slots=True)
class SpeechEnded:
    """The end; the voice stopped ``ago`` seconds of audio before now. seconds: from first to last voice.

    cut: the utterance reached its longest and goes on without us.
    """

    ago: float
    seconds: float
    cut: bool = False


Heard = SpeechStarted | Chunk | Paused | Resumed | SpeechEnded


class Listening:
    """One a call. ``expect`` sets the pace of the next question; ``forget`` drops what is going on."""

    def __init__(self, gate: VoiceGate, pace: Pace = PACES["choice"]) -> None:
        self._gate = gate
        self._segmenter = Segmenter(pace)
        # All but the frame that makes the beginning.
        self._before: deque[bytes] = deque(maxlen=round((PRE_ROLL + pace.start) / FRAME_SECONDS) - 1)
        self._held: list[bytes] = []

    @property
    def speaking(self) -> bool:
        return self._segmenter.speaking

    def expect(self, pace: Pace) -> None:
        self._segmenter.expect(pace)

    def forget(self) -> None:
        self._segmenter.forget()
        self._gate.reset()
        self._before.clear()
        self._held.clear()

    def feed(self, pcm: bytes) -> list[Heard]:
        """What this 20 ms frame brings, in order. Raises ValueError for a frame of another length."""
        is_speech = self._gate.hears(pcm)
        segmenter = self._segmenter
        edge = segmenter.feed(FRAME_SECONDS, is_speech)
        match edge:
            case Edge.STARTED:
                sound = b"".join(self._before) + pcm
                self._before.clear()
                return [SpeechStarted(ago=segmenter.seconds), Chunk(sound)]
            case Edge.PAUSED:
                return [Chunk(pcm), Paused(ago=segmenter.silence)]
            case Edge.RESUMED:
                sound = b"".join(self._held) + pcm
                self._held.clear()
                return [Resumed(), Chunk(sound)]
            case Edge.ENDED:
                return self._end(pcm)
        if not segmenter.speaking:
            self._before.append(pcm)
            return []
        if segmenter.paused:
            self._held.append(pcm)
            return []
        return [Chunk(pcm)]

    def _end(self, pcm: bytes) -> list[Heard]:
        segmenter = self._segmenter
        silence, seconds, paused = segmenter.silence, segmenter.seconds, segmenter.paused
        cut = silence < segmenter.end - FRAME_SECONDS
        # What followed the voice may be the beginning of the next utterance's pre-roll.
        self._before.extend([*self._held, pcm] if paused else [pcm])
        self._held.clear()
        segmenter.forget()
        ended = SpeechEnded(ago=silence, seconds=seconds - silence, cut=cut)
        return [ended] if paused else [Chunk(pcm), ended]
