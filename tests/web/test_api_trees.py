from __future__ import annotations

import asyncio
import copy
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import httpx
import pytest
import screens
from postgres import Postgres
from screens import House

from ivr import demo
from ivr.source import LARGEST, read

pytestmark = pytest.mark.real
SOURCE = demo.text()


@pytest.fixture(scope="module")
def postgres() -> Any:
    server = Postgres()
    yield server
    server.stop()


@pytest.fixture(params=["sqlite", "postgresql"])
async def both(request: pytest.FixtureRequest, tmp_path: Path, free_port: Callable[[], int]) -> AsyncIterator[House]:
    """A house on SQLite, and one on PostgreSQL."""
    database = "" if request.param == "sqlite" else request.getfixturevalue("postgres").database()
    async with screens.house(tmp_path, free_port(), database=database) as made:
        yield made


async def made(admin: httpx.AsyncClient, source: str = SOURCE) -> str:
    answer = await admin.post("/api/trees", json={"source": source})
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


async def draft(admin: httpx.AsyncClient, tree: str) -> dict[str, Any]:
    found: dict[str, Any] = (await admin.get(f"/api/trees/{tree}/draft")).json()
    return found


async def test_a_tree_is_made_of_a_ready_one_under_a_name_of_its_own(house: House) -> None:
    async with await house.caller() as admin:
        ready = (await admin.get("/api/templates")).json()
        assert "busy" not in {one["id"] for one in ready}
        assert all(one["title"]["ja"] and one["about"]["en"] and one["nodes"] for one in ready)
        answer = await admin.post("/api/trees", json={"template": ready[0]["id"], "name": "新しい窓口"})
        tree = answer.json()["id"]
        begun = await draft(admin, tree)
        assert begun["tree"]["name"] == "新しい窓口"
        assert [one for one in begun["problems"] if one["level"] == "problem"] == []
        listed = {one["id"]: one for one in (await admin.get("/api/trees")).json()}
    assert listed[tree]["name"] == "新しい窓口"
    assert listed[tree]["live"] is None
    assert sum(one["live"] is not None for one in listed.values()) == 1


async def test_what_the_page_saves_as_json_keeps_the_files_comments(house: House) -> None:
    async with await house.caller() as admin:
        tree = await made(admin)
        begun = await draft(admin, tree)
        begun["tree"]["nodes"]["greeting"]["say"]["ja"] = "はい、みらいライフです。"
        body = {"revision": 1, "tree": begun["tree"], "layout": {"greeting": {"x": 10, "y": -4.5}}}
        saved = (await admin.put(f"/api/trees/{tree}/draft", json=body)).json()
        assert saved["revision"] == 2
        assert saved["source"].splitlines()[0] == SOURCE.splitlines()[0]
        assert len(set(saved["source"].splitlines()) ^ set(SOURCE.splitlines())) == 2
        again = await draft(admin, tree)
    assert again["layout"] == {"greeting": {"x": 10, "y": -4.5}}
    assert again["tree"] == begun["tree"]
    assert again["saved_by"] == "admin"


async def test_yaml_is_kept_to_the_letter_and_a_draft_may_be_broken(house: House) -> None:
    source = SOURCE.replace("next: matter", "next: nowhere", 1) + "\n#   the end   \n"
    async with await house.caller() as admin:
        tree = await made(admin)
        saved = (await admin.put(f"/api/trees/{tree}/draft", json={"revision": 1, "source": source})).json()
        assert saved["source"] == source
        (problem,) = saved["problems"]
        assert problem["node"] == "greeting"
        assert problem["reason"]["en"]
        assert (await admin.post("/api/check", json={"source": source})).json()["problems"] == [problem]
        assert (await admin.post("/api/check", json={"tree": read(source)})).json()["problems"] == [problem]
        placed = await admin.put(f"/api/trees/{tree}/draft", json={"revision": 2, "layout": {"a": {"x": 1, "y": 2}}})
        assert placed.json()["source"] == source


@pytest.mark.parametrize(
    "body",
    [
        {"source": "not: [closed"},
        {"source": "- a list"},
        {"source": "a: *alias"},
        {"source": 'a: "\\ud800"'},
        {"source": 'a: "\\0"'},
        {"source": "a: b\0"},
        {"tree": {"a": "\0"}},
        {"tree": {"a": [[[[[[[[[[[[["deep"]]]]]]]]]]]]]}},
    ],
)
async def test_what_is_no_tree_at_all_is_refused_with_the_place(house: House, body: dict[str, Any]) -> None:
    async with await house.caller() as admin:
        tree = await made(admin)
        answer = await admin.put(f"/api/trees/{tree}/draft", json={"revision": 1, **body})
        assert answer.status_code == 422
        assert answer.json()["error"] == "not_a_tree"
        assert answer.json()["problems"]
        assert answer.json()["message"]["ja"]
        assert (await draft(admin, tree))["revision"] == 1


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"revision": 1}, 200),
        ({"source": SOURCE}, 422),
        ({"revision": 1, "source": SOURCE, "tree": {}}, 422),
        ({"revision": 1, "source": SOURCE, "more": 1}, 422),
        ({"revision": 1, "layout": {"a": {"x": 1e300, "y": 0}}}, 422),
        ({"revision": 1, "layout": {"a": {"x": "left", "y": 0}}}, 422),
        ({"revision": 1, "source": "a: " + "x" * LARGEST}, 422),
        ({"revision": 1, "source": "a: " + "x" * 5_000_000}, 413),
    ],
)
async def test_a_body_of_the_wrong_shape_or_size_is_refused(house: House, body: dict[str, Any], status: int) -> None:
    async with await house.caller() as admin:
        tree = await made(admin)
        answer = await admin.put(f"/api/trees/{tree}/draft", json=body)
        assert answer.status_code == status
        assert status == 200 or answer.json()["error"] in ("shape", "large")


@pytest.mark.parametrize(
    "text", [b"{", b"[" * 100_000, b'{"revision": ' + b"9" * 5000 + b"}", b'{"revision": NaN}', b"\xff\xfe"]
)
async def test_json_that_is_none_or_never_ends_is_refused(house: House, text: bytes) -> None:
    async with await house.caller() as admin:
        tree = await made(admin)
        answer = await admin.put(f"/api/trees/{tree}/draft", content=text, headers={"content-type": "application/json"})
        assert answer.status_code in (400, 422)
        assert answer.json()["error"] == "shape"


async def test_a_body_without_an_end_is_cut_off(house: House) -> None:
    async def endless() -> AsyncIterator[bytes]:
        yield b'{"revision": 1, "source": "'
        for _ in range(100):
            yield b"x" * 100_000

    async with await house.caller() as admin:
        tree = await made(admin)
        answer = await admin.put(
            f"/api/trees/{tree}/draft", content=endless(), headers={"content-type": "application/json"}
        )
    assert answer.status_code == 413
    assert answer.json()["error"] == "large"


async def test_of_two_admins_the_second_is_told_what_changed_and_loses_nothing(both: House) -> None:
    async with await both.caller() as hanako, await both.caller("admin", "taro") as taro:
        tree = await made(hanako)
        hers, his = copy.deepcopy((await draft(hanako, tree))["tree"]), (await draft(taro, tree))["tree"]
        hers["nodes"]["greeting"]["say"]["en"] = "Hello."
        his["nodes"]["goodbye2"] = {"goodbye": {"ja": "では", "en": "Bye"}}
        first = await hanako.put(f"/api/trees/{tree}/draft", json={"revision": 1, "tree": hers})
        assert first.status_code == 200
        late = await taro.put(f"/api/trees/{tree}/draft", json={"revision": 1, "tree": his})
        assert late.status_code == 409
        told = late.json()
        assert (told["error"], told["revision"], told["saved_by"]) == ("changed", 2, "admin")
        assert told["tree"] == hers
        assert [(one["node"], one["kind"], one["fields"][0]["path"]) for one in told["changes"]] == [
            ("greeting", "changed", ["say", "en"])
        ]
        # He takes hers over, node by node, and saves on top of it.
        merged = {**told["tree"], "nodes": {**told["tree"]["nodes"], "goodbye2": his["nodes"]["goodbye2"]}}
        saved = await taro.put(f"/api/trees/{tree}/draft", json={"revision": 2, "tree": merged})
        assert saved.status_code == 200
        both_in = await draft(hanako, tree)
        kept = (await hanako.get(f"/api/trees/{tree}/revisions")).json()
        before = (await hanako.get(f"/api/trees/{tree}/revisions/2")).json()
    assert both_in["tree"]["nodes"]["greeting"]["say"]["en"] == "Hello."
    assert "goodbye2" in both_in["tree"]["nodes"]
    assert [(one["revision"], one["saved_by"]) for one in kept] == [(3, "taro"), (2, "admin"), (1, "admin")]
    assert before["tree"] == hers


async def test_many_savings_at_once_are_one_saving_and_conflicts(both: House) -> None:
    async with await both.caller() as admin:
        tree = await made(admin)
        bodies = [{"revision": 1, "source": SOURCE + f"# {number}\n"} for number in range(8)]
        answers = await asyncio.gather(*(admin.put(f"/api/trees/{tree}/draft", json=body) for body in bodies))
        assert sorted(answer.status_code for answer in answers) == [200] + [409] * 7
        again = await admin.put(f"/api/trees/{tree}/draft", json=bodies[[a.status_code for a in answers].index(200)])
    assert (again.status_code, again.json()["revision"]) == (200, 2)


async def test_two_sides_are_compared(house: House) -> None:
    async with await house.caller() as admin:
        (live,) = (await admin.get("/api/trees")).json()
        tree = live["id"]
        begun = await draft(admin, tree)
        del begun["tree"]["nodes"]["greeting"]["say"]["en"]
        await admin.put(f"/api/trees/{tree}/draft", json={"revision": 1, "tree": begun["tree"]})

        async def compared(left: str, right: str) -> Any:
            answer = await admin.get(f"/api/trees/{tree}/compare", params={"left": left, "right": right})
            return answer.json().get("changes", answer.status_code)

        (change,) = await compared("live", "draft")
        assert (change["node"], change["fields"][0]["path"]) == ("greeting", ["say", "en"])
        assert await compared("1", "r1") == []
        assert await compared("r1", "r2") == [change]
        assert await compared("live", "9") == 404
        assert await compared("live", "r9") == 404
        assert await compared("live", "../x") == 422
        other = await made(admin)
        answer = await admin.get(f"/api/trees/{other}/compare", params={"left": "live", "right": "draft"})
        assert {one["kind"] for one in answer.json()["changes"] if one["node"]} == {"added"}


async def test_unknown_trees_are_not_found(house: House) -> None:
    async with await house.caller() as admin:
        for path in ("/api/trees/" + "0" * 32 + "/draft", "/api/nothing", "/api/trees/" + "0" * 32 + "/revisions/1"):
            answer = await admin.get(path)
            assert (answer.status_code, answer.json()["error"]) == (404, "unknown")
        assert (await admin.get("/api/trees/<script>/draft")).status_code == 422
        assert (await admin.post("/api/trees", json={"template": "../../secret"})).status_code == 404
        assert (await admin.post("/api/trees", json={})).status_code == 422
        assert (await admin.post("/api/me", json={})).json()["error"] == "method"
