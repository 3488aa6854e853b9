"""Who may look: local users with a password, sessions, limited tries, and a row for everything that was looked at.

Passwords are hashed with Argon2id (RFC 9106, argon2-cffi's defaults). Tokens are 256 random bits and stored hashed.
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHashError
from sqlalchemy import Connection, func, select

from conversation import tries
from conversation.errors import TooManyTries, WrongCredentials
from conversation.operations import Change, Drop, Put, apply
from conversation.store import Store
from conversation.tables import Audit, Session, SetUp, table
from conversation.tables import User as UserRow

SET_UP_LIFETIME = timedelta(hours=24)
IDLE = timedelta(minutes=30)
LONGEST = timedelta(hours=12)
SEEN_EVERY = timedelta(seconds=30)
"""A session's last use is written at most so often."""
TRIES = tries.Limit(10, timedelta(minutes=15))
"""Failed sign-ins for one account, and from one source."""


@dataclass(frozen=True, slots=True)
class User:
    id: str
    name: str


class Users:
    def __init__(self, store: Store, clock: Callable[[], datetime]) -> None:
        self._store, self._clock = store, clock
        self._hasher = PasswordHasher()
        # An unknown name has to take as long as a wrong password.
        self._nobody = self._hasher.hash(secrets.token_hex(16))
        self._hashing = asyncio.Semaphore(1)

    async def setup_token(self) -> str | None:
        """A new token for making the first admin, replacing any earlier one; None when there is an admin."""
        token = secrets.token_urlsafe(32)
        row = SetUp(site_id=self._store.site, token_hash=_hash(token), expires_at=self._clock() + SET_UP_LIFETIME)

        def make(connection: Connection) -> bool:
            if self._anyone(connection):
                return False
            apply(connection, (Put(row, replace=True),))
            return True

        return token if await self._store.perform(make) else None

    async def setup_open(self, token: str) -> bool:
        """Whether this token can make the first admin now."""
        return await self._store.read(lambda connection: self._may_set_up(connection, token))

    async def create_admin(self, token: str, name: str, password: str) -> User:
        """The first admin. Raises WrongCredentials when the token is unknown, used or expired; Away."""
        if not await self.setup_open(token):
            raise WrongCredentials("this set-up link is of no use any more")
        user = User(uuid4().hex, _plain(name))
        row = UserRow(
            site_id=self._store.site,
            id=user.id,
            name=user.name,
            password_hash=await self._work(self._hasher.hash, password),
            created_at=self._clock(),
        )

        def create(connection: Connection) -> bool:
            if not self._may_set_up(connection, token):
                return False
            apply(connection, (Put(row), Drop(SetUp, {"site_id": self._store.site})))
            return True

        if not await self._store.perform(create):
            raise WrongCredentials("this set-up link is of no use any more")
        await self.audit(user.id, "admin.created", user.id)
        return user

    async def sign_in(self, name: str, password: str, source: str) -> str:
        """A session's token. source: where from (an address). Raises WrongCredentials, TooManyTries, Away."""
        index = self._store.keys.index
        whos = (index("account", _plain(name)), index("source", source))
        now, rows = self._clock(), table(UserRow)

        def look(connection: Connection) -> tuple[float, Any]:
            wait = max(tries.wait(connection, self._store.site, "sign_in", who, now, TRIES) for who in whos)
            wanted = select(rows).where(rows.c.site_id == self._store.site, rows.c.name == _plain(name))
            return wait, connection.execute(wanted).first()

        # A try counts before it is checked: many at once must not slip through while the first is being hashed.
        def count(connection: Connection) -> tuple[float, Any, list[str]]:
            wait, found = look(connection)
            if wait:
                return wait, found, []
            return wait, found, [tries.add(connection, self._store.site, "sign_in", who, now) for who in whos]

        wait, found, counted = await self._store.perform(count)
        if wait:
            raise TooManyTries(wait)
        right = await self._work(self._verify, found.password_hash if found else self._nobody, password)
        if found is None or not right:
            await self.audit(None if found is None else found.id, "sign_in.refused")
            raise WrongCredentials("unknown name or wrong password")
        token = secrets.token_urlsafe(32)
        await self._store.write(
            Put(
                Session(site_id=self._store.site, token_hash=_hash(token), user_id=found.id, began_at=now, seen_at=now)
            ),
            *tries.forget(counted),
        )
        await self.audit(found.id, "signed_in")
        return token

    async def session(self, token: str) -> User | None:
        """Whose session this is; None when unknown, ended, or not used for too long. Raises Away."""
        rows, users, now = table(Session), table(UserRow), self._clock()
        wanted = (
            select(rows, users.c.name)
            .join(users, users.c.id == rows.c.user_id)
            .where(rows.c.token_hash == _hash(token), rows.c.site_id == self._store.site)
        )
        found: Any = await self._store.read(lambda connection: connection.execute(wanted).first())
        if found is None or found.ended_at is not None:
            return None
        if not (found.seen_at > now - IDLE and found.began_at > now - LONGEST):
            return None
        if now - found.seen_at > SEEN_EVERY:
            await self._store.write(Change(Session, {"token_hash": found.token_hash}, {"seen_at": now}))
        return User(found.user_id, found.name)

    async def sign_out(self, token: str) -> None:
        await self._store.write(Change(Session, {"token_hash": _hash(token)}, {"ended_at": self._clock()}))

    async def audit(self, user: str | None, what: str, about: str = "") -> None:
        """Note what a user (by id) did or looked at; ``about`` is an id, never content."""
        await self._store.write(
            Put(Audit(site_id=self._store.site, id=uuid4().hex, at=self._clock(), user_id=user, what=what, about=about))
        )

    def _anyone(self, connection: Connection) -> bool:
        rows = table(UserRow)
        wanted = select(func.count()).select_from(rows).where(rows.c.site_id == self._store.site)
        return bool(connection.execute(wanted).scalar())

    def _may_set_up(self, connection: Connection, token: str) -> bool:
        rows = table(SetUp)
        found = connection.execute(select(rows).where(rows.c.site_id == self._store.site)).first()
        if found is None or self._anyone(connection) or self._clock() >= found.expires_at:
            return False
        return hmac.compare_digest(found.token_hash, _hash(token))

    def _verify(self, password_hash: str, password: str) -> bool:
        try:
            return self._hasher.verify(password_hash, password)
        except (Argon2Error, InvalidHashError):
            return False

    async def _work(self, work: Callable[..., Any], *values: str) -> Any:
        """One at a time and beside the loop: a hash takes 64 MB and tens of milliseconds."""
        async with self._hashing:
            return await asyncio.to_thread(work, *values)


def _plain(name: str) -> str:
    return name.strip().casefold()[:64]


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
