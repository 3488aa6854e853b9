"""Live pages: server-sent events (WHATWG HTML, 9.2) that carry a page's present content."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncGenerator, Callable, Iterator

from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from conversation.errors import RecordError
from web.errors import TooBusy

HEARTBEAT = 15.0
"""Seconds of silence after which a comment is sent, so that nothing in between takes the line for dead."""
RECONNECT = 1000
"""Milliseconds until a browser comes back after the line broke."""


class Wake:
    """Told often, wakes once: deliveries that come while a page is being drawn make one more drawing, not many."""

    def __init__(self) -> None:
        self._event = asyncio.Event()
        self._loop = asyncio.get_running_loop()

    def tell(self, _: object = None) -> None:
        """From any thread."""
        self._loop.call_soon_threadsafe(self._event.set)

    async def wait(self, seconds: float) -> bool:
        """False when nothing was told for so long."""
        try:
            async with asyncio.timeout(seconds):
                await self._event.wait()
        except TimeoutError:
            return False
        self._event.clear()
        return True


class Seats:
    """How many live pages there may be, in all and under one name (a link, a session)."""

    def __init__(self, most: int = 2000, each: int = 12) -> None:
        self._most, self._each = most, each
        self._taken: dict[str, int] = {}

    @contextlib.contextmanager
    def seat(self, name: str) -> Iterator[None]:
        """Raises TooBusy."""
        if self._taken.get(name, 0) >= self._each or sum(self._taken.values()) >= self._most:
            raise TooBusy
        self._taken[name] = self._taken.get(name, 0) + 1
        try:
            yield
        finally:
            self._taken[name] -= 1
            if not self._taken[name]:
                del self._taken[name]

    @property
    def taken(self) -> int:
        return sum(self._taken.values())


def event(name: str, data: str) -> bytes:
    """One event; every line of ``data`` as a field of its own."""
    lines = "".join(f"data: {line}\n" for line in data.splitlines() or [""])
    return f"event: {name}\n{lines}\n".encode()


class EventStream(Response):
    """An answer that goes on until its source ends or the browser leaves, whichever is first.

    opened: makes the source; it is left (and so cleaned up) the moment the browser has gone, not at the next event.
    seat: is taken before anything is answered, so that whoever finds none is told so (TooBusy).
    """

    def __init__(
        self,
        opened: Callable[[], AsyncGenerator[bytes, None]],
        seat: contextlib.AbstractContextManager[None],
    ) -> None:
        super().__init__(headers={"X-Accel-Buffering": "no"}, media_type="text/event-stream")
        del self.headers["content-length"]
        self._opened, self._seat = opened, seat

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        with self._seat:
            await self._serve(receive, send)

    async def _serve(self, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": self.raw_headers})
        sending = asyncio.create_task(self._send(send))
        leaving = asyncio.create_task(_gone(receive))
        try:
            await asyncio.wait({sending, leaving}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in (sending, leaving):
                task.cancel()
            results = await asyncio.gather(sending, leaving, return_exceptions=True)
        for result in results:
            if isinstance(result, Exception) and not isinstance(result, OSError):
                raise result

    async def _send(self, send: Send) -> None:
        await send({"type": "http.response.body", "body": f"retry: {RECONNECT}\n\n".encode(), "more_body": True})
        async with contextlib.aclosing(self._opened()) as source:
            # When the record is away the stream ends; the browser comes back by itself until it is there again.
            with contextlib.suppress(RecordError):
                async for piece in source:
                    await send({"type": "http.response.body", "body": piece, "more_body": True})
        await send({"type": "http.response.body", "body": b"", "more_body": False})


async def _gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
