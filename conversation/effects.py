"""What a conversation orders outside itself is performed, and reported back as an event, once.

Every such action has a row (``Effect``) that was written with it. It is performed under a key made of conversation
and place; after a crash it is performed again under the same key, which the other side and the inbox know already. So
whatever broke in between, the outside is asked for one thing and the conversation has one event.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import TypeVar

from conversation.errors import Away, NotKept
from conversation.history import PendingEffect
from conversation.inbox import Inbox
from conversation.live import Delivery
from ivr.events import Event

log = logging.getLogger("denwaban.effects")
T = TypeVar("T")
AGAIN = 1.0
"""Seconds until an effect is tried again that the record could not take."""
Perform = Callable[[PendingEffect, str], Awaitable[Event | None]]
"""Given what is ordered and its key; returns what happened, None for nothing to tell. Away and NotKept: try again."""


class Performer:
    """Sees to the effects of these kinds of action, each in a task of its own."""

    def __init__(self, inbox: Inbox, perform: Perform, kinds: frozenset[str], *, again: float = AGAIN) -> None:
        self._inbox, self._perform, self._kinds, self._again = inbox, perform, kinds, again
        self._ordered: asyncio.Queue[PendingEffect] = asyncio.Queue()
        self._seen: set[tuple[str, int]] = set()

    async def run(self) -> None:
        """Perform what was left undone, then what comes, until cancelled."""
        leave = self._inbox.subscribe(self._deliver)
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(self._take_up())
                while True:
                    group.create_task(self._see_to(await self._ordered.get()))
        finally:
            leave()

    def _deliver(self, delivery: Delivery) -> None:
        for seq, action in enumerate(delivery.actions, delivery.seq + 1):
            self._order(PendingEffect(delivery.conversation, seq, action))

    def _order(self, effect: PendingEffect) -> None:
        place = (effect.conversation, effect.seq)
        if effect.action.kind in self._kinds and place not in self._seen:
            self._seen.add(place)
            self._ordered.put_nowait(effect)

    async def _take_up(self) -> None:
        while True:
            try:
                for effect in await self._inbox.pending_effects():
                    self._order(effect)
                return
            except Away:
                await asyncio.sleep(self._again)

    async def _see_to(self, effect: PendingEffect) -> None:
        """Until it is done: neither an absent database nor a full disk may lose it."""
        key = f"effect:{effect.conversation}:{effect.seq}"
        try:
            if not await self._kept_at(lambda: self._inbox.took(effect.conversation, key)):
                event = await self._kept_at(lambda: self._perform(effect, key))
                if event is not None:
                    await self._kept_at(lambda: self._inbox.post(effect.conversation, event, key=key))
            await self._kept_at(lambda: self._inbox.effect_done(effect.conversation, effect.seq))
        except Exception:
            # One effect's trouble stays its own: it stays pending in the record, and the next start tries again.
            log.exception("an effect could not be performed", extra={"conversation": effect.conversation})
        finally:
            self._seen.discard((effect.conversation, effect.seq))

    async def _kept_at(self, step: Callable[[], Awaitable[T]]) -> T:
        while True:
            try:
                return await step()
            except (Away, NotKept):
                await asyncio.sleep(self._again)
