from __future__ import annotations

import asyncio
import sqlite3
import threading
from datetime import UTC, datetime
from uuid import uuid4

import pytest
from record import Place
from sqlalchemy import Connection, select, text

from conversation.errors import Away, Conflict, NotKept
from conversation.operations import Change, Drop, Put
from conversation.store import Store
from conversation.tables import Entry, Ref, table

AT = datetime(2026, 4, 1, tzinfo=UTC)


def entry(seq: int, *, key: str | None = None, row: str | None = None) -> Put:
    return Put(
        Entry(
            site_id="main",
            id=row or uuid4().hex,
            conversation_id="c",
            seq=seq,
            at=AT,
            channel="voice",
            kind="Pressed",
            payload=b"sealed",
            key=key,
        )
    )


async def seqs(store: Store) -> list[int]:
    wanted = select(table(Entry).c.seq).order_by(table(Entry).c.seq)
    return list(await store.read(lambda connection: connection.execute(wanted).scalars().all()))


def lock(place: Place) -> sqlite3.Connection:
    """Another process's exclusive lock."""
    other = sqlite3.connect(place.url.removeprefix("sqlite:///"), isolation_level=None, check_same_thread=False)
    other.execute("BEGIN EXCLUSIVE")
    return other


async def test_what_was_written_is_there_for_others_at_once(place: Place) -> None:
    store = place.open()
    await store.write(entry(1), entry(2))
    assert await seqs(store) == [1, 2]
    assert store.health().state == "ok"


async def test_a_time_comes_back_as_the_same_moment(place: Place) -> None:
    store = place.open()
    await store.write(entry(1))
    assert await store.read(lambda connection: connection.execute(select(table(Entry).c.at)).scalar()) == AT


async def test_writes_at_once_are_committed_together_and_one_that_conflicts_fails_alone(place: Place) -> None:
    store = place.open()
    await store.write(entry(1, key="a"))
    writes = [store.write(entry(seq, key="a" if seq == 5 else None)) for seq in range(2, 20)]
    results = await asyncio.gather(*writes, return_exceptions=True)
    assert [type(result) for result in results if result is not None] == [Conflict]
    assert await seqs(store) == [seq for seq in range(1, 20) if seq != 5]


async def test_the_same_batch_written_twice_is_there_once(place: Place) -> None:
    store = place.open()
    batch = (entry(1, key="a"), Put(Ref(site_id="main", kind="call", ref="r", conversation_id="c"), replace=True))
    await store.write(*batch)
    await store.write(*batch)
    assert await seqs(store) == [1]


async def test_rows_are_changed_replaced_and_dropped(place: Place) -> None:
    store = place.open()
    await store.write(entry(1, row="x"), Put(Ref(site_id="main", kind="call", ref="r", conversation_id="c")))
    await store.write(
        Change(Entry, {"id": "x"}, {"channel": "page"}),
        Put(Ref(site_id="main", kind="call", ref="r", conversation_id="d"), replace=True),
    )
    found = await store.read(
        lambda connection: (
            connection.execute(select(table(Entry).c.channel)).scalar(),
            connection.execute(select(table(Ref).c.conversation_id)).scalar(),
        )
    )
    assert found == ("page", "d")
    await store.write(Drop(Entry, {"id": "x"}))
    assert await seqs(store) == []


async def test_a_task_is_alone_in_its_transaction(place: Place) -> None:
    store = place.open()
    await store.write(Put(Ref(site_id="main", kind="count", ref="r", conversation_id="0")))

    def count(connection: Connection) -> None:
        before = int(connection.execute(select(table(Ref).c.conversation_id)).scalar_one())
        connection.execute(table(Ref).update().values(conversation_id=str(before + 1)))

    await asyncio.gather(*(store.perform(count) for _ in range(40)))
    assert await store.read(lambda c: c.execute(select(table(Ref).c.conversation_id)).scalar()) == "40"


async def test_a_task_that_fails_tells_its_own_error_and_undoes_its_own_work(place: Place) -> None:
    store = place.open()

    def fails(connection: Connection) -> None:
        connection.execute(table(Ref).insert().values(site_id="main", kind="k", ref="r", conversation_id="c"))
        raise KeyError("mine")

    results = await asyncio.gather(
        store.write(entry(1)), store.perform(fails), store.write(entry(2)), return_exceptions=True
    )
    assert [type(result) for result in results] == [type(None), KeyError, type(None)]
    assert await seqs(store) == [1, 2]
    assert await store.read(lambda c: c.execute(text("SELECT count(*) FROM ref")).scalar()) == 0


async def test_while_another_process_locks_the_database_writes_are_spooled_and_caught_up_once(here: Place) -> None:
    store = here.open(busy=0.05)
    await store.write(entry(1))
    other = lock(here)
    for seq in range(2, 60):
        await store.write(entry(seq))
    assert store.health().state == "spooling"
    assert store.health().pending == 58
    assert "locked" in store.health().reason
    with pytest.raises(Away):
        await store.perform(lambda connection: None)
    other.close()
    assert await store.settled(10)
    await store.write(entry(60))
    assert await seqs(store) == list(range(1, 61))
    assert store.health().state == "ok"
    assert store.health().pending == 0


async def test_writes_go_on_without_a_gap_while_the_spool_is_caught_up(here: Place) -> None:
    store = here.open(busy=0.05)
    other = lock(here)
    releasing = threading.Timer(0.5, other.close)
    releasing.start()
    for seq in range(1, 1500):
        await store.write(entry(seq))
    releasing.join()
    assert await store.settled(20)
    assert await seqs(store) == list(range(1, 1500))
    assert store.health().refused == 0


async def test_a_commit_that_happened_after_its_deadline_is_there_once(here: Place) -> None:
    store = here.open(busy=5.0, deadline=0.05)
    other = lock(here)  # the writer waits longer than the deadline, and then gets through
    await store.write(entry(1, key="a"))
    assert store.health().state == "spooling"
    await store.write(entry(2, key="b"))
    other.close()
    assert await store.settled(10)
    assert await seqs(store) == [1, 2]
    assert store.health().refused == 0


async def test_what_a_killed_process_left_in_the_spool_is_in_the_database_when_the_store_opens(here: Place) -> None:
    store = here.open(busy=0.05)
    other = lock(here)
    for seq in range(1, 6):
        await store.write(entry(seq))
    left = (here.folder / "spool").read_bytes()
    other.close()
    assert await store.settled(10)
    await here.close()
    (here.folder / "spool").write_bytes(left)  # as if it had been killed before, or half way through catching up
    assert await seqs(here.open()) == [1, 2, 3, 4, 5]
    assert here.stores[0].health().pending == 0


async def test_a_batch_that_the_database_will_never_take_is_set_aside_and_said(here: Place) -> None:
    store = here.open(busy=0.05)
    await store.write(entry(1, key="a"))
    other = lock(here)
    await store.write(entry(2))
    await store.write(entry(3, key="a"))
    await store.write(entry(4))
    other.close()
    assert await store.settled(10)
    assert await seqs(store) == [1, 2, 4]
    assert (store.health().state, store.health().refused) == ("refused", 1)
    assert (here.folder / "spool.refused").stat().st_size > 0


async def test_when_neither_takes_it_the_writer_is_told_and_nothing_is_acknowledged(here: Place) -> None:
    store = here.open(busy=0.05, reserved=4096)
    other = lock(here)
    results = [await asyncio.gather(store.write(entry(seq)), return_exceptions=True) for seq in range(1, 40)]
    kept = results.index(next(result for result in results if isinstance(result[0], NotKept)))
    assert 0 < kept < 39
    assert {type(result[0]) for result in results[kept:]} == {NotKept}
    other.close()
    assert await store.settled(10)
    assert await seqs(store) == list(range(1, kept + 1))


async def test_closing_while_the_database_is_away_loses_nothing(here: Place) -> None:
    store = here.open(busy=0.05)
    other = lock(here)
    await asyncio.gather(*(store.write(entry(seq)) for seq in range(1, 30)))
    await here.close()
    other.close()
    assert await seqs(here.open()) == list(range(1, 30))
    with pytest.raises(NotKept):
        await store.write(entry(99))


async def test_health_tells_nothing_of_what_was_written(here: Place) -> None:
    store = here.open(busy=0.05)
    other = lock(here)
    await store.write(entry(1, key="secret-key"))
    other.close()
    assert "secret" not in repr(store.health())
