"""A record to test with: a clock that is set by hand, the product's own tree, and stores on real databases."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, ClassVar

import pytest
import pytest_asyncio
from postgres import Postgres

from conversation.inbox import Inbox
from conversation.store import Store
from ivr import demo
from ivr.events import Caller, Joined, Pressed
from ivr.tree import Tree, load

MASTER = bytes(range(32))
NUMBER = "+819012345678"
EVERYTHING = Path(__file__).with_name("everything.yaml")
"""A tree with every kind of node and of value."""


class Clock:
    def __init__(self) -> None:
        self.now = datetime(2026, 4, 1, 10, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def forward(self, **time: float) -> None:
        self.now += timedelta(**time)


class Trees:
    VALUES: ClassVar[dict[str, str]] = {
        "sms_sender": "050-1234-5678",
        "link_domain": "example.jp",
        "centre_number": "03-1234-5678",
    }

    def __init__(self, *, note: str = "", source: str | None = None) -> None:
        """source: another tree than the product's own."""
        self._current = load((source or demo.text()) + note, values=self.VALUES)
        self._known = {self._current.digest: self._current}

    def current(self) -> Tree:
        return self._current

    def choose(self, conversation: str) -> Tree:
        return self.current()

    def by_digest(self, digest: str) -> Tree | None:
        return self._known.get(digest)

    def from_source(self, source: str) -> Tree:
        tree = load(source, values=self.VALUES)
        self._known[tree.digest] = tree
        return tree


@dataclass
class Place:
    """Where a record is; ``open`` opens a store there, and closing them is seen to."""

    url: str
    folder: Path
    stores: list[Store] = field(default_factory=list)

    def open(self, **values: Any) -> Store:
        store = Store.open(self.url, values.pop("master_key", MASTER), spool=self.folder / "spool", **values)
        self.stores.append(store)
        return store

    async def close(self) -> None:
        for store in self.stores:
            await store.close()
        self.stores.clear()


def joined(clock: Callable[[], datetime], number: str | None = NUMBER) -> Joined:
    return Joined(at=clock(), channel="voice", caller=Caller(number=number, number_class="mobile"))


def pressed(clock: Callable[[], datetime], digit: str) -> Pressed:
    return Pressed(at=clock(), channel="voice", digit=digit)


async def called(inbox: Inbox, clock: Callable[[], datetime], keys: str = "") -> str:
    """A conversation that a call has joined and in which these keys were pressed."""
    conversation = await inbox.open(language="ja", number=NUMBER)
    await inbox.post(conversation, joined(clock))
    for digit in keys:
        await inbox.post(conversation, pressed(clock, digit))
    return conversation


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    server = Postgres()
    yield server
    server.stop()


@pytest_asyncio.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.real)])
async def place(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Place]:
    """Once on SQLite, once on PostgreSQL."""
    if request.param == "sqlite":
        url = f"sqlite:///{tmp_path}/record.db"
    else:
        url = request.getfixturevalue("postgres").database()
    found = Place(url, tmp_path)
    yield found
    await found.close()


@pytest_asyncio.fixture
async def here(tmp_path: Path) -> AsyncIterator[Place]:
    """On SQLite only."""
    found = Place(f"sqlite:///{tmp_path}/record.db", tmp_path)
    yield found
    await found.close()


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def trees() -> Trees:
    return Trees()
