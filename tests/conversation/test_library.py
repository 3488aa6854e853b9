from __future__ import annotations

import asyncio

import pytest
from record import Clock, Place
from sqlalchemy import select

from conversation.errors import Changed, Full, UnknownTree
from conversation.library import KEPT, MOST_TESTS, Golden, Library
from conversation.store import Store
from conversation.tables import Audit, TreeTest, table
from conversation.users import Users

PASSWORD = "correct horse battery"
SOURCE = "name: 窓口\n"


@pytest.fixture
def store(place: Place) -> Store:
    return place.open()


@pytest.fixture
def library(store: Store, clock: Clock) -> Library:
    return Library(store, clock)


@pytest.fixture
async def hanako(store: Store, clock: Clock) -> str:
    users = Users(store, clock)
    token = await users.setup_token()
    assert token is not None
    return (await users.create_admin(token, "Hanako", PASSWORD)).id


async def test_a_new_tree_has_a_draft_and_is_in_the_list(library: Library, hanako: str, clock: Clock) -> None:
    tree = await library.make(SOURCE, "窓口", hanako)
    draft = await library.draft(tree)
    assert (draft.revision, draft.source, draft.layout, draft.saved_by) == (1, SOURCE, {}, "hanako")
    assert draft.saved_at == clock.now
    (kept,) = await library.trees()
    assert (kept.id, kept.name, kept.draft.revision, kept.draft.by) == (tree, "窓口", 1, "hanako")


async def test_saving_goes_on_from_the_latest_revision_and_keeps_the_layout(library: Library, clock: Clock) -> None:
    tree = await library.make(SOURCE, "窓口", None)
    await library.save(tree, 1, "name: 受付\n", "受付", {"a": (1.5, -2)}, None)
    saved = await library.save(tree, 2, "name: 受付 \n", "受付", None, None)
    assert (saved.revision, saved.layout) == (3, {"a": (1.5, -2.0)})
    assert [one.name for one in await library.trees()] == ["受付"]


async def test_of_two_who_save_at_once_one_is_told_and_nothing_is_lost(library: Library) -> None:
    tree = await library.make(SOURCE, "窓口", None)
    saving = (library.save(tree, 1, f"name: {who}\n", who, None, None) for who in ("a", "b", "c"))
    results = await asyncio.gather(*saving, return_exceptions=True)
    assert sorted(type(one).__name__ for one in results) == ["Changed", "Changed", "Draft"]
    assert {one.revision for one in results if isinstance(one, Changed)} == {2}
    assert [one.revision for one in await library.revisions(tree)] == [2, 1]


async def test_two_processes_that_save_at_once_are_told_apart_too(place: Place, clock: Clock) -> None:
    stores = [place.open(busy=5.0), Store.open(place.url, bytes(range(32)), spool=place.folder / "other", busy=5.0)]
    place.stores.append(stores[1])
    libraries = [Library(store, clock) for store in stores]
    tree = await libraries[0].make(SOURCE, "窓口", None)
    saving = (one.save(tree, 1, f"name: n{at}\n", "n", None, None) for at, one in enumerate(libraries * 3))
    results = await asyncio.gather(*saving, return_exceptions=True)
    assert [type(one).__name__ for one in results].count("Draft") == 1
    assert [type(one).__name__ for one in results].count("Changed") == 5


async def test_the_same_saving_sent_twice_is_one(library: Library) -> None:
    tree = await library.make(SOURCE, "窓口", None)
    once = await library.save(tree, 1, "name: x\n", "x", {"a": (1, 2)}, None)
    assert await library.save(tree, 1, "name: x\n", "x", {"a": (1, 2)}, None) == once


async def test_earlier_savings_can_be_looked_back_at_as_far_as_they_are_kept(library: Library, hanako: str) -> None:
    tree = await library.make(SOURCE, "窓口", None)
    for revision in range(1, KEPT + 6):
        await library.save(tree, revision, f"name: n{revision + 1}\n", "n", None, hanako)
    kept = await library.revisions(tree)
    assert [one.revision for one in kept] == [*range(KEPT + 6, 6, -1)]
    assert {one.by for one in kept} == {"hanako"}
    assert (await library.draft(tree, 7)).source == "name: n7\n"
    with pytest.raises(UnknownTree):
        await library.draft(tree, 6)


async def test_an_unknown_tree_is_no_tree(library: Library) -> None:
    for asked in (library.draft("0" * 32), library.save("0" * 32, 1, "", "", None, None)):
        with pytest.raises(UnknownTree):
            await asked
    with pytest.raises(UnknownTree):
        await library.keep_test("0" * 32, Golden("t", "x"), None)


async def test_a_test_is_kept_by_name_replaced_and_dropped(library: Library) -> None:
    tree = await library.make(SOURCE, "窓口", None)
    for test in (Golden("夜", "a"), Golden("昼", "b"), Golden("夜", "c")):
        await library.keep_test(tree, test, None)
    assert {test.name: test.text for test in await library.tests(tree)} == {"夜": "c", "昼": "b"}
    await library.drop_test(tree, "夜", None)
    with pytest.raises(UnknownTree):
        await library.drop_test(tree, "夜", None)
    assert [test.name for test in await library.tests(tree)] == ["昼"]


async def test_there_are_only_so_many_tests(library: Library, store: Store, clock: Clock) -> None:
    tree = await library.make(SOURCE, "窓口", None)
    row = {"site_id": "main", "tree_id": tree, "text": "x", "at": clock.now}
    many = [{**row, "name": f"t{number}"} for number in range(MOST_TESTS)]
    await store.perform(lambda connection: connection.execute(table(TreeTest).insert(), many) and None)
    await library.keep_test(tree, Golden("t0", "again"), None)
    with pytest.raises(Full):
        await library.keep_test(tree, Golden("one more", "x"), None)


async def test_who_made_and_changed_a_tree_is_on_the_audit_and_not_every_second(
    library: Library, store: Store, clock: Clock, hanako: str
) -> None:
    tree = await library.make(SOURCE, "窓口", hanako)
    for revision in range(1, 20):
        clock.forward(seconds=1)
        await library.save(tree, revision, SOURCE + " " * revision, "窓口", None, hanako)
    clock.forward(minutes=11)
    await library.save(tree, 20, SOURCE, "窓口", None, hanako)
    rows = table(Audit)
    wanted = select(rows.c.what, rows.c.user_id).where(rows.c.about == tree).order_by(rows.c.at)
    noted = await store.read(lambda connection: [tuple(row) for row in connection.execute(wanted)])
    assert noted == [("tree.made", hanako), ("tree.changed", hanako)]
