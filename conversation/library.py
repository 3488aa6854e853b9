"""The library: every tree as admins keep it, with its draft, the savings before it, and its tests.

A draft is saved on top of the revision that its page has; when somebody else was faster nothing is overwritten, and
both versions are there to choose from. What callers meet is in ``versions.py``.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from sqlalchemy import Connection, func, select

from conversation.audit import noted
from conversation.errors import Changed, Full, UnknownTree
from conversation.operations import Drop, Put, apply
from conversation.store import Store
from conversation.tables import LibraryTree, TreeDraft, TreeTest, table
from conversation.tables import User as UserRow

KEPT = 50
"""Savings of a draft that can be looked back at."""
MOST_TREES = 500
MOST_TESTS = 300
NOTED_EVERY = timedelta(minutes=10)
"""Somebody who goes on changing a draft is noted so often; each saving says for itself whose it is."""

Layout = Mapping[str, tuple[float, float]]


@dataclass(frozen=True, slots=True)
class Saved:
    """A saving of a draft, without what was saved. by: a user's name; empty for the command line."""

    revision: int
    at: datetime
    by: str


@dataclass(frozen=True, slots=True)
class Draft:
    """layout: node to its place on the canvas."""

    tree: str
    revision: int
    source: str
    layout: Layout
    saved_at: datetime
    saved_by: str


@dataclass(frozen=True, slots=True)
class Kept:
    """A tree in the list."""

    id: str
    name: str
    draft: Saved


@dataclass(frozen=True, slots=True)
class Golden:
    name: str
    text: str


class Library:
    def __init__(self, store: Store, clock: Callable[[], datetime]) -> None:
        self._store, self._clock = store, clock

    # -- trees and drafts -------------------------------------------------------------------------------------

    async def trees(self) -> list[Kept]:
        """By name. Raises Away."""
        rows, drafts, users = table(LibraryTree), table(TreeDraft), table(UserRow)
        wanted = (
            select(rows, drafts.c.saved_at, users.c.name.label("by_name"))
            .join(drafts, (drafts.c.tree_id == rows.c.id) & (drafts.c.revision == rows.c.revision))
            .outerjoin(users, users.c.id == drafts.c.saved_by)
            .where(rows.c.site_id == self._store.site)
            .order_by(rows.c.name, rows.c.made_at)
        )
        return await self._store.read(
            lambda connection: [
                Kept(row.id, row.name, Saved(row.revision, row.saved_at, row.by_name or ""))
                for row in connection.execute(wanted)
            ]
        )

    async def make(self, source: str, name: str, by: str | None) -> str:
        """A new tree with this file as its draft; its id. name: as the file has it. by: a user's id.

        Raises Full, Away.
        """

        def add(connection: Connection) -> str | None:
            rows = table(LibraryTree)
            count = select(func.count()).select_from(rows).where(rows.c.site_id == self._store.site)
            if int(connection.execute(count).scalar() or 0) >= MOST_TREES:
                return None
            return added(connection, self._store.site, self._clock(), source, name, by)

        made = await self._store.perform(add)
        if made is None:
            raise Full(f"there are {MOST_TREES} trees already")
        return made

    async def draft(self, tree: str, revision: int | None = None) -> Draft:
        """The draft, or an earlier saving of it. Raises UnknownTree, Away."""
        found = await self._store.read(lambda connection: draft_of(connection, self._store.site, tree, revision))
        if found is None:
            raise UnknownTree("no such tree or revision")
        return found

    async def revisions(self, tree: str) -> list[Saved]:
        """The savings that are kept, newest first. Raises Away."""
        rows, users = table(TreeDraft), table(UserRow)
        wanted = (
            select(rows.c.revision, rows.c.saved_at, users.c.name)
            .outerjoin(users, users.c.id == rows.c.saved_by)
            .where(rows.c.site_id == self._store.site, rows.c.tree_id == tree)
            .order_by(rows.c.revision.desc())
        )
        return await self._store.read(
            lambda connection: [Saved(row.revision, row.saved_at, row.name or "") for row in connection.execute(wanted)]
        )

    async def save(
        self, tree: str, revision: int, source: str, name: str, layout: Layout | None, by: str | None
    ) -> Draft:
        """Save on top of that revision. name: as the file has it. layout: None leaves it. by: a user's id.

        The same saving sent twice is one. Raises Changed when that revision is not the latest any more; UnknownTree,
        Away.
        """
        site, now = self._store.site, self._clock()

        def do(connection: Connection) -> tuple[Draft | None, bool]:
            latest = draft_of(connection, site, tree)
            if latest is None:
                return None, False
            placed = latest.layout if layout is None else layout
            if not move(connection, site, tree, revision, name):
                again = latest.revision == revision + 1 and (latest.source, latest.layout) == (source, placed)
                return latest, again
            add_draft(connection, site, tree, revision + 1, source, placed, now, by)
            before = connection.execute(
                select(table(TreeDraft).c.saved_by).where(
                    table(TreeDraft).c.tree_id == tree, table(TreeDraft).c.revision == revision
                )
            ).scalar()
            if before != by or now - latest.saved_at > NOTED_EVERY:
                apply(connection, (noted(site, now, by, "tree.changed", tree),))
            return draft_of(connection, site, tree), True

        found, is_saved = await self._store.perform(do)
        if found is None:
            raise UnknownTree("no such tree")
        if not is_saved:
            raise Changed(found.revision)
        return found

    # -- tests ------------------------------------------------------------------------------------------------

    async def tests(self, tree: str) -> list[Golden]:
        """By name. Raises Away."""
        rows = table(TreeTest)
        wanted = select(rows).where(rows.c.site_id == self._store.site, rows.c.tree_id == tree).order_by(rows.c.name)
        return await self._store.read(
            lambda connection: [Golden(row.name, row.text) for row in connection.execute(wanted)]
        )

    async def keep_test(self, tree: str, test: Golden, by: str | None) -> None:
        """In place of the one of that name. Raises UnknownTree, Full, Away."""
        site, now = self._store.site, self._clock()
        row = TreeTest(site_id=site, tree_id=tree, name=test.name, text=test.text, at=now)

        def add(connection: Connection) -> str:
            rows = table(TreeTest)
            if draft_of(connection, site, tree) is None:
                return "unknown"
            others = select(func.count()).select_from(rows).where(rows.c.tree_id == tree, rows.c.name != test.name)
            if int(connection.execute(others).scalar() or 0) >= MOST_TESTS:
                return "full"
            apply(connection, (Put(row, replace=True), noted(site, now, by, "tree.test.kept", tree)))
            return ""

        match await self._store.perform(add):
            case "unknown":
                raise UnknownTree("no such tree")
            case "full":
                raise Full(f"there are {MOST_TESTS} tests already")

    async def drop_test(self, tree: str, name: str, by: str | None) -> None:
        """Raises UnknownTree when there is none, Away."""
        site, now = self._store.site, self._clock()

        def drop(connection: Connection) -> bool:
            rows = table(TreeTest)
            there = select(rows.c.name).where(rows.c.site_id == site, rows.c.tree_id == tree, rows.c.name == name)
            if connection.execute(there).first() is None:
                return False
            dropping = Drop(TreeTest, {"site_id": site, "tree_id": tree, "name": name})
            apply(connection, (dropping, noted(site, now, by, "tree.test.dropped", tree)))
            return True

        if not await self._store.perform(drop):
            raise UnknownTree("no such test")


# -- within a transaction of the writer, for versions too -----------------------------------------------------------


def added(connection: Connection, site: str, now: datetime, source: str, name: str, by: str | None) -> str:
    tree = uuid4().hex
    row = LibraryTree(site_id=site, id=tree, name=_short(name) or tree[:8], made_at=now, revision=1)
    apply(connection, (Put(row), noted(site, now, by, "tree.made", tree)))
    add_draft(connection, site, tree, 1, source, {}, now, by)
    return tree


def draft_of(connection: Connection, site: str, tree: str, revision: int | None = None) -> Draft | None:
    """revision: None for the latest."""
    rows, drafts, users = table(LibraryTree), table(TreeDraft), table(UserRow)
    which = drafts.c.revision == (rows.c.revision if revision is None else revision)
    wanted = (
        select(drafts, users.c.name)
        .join(rows, rows.c.id == drafts.c.tree_id)
        .outerjoin(users, users.c.id == drafts.c.saved_by)
        .where(rows.c.site_id == site, rows.c.id == tree, which)
    )
    row: Any = connection.execute(wanted).first()
    if row is None:
        return None
    layout = {name: (float(x), float(y)) for name, (x, y) in json.loads(row.layout).items()}
    return Draft(tree, row.revision, row.source, layout, row.saved_at, row.name or "")


def move(connection: Connection, site: str, tree: str, revision: int, name: str) -> bool:
    """From this revision to the next; False when it is not the latest. Of two at once, one gets True."""
    rows = table(LibraryTree)
    moving = rows.update().where(rows.c.site_id == site, rows.c.id == tree, rows.c.revision == revision)
    values: dict[str, Any] = {"revision": revision + 1}
    if _short(name):
        values["name"] = _short(name)
    return connection.execute(moving.values(**values)).rowcount == 1


def add_draft(
    connection: Connection,
    site: str,
    tree: str,
    revision: int,
    source: str,
    layout: Layout,
    now: datetime,
    by: str | None,
) -> None:
    rows = table(TreeDraft)
    row = TreeDraft(
        site_id=site,
        tree_id=tree,
        revision=revision,
        source=source,
        layout=json.dumps(layout, ensure_ascii=False, separators=(",", ":")),
        saved_at=now,
        saved_by=by,
    )
    apply(connection, (Put(row),))
    connection.execute(rows.delete().where(rows.c.tree_id == tree, rows.c.revision <= revision - KEPT))


def _short(name: str) -> str:
    return " ".join(name.split())[:80]
