"""Messages that callers leave, turned to text after the call; never in its way."""

from __future__ import annotations

import asyncio
import io
import logging
import wave
from collections.abc import Callable
from datetime import datetime
from typing import Protocol

from asr.ear_client import EarClient
from asr.listening import Chunk, Listening, SpeechEnded, SpeechStarted
from asr.speech import FRAME_BYTES, Hint, dump_hint
from conversation.inbox import Inbox
from conversation.recordings import Recordings
from ivr import events

log = logging.getLogger("denwaban.voicemail")

PATIENCE = 60.0
"""Seconds that one spoken stretch of a message may take to recognise; nobody waits on the line for it."""


class NewListening(Protocol):
    def __call__(self) -> Listening: ...


class Transcriber:
    """Works one message after another, so that live callers keep the ear."""

    def __init__(
        self,
        inbox: Inbox,
        recordings: Recordings,
        ear: EarClient,
        listening: NewListening,
        clock: Callable[[], datetime],
    ) -> None:
        self._inbox, self._recordings, self._ear = inbox, recordings, ear
        self._listening, self._clock = listening, clock
        self._work: asyncio.Queue[tuple[str, str, str]] = asyncio.Queue()

    def soon(self, conversation: str, recording: str, language: str) -> None:
        self._work.put_nowait((conversation, recording, language))

    async def run(self) -> None:
        while True:
            conversation, recording, language = await self._work.get()
            text = await self._text(recording, language)
            done = events.Transcribed(at=self._clock(), channel="system", recording=recording, text=text)
            await self._inbox.post(conversation, done, key=f"transcript:{recording}")
            log.info("a message was transcribed", extra={"recording": recording, "characters": len(text)})

    async def _text(self, recording: str, language: str) -> str:
        with wave.open(io.BytesIO(await self._recordings.wav(recording))) as sound:
            pcm = sound.readframes(sound.getnframes())
        hint = dump_hint(Hint(language=language, mode="free"))
        parts: list[str] = []
        for stretch in stretches(pcm, self._listening()):
            utterance = self._ear.begin(hint)
            utterance.feed(stretch)
            heard = await utterance.finish(PATIENCE)
            if heard and heard.get("text"):
                parts.append(str(heard["text"]))
        return (" " if language == "en" else "、").join(parts)


def stretches(pcm: bytes, listening: Listening) -> list[bytes]:
    """The spoken stretches of a recording, pre-roll included. Pure but for the detector's state."""
    found: list[bytes] = []
    now: list[bytes] = []
    quiet = bytes(FRAME_BYTES)
    frames = [pcm[i : i + FRAME_BYTES] for i in range(0, len(pcm) - FRAME_BYTES + 1, FRAME_BYTES)]
    for frame in [*frames, *[quiet] * 100]:
        for edge in listening.feed(frame):
            match edge:
                case SpeechStarted():
                    now = []
                case Chunk(pcm=piece):
                    now.append(piece)
                case SpeechEnded():
                    found.append(b"".join(now))
                    now = []
                case _:
                    pass  # pauses stay inside a stretch
    return found
