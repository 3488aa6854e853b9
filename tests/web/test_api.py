from __future__ import annotations

from typing import get_args

import pytest
from screens import House

from conversation.users import ROLES, Role
from web.roles import WHO, May

pytestmark = pytest.mark.real
NOBODY = "0" * 32
READS = ("/api/trees", "/api/templates", f"/api/trees/{NOBODY}/draft", "/api/users", f"/api/trees/{NOBODY}/versions")
CHANGES = (
    ("POST", "/api/trees"),
    ("PUT", f"/api/trees/{NOBODY}/draft"),
    ("POST", f"/api/trees/{NOBODY}/publish"),
    ("POST", f"/api/trees/{NOBODY}/share"),
    ("POST", f"/api/trees/{NOBODY}/rollback"),
    ("POST", f"/api/trees/{NOBODY}/tests"),
    ("DELETE", f"/api/trees/{NOBODY}/tests/x"),
    ("POST", f"/api/trees/{NOBODY}/hear"),
    ("POST", "/api/users"),
    ("PATCH", f"/api/users/{NOBODY}"),
    ("POST", f"/api/users/{NOBODY}/link"),
)


async def test_without_a_session_nothing_is_told(house: House) -> None:
    async with house.browser() as stranger:
        for path in ("/api/me", "/api/openapi.json", *READS):
            answer = await stranger.get(path)
            assert (answer.status_code, answer.json()["error"]) == (401, "not_signed_in")
        for method, path in CHANGES:
            assert (await stranger.request(method, path, json={})).status_code == 401


async def test_a_stranger_cannot_make_us_read_a_large_body(house: House) -> None:
    async with house.browser() as stranger:
        answer = await stranger.post("/api/trees", content=b"[" * 3_000_000)
        assert answer.status_code == 401


@pytest.mark.parametrize(("role", "reads", "changes"), [("agent", 403, 403), ("supervisor", 403, 403)])
async def test_who_has_nothing_to_do_with_trees_is_told_who_has(
    house: House, role: Role, reads: int, changes: int
) -> None:
    async with await house.caller(role) as caller:
        assert (await caller.get("/api/me")).json()["role"] == role
        for path in READS:
            answer = await caller.get(path)
            assert answer.status_code == reads
            assert answer.json()["roles"] == ["admin", "auditor"]
        for method, path in CHANGES:
            assert (await caller.request(method, path, json={})).status_code == changes


async def test_an_auditor_reads_everything_and_changes_nothing(house: House) -> None:
    async with await house.caller("auditor") as auditor:
        assert {(await auditor.get(path)).status_code for path in READS} == {200, 404}
        for method, path in CHANGES:
            answer = await auditor.request(method, path, json={})
            assert (answer.status_code, answer.json()["roles"]) == (403, ["admin"])
        assert (await auditor.get("/api/openapi.json")).status_code == 403


async def test_a_change_needs_the_token_of_the_page(house: House) -> None:
    async with await house.caller() as admin:
        del admin.headers["x-csrf"]
        for method, path in CHANGES:
            answer = await admin.request(method, path, json={})
            assert (answer.status_code, answer.json()["error"]) == (403, "forged")
        other = await admin.post("/api/trees", json={}, headers={"sec-fetch-site": "cross-site", "x-csrf": "x"})
        assert (other.status_code, other.json()["error"]) == (403, "forged")


async def test_who_calls_and_what_they_may_is_told(house: House) -> None:
    async with await house.caller() as admin:
        me = (await admin.get("/api/me", headers={"accept-language": "en"})).json()
    assert admin.headers["x-csrf"] == me["csrf"]
    assert (me["name"], me["role"], me["language"]) == ("admin", "admin", "en")
    assert set(me["may"]) == set(get_args(May))


async def test_the_document_names_every_route_and_its_answer(house: House) -> None:
    async with await house.caller() as admin:
        document = (await admin.get("/api/openapi.json")).json()
    paths = document["paths"]
    assert {"/api/me", "/api/trees/{tree}/draft", "/api/trees/{tree}/publish", "/api/users/{user}"} <= set(paths)
    assert all(path.startswith("/api/") for path in paths)
    assert "Failure" in document["components"]["schemas"]
    assert paths["/api/trees/{tree}/draft"]["put"]["x-may"] == "trees.change"


async def test_when_the_record_is_away_the_answer_says_so(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    async with await house.caller() as admin:
        await house.store.close()
        answer = await admin.get("/api/trees")
    assert answer.status_code in (500, 503)
    assert answer.json()["error"] in ("away", "broken")


def test_the_table_of_roles_knows_everything_and_an_auditor_changes_nothing() -> None:
    assert set(WHO) == set(get_args(May))
    assert all(set(roles) <= set(ROLES) for roles in WHO.values())
    assert all("auditor" not in roles for what, roles in WHO.items() if what.endswith(".change"))
