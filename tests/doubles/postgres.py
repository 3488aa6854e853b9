"""A real PostgreSQL server on a Unix socket, for tests. It refuses to run as root, so root runs it as ``postgres``."""

from __future__ import annotations

import itertools
import os
import shutil
import signal
import subprocess
import tempfile
from pathlib import Path

import psycopg

BIN = Path("/usr/lib/postgresql/15/bin")


class Postgres:
    """durable: with fsync, as a server that is killed needs it."""

    def __init__(self, *, durable: bool = False) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="denwaban-pg"))
        self._names = (f"record{number}" for number in itertools.count(1))
        self._durable = durable
        if os.geteuid() == 0:
            shutil.chown(self.folder, "postgres", "postgres")
        self._run("initdb", "-D", f"{self.folder}/data", "-A", "trust", "-U", "denwaban", "--no-sync", "-E", "UTF8")
        self.start()

    def start(self) -> None:
        options = f"-k {self.folder} -c listen_addresses='' -c max_connections=60"
        if not self._durable:
            options += " -c fsync=off"
        self._run("pg_ctl", "-D", f"{self.folder}/data", "-w", "-l", f"{self.folder}/log", "-o", options, "start")

    def database(self) -> str:
        """A new empty database's URL."""
        name = next(self._names)
        with psycopg.connect(f"host={self.folder} user=denwaban dbname=postgres", autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name}")
        return f"postgresql://denwaban@/{name}?host={self.folder}"

    def freeze(self) -> None:
        for pid in self._family():
            os.kill(pid, signal.SIGSTOP)

    def thaw(self) -> None:
        for pid in self._family():
            os.kill(pid, signal.SIGCONT)

    def kill(self) -> None:
        """The whole server at once, as a power cut would."""
        family = self._family()
        for pid in family:
            os.kill(pid, signal.SIGKILL)
        for pid in family:
            while Path(f"/proc/{pid}").exists() and _state(pid) != "Z":
                os.sched_yield()
        for left in (self.folder / "data" / "postmaster.pid", *self.folder.glob(".s.PGSQL.*")):
            left.unlink(missing_ok=True)  # a process that nobody reaps would still seem to hold them

    def stop(self) -> None:
        if (self.folder / "data" / "postmaster.pid").exists():
            self._run("pg_ctl", "-D", f"{self.folder}/data", "-w", "-m", "immediate", "stop")
        shutil.rmtree(self.folder, ignore_errors=True)

    def _family(self) -> list[int]:
        parent = int((self.folder / "data" / "postmaster.pid").read_text().split()[0])
        return [parent, *map(int, Path(f"/proc/{parent}/task/{parent}/children").read_text().split())]

    def _run(self, program: str, *arguments: str) -> None:
        become = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
        with Path(os.devnull).open("w") as nothing:
            subprocess.run(
                [*become, str(BIN / program), *arguments], check=True, stdout=nothing, stderr=nothing, cwd="/"
            )


def _state(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return "Z"
