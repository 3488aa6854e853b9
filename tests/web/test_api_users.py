from __future__ import annotations

import pytest
from screens import PASSWORD, House

pytestmark = pytest.mark.real


async def test_a_user_is_invited_gets_another_role_and_is_closed(house: House) -> None:
    async with await house.caller() as admin:
        made = await admin.post("/api/users", json={"name": "Taro", "role": "agent"})
        assert made.status_code == 201
        link, user = made.json()["link"], made.json()["id"]
        await house.users.accept(link.rpartition("/")[2], PASSWORD)
        listed = {one["name"]: one for one in (await admin.get("/api/users")).json()}
        assert (listed["taro"]["role"], listed["taro"]["state"]) == ("agent", "active")
        changed = (await admin.patch(f"/api/users/{user}", json={"role": "auditor", "closed": True})).json()
        assert [(one["role"], one["state"]) for one in changed if one["id"] == user] == [("auditor", "closed")]
        assert (await admin.post(f"/api/users/{user}/link")).status_code == 404
        await admin.patch(f"/api/users/{user}", json={"closed": False})
        again = (await admin.post(f"/api/users/{user}/link")).json()["link"]
    assert again != link
    assert again.startswith(f"{house.url}/invited/")


async def test_what_cannot_be_is_refused_with_the_reason(house: House) -> None:
    async with await house.caller() as admin:
        me = (await admin.get("/api/me")).json()["id"]
        for body in ({"role": "auditor"}, {"closed": True}):
            answer = await admin.patch(f"/api/users/{me}", json=body)
            assert (answer.status_code, answer.json()["error"]) == (409, "last_admin")
        taken = await admin.post("/api/users", json={"name": "ADMIN", "role": "agent"})
        assert (taken.status_code, taken.json()["error"]) == (409, "name_taken")
        for body in ({"name": "", "role": "agent"}, {"name": "x", "role": "king"}, {"name": "x" * 61, "role": "agent"}):
            assert (await admin.post("/api/users", json=body)).status_code == 422
        assert (await admin.patch("/api/users/" + "0" * 32, json={"closed": True})).status_code == 404
