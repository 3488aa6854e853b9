"""A database that freezes and dies while callers wait for what it knows."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import office as offices
import pytest
from errand import Parts
from office import answer
from postgres import Postgres
from record import Clock, Place

from conversation.callbacks import Request
from conversation.errors import Away

pytestmark = pytest.mark.real


@pytest.fixture
def server() -> Iterator[Postgres]:
    """A server of its own that keeps what it commits, to be frozen and killed."""
    found = Postgres(durable=True)
    yield found
    found.thaw() if (found.folder / "data" / "postmaster.pid").exists() else None
    found.stop()


async def counted(parts: Parts, conversation: str, kind: str) -> int:
    while True:
        with suppress(Away):
            return [line.kind for line in await parts.inbox.timeline(conversation)].count(kind)
        await asyncio.sleep(0.02)


async def listed(parts: Parts) -> list[Request]:
    """Nothing while a reader's connection is still the one that died."""
    with suppress(Away):
        return await parts.callbacks.listed(10)
    return []


@pytest.mark.parametrize("outage", ["frozen", "killed"])
async def test_callers_are_answered_while_the_database_is_away_and_what_they_asked_for_is_kept_once(
    server: Postgres, tmp_path: Path, clock: Clock, outage: str
) -> None:
    place = Place(server.database(), tmp_path)
    async with offices.office() as office:
        office.replies = [answer({"order": {"state": "発送済み"}})]
        parts = Parts(store := place.open(deadline=0.2), clock, office.url)
        async with parts.running():
            assert await parts.inbox.pending_effects() == []
            server.freeze() if outage == "frozen" else server.kill()
            replied, booked, failed = (parts.awaited(kind) for kind in ("Replied", "Booked", "NotIdentified"))
            calls = await asyncio.gather(*(parts.call(keys) for keys in ("10012", "311", "20012")))
            assert dict((await replied()).event.values) == {"state": "発送済み"}
            await booked()
            assert (await failed()).event.reason == "away"
            assert store.health().state == "spooling"
            server.thaw() if outage == "frozen" else server.start()
            assert await store.settled(30)
            await parts.settled()
        while not (requests := await listed(parts)):
            await asyncio.sleep(0.02)
        (request,) = requests
        assert request.conversation == calls[1]
        assert len(office.asked) == 1
        for conversation, kind in zip(calls, ("Replied", "Booked", "NotIdentified"), strict=True):
            assert await counted(parts, conversation, kind) == 1
        await place.close()
