"""Where sound crosses between the SIP engine's conference bridge and Python.

A port is never destroyed while the bridge runs, since its destructor races the bridge's clock thread. Ports are pooled,
and one that was let go rests before it serves another call, so that no frame of the old call reaches the new one.
The bridge asks every port that it has for sound 50 times a second, used or not, so a port is made only when a call
finds none free, and the one that served last serves next.
"""

from __future__ import annotations

import collections
import ctypes
import threading
from collections.abc import Callable
from typing import Any

import pjsua2 as pj

from telephony.frames import FrameBytes

RATE = 8000
FRAME_BYTES = 320
SILENCE = bytes(FRAME_BYTES)
REST = 0.1
HELD_FRAMES = 500


class Sound:
    """The two directions of one call's sound, as 20 ms frames of PCM. Plain Python: safe in any thread.

    heard: what the far end says. spoken: what to say, silence when empty.
    """

    __slots__ = ("heard", "spoken")

    def __init__(self) -> None:
        self.heard: collections.deque[bytes] = collections.deque(maxlen=HELD_FRAMES)
        self.spoken: collections.deque[bytes] = collections.deque()

    def hear(self, pcm: bytes) -> None:
        """In the clock thread: a frame from the far end."""
        self.heard.append(pcm)

    def say(self) -> bytes:
        """In the clock thread: the next frame for the far end."""
        return self.spoken.popleft() if self.spoken else SILENCE

    def drain(self) -> list[bytes]:
        """All frames heard since the last time."""
        frames = []
        while self.heard:
            frames.append(self.heard.popleft())
        return frames


class Settled:
    """Keeps Python's state of the clock thread from one upcall to the next.

    An upcall into a thread that Python does not know makes such a state, with an arena of memory, and frees it again at
    its end. One more PyGILState_Ensure, which is never taken back, keeps the first for the thread's life; the
    interpreter frees it when it ends. The clock thread lives as long as the library does, so there is one.
    """

    def __init__(self) -> None:
        self._thread = 0

    def settle(self) -> None:
        """In the clock thread, at every upcall."""
        if (here := threading.get_ident()) != self._thread:
            self._thread = here
            ctypes.pythonapi.PyGILState_Ensure()


class Port(pj.AudioMediaPort):  # type: ignore[misc]
    """Its two upcalls run in the bridge's clock thread: small, and no call of pj in them."""

    def __init__(self, name: str, frames: FrameBytes, settle: Callable[[], None]) -> None:
        super().__init__()
        self._settle = settle
        self._read, self._write = frames.read, frames.write
        self.sound: Sound | None = None
        form = pj.MediaFormatAudio()
        form.init(pj.PJMEDIA_FORMAT_PCM, RATE, 1, 20_000, 16)
        self.createPort(name, form)

    def onFrameReceived(self, frame: Any) -> None:  # noqa: N802
        self._settle()
        sound = self.sound
        if sound is not None and frame.size:
            sound.hear(self._read(frame))

    def onFrameRequested(self, frame: Any) -> None:  # noqa: N802
        self._settle()
        sound = self.sound
        if sound is None:
            frame.type = pj.PJMEDIA_FRAME_TYPE_NONE
            return
        self._write(frame, sound.say())


class Ports:
    """The pool, of ``most`` ports when all are needed. ``now`` is monotonic seconds, given."""

    def __init__(self, most: int, frames: FrameBytes) -> None:
        self._most, self._made, self._frames = most, 0, frames
        self._settle = Settled().settle
        self._free: list[Port] = []
        self._resting: collections.deque[tuple[float, Port]] = collections.deque()

    @property
    def idle(self) -> bool:
        """No port serves or rests."""
        return len(self._free) == self._made

    def take(self, sound: Sound) -> Port | None:
        """A port for this sound, or None when all serve or rest."""
        if self._free:
            port = self._free.pop()
        elif self._made < self._most:
            port = Port(f"port{self._made}", self._frames, self._settle)
            self._made += 1
        else:
            return None
        port.sound = sound
        return port

    def give(self, port: Port, now: float) -> None:
        port.sound = None
        self._resting.append((now, port))

    def wake(self, now: float) -> None:
        """Let those that have rested serve again."""
        while self._resting and now - self._resting[0][0] > REST:
            self._free.append(self._resting.popleft()[1])

    def clear(self) -> None:
        """Only when the bridge has stopped."""
        self._free.clear()
        self._resting.clear()
