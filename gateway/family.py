"""``denwaban serve``: starts every role on this machine as one family, and brings back what dies.

A child that dies at once is tried again after a growing pause. At the end the lines are asked first, so that
nobody is answered any more, then the rest. A child dies with its parent, whatever kills the parent.
"""

from __future__ import annotations

import asyncio
import contextlib
import ctypes
import logging
import os
import signal
import sys
from dataclasses import dataclass

from gateway.settings import Settings
from telephony import edge

log = logging.getLogger("denwaban.family")

FIRST_PAUSE, LONGEST_PAUSE, STEADY = 0.1, 5.0, 10.0
"""Seconds before the first restart, the most before any, and after which a child counts as well."""
LEAVE_WITHIN = 8.0
_PR_SET_PDEATHSIG = 1


@dataclass(frozen=True, slots=True)
class Child:
    """A role to keep alive. first: ended before the others. sip: where the edge reaches it, if it is a line."""

    name: str
    arguments: tuple[str, ...]
    first: bool = False
    sip: str = ""


def children(settings: Settings) -> list[Child]:
    """Who belongs to the family with these settings."""
    # Two hubs: one serves, the other is warm and takes over within a second.
    family = [Child(f"hub{i}", ("hub",)) for i in range(2)]
    family += [Child(f"mouth{i}", ("mouth", "--index", str(i))) for i in range(settings.mouths)]
    if settings.recogniser != "none":
        family += [Child(f"ear{i}", ("ear", "--index", str(i))) for i in range(settings.ears)]
    if settings.edge == "none":
        return [*family, Child("line0", ("line",), first=True)]

    def line(name: str, index: int, *more: str) -> Child:
        sip = f"sip:127.0.0.1:{settings.line_port + index}"
        return Child(name, ("line", "--index", str(index), *more), first=True, sip=sip)

    family += [line(f"line{i}", i) for i in range(settings.lines)]
    if settings.reserve == "say":
        family.append(line("reserve", settings.lines, "--reserve"))
    family.append(Child("edge", ("edge",)))
    return family


def die_with(parent: int) -> None:
    """Have the kernel end this process when ``parent``, which started it, is gone (prctl(2), Linux)."""
    ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
    if os.getppid() != parent:
        sys.exit(0)


async def run(settings: Settings) -> int:
    """Until SIGTERM or SIGINT. Returns the exit code."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    settings.run.mkdir(parents=True, exist_ok=True)
    settings.data.mkdir(parents=True, exist_ok=True, mode=0o700)
    family = children(settings)
    first = [asyncio.create_task(_keep(child, settings)) for child in family if child.first]
    rest = [asyncio.create_task(_keep(child, settings)) for child in family if not child.first]
    await stop.wait()
    log.info("the family is leaving")
    for group in (first, rest):
        for task in group:
            task.cancel()
        await asyncio.gather(*group, return_exceptions=True)
    return 0


async def _keep(child: Child, settings: Settings) -> None:
    pause = FIRST_PAUSE
    loop = asyncio.get_running_loop()
    while True:
        began = loop.time()
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "gateway.cli",
            *child.arguments,
            "--parent",
            str(os.getpid()),
            *(("--dev",) if settings.dev else ()),
            start_new_session=True,
        )
        log.info("a child was started", extra={"child": child.name, "child_pid": process.pid})
        try:
            code = await process.wait()
        except asyncio.CancelledError:
            await _end(process)
            raise
        pause = FIRST_PAUSE if code == 0 or loop.time() - began > STEADY else min(pause * 2, LONGEST_PAUSE)
        log.warning("a child ended; it is started again", extra={"child": child.name, "code": code, "pause": pause})
        if child.sip:
            await _release(child, settings)
        await asyncio.sleep(pause)


async def _release(line: Child, settings: Settings) -> None:
    """Have the edge tell the callers of a line that is gone: a BYE instead of silence."""
    with contextlib.suppress(OSError):  # no edge: nothing to tell it
        lost = await asyncio.to_thread(edge.release, settings.run / "edge", line.sip)
        if lost:
            log.warning("calls were lost with their line", extra={"child": line.name, "calls": lost})


async def _end(process: asyncio.subprocess.Process) -> None:
    if process.returncode is not None:
        return
    process.terminate()
    try:
        await asyncio.wait_for(process.wait(), LEAVE_WITHIN)
    except TimeoutError:
        process.kill()
        await process.wait()
