from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from record import Clock, Place, Trees, called

from conversation.effects import Performer
from conversation.errors import Away, NotKept
from conversation.history import PendingEffect
from conversation.inbox import Inbox
from ivr.events import Event, LinkSent


class Sent:
    """Performs by noting the key; fails as often as told."""

    def __init__(self, clock: Clock, *errors: Exception) -> None:
        self._clock, self._errors = clock, list(errors)
        self.keys: list[str] = []

    async def __call__(self, effect: PendingEffect, key: str) -> Event | None:
        self.keys.append(key)
        if self._errors:
            raise self._errors.pop(0)
        return LinkSent(at=self._clock(), channel="system", to_masked="090-****-5678")


@pytest.fixture
def inbox(place: Place, trees: Trees, clock: Clock) -> Inbox:
    return Inbox(place.open(), trees, clock)


@asynccontextmanager
async def performing(inbox: Inbox, sent: Sent, *kinds: str) -> AsyncIterator[None]:
    task = asyncio.create_task(Performer(inbox, sent, frozenset(kinds or {"SendLink"}), again=0.01).run())
    yield
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


async def settled(inbox: Inbox) -> None:
    while await inbox.pending_effects():
        await asyncio.sleep(0.01)


async def ordered(inbox: Inbox, clock: Clock) -> str:
    return await called(inbox, clock, "11")


@pytest.mark.parametrize("error", [Away("x"), NotKept("x")])
async def test_an_effect_that_the_record_could_not_take_is_tried_again_under_its_key(
    inbox: Inbox, clock: Clock, error: Exception
) -> None:
    sent = Sent(clock, error, error)
    async with performing(inbox, sent):
        conversation = await ordered(inbox, clock)
        await settled(inbox)
    assert len(sent.keys) == 3
    assert len(set(sent.keys)) == 1
    assert [line.kind for line in await inbox.timeline(conversation)].count("LinkSent") == 1


async def test_when_only_telling_fails_it_is_not_performed_again(
    inbox: Inbox, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent, real, failing = Sent(clock), inbox.post, [NotKept("x"), NotKept("x")]
    conversation = await ordered(inbox, clock)

    async def post(*event, **values):  # type: ignore[no-untyped-def]
        if failing:
            raise failing.pop()
        return await real(*event, **values)

    monkeypatch.setattr(inbox, "post", post)
    async with performing(inbox, sent):
        await settled(inbox)
    assert len(sent.keys) == 1
    assert [line.kind for line in await inbox.timeline(conversation)].count("LinkSent") == 1


async def test_what_was_told_before_a_crash_is_only_ticked_off(inbox: Inbox, clock: Clock) -> None:
    conversation = await ordered(inbox, clock)
    (effect,) = await inbox.pending_effects()
    event = LinkSent(at=clock(), channel="system", to_masked="090-****-5678")
    await inbox.post(conversation, event, key=f"effect:{conversation}:{effect.seq}")
    sent = Sent(clock)
    async with performing(inbox, sent):
        await settled(inbox)
    assert sent.keys == []


async def test_kinds_of_others_are_left_to_them(inbox: Inbox, clock: Clock) -> None:
    others, sent = Sent(clock), Sent(clock)
    async with performing(inbox, others, "IssueCode", "Call"), performing(inbox, sent):
        await ordered(inbox, clock)
        await settled(inbox)
    assert (len(others.keys), len(sent.keys)) == (0, 1)


async def test_one_effect_that_breaks_holds_up_no_other(inbox: Inbox, clock: Clock) -> None:
    sent = Sent(clock, RuntimeError("a defect"))
    async with performing(inbox, sent):
        await ordered(inbox, clock)
        second = await ordered(inbox, clock)
        while not any(line.kind == "LinkSent" for line in await inbox.timeline(second)):
            await asyncio.sleep(0.01)
    assert len(await inbox.pending_effects()) == 1  # the next start tries it again
