"""A UDP relay that loses, delays and reorders what passes: a bad network for one address, in a few lines.

    with Relay(("127.0.0.1", rtp_port), loss=[False] * 19 + [True]) as relay:
        send_to(relay.address)

What comes back from the target is brought to whoever sent last. The same fate is dealt in both directions, each with
its own count, from lists, not from chance, so that a test means the same on every run; ``chances`` makes such a list.
"""

from __future__ import annotations

import heapq
import random
import select
import socket
import threading
import time
from collections.abc import Iterable, Sequence
from itertools import cycle

Address = tuple[str, int]


def chances(probability: float, *, length: int = 1000, seed: int = 1) -> list[bool]:
    """A fixed list in which about ``probability`` of the places are True."""
    source = random.Random(seed)
    return [source.random() < probability for _ in range(length)]


def jitter(longest: float, *, length: int = 1000, seed: int = 1) -> list[float]:
    """A fixed list of delays from 0 to ``longest`` seconds."""
    source = random.Random(seed)
    return [source.uniform(0, longest) for _ in range(length)]


class Relay:
    """Relays datagrams between a client and ``target``, both ways. Use as a context; ``address`` is where to send.

    loss: for each datagram in turn whether it is lost. delay: for each in turn the seconds that it takes (unequal ones
    reorder). twice: for each in turn whether it comes twice. All are repeated from their beginning. clean: so many
    datagrams at first are let through untouched.
    """

    def __init__(
        self,
        target: Address,
        *,
        loss: Sequence[bool] = (False,),
        delay: Sequence[float] = (0.0,),
        twice: Sequence[bool] = (False,),
        clean: int = 0,
        host: str = "127.0.0.1",
    ) -> None:
        self._target = target
        self._fates = [self._fate(loss, delay, twice, clean) for _ in range(2)]
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        self._front = socket.socket(family, socket.SOCK_DGRAM)
        self._back = socket.socket(family, socket.SOCK_DGRAM)
        self._front.bind((host, 0))
        self._back.bind((host, 0))
        self._wake, self._woken = socket.socketpair()
        self._client: Address | None = None
        self._thread = threading.Thread(target=self._run, daemon=True)
        self.passed, self.lost = 0, 0
        """Datagrams, over both directions."""

    @property
    def address(self) -> Address:
        host, port = self._front.getsockname()[:2]
        return host, port

    def __enter__(self) -> Relay:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._wake.send(b"x")
        self._thread.join()
        for each in (self._front, self._back, self._wake, self._woken):
            each.close()

    @staticmethod
    def _fate(loss: Sequence[bool], delay: Sequence[float], twice: Sequence[bool], clean: int) -> Iterable:
        for _ in range(clean):
            yield False, 0.0, False
        yield from zip(cycle(loss), cycle(delay), cycle(twice), strict=False)

    def _run(self) -> None:
        waiting: list[tuple[float, int, int, bytes]] = []
        count = 0
        while True:
            until = max(0.0, waiting[0][0] - time.monotonic()) if waiting else None
            ready, _, _ = select.select([self._front, self._back, self._woken], [], [], until)
            if self._woken in ready:
                return
            now = time.monotonic()
            for direction, end in enumerate((self._front, self._back)):
                if end not in ready:
                    continue
                data, source = end.recvfrom(65536)
                if direction == 0:
                    self._client = source
                lost, delay, twice = next(self._fates[direction])
                if lost:
                    self.lost += 1
                    continue
                for _ in range(1 + twice):
                    count += 1
                    heapq.heappush(waiting, (now + delay, count, direction, data))
            while waiting and waiting[0][0] <= time.monotonic():
                _, _, direction, data = heapq.heappop(waiting)
                self._bring(direction, data)

    def _bring(self, direction: int, data: bytes) -> None:
        self.passed += 1
        if direction == 0:
            self._back.sendto(data, self._target)
        elif self._client is not None:
            self._front.sendto(data, self._client)
