"""What brings a message to a phone, and the outbox that remembers what was sent.

A sender is asked again with the same key after a crash; the message must then not arrive twice.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from sqlalchemy import Connection, func, select

from conversation.errors import UnknownConversation
from conversation.history import cipher_of
from conversation.operations import Change
from conversation.store import Store
from conversation.tables import Outbox as OutboxRow
from conversation.tables import table
from deflect.offers import DAY, HOUR, Limits, Refusal, Sent, masked, range_of, refusal

log = logging.getLogger("denwaban.sender")


@dataclass(frozen=True, slots=True)
class Message:
    """id: the idempotency key. to: E.164. text: as sent, link and all; for signed-in eyes only."""

    id: str
    at: datetime
    to: str
    text: str
    conversation: str


class Sender(Protocol):
    async def send(self, to: str, text: str, *, key: str, conversation: str) -> None:
        """Send it, once for this key however often it is asked. to: E.164.

        Raises SenderBusy (ask again), SenderRefused (never will).
        """


class Outbox:
    """Rows of what was sent: counted for the limits, shown in a trial."""

    def __init__(self, store: Store, clock: Callable[[], datetime]) -> None:
        self._store, self._clock = store, clock

    async def claim(self, key: str, conversation: str, to: str, limits: Limits) -> Refusal | None:
        """Take a place in the limits for this message, or say why not. The same key keeps its place. Raises Away."""
        cipher = await self._store.cipher(conversation)
        index, now = self._store.keys.index, self._clock()
        row = OutboxRow(
            site_id=self._store.site,
            id=key,
            conversation_id=conversation,
            at=now,
            to_hash=index("number", to),
            prefix_hash=index("range", range_of(to)),
            sealed=cipher.seal_json({"to": to, "text": ""}, self._store.site, "outbox", key),
        )

        def claim(connection: Connection) -> Refusal | None:
            rows = table(OutboxRow)
            if connection.execute(select(rows.c.id).where(rows.c.id == key)).first() is not None:
                return None

            def sent(since: datetime, **same: str) -> int:
                wanted = select(func.count()).select_from(rows).where(rows.c.site_id == row.site_id, rows.c.at > since)
                return int(connection.execute(wanted.filter_by(**same)).scalar_one())

            before = Sent(
                sent(now - DAY, to_hash=row.to_hash),
                sent(now - HOUR, prefix_hash=row.prefix_hash),
                sent(now - HOUR),
            )
            if (reason := refusal(to, before, limits)) is not None:
                return reason
            connection.execute(rows.insert().values(**row.model_dump()))
            return None

        return await self._store.perform(claim)

    async def write(self, key: str, conversation: str, to: str, text: str) -> None:
        """Keep the text of a message whose place was claimed."""
        cipher = await self._store.cipher(conversation)
        sealed = cipher.seal_json({"to": to, "text": text}, self._store.site, "outbox", key)
        await self._store.write(Change(OutboxRow, {"id": key}, {"sealed": sealed}))

    async def messages(self, limit: int) -> list[Message]:
        """The latest messages whose text was kept, latest first. Raises Away."""
        rows, keys = table(OutboxRow), self._store.keys
        wanted = select(rows).where(rows.c.site_id == keys.site).order_by(rows.c.at.desc(), rows.c.id).limit(limit)

        def ask(connection: Connection) -> list[Message]:
            found = []
            for row in connection.execute(wanted).all():
                try:
                    cipher = cipher_of(keys, row.conversation_id)(connection)
                except UnknownConversation:
                    continue  # erased since
                opened = cipher.open_json(row.sealed, keys.site, "outbox", row.id)
                if opened["text"]:
                    found.append(Message(row.id, row.at, opened["to"], opened["text"], row.conversation_id))
            return found

        return await self._store.read(ask)


class TrialSender:
    """Sends to the outbox page instead of a phone. The console shows a masked line, never the link."""

    def __init__(self, outbox: Outbox) -> None:
        self._outbox = outbox

    async def send(self, to: str, text: str, *, key: str, conversation: str) -> None:
        await self._outbox.write(key, conversation, to, text)
        log.info("trial message in the outbox", extra={"to": masked(to), "conversation": conversation})
