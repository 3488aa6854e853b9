"""A few threads for blocking work, with a short queue in which the urgent goes first."""

from __future__ import annotations

import asyncio
import heapq
import itertools
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

T = TypeVar("T")

HANGS_AFTER = 20.0
"""Seconds of one piece of work after which its thread is taken for lost."""


class Saturated(Exception):
    """More is asked than can be done in time."""


class Workshop:
    """workers: threads. queue: how much may wait for one. Threads cannot be stopped: see ``hung``."""

    def __init__(self, workers: int, queue: int, *, hangs_after: float = HANGS_AFTER) -> None:
        self._pool = ThreadPoolExecutor(workers, thread_name_prefix="ear")
        self._free, self._queue = workers, queue
        self._waiting: list[tuple[int, int, asyncio.Future[None]]] = []
        self._order = itertools.count()
        self._hangs_after = hangs_after
        self.hung = asyncio.Event()
        """Set when a piece of work took so long that it will never end; the process should."""

    async def do(self, work: Callable[[], T], *, urgency: int) -> T:
        """Raises Saturated when the queue is full. Smaller urgency numbers go first.

        Cancelled while it waits, the work is not done; cancelled while it runs, it is done to its end before the
        cancellation goes on, so that what it uses is free again by then.
        """
        await self._take(urgency)
        loop = asyncio.get_running_loop()
        alarm = loop.call_later(self._hangs_after, self.hung.set)
        job = loop.run_in_executor(self._pool, work)
        try:
            return await asyncio.shield(job)
        except asyncio.CancelledError:
            await asyncio.wait([job])
            raise
        finally:
            alarm.cancel()
            self._give()

    async def _take(self, urgency: int) -> None:
        if self._free > 0:
            self._free -= 1
            return
        if sum(not turn.done() for _, _, turn in self._waiting) >= self._queue:
            raise Saturated
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        heapq.heappush(self._waiting, (urgency, next(self._order), turn))
        try:
            await turn
        except asyncio.CancelledError:
            if turn.done() and not turn.cancelled():
                self._give()
            raise

    def _give(self) -> None:
        while self._waiting:
            turn = heapq.heappop(self._waiting)[2]
            if not turn.done():
                turn.set_result(None)
                return
        self._free += 1

    def close(self) -> None:
        self._pool.shutdown(wait=False, cancel_futures=True)
