"""Real outages: processes that are killed, servers that freeze and die, disks that fill up."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import posting
import pytest
from postgres import Postgres
from record import Clock, Place, Trees, called, pressed

from conversation.inbox import Inbox

pytestmark = pytest.mark.real
SCRIPT = Path(posting.__file__)


@pytest.fixture
def server() -> Iterator[Postgres]:
    """A server of its own that keeps what it commits, to be frozen and killed."""
    found = Postgres(durable=True)
    yield found
    found.thaw() if (found.folder / "data" / "postmaster.pid").exists() else None
    found.stop()


def post_until_killed(place: Place, conversation: str, first: int, *, most: int) -> tuple[str, list[str]]:
    """(conversation, acknowledged keys) of a process that was killed in the middle of posting."""
    command = [sys.executable, str(SCRIPT), place.url, str(place.folder / "spool"), "post", conversation, str(first)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    kept: list[str] = []
    assert process.stdout is not None
    for line in process.stdout:
        match line.split():
            case ["conversation", made]:
                conversation = made
            case ["kept", key]:
                kept.append(key)
        if len(kept) == most:
            process.kill()
    process.wait()
    return conversation, kept


async def test_every_acknowledged_event_survives_the_kill_of_its_process_once(
    place: Place, trees: Trees, clock: Clock
) -> None:
    conversation, kept = "new", []
    for first in (0, 10_000, 20_000):
        conversation, more = await asyncio.to_thread(post_until_killed, place, conversation, first, most=40)
        kept += more
    inbox = Inbox(place.open(), trees, clock)
    lines = await inbox.timeline(conversation)
    assert [line.seq for line in lines] == list(range(1, len(lines) + 1))
    before = len(lines)
    for key in kept:
        assert (await inbox.post(conversation, pressed(clock, "9"), key=key)).repeated
    assert len(await inbox.timeline(conversation)) == before
    assert len(set(kept)) == len(kept) >= 120


@pytest.mark.parametrize("outage", ["frozen", "killed"])
async def test_calls_go_on_while_the_server_is_away_and_all_is_there_once_afterwards(
    server: Postgres, tmp_path: Path, trees: Trees, clock: Clock, outage: str
) -> None:
    place = Place(server.database(), tmp_path)
    inbox = Inbox(store := place.open(deadline=0.2), trees, clock)
    old = await called(inbox, clock)
    server.freeze() if outage == "frozen" else server.kill()
    began = time.monotonic()
    await inbox.post(old, pressed(clock, "4"), key="line:1")
    new = await called(inbox, clock, "4")
    await inbox.bind(new, "call", "c-1")
    for number in range(50):
        await inbox.post(old, pressed(clock, "9"), key=f"line:{2 + number}")
    took = time.monotonic() - began
    assert store.health().state == "spooling"
    assert await inbox.by_ref("call", "c-1") == new
    assert (await inbox.post(old, pressed(clock, "9"), key="line:7")).repeated
    server.thaw() if outage == "frozen" else server.start()
    assert await store.settled(30)
    states = [await inbox.state(one) for one in (old, new)]
    again = Inbox(store, trees, clock)
    assert [await again.state(one) for one in (old, new)] == states
    lines = await again.timeline(old)
    assert [line.seq for line in lines] == list(range(1, len(lines) + 1))
    assert sum(line.kind == "Pressed" for line in lines) == 51
    assert took < 20 * 0.2  # one deadline, not one for each of the 56 writes
    await place.close()


async def test_a_full_disk_stops_acknowledging_loses_nothing_and_recovers(tmp_path: Path) -> None:
    commands = (
        f"mount -t tmpfs -o size=3m tmpfs {tmp_path} && "
        f"exec {sys.executable} {SCRIPT} sqlite:///{tmp_path}/record.db {tmp_path}/spool fill"
    )
    unshare = ["unshare", "-m"] if os.geteuid() == 0 else ["unshare", "-rm"]
    done = await asyncio.to_thread(
        subprocess.run, [*unshare, "sh", "-c", commands], capture_output=True, text=True, timeout=60
    )
    said = done.stdout.splitlines()
    assert said[0] == "full", done.stderr
    kept = int(said[1].split()[3])
    assert kept > 5
    assert said[2] == "settled True ok"
    assert said[3] == f"found {kept + 1} True"
