"""Six-digit codes, read to a caller who cannot be sent a link, typed on the web page.

A code lives five minutes and works once; a conversation has one at a time. How likely is a guess? At most ``MOST``
codes live at once and at most ``ALL`` wrong ones are taken in five minutes from the whole world (``CLIENT`` of them
from one client), so in any five minutes somebody who never rests hits a code with a probability of at most
20 x 30 / 1 000 000 = 0.06 %, and with three codes alive 0.009 %. What he then holds is a page that shows nothing given
before, until the caller says that the two digits on it are his own; and the caller is asked at once.
Codes are stored as keyed hashes: a million of them could be tried against a plain hash in a second.
"""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from sqlalchemy import Connection, select

from conversation import tries
from conversation.operations import Change, Put, apply
from conversation.store import Store
from conversation.tables import Code, PageLink, table
from deflect.errors import TooManyCodes, TooManyTries, WrongCode
from deflect.links import Links

LIFETIME = timedelta(minutes=5)
MOST = 20
ALL = tries.Limit(30, timedelta(minutes=5))
CLIENT = tries.Limit(5, timedelta(minutes=10))


class Codes:
    def __init__(self, links: Links, store: Store, clock: Callable[[], datetime]) -> None:
        self.links = links
        self._store, self._clock = store, clock

    async def issue(self, conversation: str) -> tuple[str, float]:
        """(six digits, seconds that they live); earlier codes of the conversation die. Raises TooManyCodes, Away."""
        now = self._clock()

        def make(connection: Connection) -> str | None:
            others = []
            for row in self._alive(connection, now):
                if row.conversation_id == conversation:
                    apply(connection, (Change(Code, {"id": row.id}, {"spent_at": now}),))
                else:
                    others.append(row.code_hash)
            if len(others) >= MOST:
                return None
            while self._hash(code := f"{secrets.randbelow(10**6):06d}") in others:
                pass
            row = Code(
                site_id=self._store.site,
                id=uuid4().hex,
                code_hash=self._hash(code),
                conversation_id=conversation,
                issued_at=now,
                expires_at=now + LIFETIME,
            )
            apply(connection, (Put(row),))
            return code

        code = await self._store.perform(make)
        if code is None:
            raise TooManyCodes("too many codes are alive")
        return code, LIFETIME.total_seconds()

    async def redeem(self, code: str, client: str) -> tuple[str, str, str]:
        """(token, page id, the two digits to show) of a page that is not trusted yet. client: where from.

        Raises WrongCode, TooManyTries (the code then does not count as tried), Away.
        """
        now, site, who = self._clock(), self._store.site, self._store.keys.index("client", client)

        def use(connection: Connection) -> tuple[str, PageLink] | type[Exception]:
            if tries.wait(connection, site, "code", who, now, CLIENT) or tries.wait(
                connection, site, "code", None, now, ALL
            ):
                return TooManyTries
            wanted, right = self._hash(code), None
            for row in self._alive(connection, now):  # all of them, whichever is right: the time tells nothing
                if hmac.compare_digest(row.code_hash, wanted):
                    right = row
            if right is None:
                tries.add(connection, site, "code", who, now)
                return WrongCode
            match = f"{10 + secrets.randbelow(90)}"
            token, page = self.links.make(right.conversation_id, trusted=False, match=match)
            apply(connection, (Change(Code, {"id": right.id}, {"spent_at": now}), Put(page)))
            return token, page

        used = await self._store.perform(use)
        if not isinstance(used, tuple):
            raise used("the code was not taken")
        token, page = used
        return token, page.id, page.match or ""

    def _alive(self, connection: Connection, now: datetime) -> list[Any]:
        rows = table(Code)
        wanted = select(rows).where(
            rows.c.site_id == self._store.site, rows.c.spent_at.is_(None), rows.c.expires_at > now
        )
        return list(connection.execute(wanted).all())

    def _hash(self, code: str) -> str:
        return self._store.keys.index("code", code)
