"""What callers meet: versions that were published, one of them live, perhaps a candidate that takes a share.

Of the site's new conversations a candidate takes so many in a hundred, drawn by a hash of the conversation's id; one
that has begun stays on its version. Nothing is ever taken out of the list: going back is publishing's other direction.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Literal

from sqlalchemy import Connection, func, make_url, select
from sqlalchemy.exc import SQLAlchemyError

from conversation.audit import noted
from conversation.databases import engines
from conversation.errors import CannotOpen, Changed, NothingBefore, UnknownTree
from conversation.library import add_draft, added, draft_of, move
from conversation.operations import Put, apply
from conversation.store import Store
from conversation.tables import LibraryTree, OnAir, TreePublication, TreeVersion, table
from conversation.tables import User as UserRow

FROM_SETTINGS = "settings"
"""The origin of a version that came from the file of the settings."""
Adopted = Literal["imported", "renewed", "same", "kept"]


@dataclass(frozen=True, slots=True)
class Version:
    """share: percent of new conversations that begin on it. by: a user's name; empty for the command line."""

    tree: str
    version: int
    digest: str
    at: datetime
    by: str
    note: str
    share: int
    live: bool


@dataclass(frozen=True, slots=True)
class Published:
    tree: str
    version: int
    digest: str
    source: str
    origin: str


@dataclass(frozen=True, slots=True)
class Air:
    """share: percent of new conversations for the candidate. stamp: grows with every change."""

    stamp: int
    live: Published
    candidate: Published | None = None
    share: int = 0


def is_drawn(conversation: str, share: int) -> bool:
    """Whether this conversation is one of the so many in a hundred."""
    return int(hashlib.sha256(conversation.encode()).hexdigest()[:8], 16) % 100 < share


class Versions:
    def __init__(self, store: Store, clock: Callable[[], datetime]) -> None:
        self._store, self._clock = store, clock

    async def air(self) -> Air | None:
        """None before anything was published. Raises Away."""
        return await self._store.read(lambda connection: _air(connection, self._store.site))

    async def stamp(self) -> int:
        """0 before anything was published. Raises Away."""
        rows = table(OnAir)
        wanted = select(rows.c.stamp).where(rows.c.site_id == self._store.site)
        return await self._store.read(lambda connection: int(connection.execute(wanted).scalar() or 0))

    async def of(self, tree: str | None = None) -> list[Version]:
        """Versions of this tree, or of all, newest first. Raises Away."""
        rows, users, site = table(TreePublication), table(UserRow), self._store.site
        wanted = (
            select(rows, users.c.name)
            .outerjoin(users, users.c.id == rows.c.published_by)
            .where(rows.c.site_id == site)
            .order_by(rows.c.at.desc(), rows.c.version.desc())
        )
        if tree is not None:
            wanted = wanted.where(rows.c.tree_id == tree)

        def ask(connection: Connection) -> list[Version]:
            air = _on_air(connection, site)
            return [_version(row, air) for row in connection.execute(wanted)]

        return await self._store.read(ask)

    async def source(self, tree: str, version: int) -> str:
        """Raises UnknownTree, Away."""
        site = self._store.site
        found = await self._store.read(lambda connection: _published(connection, site, tree, version))
        if found is None:
            raise UnknownTree("no such version")
        return found.source

    async def publish(
        self, tree: str, revision: int, source: str, digest: str, *, share: int, note: str, by: str | None
    ) -> int:
        """The draft of that revision, whose source and digest these are, as a new version; its number.

        share: percent of new conversations; 100 makes it the live one. Raises Changed, UnknownTree, Away.
        """
        site, now = self._store.site, self._clock()

        def do(connection: Connection) -> int:
            draft = draft_of(connection, site, tree)
            if draft is None:
                return 0
            if draft.revision != revision or draft.source != source:
                return -draft.revision
            version = _add(connection, site, now, tree, source, digest, note=note, by=by, origin="")
            _show(connection, site, now, tree, version, share)
            apply(connection, (noted(site, now, by, f"tree.published.{share}", _named(tree, version)),))
            return version

        version = await self._store.perform(do)
        if version == 0:
            raise UnknownTree("no such tree")
        if version < 0:
            raise Changed(-version)
        return version

    async def show(self, tree: str, version: int, share: int, by: str | None) -> None:
        """Give a version that was published this share; 100 makes it the live one. Raises UnknownTree, Away."""
        site, now = self._store.site, self._clock()

        def do(connection: Connection) -> bool:
            if _published(connection, site, tree, version) is None:
                return False
            _show(connection, site, now, tree, version, share)
            apply(connection, (noted(site, now, by, f"tree.share.{share}", _named(tree, version)),))
            return True

        if not await self._store.perform(do):
            raise UnknownTree("no such version")

    async def roll_back(self, tree: str, by: str | None) -> tuple[str, int]:
        """The candidate is dropped; without one, what was live before is live again. Gives what is live now.

        Raises NothingBefore, also when this tree is not on the air; Away.
        """
        site, now = self._store.site, self._clock()

        def do(connection: Connection) -> tuple[str, int] | None:
            air = _on_air(connection, site, lock=True)
            if air is None:
                return None
            if air.candidate_tree == tree:
                back = air.tree_id, air.version
            elif air.tree_id == tree:
                live = _publication(connection, site, air.tree_id, air.version)
                if live.before_tree is None:
                    return None
                back = live.before_tree, live.before_version
            else:
                return None
            _put_on_air(connection, site, now, back)
            apply(connection, (noted(site, now, by, "tree.rolled_back", _named(*back)),))
            return back

        found = await self._store.perform(do)
        if found is None:
            raise NothingBefore("there is nothing to go back to")
        return found

    async def adopt(self, source: str, name: str, digest: str) -> Adopted:
        """The file of the settings: published when nothing is, or when what is live came from there and has changed.

        ``kept``: what is live was made in the library, and the file is another than the one taken over last.
        """
        site, now = self._store.site, self._clock()

        def do(connection: Connection) -> Adopted:
            air = _on_air(connection, site, lock=True)
            if air is None:
                tree = added(connection, site, now, source, name, None)
                version = _add(connection, site, now, tree, source, digest, note="", by=None, origin=FROM_SETTINGS)
                _put_on_air(connection, site, now, (tree, version))
                return "imported"
            rows = table(TreePublication)
            last = select(rows.c.digest).where(rows.c.site_id == site, rows.c.origin == FROM_SETTINGS)
            if connection.execute(last.order_by(rows.c.at.desc(), rows.c.version.desc())).scalars().first() == digest:
                return "same"
            live = _published(connection, site, air.tree_id, air.version)
            if live is None or live.origin != FROM_SETTINGS:
                return "kept"
            draft = draft_of(connection, site, live.tree)
            if draft is not None and draft.source == live.source:  # nobody is at work on it
                move(connection, site, live.tree, draft.revision, name)
                add_draft(connection, site, live.tree, draft.revision + 1, source, draft.layout, now, None)
            version = _add(connection, site, now, live.tree, source, digest, note="", by=None, origin=FROM_SETTINGS)
            _show(connection, site, now, live.tree, version, 100)
            return "renewed"

        return await self._store.perform(do)


def beforehand(url: str, site: str) -> Air | None:
    """What is on the air, asked without a store, by a hub that waits; None when it cannot be said."""
    if make_url(url).get_backend_name() == "sqlite" and not Path(make_url(url).database or "").is_file():
        return None
    try:
        _, reading = engines(url, busy=0.2, readers=1)
    except CannotOpen:
        return None
    try:
        with reading.connect() as connection:
            return _air(connection, site)
    except SQLAlchemyError:  # away, or of a release that has no library: then there is nothing to know beforehand
        return None
    finally:
        reading.dispose()


# -- within a transaction -------------------------------------------------------------------------------------------


def _add(
    connection: Connection,
    site: str,
    now: datetime,
    tree: str,
    source: str,
    digest: str,
    *,
    note: str,
    by: str | None,
    origin: str,
) -> int:
    rows, trees = table(TreePublication), table(LibraryTree)
    # The tree's row is the lock under which versions are numbered.
    connection.execute(select(trees.c.id).where(trees.c.id == tree).with_for_update())
    last = connection.execute(select(func.max(rows.c.version)).where(rows.c.tree_id == tree)).scalar()
    row = TreePublication(
        site_id=site,
        tree_id=tree,
        version=int(last or 0) + 1,
        digest=digest,
        at=now,
        published_by=by,
        note=note,
        origin=origin,
    )
    apply(connection, (Put(TreeVersion(site_id=site, digest=digest, source=source, at=now)), Put(row)))
    return row.version


def _show(connection: Connection, site: str, now: datetime, tree: str, version: int, share: int) -> None:
    air = _on_air(connection, site, lock=True)
    if air is None or (air.tree_id, air.version) == (tree, version):
        _put_on_air(connection, site, now, (tree, version))
    elif share < 100:
        _put_on_air(connection, site, now, (air.tree_id, air.version), (tree, version), share)
    else:
        rows = table(TreePublication)
        going = rows.update().where(rows.c.site_id == site, rows.c.tree_id == tree, rows.c.version == version)
        connection.execute(going.values(before_tree=air.tree_id, before_version=air.version))
        _put_on_air(connection, site, now, (tree, version))


def _put_on_air(
    connection: Connection,
    site: str,
    now: datetime,
    live: tuple[str, int],
    candidate: tuple[str | None, int | None] = (None, None),
    share: int = 0,
) -> None:
    before = _on_air(connection, site)
    row = OnAir(
        site_id=site,
        stamp=1 if before is None else before.stamp + 1,
        at=now,
        tree_id=live[0],
        version=live[1],
        candidate_tree=candidate[0],
        candidate_version=candidate[1],
        share=share,
    )
    apply(connection, (Put(row, replace=True),))


def _on_air(connection: Connection, site: str, *, lock: bool = False) -> Any:
    rows = table(OnAir)
    wanted = select(rows).where(rows.c.site_id == site)
    return connection.execute(wanted.with_for_update() if lock else wanted).first()


def _air(connection: Connection, site: str) -> Air | None:
    row = _on_air(connection, site)
    live = None if row is None else _published(connection, site, row.tree_id, row.version)
    if live is None:
        return None
    candidate = None
    if row.candidate_tree is not None:
        candidate = _published(connection, site, row.candidate_tree, row.candidate_version)
    return Air(row.stamp, live, candidate, row.share if candidate else 0)


def _publication(connection: Connection, site: str, tree: str, version: int) -> Any:
    rows, sources = table(TreePublication), table(TreeVersion)
    wanted = (
        select(rows, sources.c.source)
        .join(sources, (sources.c.digest == rows.c.digest) & (sources.c.site_id == rows.c.site_id))
        .where(rows.c.site_id == site, rows.c.tree_id == tree, rows.c.version == version)
    )
    return connection.execute(wanted).first()


def _published(connection: Connection, site: str, tree: str, version: int) -> Published | None:
    row = _publication(connection, site, tree, version)
    return None if row is None else Published(tree, version, row.digest, row.source, row.origin)


def _version(row: Any, air: Any) -> Version:
    this = (row.tree_id, row.version)
    live = air is not None and (air.tree_id, air.version) == this
    share = 0
    if live:
        share = 100 - air.share
    elif air is not None and (air.candidate_tree, air.candidate_version) == this:
        share = air.share
    return Version(row.tree_id, row.version, row.digest, row.at, row.name or "", row.note, share, live)


def _named(tree: str, version: int) -> str:
    return f"{tree}:{version}"
