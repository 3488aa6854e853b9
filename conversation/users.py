"""Who may do what: local users with a role and a password, sessions, limited tries, and a row for all that was done.

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
from typing import Any, Literal, get_args
from uuid import uuid4

from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHashError
from sqlalchemy import Connection, func, select

from conversation import tries
from conversation.audit import noted
from conversation.errors import LastAdmin, NameTaken, TooManyTries, UnknownUser, WrongCredentials
from conversation.operations import Change, Drop, Operation, Put, apply
from conversation.store import Store
from conversation.tables import Audit, Invitation, Session, SetUp, table
from conversation.tables import User as UserRow

Role = Literal["agent", "supervisor", "admin", "auditor"]
ROLES: tuple[Role, ...] = get_args(Role)

SET_UP_LIFETIME = timedelta(hours=24)
INVITATION_LIFETIME = timedelta(hours=24)
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
    role: Role


@dataclass(frozen=True, slots=True)
class Account:
    """A user as admins see them. state: invited until a password was chosen."""

    id: str
    name: str
    role: Role
    created_at: datetime
    state: Literal["invited", "active", "closed"]


@dataclass(frozen=True, slots=True)
class Noted:
    """A row of the audit. user: a name, empty when nobody was signed in."""

    id: str
    at: datetime
    user: str
    what: str
    about: str


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
        user = User(uuid4().hex, _plain(name), "admin")
        row = self._row(user, await self._work(self._hasher.hash, password))

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
        known = found is not None and found.password_hash and found.closed_at is None
        right = await self._work(self._verify, found.password_hash if known else self._nobody, password)
        if not known or not right:
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
            select(rows, users.c.name, users.c.role, users.c.closed_at)
            .join(users, users.c.id == rows.c.user_id)
            .where(rows.c.token_hash == _hash(token), rows.c.site_id == self._store.site)
        )
        found: Any = await self._store.read(lambda connection: connection.execute(wanted).first())
        if found is None or found.ended_at is not None or found.closed_at is not None:
            return None
        if not (found.seen_at > now - IDLE and found.began_at > now - LONGEST):
            return None
        if now - found.seen_at > SEEN_EVERY:
            await self._store.write(Change(Session, {"token_hash": found.token_hash}, {"seen_at": now}))
        return User(found.user_id, found.name, found.role)

    async def sign_out(self, token: str) -> None:
        await self._store.write(Change(Session, {"token_hash": _hash(token)}, {"ended_at": self._clock()}))

    async def audit(self, user: str | None, what: str, about: str = "") -> None:
        """Note what a user (by id) did or looked at; ``about`` is an id, never content."""
        await self._store.write(noted(self._store.site, self._clock(), user, what, about))

    async def audited(self, limit: int, before: datetime | None = None) -> list[Noted]:
        """The audit, latest first; ``before``: only what was noted before then. Raises Away."""
        rows, users = table(Audit), table(UserRow)
        wanted = (
            select(rows, users.c.name)
            .outerjoin(users, users.c.id == rows.c.user_id)
            .where(rows.c.site_id == self._store.site)
            .order_by(rows.c.at.desc(), rows.c.id)
            .limit(limit)
        )
        if before is not None:
            wanted = wanted.where(rows.c.at < before)
        return await self._store.read(
            lambda connection: [
                Noted(row.id, row.at, row.name or "", row.what, row.about) for row in connection.execute(wanted)
            ]
        )

    # -- others -----------------------------------------------------------------------------------------------

    async def everyone(self) -> list[Account]:
        """By name. Raises Away."""
        rows = table(UserRow)
        wanted = select(rows).where(rows.c.site_id == self._store.site).order_by(rows.c.name)
        return await self._store.read(lambda connection: [_account(row) for row in connection.execute(wanted)])

    async def invite(self, name: str, role: Role, by: str) -> tuple[str, str]:
        """A new user, who chooses a password by a link: the user's id, and the link's token, told only now.

        Raises NameTaken, Away.
        """
        user = User(uuid4().hex, _plain(name), role)
        token, invitation = self._invitation(user.id)

        def add(connection: Connection) -> bool:
            rows = table(UserRow)
            taken = select(rows.c.id).where(rows.c.site_id == self._store.site, rows.c.name == user.name)
            if connection.execute(taken).first() is not None:
                return False
            apply(connection, (Put(self._row(user, "")), invitation, self._noted(by, "user.invited", user.id)))
            return True

        if not await self._store.perform(add):
            raise NameTaken("another user has this name")
        return user.id, token

    async def invite_again(self, user: str, by: str) -> str:
        """A new link, for who lost the first one or the password; the old password holds until it is used.

        Raises UnknownUser, also for a closed account; Away.
        """
        token, invitation = self._invitation(user)

        def add(connection: Connection) -> bool:
            found = self._found(connection, user)
            if found is None or found.closed_at is not None:
                return False
            apply(connection, (invitation, self._noted(by, "user.invited", user)))
            return True

        if not await self._store.perform(add):
            raise UnknownUser("no such user")
        return token

    async def invited(self, token: str) -> str | None:
        """The name of the user whose password this link can choose now; None when it is of no use."""
        found = await self._store.read(lambda connection: self._invited(connection, token))
        return None if found is None else str(found.name)

    async def accept(self, token: str, password: str) -> User:
        """The password is chosen, and whoever was signed in as this user before is not any more.

        Raises WrongCredentials when the link is unknown, used or expired; Away.
        """
        if await self.invited(token) is None:
            raise WrongCredentials("this link is of no use any more")
        hashed = await self._work(self._hasher.hash, password)

        def choose(connection: Connection) -> User | None:
            found = self._invited(connection, token)
            if found is None:
                return None
            apply(
                connection,
                (
                    Drop(Invitation, {"user_id": found.id}),
                    Change(UserRow, {"id": found.id}, {"password_hash": hashed}),
                    self._leave(found.id),
                    self._noted(found.id, "user.joined", found.id),
                ),
            )
            return User(found.id, found.name, found.role)

        user = await self._store.perform(choose)
        if user is None:
            raise WrongCredentials("this link is of no use any more")
        return user

    async def change(self, user: str, by: str, *, role: Role | None = None, closed: bool | None = None) -> None:
        """Another role, at once; closing ends the user's sessions. Raises UnknownUser, LastAdmin, Away."""

        def do(connection: Connection) -> str:
            # Locked in one order, so that two admins cannot each take the other's role away.
            admins = self._admins(connection)
            found = self._found(connection, user)
            if found is None:
                return "unknown"
            stays = (role or found.role) == "admin" and not (found.closed_at is not None if closed is None else closed)
            if admins == [user] and not stays:
                return "last"
            operations: list[Operation] = []
            if role is not None and role != found.role:
                operations += [
                    Change(UserRow, {"id": user}, {"role": role}),
                    self._noted(by, f"user.role.{role}", user),
                ]
            if closed is not None and closed != (found.closed_at is not None):
                operations += [
                    Change(UserRow, {"id": user}, {"closed_at": self._clock() if closed else None}),
                    self._noted(by, "user.closed" if closed else "user.reopened", user),
                ]
                operations += [self._leave(user), Drop(Invitation, {"user_id": user})] if closed else []
            apply(connection, tuple(operations))
            return ""

        match await self._store.perform(do):
            case "unknown":
                raise UnknownUser("no such user")
            case "last":
                raise LastAdmin("the last admin stays")

    def _admins(self, connection: Connection) -> list[str]:
        """Ids of those who can sign in and let others in."""
        rows = table(UserRow)
        wanted = (
            select(rows.c.id)
            .where(rows.c.site_id == self._store.site, rows.c.role == "admin", rows.c.closed_at.is_(None))
            .where(rows.c.password_hash != "")
            .order_by(rows.c.id)
            .with_for_update()
        )
        return list(connection.execute(wanted).scalars())

    def _found(self, connection: Connection, user: str) -> Any:
        rows = table(UserRow)
        return connection.execute(select(rows).where(rows.c.site_id == self._store.site, rows.c.id == user)).first()

    def _row(self, user: User, password_hash: str) -> UserRow:
        return UserRow(
            site_id=self._store.site,
            id=user.id,
            name=user.name,
            password_hash=password_hash,
            created_at=self._clock(),
            role=user.role,
        )

    def _invitation(self, user: str) -> tuple[str, Put]:
        token, until = secrets.token_urlsafe(32), self._clock() + INVITATION_LIFETIME
        row = Invitation(site_id=self._store.site, user_id=user, token_hash=_hash(token), expires_at=until)
        return token, Put(row, replace=True)

    def _invited(self, connection: Connection, token: str) -> Any:
        rows, users = table(Invitation), table(UserRow)
        wanted = (
            select(users)
            .join(rows, rows.c.user_id == users.c.id)
            .where(rows.c.site_id == self._store.site, rows.c.token_hash == _hash(token))
            .where(rows.c.expires_at > self._clock(), users.c.closed_at.is_(None))
        )
        return connection.execute(wanted).first()

    def _leave(self, user: str) -> Change:
        return Change(Session, {"user_id": user, "ended_at": None}, {"ended_at": self._clock()})

    def _noted(self, by: str, what: str, about: str) -> Put:
        return noted(self._store.site, self._clock(), by, what, about)

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


def _account(row: Any) -> Account:
    state: Literal["invited", "active", "closed"] = "active" if row.password_hash else "invited"
    return Account(row.id, row.name, row.role, row.created_at, "closed" if row.closed_at is not None else state)


def _plain(name: str) -> str:
    return name.strip().casefold()[:64]


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
