"""What a tree orders done outside, and what came of it: webhooks, customers, people, callbacks, postal codes.

Each is an effect of the record (``conversation.effects``), done once under its key. Failing is an ordinary branch of
the tree, so nothing here raises because the other side does. There is no desk yet: who asks for a person is told that
it is closed, and the tree goes on from there.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from typing import Literal, Protocol, TypeVar

from conversation.callbacks import Callbacks, hour
from conversation.customers import Customers
from conversation.effects import AGAIN, Performer
from conversation.errors import Away, TooManyTries
from conversation.history import PendingEffect
from conversation.inbox import Inbox
from errands import answers
from errands.errors import CallError, Refused
from errands.webhooks import Webhooks
from ivr.actions import Book, Call, Enqueue, FindArea, Identify
from ivr.events import (
    AreaFound,
    Booked,
    CallFailed,
    Connected,
    Event,
    Identified,
    NotBooked,
    NotConnected,
    NotIdentified,
    Replied,
)
from ivr.nodes import WebhookNode

log = logging.getLogger("denwaban.errands")
T = TypeVar("T")
KINDS = frozenset({"FindArea", "Call", "Identify", "Enqueue", "Book"})
ASKS = (0.0, 0.5, 1.0)
"""Seconds before each time that an absent database is asked while the caller waits."""


class Desk(Protocol):
    async def fetch(self, queue: str, conversation: str) -> Literal["connected", "busy", "closed", "failed"]:
        """Find a person of this queue; returns once one is there, or none will be."""


class Errands:
    """areas: of a postal code, as people write them; None where no postal data is. desk: None where there is none."""

    def __init__(
        self,
        inbox: Inbox,
        webhooks: Webhooks,
        customers: Customers,
        callbacks: Callbacks,
        *,
        site: str,
        clock: Callable[[], datetime],
        areas: Callable[[str], Sequence[str]] | None = None,
        desk: Desk | None = None,
        again: float = AGAIN,
    ) -> None:
        self._inbox, self._webhooks, self._customers, self._callbacks = inbox, webhooks, customers, callbacks
        self._site, self._areas, self._clock, self._desk = site, areas, clock, desk
        self._performer = Performer(inbox, self._perform, KINDS, again=again)

    async def run(self) -> None:
        """Until cancelled."""
        await self._performer.run()

    async def _perform(self, effect: PendingEffect, key: str) -> Event | None:
        conversation = effect.conversation
        match effect.action:
            case FindArea(code=code):
                areas = await asyncio.to_thread(self._areas, code) if self._areas else ()
                return AreaFound(at=self._clock(), channel="system", code=code, areas=tuple(areas))
            case Call() as call:
                return await self._call(conversation, call, f"msg_{conversation}_{effect.seq}")
            case Identify() as identify:
                return await self._identify(conversation, identify)
            case Enqueue(node=node, queue=queue):
                found = await self._desk.fetch(queue, conversation) if self._desk else "closed"
                if found == "connected":
                    return Connected(at=self._clock(), channel="system", node=node)
                return NotConnected(at=self._clock(), channel="system", node=node, reason=found)
            case Book() as book:
                return await self._book(conversation, book, key)
        return None

    async def _call(self, conversation: str, call: Call, id: str) -> Event:
        tree = await self._inbox.tree(conversation)
        node, url = tree.nodes.get(call.node), tree.file.webhooks.get(call.webhook)
        try:
            if not isinstance(node, WebhookNode) or url is None:
                raise Refused("a webhook is not in its tree")
            message = {
                "site": self._site,
                "tree": tree.name,
                "node": call.node,
                "conversation": conversation,
                "values": dict(call.send),
            }
            answer = await self._webhooks.call(call.webhook, url, message, id=id)
            values = answers.kept(node.save, answer)
        except CallError as error:
            about = {"webhook": call.webhook, "reason": error.reason, "why": str(error), "conversation": conversation}
            log.warning("a webhook failed", extra=about)
            return CallFailed(at=self._clock(), channel="system", node=call.node, reason=error.reason)
        return Replied(at=self._clock(), channel="system", node=call.node, values=values)

    async def _identify(self, conversation: str, wanted: Identify) -> Event:
        def failed(reason: str) -> Event:
            return NotIdentified(at=self._clock(), channel="system", node=wanted.node, reason=reason)

        try:
            found = await _asked(lambda: self._customers.identify(conversation, wanted.number, wanted.known))
        except TooManyTries:
            return failed("tries")
        except Away:
            return failed("away")
        if found is None:
            return failed("no_match")
        return Identified(at=self._clock(), channel="system", node=wanted.node, customer=found.id, values=found.values)

    async def _book(self, conversation: str, book: Book, key: str) -> Event:
        try:
            refusal = await _asked(
                lambda: self._callbacks.book(conversation, book.queue, book.to, hour(book.when), key=key)
            )
        except Away:
            return NotBooked(at=self._clock(), channel="system", node=book.node, reason="away")
        if refusal is not None:
            return NotBooked(at=self._clock(), channel="system", node=book.node, reason=refusal)
        return Booked(at=self._clock(), channel="system", node=book.node)


async def _asked(ask: Callable[[], Awaitable[T]]) -> T:
    """Ask the record, and again when it is away; a caller waits. Raises Away in the end."""
    for pause in ASKS[:-1]:
        await asyncio.sleep(pause)
        try:
            return await ask()
        except Away:
            continue
    await asyncio.sleep(ASKS[-1])
    return await ask()
