"""Links to the smartphone page: 128 bits, expiring, revocable, each bound to one conversation.

A link is not used up by being opened: preview bots and mail scanners open links too. The token is stored hashed
only; who reads the database cannot open a page with it.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from sqlalchemy import select

from conversation.operations import Change, Put
from conversation.store import Store
from conversation.tables import PageLink, table
from deflect.errors import ExpiredLink, RevokedLink, UnknownLink

TOKEN_LENGTH = 22


@dataclass(frozen=True, slots=True)
class Page:
    """Where a token leads. trusted: it may show what was given before. match: two digits to show until trusted."""

    id: str
    conversation: str
    trusted: bool
    expires: datetime
    match: str | None = None


class Links:
    def __init__(self, store: Store, lifetime: timedelta, clock: Callable[[], datetime]) -> None:
        self._store, self._lifetime, self._clock = store, lifetime, clock
        self._spooled: dict[str, PageLink] = {}

    async def issue(self, conversation: str, *, trusted: bool = True, key: str | None = None) -> str:
        """A new link's token: 22 characters, URL-safe. key: the same key gives the same token again."""
        token, row = self.make(conversation, trusted=trusted, key=key)
        await self._store.write(Put(row))
        self.keep(row)
        return token

    def keep(self, row: PageLink) -> None:
        """Know the link here too until the database does, so that it works while the database is away."""
        if self._store.behind:
            self._spooled[row.token_hash] = row
        else:
            self._spooled.clear()

    def make(
        self, conversation: str, *, trusted: bool, key: str | None = None, match: str | None = None
    ) -> tuple[str, PageLink]:
        """A token and the row that has to be kept for it to work."""
        token = _text(secrets.token_bytes(16) if key is None else self._keyed(key))
        now = self._clock()
        row = PageLink(
            site_id=self._store.site,
            id=uuid4().hex if key is None else _hash("id", token)[:32],
            token_hash=_hash("token", token),
            conversation_id=conversation,
            trusted=trusted,
            match=match,
            issued_at=now,
            expires_at=now + self._lifetime,
        )
        return token, row

    async def find(self, token: str) -> Page:
        """Raises UnknownLink, ExpiredLink, RevokedLink; conversation.errors.Away."""
        if len(token) != TOKEN_LENGTH or not token.isascii():
            raise UnknownLink("no such link")
        token_hash = _hash("token", token)
        row = self._spooled.get(token_hash) if self._store.behind else None
        row = row or await self._stored(token_hash)
        if row is None:
            raise UnknownLink("no such link")
        if row.revoked_at is not None:
            raise RevokedLink("the link was revoked")
        if self._clock() >= row.expires_at:
            raise ExpiredLink("the link has expired")
        return Page(row.id, row.conversation_id, row.trusted, row.expires_at, row.match)

    async def trust(self, page_id: str) -> None:
        """The page may show what was given before."""
        await self._change(page_id, trusted=True)

    async def revoke(self, page_id: str) -> None:
        await self._change(page_id, revoked_at=self._clock())

    async def _stored(self, token_hash: str) -> Any:
        rows = table(PageLink)
        wanted = select(rows).where(rows.c.site_id == self._store.site, rows.c.token_hash == token_hash)
        return await self._store.read(lambda connection: connection.execute(wanted).first())

    async def _change(self, page_id: str, **values: Any) -> None:
        await self._store.write(Change(PageLink, {"id": page_id, "site_id": self._store.site}, values))
        for row in self._spooled.values():
            if row.id == page_id:
                row.sqlmodel_update(values)

    def _keyed(self, key: str) -> bytes:
        # An effect that is performed again after a crash must send the very link that may already be on its way.
        return hmac.new(self._store.keys.derive("link"), key.encode(), hashlib.sha256).digest()[:16]


def _text(token: bytes) -> str:
    return base64.urlsafe_b64encode(token).rstrip(b"=").decode()


def _hash(purpose: str, token: str) -> str:
    return hashlib.sha256(f"{purpose}\0{token}".encode()).hexdigest()
