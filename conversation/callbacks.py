"""Requests to be called back: kept, listed for people, done by people. Nobody is dialled by this.

What is kept is the number that a caller gave, and a stranger can give any: so no emergency services, no numbers that
earn by being called, none abroad, and few for one number.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal

import phonenumbers
from phonenumbers import PhoneNumberType
from sqlalchemy import Connection, func, select

from conversation.errors import Away, UnknownConversation
from conversation.history import cipher_of
from conversation.operations import Change, Put, apply
from conversation.store import Store
from conversation.tables import Callback as CallbackRow
from conversation.tables import table

Refusal = Literal["number", "full"]
A_NUMBER = 3
"""Open requests for one number."""
MOST = 2000
"""Open requests in all."""
_KINDS = (
    PhoneNumberType.MOBILE,
    PhoneNumberType.FIXED_LINE,
    PhoneNumberType.FIXED_LINE_OR_MOBILE,
    PhoneNumberType.VOIP,
    PhoneNumberType.TOLL_FREE,
)
# 0990 and 0180 earn by being called, 0570 costs whoever calls; 020 is machines (総務省 電気通信番号計画).
_COSTS = re.compile(r"\+81(990|180|570|20)\d*")


@dataclass(frozen=True, slots=True)
class Request:
    """number: E.164, for the eyes of who calls back. wanted: an hour to come, or None for soon. done: when it was."""

    id: str
    conversation: str
    queue: str
    at: datetime
    wanted: datetime | None
    number: str
    done: datetime | None


def may_be_called(number: str) -> bool:
    """A whole telephone number of Japan (E.164) that costs what a call costs."""
    if not re.fullmatch(r"\+81[1-9]\d{8,9}", number, re.ASCII) or _COSTS.match(number):
        return False
    parsed = phonenumbers.parse(number)
    return phonenumbers.is_valid_number(parsed) and phonenumbers.number_type(parsed) in _KINDS


class Callbacks:
    def __init__(self, store: Store, clock: Callable[[], datetime]) -> None:
        self._store, self._clock = store, clock

    async def book(
        self, conversation: str, queue: str, to: str, wanted: datetime | None, *, key: str
    ) -> Refusal | None:
        """Keep the request, once for this key; or say why not. Raises Away, NotKept.

        A conversation has one open request. While the database is away the request is spooled uncounted.
        """
        if not may_be_called(to):
            return "number"
        cipher = await self._store.cipher(conversation)
        id = hashlib.sha256(key.encode()).hexdigest()[:32]
        row = CallbackRow(
            site_id=self._store.site,
            id=id,
            conversation_id=conversation,
            queue=queue,
            at=self._clock(),
            wanted_at=wanted,
            number_hash=self._store.keys.index("number", to),
            sealed=cipher.seal_json({"to": to}, self._store.site, "callback", id),
        )

        def keep(connection: Connection) -> Refusal | None:
            rows = table(CallbackRow)
            if connection.execute(select(rows.c.id).where(rows.c.id == id)).first() is not None:
                return None

            def open_ones(**same: str) -> int:
                wanted = select(func.count()).select_from(rows)
                wanted = wanted.where(rows.c.site_id == row.site_id, rows.c.done_at.is_(None)).filter_by(**same)
                return int(connection.execute(wanted).scalar_one())

            if (
                open_ones(conversation_id=conversation)
                or open_ones(number_hash=row.number_hash) >= A_NUMBER
                or open_ones() >= MOST
            ):
                return "full"
            apply(connection, (Put(row),))
            return None

        try:
            return await self._store.perform(keep)
        except Away:
            await self._store.write(Put(row))
            return None

    async def listed(self, limit: int) -> list[Request]:
        """Open ones first, those wanted earliest first; then done ones, latest first. Raises Away."""
        rows, keys = table(CallbackRow), self._store.keys
        due = func.coalesce(rows.c.wanted_at, rows.c.at)
        ours = select(rows).where(rows.c.site_id == keys.site)

        def ask(connection: Connection) -> list[Request]:
            found = list(connection.execute(ours.where(rows.c.done_at.is_(None)).order_by(due, rows.c.id).limit(limit)))
            done = ours.where(rows.c.done_at.is_not(None)).order_by(rows.c.done_at.desc(), rows.c.id)
            found += list(connection.execute(done.limit(limit - len(found))))
            requests = []
            for row in found:
                try:
                    cipher = cipher_of(keys, row.conversation_id)(connection)
                except UnknownConversation:
                    continue  # erased since
                number = cipher.open_json(row.sealed, keys.site, "callback", row.id)["to"]
                requests.append(
                    Request(row.id, row.conversation_id, row.queue, row.at, row.wanted_at, number, row.done_at)
                )
            return requests

        return await self._store.read(ask)

    async def settle(self, request: str, by: str, *, is_done: bool) -> None:
        """It was called back, or has to be again. by: a user's id. An unknown request changes nothing."""
        values = {"done_at": self._clock() if is_done else None, "done_by": by if is_done else None}
        await self._store.write(Change(CallbackRow, {"id": request, "site_id": self._store.site}, values))


def hour(when: str) -> datetime | None:
    """What ``ivr.actions.Book`` names as ``when``; None for soon, and for nonsense."""
    try:
        found = datetime.fromisoformat(when)
    except ValueError:
        return None
    return found.astimezone(UTC) if found.tzinfo else None
