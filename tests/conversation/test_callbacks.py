from __future__ import annotations

import asyncio
from datetime import UTC, datetime

import pytest
from record import NUMBER, Clock, Place, Trees, called
from sqlalchemy import select

from conversation import callbacks as module
from conversation.callbacks import Callbacks, hour, may_be_called
from conversation.errors import Away
from conversation.inbox import Inbox
from conversation.store import Store
from conversation.tables import Callback, table

NOON = datetime(2026, 4, 2, 3, 0, tzinfo=UTC)


@pytest.fixture
def store(place: Place) -> Store:
    return place.open()


@pytest.fixture
def inbox(store: Store, trees: Trees, clock: Clock) -> Inbox:
    return Inbox(store, trees, clock)


@pytest.fixture
def callbacks(store: Store, clock: Clock) -> Callbacks:
    return Callbacks(store, clock)


@pytest.mark.parametrize(
    ("number", "allowed"),
    [
        ("+819012345678", True), ("+817012345678", True), ("+81312345678", True), ("+81661234567", True),
        ("+815012345678", True), ("+81120123456", True), ("+818001234567", True),
        ("110", False), ("118", False), ("119", False), ("112", False), ("911", False), ("+81110", False),
        ("+81119", False), ("+81911", False), ("+81990123456", False), ("+81180991234", False),
        ("+81570012345", False), ("+812012345678", False), ("+14155550100", False), ("+8613800138000", False),
        ("", False), ("09012345678", False), ("+8190123456789", False), ("+81901234567", False), ("+81０９０", False),
        ("+819012345678;ext=1", False), ("+81012345678", False), ("sip:x@example.jp", False),
    ],
)  # fmt: skip
def test_only_a_whole_number_of_japan_that_costs_what_a_call_costs_may_be_called(number: str, allowed: bool) -> None:
    assert may_be_called(number) is allowed


@pytest.mark.parametrize(
    ("when", "found"),
    [("2026-04-02T12:00:00+09:00", NOON), ("", None), ("soon", None), ("2026-04-02T12:00:00", None)],
)
def test_an_hour_is_what_the_tree_names(when: str, found: datetime | None) -> None:
    assert hour(when) == found


async def test_a_request_is_kept_once_for_its_key_and_shown_to_people(
    callbacks: Callbacks, inbox: Inbox, clock: Clock
) -> None:
    conversation = await called(inbox, clock)
    for _ in range(3):
        assert await callbacks.book(conversation, "main", NUMBER, NOON, key="effect:1") is None
    (request,) = await callbacks.listed(10)
    assert (request.conversation, request.queue, request.number) == (conversation, "main", NUMBER)
    assert (request.at, request.wanted, request.done) == (clock(), NOON, None)


async def test_a_conversation_has_one_open_request_and_another_when_that_is_done(
    callbacks: Callbacks, inbox: Inbox, clock: Clock
) -> None:
    conversation = await called(inbox, clock)
    assert await callbacks.book(conversation, "main", NUMBER, None, key="1") is None
    assert await callbacks.book(conversation, "main", NUMBER, None, key="2") == "full"
    (request,) = await callbacks.listed(10)
    await callbacks.settle(request.id, "user", is_done=True)
    assert await callbacks.book(conversation, "main", NUMBER, None, key="3") is None


async def test_a_number_has_three_open_requests_and_all_have_a_limit(
    callbacks: Callbacks, inbox: Inbox, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def book(key: str, number: str) -> str | None:
        return await callbacks.book(await called(inbox, clock), "main", number, None, key=key)

    answers = await asyncio.gather(*(book(f"{n}", NUMBER) for n in range(5)))
    assert sorted(map(str, answers)) == ["None", "None", "None", "full", "full"]
    monkeypatch.setattr(module, "MOST", 4)
    assert [await book(f"other {n}", f"+8190111122{n:02}") for n in range(2)] == [None, "full"]


async def test_a_number_that_may_not_be_called_is_kept_nowhere(
    callbacks: Callbacks, inbox: Inbox, clock: Clock
) -> None:
    assert await callbacks.book(await called(inbox, clock), "main", "+81110", None, key="1") == "number"
    assert await callbacks.listed(10) == []


async def test_open_requests_come_first_those_wanted_earliest_first_and_done_ones_can_be_opened_again(
    callbacks: Callbacks, inbox: Inbox, clock: Clock
) -> None:
    wanted = {"late": datetime(2026, 4, 9, tzinfo=UTC), "soon": None, "noon": NOON, "done": None}
    for place, (queue, when) in enumerate(wanted.items()):
        number = f"+81901234567{place}"
        assert await callbacks.book(await called(inbox, clock), queue, number, when, key=queue) is None
    done = next(one for one in await callbacks.listed(10) if one.queue == "done")
    await callbacks.settle(done.id, "user", is_done=True)
    assert [one.queue for one in await callbacks.listed(10)] == ["soon", "noon", "late", "done"]
    assert [one.queue for one in await callbacks.listed(2)] == ["soon", "noon"]
    await callbacks.settle(done.id, "user", is_done=False)
    await callbacks.settle("unknown", "user", is_done=True)
    assert all(one.done is None for one in await callbacks.listed(10))


async def test_while_the_database_is_away_a_request_is_kept_all_the_same_and_once(
    callbacks: Callbacks, store: Store, inbox: Inbox, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    conversation = await called(inbox, clock)
    real = store.perform

    async def away(task, **values):  # type: ignore[no-untyped-def]
        await real(task, **values)  # what was begun may still be committed
        raise Away("the database does not answer in time")

    monkeypatch.setattr(store, "perform", away)
    assert await callbacks.book(conversation, "main", NUMBER, None, key="1") is None
    assert len(await callbacks.listed(10)) == 1


async def test_the_database_holds_no_number_in_the_clear(
    callbacks: Callbacks, store: Store, inbox: Inbox, clock: Clock
) -> None:
    await callbacks.book(await called(inbox, clock), "main", NUMBER, None, key="1")
    (row,) = await store.read(lambda connection: connection.execute(select(table(Callback))).all())
    assert "12345678" not in repr(tuple(row))
