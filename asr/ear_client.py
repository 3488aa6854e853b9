"""The ear as its users see it: never in the way, away at times.

Nothing here blocks: sound is written to a socket's buffer, and thrown away when the ear does not keep up. An utterance
whose ear went away is answered with None at once; the next one finds the ear that came back.
"""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import logging
from typing import Any

from wire.frames import BadFrame, Sound, pack, read

log = logging.getLogger(__name__)

RETRY = 0.1
BACKLOG = 1 << 20
"""Bytes unsent at which the ear counts as away: half a minute of two callers."""

Json = dict[str, Any]


class EarClient:
    """One a process. ``run`` keeps the connection until cancelled."""

    def __init__(self, path: str) -> None:
        self._path = str(path)
        self._writer: asyncio.StreamWriter | None = None
        self._numbers = itertools.count(1)
        self._waiting: dict[int, asyncio.Future[Any]] = {}
        self._came_up = asyncio.Event()
        self.up = False
        self.languages: Json = {}
        """Language to recogniser, as the ear says; empty while it is away."""

    async def run(self) -> None:
        while True:
            with contextlib.suppress(OSError, BadFrame):
                reader, writer = await asyncio.open_unix_connection(self._path)
                try:
                    await self._talk(reader, writer)
                finally:
                    self._away()
                    writer.close()
            await asyncio.sleep(RETRY)

    async def wait_up(self) -> None:
        """Until the ear is there and its models are loaded."""
        await self._came_up.wait()

    def begin(self, hint: Json) -> EarUtterance:
        """A new utterance; with the ear away it is deaf and answers None."""
        number = next(self._numbers)
        sends = self.up and self._send({"begin": number, "hint": hint})
        return EarUtterance(self, number, self._writer if sends else None)

    async def check(self, hint: Json, within: float = 5.0) -> list[str] | None:
        """Phrases of the hint that the recogniser has no words for; None when the ear is away."""
        number = next(self._numbers)
        answer = await self._ask({"check": number, "hint": hint}, number, within)
        return answer if isinstance(answer, list) else None

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while (message := await read(reader)) is not None:
            match message:
                case {"ready": dict(languages)}:
                    self._writer, self.languages, self.up = writer, languages, True
                    self._came_up.set()
                case {"heard": int(number), "hypothesis": answer} | {"checked": int(number), "dropped": answer}:
                    future = self._waiting.get(number)
                    if future is not None and not future.done():
                        future.set_result(answer)
                case _:
                    raise BadFrame("not an ear's word")

    def _away(self) -> None:
        self.up, self._writer, self.languages = False, None, {}
        self._came_up.clear()
        for future in self._waiting.values():
            if not future.done():
                future.set_result(None)

    def _send(self, message: Json | Sound) -> bool:
        writer = self._writer
        if writer is None or writer.is_closing():
            return False
        if writer.transport.get_write_buffer_size() > BACKLOG:
            log.warning("the ear does not keep up and is left")
            self._away()
            writer.transport.abort()
            return False
        writer.write(pack(message))
        return True

    async def _ask(self, message: Json, number: int, within: float) -> Any:
        future: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        self._waiting[number] = future
        try:
            if not self._send(message):
                return None
            return await asyncio.wait_for(future, within)
        except TimeoutError:
            self._send({"drop": number})
            return None
        finally:
            del self._waiting[number]


class EarUtterance:
    """What one caller says now. Made by ``EarClient.begin``."""

    def __init__(self, client: EarClient, number: int, writer: asyncio.StreamWriter | None) -> None:
        self._client, self._number, self._writer = client, number, writer

    @property
    def _there(self) -> bool:
        """The same connection still: an ear that came back has not heard the beginning."""
        return self._writer is not None and self._writer is self._client._writer

    def feed(self, pcm: bytes) -> None:
        if self._there:
            self._client._send(Sound(self._number, pcm))

    def pause(self) -> None:
        if self._there:
            self._client._send({"pause": self._number})

    def resume(self) -> None:
        if self._there:
            self._client._send({"resume": self._number})

    async def finish(self, within: float) -> Json | None:
        """A dumped Hypothesis; None when the ear is away, too busy, or slower than ``within`` seconds."""
        if not self._there:
            return None
        answer = await self._client._ask({"finish": self._number}, self._number, within)
        return answer if isinstance(answer, dict) else None

    def drop(self) -> None:
        """No one wants to know any more."""
        if self._there:
            self._client._send({"drop": self._number})
