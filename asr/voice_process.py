"""A voice in a process of its own: it may hang, crash or be killed, and is there again for the next text.

to the child    {"text": "...", "speed": 1.0}      one JSON object a line
from it         {"voice": "name", "language": "ja"} once, when it is ready; then for each text
                Sound ... {"done": true}  or  {"error": "why"}      frames of wire.frames
"""

from __future__ import annotations

import asyncio
import contextlib
import ctypes
import json
import os
import signal
import sys

from asr.errors import CannotSpeak
from asr.voices import VOICES
from wire.frames import BadFrame, Sound, pack, read

START_SECONDS = 60.0
_PIECE = 1 << 16


class VoiceProcess:
    """``kind``: one of asr.voices.VOICES. name and language are known after ``start``."""

    def __init__(self, kind: str, *, seconds: float = 3.0, seconds_a_character: float = 0.005) -> None:
        self.kind, self.name, self.language = kind, "", ""
        self._seconds, self._more = seconds, seconds_a_character
        self._process: asyncio.subprocess.Process | None = None
        self._turn = asyncio.Lock()

    @property
    def pid(self) -> int | None:
        return self._process.pid if self._process is not None and self._process.returncode is None else None

    async def start(self) -> None:
        """Load the voice. Raises CannotSpeak when it cannot be had."""
        async with self._turn:
            await self._started()

    async def speak(self, text: str, speed: float = 1.0) -> bytes:
        """PCM at RATE, one text after the other. Raises CannotSpeak, also when the engine hung and was killed."""
        async with self._turn:
            process = await self._started()
            assert process.stdin is not None
            try:
                async with asyncio.timeout(self._seconds + self._more * len(text)):
                    process.stdin.write(json.dumps({"text": text, "speed": speed}).encode() + b"\n")
                    await process.stdin.drain()
                    return await self._sound(process)
            except CannotSpeak:
                raise
            except (TimeoutError, OSError, BadFrame) as error:
                await self._kill()
                raise CannotSpeak("the voice hung or died and is started again") from error
            except asyncio.CancelledError:
                await self._kill()  # its answer would otherwise be taken for the next one's
                raise

    async def close(self) -> None:
        await self._kill()

    async def _started(self) -> asyncio.subprocess.Process:
        if self._process is not None and self._process.returncode is None:
            return self._process
        process = self._process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            __name__,
            self.kind,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            # What engines print there may quote the text, which may hold what a customer said.
            stderr=asyncio.subprocess.DEVNULL,
        )
        assert process.stdout is not None
        try:
            async with asyncio.timeout(START_SECONDS):
                first = await read(process.stdout)
        except (TimeoutError, BadFrame):
            first = None
        except asyncio.CancelledError:
            await self._kill()
            raise
        if not isinstance(first, dict) or "voice" not in first:
            await self._kill()
            raise CannotSpeak(f"the voice {self.kind} does not start")
        self.name, self.language = str(first["voice"]), str(first["language"])
        return process

    @staticmethod
    async def _sound(process: asyncio.subprocess.Process) -> bytes:
        assert process.stdout is not None
        pieces: list[bytes] = []
        while (message := await read(process.stdout)) is not None:
            if isinstance(message, Sound):
                pieces.append(message.pcm)
            elif "error" in message:
                raise CannotSpeak(str(message["error"]))
            else:
                return b"".join(pieces)
        raise BadFrame("the voice went away")

    async def _kill(self) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        with contextlib.suppress(ProcessLookupError):
            process.kill()
        await process.wait()


def _child(kind: str) -> None:
    ctypes.CDLL(None).prctl(1, signal.SIGKILL)  # PR_SET_PDEATHSIG: a hung engine must not outlive the worker
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    out = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # engines print; what they print is no frame
    voice = VOICES[kind]()
    voice.speak({"ja": "はい。", "en": "Yes."}[voice.language])  # dictionaries load with the first text
    out.write(pack({"voice": voice.name, "language": voice.language}))
    out.flush()
    for line in sys.stdin.buffer:
        order = json.loads(line)
        try:
            pcm = voice.speak(str(order["text"]), float(order["speed"]))
        except CannotSpeak as error:
            out.write(pack({"error": str(error)}))
        except Exception as error:  # an engine's own fault: told to the mouth, which tells the hub
            out.write(pack({"error": f"the voice failed: {type(error).__name__}"}))
        else:
            for at in range(0, len(pcm), _PIECE):
                out.write(pack(Sound(0, pcm[at : at + _PIECE])))
            out.write(pack({"done": True}))
        out.flush()


if __name__ == "__main__":
    _child(sys.argv[1])
