"""The family that a bench measures: its own folder and ports, every line there, and calls to it."""

from __future__ import annotations

import asyncio
import json
import os
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from urllib.request import urlopen

from gateway.bench_trees import lay
from gateway.errors import Complaint
from gateway.household import Household
from gateway.load import LoadCall, Pulse

EACH = 3
"""Callers that a line takes."""
SETTLE = 2.0
"""Seconds between the last start of a process and the first measurement."""


def lines_for(calls: int) -> int:
    """How many lines so many calls need."""
    return max(2, -(-calls // EACH))


@asynccontextmanager
async def family(lines: int, *, tree: str | None = None, hears: bool = False) -> AsyncIterator[Household]:
    """A family that is all there. tree: one of gateway.bench_trees, or the demo. hears: recognition is up as well.

    Raises Complaint when it does not get ready.
    """
    # Below the ports that the kernel hands out, so that no call of ours takes a line's.
    own = os.getpid()
    settings = {
        "LINES": str(lines),
        "RTP_LOW": str(20000 + 2000 * (own % 5)),
        "RTP_HIGH": str(20000 + 2000 * (own % 5) + 1999),
        "LINE_PORT": str(30000 + 100 * (own % 26)),
        "RECOGNISER": "auto" if hears else "none",
        "EARS": "1" if hears else "0",
    }
    with tempfile.TemporaryDirectory(prefix="denwaban-bench-") as name:
        folder = Path(name)
        # What is synthesised is named by its content, so one family may leave it to the next.
        kept = Path(tempfile.gettempdir()) / f"denwaban-bench-prompts-{os.getuid()}"
        kept.mkdir(mode=0o700, exist_ok=True)
        (folder / "data").mkdir(mode=0o700)
        (folder / "data" / "prompts").symlink_to(kept)
        if tree is not None:
            settings["TREE"] = str(lay(folder / "tree", tree))
        household = Household(folder, settings, ready_within=180.0 + 4 * lines)
        try:
            await household.start()
            await _all_there(household, lines + 1, hears)
            yield household
        except TimeoutError as error:
            raise Complaint(f"the family that was to be measured did not get ready: {error}") from None
        finally:
            await household.stop()


async def _all_there(household: Household, lines: int, hears: bool) -> None:
    until = time.monotonic() + household.ready_within
    while time.monotonic() < until:
        health = await asyncio.to_thread(health_of, household)
        if health.get("lines") == lines and (health.get("ear") or not hears):
            await asyncio.sleep(SETTLE)
            return
        await asyncio.sleep(0.2)
    raise TimeoutError("not every line came")


def health_of(household: Household) -> dict[str, Any]:
    """What /readyz says."""
    with urlopen(f"{household.url}/readyz", timeout=5) as answer:  # noqa: S310 -- our own server
        found: dict[str, Any] = json.load(answer)
        return found


class Callers:
    """Numbers every call, so that nobody is taken for somebody who called before."""

    def __init__(self, household: Household, pulse: Pulse) -> None:
        self._household, self._pulse, self._last = household, pulse, 0

    def caller(self, *, rest: bytes | None = None, keep: bool = False) -> LoadCall:
        """One that has not dialled yet."""
        self._last += 1
        host, port = self._household.sip
        options = {} if rest is None else {"rest": rest}
        call = LoadCall(host, (host, port), f"090{10000000 + self._last}", keep=keep, **options)
        self._pulse.calls.append(call)
        return call

    async def leave(self, *calls: LoadCall) -> None:
        """Hang up and forget."""
        await asyncio.gather(*(call.hang_up() for call in calls))
        for call in calls:
            self._pulse.calls.remove(call)
