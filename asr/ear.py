"""The ear worker: utterances of many calls in, what was said out, over one Unix socket.

    client -> ear   {"begin": id, "hint": {...}}  Sound(id)  {"pause": id}  {"resume": id}  {"finish": id}  {"drop": id}
                    {"check": id, "hint": {...}}
    ear -> client   {"ready": {...}}  {"heard": id, "hypothesis": {...} | null}  {"checked": id, "dropped": [...]}

Recognition runs in a few threads (the engines release the GIL). At a pause it guesses, so that the answer is there when
the end comes. More than it can do is answered with nothing at once, for the caller has keys; a sound that breaks an
engine costs its own utterance only; an engine that hangs costs the process, which comes back.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from asr.errors import CannotHear
from asr.speech import RATE, Hint, Hypothesis, Recogniser, Utterance, dump_hypothesis, hints
from asr.vad import Gate, voiced_seconds
from asr.workshop import HANGS_AFTER, Saturated, Workshop
from wire.frames import BadFrame, Sound, pack, read

log = logging.getLogger(__name__)

LONGEST = 16.0
"""Seconds of one utterance that are listened to; the rest is not kept."""
UTTERANCES = 200
"""At once, of one client; the oldest goes first, for it was forgotten."""
VOICED = 0.05
"""Seconds of voice below which nobody said anything; a short はい has little more than a tenth."""
PIECE = 0.1
"""Seconds of sound that an engine which works while it is fed gets at once."""

_END, _FLOW, _PAUSE = 0, 1, 2

Json = dict[str, Any]


@dataclass(slots=True, eq=False)
class _Speaking:
    """One utterance. Work on it is done one piece at a time, in order, under its lock."""

    recogniser: Recogniser
    hint: Hint
    streams: bool
    sound: bytearray = field(default_factory=bytearray)
    utterance: Utterance | None = None
    fed: int = 0
    voiced: tuple[int, float] = (0, 0.0)
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    work: set[asyncio.Task[None]] = field(default_factory=set)

    def add(self, pcm: bytes) -> None:
        room = round(LONGEST * RATE) * 2 - len(self.sound)
        self.sound += pcm[: max(0, room)]

    def feed(self) -> Utterance:
        """The engine gets what it has not had, in whole samples."""
        if self.utterance is None:
            self.utterance = self.recogniser.begin(self.hint)
        whole = len(self.sound) // 2 * 2
        if whole > self.fed:
            piece = bytes(self.sound[self.fed : whole])
            self.fed = whole
            self.utterance.feed(piece)
        return self.utterance

    def hear(self, gate: Gate, *, last: bool) -> Hypothesis:
        if self.voiced[0] != len(self.sound):
            self.voiced = (len(self.sound), voiced_seconds(gate, bytes(self.sound)))
        if self.voiced[1] < VOICED:
            return Hypothesis(text="", confidence=0.0)
        utterance = self.feed()
        return utterance.finish() if last else utterance.guess()

    def stop(self) -> None:
        for task in list(self.work):
            task.cancel()


class Ear:
    """recognisers: by language. workers: utterances decoded at once. queue: how many may wait."""

    def __init__(
        self,
        recognisers: Mapping[str, Recogniser],
        *,
        workers: int = 1,
        queue: int = 6,
        hangs_after: float = HANGS_AFTER,
    ) -> None:
        self._recognisers = recognisers
        self._workshop = Workshop(workers, queue, hangs_after=hangs_after)
        self._gates = [Gate() for _ in range(workers)]
        self._clients: set[asyncio.Task[None]] = set()

    @property
    def ready(self) -> Json:
        """Language to the name of its recogniser."""
        return {language: type(one).__name__ for language, one in self._recognisers.items()}

    async def serve(self, path: Path, *, on_ready: Callable[[], None] = lambda: None) -> None:
        """Serve until cancelled. Raises CannotHear when an engine hangs: the process is then of no more use."""
        path.parent.mkdir(parents=True, exist_ok=True)
        path.unlink(missing_ok=True)
        server = await asyncio.start_unix_server(self._connected, str(path))
        path.chmod(0o600)
        on_ready()
        try:
            await self._workshop.hung.wait()
            raise CannotHear("a recogniser hangs")
        finally:
            server.close()
            for task in list(self._clients):
                task.cancel()
            self._workshop.close()

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        client = _Client(self, writer)
        task = asyncio.current_task()
        assert task is not None
        self._clients.add(task)
        writer.write(pack({"ready": self.ready}))
        try:
            while (message := await read(reader)) is not None:
                client.take(message)
        except (BadFrame, OSError):
            log.warning("a client of the ear broke the form and was let go")
        except asyncio.CancelledError:
            pass
        finally:
            self._clients.discard(task)
            client.gone()
            with contextlib.suppress(OSError):
                writer.close()

    def begin(self, hint: Any) -> _Speaking | None:
        """None when there is no recogniser for the hint, or it is no hint."""
        with contextlib.suppress(ValidationError):
            wanted = hints.validate_python(hint)
            recogniser = self._recognisers.get(wanted.language)
            if recogniser is not None:
                return _Speaking(recogniser, wanted, getattr(recogniser, "streams", False))
        return None

    async def dropped(self, hint: Any) -> list[str]:
        """Phrases of the hint that its recogniser can never hear; empty for what is no hint."""
        with contextlib.suppress(ValidationError, Saturated):
            wanted = hints.validate_python(hint)
            check = getattr(self._recognisers.get(wanted.language), "dropped", None)
            if check is not None:
                return [said for _, said in await self._workshop.do(lambda: check(wanted), urgency=_PAUSE)]
        return []

    async def stream(self, speaking: _Speaking) -> None:
        """Let an engine that works while it is fed do so."""
        async with speaking.lock:
            await self._workshop.do(speaking.feed, urgency=_FLOW)

    async def guess(self, speaking: _Speaking) -> None:
        async with speaking.lock:
            await self._workshop.do(lambda: self._hear(speaking, last=False), urgency=_PAUSE)

    async def finish(self, speaking: _Speaking) -> Hypothesis | None:
        """What was said; None when the ear cannot tell: too busy, or the engine failed on this sound."""
        speaking.stop()  # a guess that runs is waited for, and used; one that waits is too late
        try:
            async with speaking.lock:
                return await self._workshop.do(lambda: self._hear(speaking, last=True), urgency=_END)
        except Saturated:
            log.warning("the ear is saturated")
        except Exception as error:  # whatever an engine raises, it costs this utterance only
            log.error("a recogniser failed", extra={"error": type(error).__name__})
        return None

    def _hear(self, speaking: _Speaking, *, last: bool) -> Hypothesis:
        gate = self._gates.pop()
        try:
            return speaking.hear(gate, last=last)
        finally:
            self._gates.append(gate)


class _Client:
    """One connection's utterances."""

    def __init__(self, ear: Ear, writer: asyncio.StreamWriter) -> None:
        self._ear, self._writer = ear, writer
        self._speaking: dict[int, _Speaking] = {}
        self._finishing: dict[int, asyncio.Task[None]] = {}
        self._checks: set[asyncio.Task[None]] = set()

    def take(self, message: Json | Sound) -> None:
        if isinstance(message, Sound):
            self._sound(message)
            return
        match message:
            case {"begin": int(key), "hint": hint}:
                self._begin(key, hint)
            case {"pause": int(key)}:
                if (speaking := self._speaking.get(key)) is not None:
                    self._spare(speaking, self._ear.guess)
            case {"resume": int(key)}:
                if (speaking := self._speaking.get(key)) is not None:
                    speaking.stop()
            case {"finish": int(key)} if key not in self._finishing:
                task = asyncio.create_task(self._finish(key, self._speaking.pop(key, None)))
                self._finishing[key] = task
                task.add_done_callback(lambda _: self._finishing.pop(key, None))
            case {"drop": int(key)}:
                self._drop(key)
            case {"check": int(key), "hint": hint}:
                check = asyncio.create_task(self._check(key, hint))
                self._checks.add(check)
                check.add_done_callback(self._checks.discard)
            case _:
                log.warning("a client of the ear said what the ear does not know")

    def _begin(self, key: int, hint: Any) -> None:
        while len(self._speaking) >= UTTERANCES:
            self._drop(next(iter(self._speaking)))
        self._drop(key)
        speaking = self._ear.begin(hint)
        if speaking is not None:
            self._speaking[key] = speaking

    def _sound(self, sound: Sound) -> None:
        speaking = self._speaking.get(sound.stream)
        if speaking is None:
            return
        speaking.add(sound.pcm)
        if speaking.streams and not speaking.work and len(speaking.sound) - speaking.fed >= PIECE * RATE * 2:
            self._spare(speaking, self._ear.stream)

    def _spare(self, speaking: _Speaking, work: Callable[[_Speaking], Awaitable[None]]) -> None:
        """Work ahead of time; if it fails or finds no room, the finish will tell."""

        async def spared() -> None:
            try:
                await work(speaking)
            except Saturated:
                pass
            except Exception as error:
                log.warning("a recogniser failed before the end", extra={"error": type(error).__name__})

        task = asyncio.create_task(spared())
        speaking.work.add(task)
        task.add_done_callback(speaking.work.discard)

    async def _finish(self, key: int, speaking: _Speaking | None) -> None:
        heard = await self._ear.finish(speaking) if speaking is not None else None
        self._say({"heard": key, "hypothesis": dump_hypothesis(heard) if heard is not None else None})

    async def _check(self, key: int, hint: Any) -> None:
        self._say({"checked": key, "dropped": await self._ear.dropped(hint)})

    def _say(self, message: Json) -> None:
        if not self._writer.is_closing():
            self._writer.write(pack(message))

    def _drop(self, key: int) -> None:
        if (speaking := self._speaking.pop(key, None)) is not None:
            speaking.stop()
        if (finishing := self._finishing.get(key)) is not None:
            finishing.cancel()

    def gone(self) -> None:
        for key in [*self._speaking, *self._finishing]:
            self._drop(key)
        for check in self._checks:
            check.cancel()
