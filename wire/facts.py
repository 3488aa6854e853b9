"""Facts up, orders down, over a stream that may break.

The one who knows facts (a line worker) keeps each until the other end (the hub) has acknowledged it, and says
the unacknowledged ones again after every break. Facts are numbered per ``origin``, a name that is new with every
process, so (origin, number) names a fact for ever and a repeated one can be told.

    line -> hub   {"hello": {...}, "origin": "..."}   {"fact": {...}, "n": 17}
    hub  -> line  {"order": {...}}                    {"ack": 17}
"""

from __future__ import annotations

import asyncio
import collections
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

from wire.frames import BadFrame, Sound, pack, read

Json = dict[str, Any]
RETRY = 0.1
HELLO_WITHIN = 5.0


class FactSource:
    """The end that knows facts. ``run`` connects, and connects again, until cancelled."""

    def __init__(
        self,
        path: str,
        origin: str,
        *,
        hello: Callable[[], Json],
        on_order: Callable[[Json], None],
        on_link: Callable[[bool], None],
        keep: int = 20_000,
    ) -> None:
        self._path, self._origin, self._hello = path, origin, hello
        self._on_order, self._on_link = on_order, on_link
        self._pending: collections.deque[tuple[int, bytes]] = collections.deque(maxlen=keep)
        self._number = 0
        self._writer: asyncio.StreamWriter | None = None
        self.up = False

    @property
    def pending(self) -> int:
        """How many facts wait for an acknowledgement."""
        return len(self._pending)

    def tell(self, fact: Json) -> int:
        """Number the fact, keep it, and send it now if the other end is there."""
        self._number += 1
        frame = pack({"fact": fact, "n": self._number})
        self._pending.append((self._number, frame))
        if self.up and self._writer is not None:
            self._writer.write(frame)
        return self._number

    async def run(self) -> None:
        while True:
            try:
                reader, writer = await asyncio.open_unix_connection(self._path)
            except OSError:
                await asyncio.sleep(RETRY)
                continue
            try:
                await self._talk(reader, writer)
            except (OSError, BadFrame):
                pass
            finally:
                self._writer = None
                if self.up:
                    self.up = False
                    self._on_link(False)
                writer.close()
            await asyncio.sleep(RETRY)

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(pack({"hello": self._hello(), "origin": self._origin}))
        for _, frame in self._pending:
            writer.write(frame)
        await writer.drain()
        self._writer, self.up = writer, True
        self._on_link(True)
        while (message := await read(reader)) is not None:
            if isinstance(message, Sound):
                raise BadFrame("sound where orders are spoken")
            if "ack" in message:
                while self._pending and self._pending[0][0] <= int(message["ack"]):
                    self._pending.popleft()
            elif "order" in message:
                self._on_order(message["order"])


class FactPeer:
    """The hub's view of one connected source of facts."""

    def __init__(self, origin: str, hello: Json, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.origin, self.hello = origin, hello
        self._reader, self._writer = reader, writer

    def order(self, order: Json) -> None:
        """Send an order; lost if the line is gone, whose calls are then gone too."""
        if not self._writer.is_closing():
            self._writer.write(pack({"order": order}))

    def ack(self, number: int) -> None:
        """Everything up to ``number`` is kept here; the source may forget it."""
        if not self._writer.is_closing():
            self._writer.write(pack({"ack": number}))

    async def facts(self) -> AsyncIterator[tuple[int, Json]]:
        """(number, fact) in order, ending when the source goes away. Raises BadFrame."""
        while (message := await read(self._reader)) is not None:
            if isinstance(message, Sound) or "fact" not in message:
                raise BadFrame("not a fact")
            yield int(message["n"]), message["fact"]


async def serve_facts(path: str, handle: Callable[[FactPeer], Awaitable[None]]) -> asyncio.Server:
    """Listen on a Unix socket for sources of facts; ``handle`` runs once a connection, until it returns."""

    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            first = await asyncio.wait_for(read(reader), HELLO_WITHIN)
            if not isinstance(first, dict) or not isinstance(first.get("hello"), dict):
                raise BadFrame("no hello")
            await handle(FactPeer(str(first["origin"]), first["hello"], reader, writer))
        except (BadFrame, TimeoutError, OSError, KeyError, asyncio.CancelledError):
            pass
        finally:
            with contextlib.suppress(OSError):
                writer.close()

    return await asyncio.start_unix_server(connected, path)
