"""The edge as a role: writes Kamailio's configuration, keeps Kamailio in the foreground, and tells what it says.

Kamailio's own words may quote a caller's message, so once it runs only its module and place are logged; the
configuration's sentences begin with ``denwaban`` and carry no more than a line's address.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import re
import signal
from collections.abc import Callable
from pathlib import Path

from gateway.errors import Complaint
from gateway.settings import Settings
from telephony import edge as telephony_edge
from telephony.edge import BadEdge, Edge, EdgeMissing, EdgeRefused

log = logging.getLogger("denwaban.edge")

READY_WITHIN, LEAVE_WITHIN, PORT_FREE_WITHIN = 5.0, 4.0, 3.0
"""Seconds: to answer after the start, to end when asked, for a predecessor's port to come free."""
REPEAT_AFTER = 10.0
"""Seconds during which a sentence that comes again is only counted."""
NEWBORN = 2.0
"""Seconds before a line's rebirth is noticed in which it may already have calls (probes go out every second)."""

SENTENCES = {
    "scanner-dropped": "a scanner was not answered",
    "line-away": "a line does not answer the edge",
    "line-returned": "a line answers the edge again",
    "line-reborn": "a line is a new process; the calls of the old one are ended",
}
_OURS = re.compile(r"denwaban ([a-z-]+)(?: (sip:[0-9a-fA-F.:\[\]]+))?\s*$")
_THEIRS = re.compile(r"\b(WARNING|ERROR|CRITICAL|ALERT|BUG): (\S+) \[(\S+)\]")

LOOPBACK = ("127.0.0.0/8", "::1/128")


def edge_of(settings: Settings) -> Edge:
    """The edge that these settings ask for. Raises BadEdge."""
    return Edge(
        host=settings.host,
        advertise=settings.advertise,
        sip_port=settings.sip_port,
        inner=("127.0.0.1", settings.line_port - 1),
        lines=tuple(("127.0.0.1", settings.line_port + index) for index in range(settings.lines)),
        reserve=("127.0.0.1", settings.line_port + settings.lines) if settings.reserve == "say" else None,
        retry_after=settings.retry_after,
        longest_call=int(settings.longest_call) + 60,
        trusted=(*LOOPBACK, *settings.trusted),
        tls_certificate=settings.tls_certificate,
        tls_key=settings.tls_key,
        tls_port=settings.sip_tls_port,
    )


async def run(settings: Settings) -> None:
    """Until cancelled. Raises Complaint when Kamailio cannot be started or ends."""
    try:
        await keep(edge_of(settings), settings.run / "edge")
    except EdgeMissing:
        raise Complaint(
            "Kamailio is not installed: run deploy/setup.sh as root (Debian packages kamailio and "
            "kamailio-tls-modules), or start with DENWABAN_EDGE=none for a trial with one line"
        ) from None
    except (BadEdge, EdgeRefused) as error:
        raise Complaint(f"the edge cannot be set up: {error}") from None


async def keep(edge: Edge, folder: Path, ready: Callable[[], None] = lambda: None) -> None:
    """Run Kamailio for ``edge`` with its files in ``folder`` until cancelled; calls ``ready`` when it takes calls.

    Raises BadEdge, EdgeMissing, EdgeRefused; Complaint when a port is taken, or Kamailio ends by itself.
    """
    path = telephony_edge.write(edge, folder)
    await asyncio.to_thread(telephony_edge.check, path)
    await _port_free(edge)
    process = await asyncio.create_subprocess_exec(
        *telephony_edge.command(path),
        cwd=folder,
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.PIPE,
        start_new_session=True,  # its children are in its group, which is ended as a whole
    )
    teller = _Teller(folder)
    telling = asyncio.create_task(teller.listen(process.stderr))
    try:
        if await _answers(process, folder):
            teller.started = True
            log.info("the edge takes calls", extra={"host": edge.host, "port": edge.sip_port})
            ready()
            await process.wait()
        await asyncio.wait({telling}, timeout=1.0)
        raise Complaint(f"Kamailio ended with code {process.returncode}: {teller.last or 'it did not say why'}")
    finally:
        telling.cancel()  # what it says while it is being ended is of no interest
        await _end(process)


async def _answers(process: asyncio.subprocess.Process, folder: Path) -> bool:
    """Whether Kamailio came up."""
    clock = asyncio.get_running_loop().time
    until = clock() + READY_WITHIN
    while process.returncode is None:
        if await asyncio.to_thread(telephony_edge.alive, folder):
            return True
        if clock() > until:
            raise Complaint("Kamailio does not answer its control socket")
        await asyncio.sleep(0.05)
    return False


async def _port_free(edge: Edge) -> None:
    clock = asyncio.get_running_loop().time
    until = clock() + PORT_FREE_WITHIN
    while (address := telephony_edge.taken(edge)) is not None:
        if clock() > until:
            raise Complaint(
                f"{address} is taken by another program (ss -lntup shows which); end it, or set DENWABAN_SIP_PORT"
            )
        await asyncio.sleep(0.2)


async def _end(process: asyncio.subprocess.Process) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGTERM)
    try:
        await asyncio.wait_for(process.wait(), LEAVE_WITHIN)
    except TimeoutError:
        log.warning("the edge did not end when asked and was killed")
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    await process.wait()


class _Teller:
    """Turns what Kamailio writes into our own sentences."""

    def __init__(self, folder: Path) -> None:
        self.started = False
        self.last = ""
        self._folder = folder
        self._told: dict[tuple[str, ...], float] = {}
        self._unsaid: dict[tuple[str, ...], int] = {}

    async def listen(self, stream: asyncio.StreamReader | None) -> None:
        assert stream is not None
        while line := await _line(stream):
            await self._hear(line.decode("utf-8", "replace").strip())

    async def _hear(self, line: str) -> None:
        if ours := _OURS.search(line):
            kind, address = ours.groups()
            self._tell(SENTENCES.get(kind, "the edge says"), *(("line", address) if address else ()))
            if kind == "line-reborn" and address:
                await self._release(address)
        elif theirs := _THEIRS.search(line):
            if not self.started:
                # Before it takes calls it can only speak of the configuration and this machine.
                self.last = self.last or line.partition("]: ")[2] or line
                log.warning("kamailio complains", extra={"complaint": line})
            else:
                self._tell("kamailio complains", "place", f"{theirs[2]} {theirs[3]}")

    async def _release(self, line: str) -> None:
        try:
            count = await asyncio.to_thread(telephony_edge.release, self._folder, line, older_than=NEWBORN)
        except OSError:
            log.warning("the edge did not end the lost calls", extra={"line": line})
        else:
            log.info("lost calls were ended", extra={"line": line, "calls": count})

    def _tell(self, sentence: str, *field: str) -> None:
        """Log it, unless it was logged a moment ago; then it is counted for the next time."""
        now = asyncio.get_running_loop().time()
        key = (sentence, *field)
        if len(self._told) > 1000:
            self._told.clear()
        if now - self._told.get(key, -REPEAT_AFTER) < REPEAT_AFTER:
            self._unsaid[key] = self._unsaid.get(key, 0) + 1
            return
        self._told[key] = now
        extra: dict[str, object] = dict([field]) if len(field) == 2 else {}
        if unsaid := self._unsaid.pop(key, 0):
            extra["repeated"] = unsaid
        log.warning(sentence, extra=extra)


async def _line(stream: asyncio.StreamReader) -> bytes:
    """The next line, or the beginning of one that is too long; empty at the end."""
    try:
        return await stream.readline()
    except ValueError:
        return b"(too long)\n"
