from __future__ import annotations

from pathlib import Path
from typing import Any

import httpx
import pytest
from screens import House

pytestmark = pytest.mark.real
GOLDEN = (Path(__file__).parent.parent / "golden" / "keys_ja.txt").read_text("utf-8")


async def the_tree(admin: httpx.AsyncClient) -> str:
    """The one that the centre began with."""
    return str((await admin.get("/api/trees")).json()[0]["id"])


async def saved(admin: httpx.AsyncClient, tree: str, change: Any) -> int:
    """The draft with a change; its revision."""
    draft = (await admin.get(f"/api/trees/{tree}/draft")).json()
    change(draft["tree"])
    answer = await admin.put(f"/api/trees/{tree}/draft", json={"revision": draft["revision"], "tree": draft["tree"]})
    assert answer.status_code == 200, answer.text
    return int(answer.json()["revision"])


def greets(words: str) -> Any:
    return lambda tree: tree["nodes"]["greeting"]["say"].update(ja=words)


async def published(admin: httpx.AsyncClient, tree: str, revision: int, share: int = 100) -> httpx.Response:
    return await admin.post(f"/api/trees/{tree}/publish", json={"revision": revision, "share": share, "note": "新"})


async def test_a_tree_goes_to_a_share_then_to_all_and_back_and_calls_stay_on_their_version(house: House) -> None:
    first = await house.call()
    async with await house.caller() as admin:
        tree = await the_tree(admin)
        answer = await published(admin, tree, await saved(admin, tree, greets("改まったご挨拶です。")), share=10)
        assert answer.json() == {"version": 2, "ready": True}
        begun = [await house.call() for _ in range(150)]
        drawn = [one for one in begun if "改まった" in (await house.inbox.tree(one)).source]
        assert 0 < len(drawn) < 75
        listed = (await admin.get(f"/api/trees/{tree}/versions")).json()
        assert [(one["version"], one["share"], one["live"], one["note"], one["by"]) for one in listed] == [
            (2, 10, False, "新", "admin"),
            (1, 90, True, "", ""),
        ]
        standing = (await admin.get("/api/trees")).json()[0]
        assert (standing["live"], standing["candidate"]) == (
            {"version": 1, "share": 90},
            {"version": 2, "share": 10},
        )
        assert (await admin.post(f"/api/trees/{tree}/share", json={"version": 2, "share": 100})).json() == {
            "ready": True
        }
        new = await house.call()
        assert "改まった" in (await house.inbox.tree(new)).source
        back = (await admin.post(f"/api/trees/{tree}/rollback", json={})).json()
        assert back == {"tree": tree, "version": 1, "ready": True}
        last = await house.call()
        nothing = await admin.post(f"/api/trees/{tree}/rollback", json={})
        assert (nothing.status_code, nothing.json()["error"]) == (409, "nothing_before")
    assert "改まった" not in (await house.inbox.tree(last)).source
    assert "改まった" not in (await house.inbox.tree(first)).source
    assert "改まった" in (await house.inbox.tree(new)).source


async def test_a_broken_draft_is_not_published_and_the_problems_are_told(house: House) -> None:
    async with await house.caller() as admin:
        tree = await the_tree(admin)
        revision = await saved(admin, tree, lambda data: data["nodes"]["greeting"].update(next="nowhere"))
        answer = await published(admin, tree, revision)
        assert (answer.status_code, answer.json()["error"]) == (422, "problems")
        assert answer.json()["problems"][0]["node"] == "greeting"
        assert len((await admin.get(f"/api/trees/{tree}/versions")).json()) == 1


async def test_a_failing_test_refuses_publishing_and_the_difference_is_told(house: House) -> None:
    async with await house.caller() as admin:
        tree = await the_tree(admin)
        kept = await admin.post(f"/api/trees/{tree}/tests", json={"name": "キーで進む", "text": GOLDEN})
        assert kept.status_code == 201
        assert (await admin.post(f"/api/trees/{tree}/tests/run")).json() == [
            {"name": "キーで進む", "passed": True, "diff": ""}
        ]
        revision = await saved(admin, tree, greets("まったく違うご挨拶。"))
        answer = await published(admin, tree, revision)
        assert (answer.status_code, answer.json()["error"]) == (422, "tests")
        (failed,) = answer.json()["tests"]
        assert failed["name"] == "キーで進む"
        assert "+" in failed["diff"]
        assert "まったく違う" in failed["diff"]
        dropped = await admin.delete(f"/api/trees/{tree}/tests/キーで進む")
        assert dropped.status_code == 204
        assert (await admin.delete(f"/api/trees/{tree}/tests/キーで進む")).status_code == 404
        assert (await published(admin, tree, revision)).status_code == 200


async def test_a_draft_that_went_on_is_not_published(house: House) -> None:
    async with await house.caller() as admin, await house.caller("admin", "taro") as taro:
        tree = await the_tree(admin)
        revision = await saved(admin, tree, greets("一。"))
        await saved(taro, tree, greets("二。"))
        answer = await published(admin, tree, revision)
        assert (answer.status_code, answer.json()["error"]) == (409, "changed")
        assert answer.json()["saved_by"] == "taro"


@pytest.mark.parametrize("share", [0, 101, -1, "some", 10.5])
async def test_a_share_is_a_whole_percentage(house: House, share: object) -> None:
    async with await house.caller() as admin:
        tree = await the_tree(admin)
        answer = await admin.post(f"/api/trees/{tree}/publish", json={"revision": 1, "share": share, "note": ""})
        assert answer.status_code == 422
        assert (await admin.post(f"/api/trees/{tree}/share", json={"version": 9, "share": 10})).status_code == 404


@pytest.mark.parametrize(
    "test",
    [
        {"name": "", "text": GOLDEN},
        {"name": "x" * 121, "text": GOLDEN},
        {"name": "a\nb", "text": GOLDEN},
        {"name": "t", "text": ""},
        {"name": "t", "text": "nonsense"},
        {"name": "t", "text": "# a title alone\n"},
        {"name": "t", "text": "x" * 70_000},
        {"name": "t", "text": "at 2026-11-24 10:00\nvoice pressed 1\0"},
    ],
)
async def test_a_test_that_cannot_be_read_is_not_kept(house: House, test: dict[str, str]) -> None:
    async with await house.caller() as admin:
        tree = await the_tree(admin)
        answer = await admin.post(f"/api/trees/{tree}/tests", json=test)
        assert answer.status_code == 422
        assert answer.json()["error"] in ("shape", "bad_test")
        assert (await admin.get(f"/api/trees/{tree}/tests")).json() == []
