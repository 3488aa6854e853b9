"""A whole family in a folder of its own, for benches and tests: starts ``denwaban serve --dev``, knows its children."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any


def free_port(kind: int = socket.SOCK_STREAM) -> int:
    """A port of loopback that nobody uses now, neither by TCP nor by UDP."""
    while True:
        with socket.socket(socket.AF_INET, kind) as probe:
            probe.bind(("127.0.0.1", 0))
            port: int = probe.getsockname()[1]
            with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as other, contextlib.suppress(OSError):
                other.bind(("127.0.0.1", port))
                return port


# Asked by a process of its own, so that it may be asked from inside a network namespace.
_ASK = """
import json, sys, urllib.request
try:
    found = json.load(urllib.request.urlopen(sys.argv[1], timeout=2))
except OSError:
    sys.exit(1)
sys.exit(found["lines"] < int(sys.argv[2]) or not 0 < found["prompts"]["wanted"] == found["prompts"]["made"])
"""


_houses = itertools.count()


@dataclass
class Household:
    """settings: as in gateway.settings, without the prefix. Use ``async with``.

    inside: a command that runs another, such as ``ip netns exec NAME``; the family runs inside it.
    prompts: a folder of prompts that other families made, taken over and added to: making them takes a minute.
    """

    folder: Path
    settings: dict[str, str] = field(default_factory=dict)
    prompts: Path | None = None
    inside: tuple[str, ...] = ()
    ready_within: float = 120.0

    def __post_init__(self) -> None:
        place = (os.getpid() + 97 * next(_houses)) % 200
        rtp = 36000 + 2000 * (place % 14)
        self.settings = {
            "HOST": "127.0.0.1",
            "SIP_PORT": str(free_port()),
            "WEB_PORT": str(free_port()),
            "LINE_PORT": str(12000 + 100 * place),
            "RTP_LOW": str(rtp),
            "RTP_HIGH": str(rtp + 1999),
            "LINES": "2",
            "DATA": str(self.folder / "data"),
            "RUN": str(self.folder / "run"),
        } | self.settings
        self.log_path = self.folder / "log"
        self._process: asyncio.subprocess.Process | None = None

    @property
    def sip(self) -> tuple[str, int]:
        return self.settings["HOST"], int(self.settings["SIP_PORT"])

    @property
    def url(self) -> str:
        return self.settings.get("BASE_URL") or f"http://{self.settings['HOST']}:{self.settings['WEB_PORT']}"

    @property
    def environment(self) -> dict[str, str]:
        return os.environ | {f"DENWABAN_{name}": value for name, value in self.settings.items()}

    async def __aenter__(self) -> Household:
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.stop()

    async def start(self) -> None:
        made = Path(self.settings["DATA"]) / "prompts"
        if self.prompts is not None and self.prompts.is_dir():
            shutil.copytree(self.prompts, made, dirs_exist_ok=True)
        self.folder.mkdir(parents=True, exist_ok=True)
        log = self.log_path.open("ab")
        self._process = await asyncio.create_subprocess_exec(
            *self.inside,
            sys.executable,
            "-m",
            "gateway.cli",
            "serve",
            "--dev",
            env=self.environment,
            stdout=log,
            stderr=log,
        )
        log.close()
        try:
            await self.until_ready()
        except BaseException:
            await self.stop()
            raise
        if self.prompts is not None:
            shutil.copytree(made, self.prompts, dirs_exist_ok=True)

    async def until_ready(self) -> None:
        """Until every line is there and every prompt is made. Raises TimeoutError with the end of the log."""
        until = time.monotonic() + self.ready_within
        while time.monotonic() < until:
            if self._process is not None and self._process.returncode is not None:
                break
            with contextlib.suppress(OSError, subprocess.SubprocessError):
                if await asyncio.to_thread(self._is_ready):
                    return
            await asyncio.sleep(0.1)
        tail = self.log_path.read_text("utf-8", "replace").splitlines()[-30:]
        raise TimeoutError("the family did not get ready:\n" + "\n".join(tail))

    def _is_ready(self) -> bool:
        edge = self.settings.get("EDGE") != "none"
        reserve = edge and self.settings.get("RESERVE") != "503"
        lines = int(self.settings["LINES"]) + reserve if edge else 1
        asked = [
            *self.inside,
            sys.executable,
            "-c",
            _ASK,
            f"http://{self.settings['HOST']}:{self.settings['WEB_PORT']}/readyz",
            str(lines),
        ]
        return subprocess.run(asked, check=False, timeout=10).returncode == 0

    async def stop(self) -> None:
        process = self._process
        if process is not None and process.returncode is None:
            process.terminate()
            try:
                await asyncio.wait_for(process.wait(), 30)
            except TimeoutError:
                process.kill()
                await process.wait()

    # -- its children -----------------------------------------------------------------------------------------

    def log(self) -> list[dict[str, Any]]:
        """Every log line so far, as an object."""
        lines = []
        for line in self.log_path.read_text("utf-8", "replace").splitlines():
            with contextlib.suppress(ValueError):
                made = json.loads(line)
                if isinstance(made, dict):
                    lines.append(made)
        return lines

    def pid(self, child: str) -> int:
        """The process that plays this role now; ``hub`` is the one that serves."""
        if child == "hub":
            return int((Path(self.settings["RUN"]) / "hub.lock").read_text().strip() or 0)
        started = [x for x in self.log() if x.get("what") == "a child was started" and x.get("child") == child]
        return int(started[-1]["child_pid"])

    def pids(self) -> dict[str, int]:
        started = [x for x in self.log() if x.get("what") == "a child was started"]
        return {str(x["child"]): int(x["child_pid"]) for x in started}

    def kill(self, child: str, how: int = signal.SIGKILL) -> int:
        """Signal this child; its pid."""
        pid = self.pid(child)
        os.kill(pid, how)
        return pid

    async def until_replaced(self, child: str, pid: int, within: float = 20.0) -> int:
        """Until another process plays the role."""
        until = time.monotonic() + within
        while (now := self.pid(child)) == pid:
            if time.monotonic() > until:
                raise TimeoutError(f"{child} was not started again")
            await asyncio.sleep(0.02)
        return now

    # -- its callers ------------------------------------------------------------------------------------------

    async def call(
        self,
        *steps: str,
        number: str = "09012345678",
        options: tuple[str, ...] = (),
        within: float = 90.0,
        target: str = "",
        inside: tuple[str, ...] = (),
    ) -> list[dict[str, Any]]:
        """Run ``denwaban call`` against it and return what it printed; the last line is the report.

        target: host:port, if callers know it by another than its own. inside: as for the family.
        """
        process = await asyncio.create_subprocess_exec(
            *inside,
            sys.executable,
            "-m",
            "gateway.cli",
            "call",
            target or f"{self.sip[0]}:{self.sip[1]}",
            "--json",
            "--from",
            number,
            *options,
            "--steps",
            *steps,
            env=self.environment,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        try:
            out, err = await asyncio.wait_for(process.communicate(), within)
        except (TimeoutError, asyncio.CancelledError):
            process.kill()
            await process.wait()
            raise
        if process.returncode not in (0, 1):
            raise RuntimeError(err.decode(errors="replace")[-2000:])
        return [json.loads(line) for line in out.decode().splitlines() if line.startswith("{")]
