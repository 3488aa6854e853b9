from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest

from conversation.library import Library
from conversation.store import Store
from conversation.versions import Versions, beforehand
from gateway.service import Service
from gateway.settings import Settings
from gateway.words import Words
from ivr import demo
from ivr.tree import Tree, load


def now() -> datetime:
    return datetime.now(UTC)


class Prompts:
    """Makes prompts when it is let."""

    def __init__(self) -> None:
        self.wanted: list[tuple[Tree, ...]] = []
        self.may, self.asked = asyncio.Event(), asyncio.Event()

    async def make(self, trees: tuple[Tree, ...]) -> None:
        self.wanted.append(trees)
        self.asked.set()
        await self.may.wait()


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    made = Store.open(f"sqlite:///{tmp_path / 'record.db'}", bytes(32), spool=tmp_path / "spool")
    yield made
    await made.close()


@asynccontextmanager
async def running(store: Store, settings: Settings) -> AsyncIterator[tuple[Words, Service, Versions, Prompts]]:
    words, versions, prompts = Words(settings), Versions(store, now), Prompts()
    service = Service(words, versions, prompts.make)
    await service.begin()
    task = asyncio.create_task(service.run())
    yield words, service, versions, prompts
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


async def test_a_new_version_is_in_service_when_its_prompts_are_made_and_not_before(store: Store) -> None:
    async with running(store, Settings()) as (words, service, versions, prompts):
        library = Library(store, now)
        (kept,) = await library.trees()
        source = demo.text() + "# new\n"
        await library.save(kept.id, 1, source, "n", None, None)
        digest = load(source).digest
        await versions.publish(kept.id, 2, source, digest, share=100, note="", by=None)
        assert not await service.changed(0.05)
        await prompts.asked.wait()
        assert [tree.source for tree in prompts.wanted[0]] == [source]
        assert words.trees.choose("c").source == demo.text()
        assert not service.is_ready(digest)
        prompts.may.set()
        assert await service.changed(30)
        assert words.trees.choose("c").source == source
        assert service.is_ready(digest)


async def test_what_another_process_publishes_is_taken_up(store: Store, tmp_path: Path) -> None:
    async with running(store, Settings()) as (words, service, _, prompts):
        prompts.may.set()
        other = Store.open(f"sqlite:///{tmp_path / 'record.db'}", bytes(32), spool=tmp_path / "other", busy=5.0)
        library, versions = Library(other, now), Versions(other, now)
        source = demo.text() + "# from elsewhere\n"
        tree = await library.make(source, "n", None)
        await versions.publish(tree, 1, source, load(source).digest, share=100, note="", by=None)
        await other.close()
        async with asyncio.timeout(30):
            await prompts.asked.wait()  # it was noticed without being told
        assert await service.changed(30)
        assert words.trees.choose("c").source == source


async def test_the_file_of_the_settings_is_taken_over_and_published_anew_when_it_changes(
    store: Store, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    file = tmp_path / "tree.yaml"
    file.write_text(demo.text(), "utf-8")
    caplog.set_level("INFO", "denwaban.hub")
    async with running(store, Settings(tree=file)) as (words, _, _, _):
        assert "the library was empty" in caplog.text
        first = words.trees.service
    file.write_text(demo.text() + "# changed\n", "utf-8")
    async with running(store, Settings(tree=file)) as (words, _, _, _):
        assert "is published anew" in caplog.text
        assert words.trees.service.stamp > first.stamp
        assert words.trees.choose("c").source.endswith("# changed\n")


async def test_a_hub_that_waits_has_learnt_what_is_on_the_air(store: Store, tmp_path: Path) -> None:
    source = demo.text() + "# made in the library\n"
    tree = await Library(store, now).make(source, "n", None)
    await Versions(store, now).publish(tree, 1, source, load(source).digest, share=100, note="", by=None)
    air = beforehand(f"sqlite:///{tmp_path / 'record.db'}", "main")
    words = Words(Settings(), air)
    assert words.trees.by_digest(load(source).digest) is not None
    service = Service(words, Versions(store, now), Prompts().make)
    await service.begin()
    assert words.trees.choose("c").source == source
