from __future__ import annotations

import asyncio
from dataclasses import dataclass
from uuid import uuid4

import pytest
from record import Clock, Place
from sqlalchemy import select

from conversation.errors import Changed, NothingBefore, UnknownTree
from conversation.library import Library
from conversation.store import Store
from conversation.tables import Audit, table
from conversation.versions import FROM_SETTINGS, Versions, beforehand, is_drawn


@dataclass
class Shelf:
    library: Library
    versions: Versions
    store: Store

    async def published(self, tree: str, source: str, share: int = 100) -> int:
        """The source saved as the draft and published."""
        draft = await self.library.draft(tree)
        if draft.source != source:
            draft = await self.library.save(tree, draft.revision, source, "n", None, None)
        return await self.versions.publish(tree, draft.revision, source, digest(source), share=share, note="", by=None)

    async def on_air(self) -> tuple[str, str, int]:
        """(source of the live version, of the candidate, its share)."""
        air = await self.versions.air()
        assert air is not None
        return air.live.source, air.candidate.source if air.candidate else "", air.share


def digest(source: str) -> str:
    return f"{hash(source) & 0xFFFFFFFF:064x}"


@pytest.fixture
async def shelf(place: Place, clock: Clock) -> Shelf:
    store = place.open()
    return Shelf(Library(store, clock), Versions(store, clock), store)


@pytest.fixture
async def tree(shelf: Shelf) -> str:
    made = await shelf.library.make("v1", "n", None)
    await shelf.published(made, "v1")
    return made


async def test_nothing_is_on_the_air_before_something_is_published(shelf: Shelf, place: Place) -> None:
    assert await shelf.versions.air() is None
    assert await shelf.versions.stamp() == 0
    assert beforehand(place.url, "main") is None


async def test_what_is_published_first_is_live(shelf: Shelf, tree: str, place: Place) -> None:
    assert await shelf.on_air() == ("v1", "", 0)
    (version,) = await shelf.versions.of(tree)
    assert (version.version, version.share, version.live) == (1, 100, True)
    waiting = beforehand(place.url, "main")
    assert waiting is not None
    assert waiting.live.source == "v1"


async def test_a_candidate_takes_its_share_until_it_takes_all(shelf: Shelf, tree: str) -> None:
    before = await shelf.versions.stamp()
    second = await shelf.published(tree, "v2", share=10)
    assert await shelf.on_air() == ("v1", "v2", 10)
    assert [(one.version, one.share, one.live) for one in await shelf.versions.of(tree)] == [
        (2, 10, False),
        (1, 90, True),
    ]
    await shelf.versions.show(tree, second, 50, None)
    assert await shelf.on_air() == ("v1", "v2", 50)
    await shelf.versions.show(tree, second, 100, None)
    assert await shelf.on_air() == ("v2", "", 0)
    assert await shelf.versions.stamp() == before + 3


async def test_rolling_back_drops_the_candidate_first_and_then_goes_back_version_by_version(
    shelf: Shelf, tree: str
) -> None:
    await shelf.published(tree, "v2")
    await shelf.published(tree, "v3")
    await shelf.published(tree, "v4", share=10)
    assert await shelf.versions.roll_back(tree, None) == (tree, 3)
    assert await shelf.on_air() == ("v3", "", 0)
    assert await shelf.versions.roll_back(tree, None) == (tree, 2)
    assert await shelf.versions.roll_back(tree, None) == (tree, 1)
    with pytest.raises(NothingBefore):
        await shelf.versions.roll_back(tree, None)
    assert await shelf.on_air() == ("v1", "", 0)


async def test_a_version_that_was_rolled_back_can_be_given_to_all_again(shelf: Shelf, tree: str) -> None:
    await shelf.published(tree, "v2")
    await shelf.versions.roll_back(tree, None)
    await shelf.versions.show(tree, 2, 100, None)
    assert await shelf.on_air() == ("v2", "", 0)
    assert await shelf.versions.roll_back(tree, None) == (tree, 1)


async def test_another_tree_takes_over_and_gives_back(shelf: Shelf, tree: str) -> None:
    other = await shelf.library.make("other", "o", None)
    await shelf.published(other, "other", share=30)
    assert await shelf.on_air() == ("v1", "other", 30)
    await shelf.versions.show(other, 1, 100, None)
    with pytest.raises(NothingBefore):
        await shelf.versions.roll_back(tree, None)
    assert await shelf.versions.roll_back(other, None) == (tree, 1)


async def test_a_draft_that_went_on_meanwhile_is_not_published(shelf: Shelf, tree: str) -> None:
    await shelf.library.save(tree, 1, "v2", "n", None, None)
    with pytest.raises(Changed) as error:
        await shelf.versions.publish(tree, 1, "v1", digest("v1"), share=100, note="", by=None)
    assert error.value.revision == 2
    assert [one.version for one in await shelf.versions.of(tree)] == [1]


async def test_unknown_trees_and_versions_are_said_to_be_so(shelf: Shelf, tree: str) -> None:
    with pytest.raises(UnknownTree):
        await shelf.versions.publish("0" * 32, 1, "v1", digest("v1"), share=100, note="", by=None)
    with pytest.raises(UnknownTree):
        await shelf.versions.show(tree, 9, 100, None)
    with pytest.raises(UnknownTree):
        await shelf.versions.source(tree, 9)
    assert await shelf.versions.source(tree, 1) == "v1"


async def test_versions_published_at_once_get_numbers_of_their_own(shelf: Shelf, tree: str) -> None:
    publishing = (
        shelf.versions.publish(tree, 1, "v1", digest("v1"), share=share, note="", by=None) for share in (10, 100, 20)
    )
    assert sorted(await asyncio.gather(*publishing)) == [2, 3, 4]


async def test_a_share_is_drawn_by_the_conversations_id_and_no_other_thing() -> None:
    ids = [f"{number:032x}" for number in range(4000)]
    drawn = [one for one in ids if is_drawn(one, 10)]
    assert 320 <= len(drawn) <= 480
    assert set(drawn) <= {one for one in ids if is_drawn(one, 30)}
    some = uuid4().hex
    assert is_drawn(some, 37) == is_drawn(some, 37)
    assert not any(is_drawn(one, 0) for one in ids)
    assert all(is_drawn(one, 100) for one in ids)


async def test_publishing_giving_a_share_and_going_back_are_on_the_audit(shelf: Shelf, tree: str) -> None:
    await shelf.published(tree, "v2", share=10)
    await shelf.versions.show(tree, 2, 50, None)
    await shelf.versions.roll_back(tree, None)
    rows = table(Audit)
    wanted = select(rows.c.what, rows.c.about).where(rows.c.about.like(f"{tree}:%"))
    noted = await shelf.store.read(lambda connection: {tuple(row) for row in connection.execute(wanted)})
    assert noted == {
        ("tree.published.100", f"{tree}:1"),
        ("tree.published.10", f"{tree}:2"),
        ("tree.share.50", f"{tree}:2"),
        ("tree.rolled_back", f"{tree}:1"),
    }


class TestTheFileOfTheSettings:
    async def test_is_the_first_version_of_an_empty_library(self, shelf: Shelf) -> None:
        assert await shelf.versions.adopt("file", "n", digest("file")) == "imported"
        air = await shelf.versions.air()
        assert air is not None
        assert (air.live.source, air.live.version, air.live.origin) == ("file", 1, FROM_SETTINGS)
        assert (await shelf.library.draft(air.live.tree)).source == "file"
        assert await shelf.versions.adopt("file", "n", digest("file")) == "same"

    async def test_is_published_anew_when_it_changed_and_is_what_is_live(self, shelf: Shelf) -> None:
        await shelf.versions.adopt("file", "n", digest("file"))
        assert await shelf.versions.adopt("changed", "n", digest("changed")) == "renewed"
        assert await shelf.on_air() == ("changed", "", 0)
        ((kept),) = await shelf.library.trees()
        assert (await shelf.library.draft(kept.id)).source == "changed"

    async def test_leaves_a_draft_alone_that_somebody_is_at_work_on(self, shelf: Shelf) -> None:
        await shelf.versions.adopt("file", "n", digest("file"))
        (kept,) = await shelf.library.trees()
        await shelf.library.save(kept.id, 1, "work", "n", None, None)
        assert await shelf.versions.adopt("changed", "n", digest("changed")) == "renewed"
        assert (await shelf.library.draft(kept.id)).source == "work"

    async def test_does_not_take_the_place_of_what_was_made_in_the_library(self, shelf: Shelf) -> None:
        await shelf.versions.adopt("file", "n", digest("file"))
        (kept,) = await shelf.library.trees()
        await shelf.published(kept.id, "made here")
        assert await shelf.versions.adopt("changed", "n", digest("changed")) == "kept"
        assert await shelf.on_air() == ("made here", "", 0)
        assert await shelf.versions.adopt("file", "n", digest("file")) == "same"


def test_a_hub_that_waits_makes_no_database_and_is_not_disturbed_by_one_that_is_none(place: Place) -> None:
    missing = place.folder / "none" / "record.db"
    assert beforehand(f"sqlite:///{missing}", "main") is None
    assert not missing.parent.exists()
    (place.folder / "text.db").write_text("no database at all" * 100)
    assert beforehand(f"sqlite:///{place.folder / 'text.db'}", "main") is None
    assert beforehand("postgresql://nobody@127.0.0.1:9/none", "main") is None
