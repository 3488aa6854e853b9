from __future__ import annotations

import csv
import io
import re

import httpx
import pytest
from screens import PASSWORD, House

from conversation.users import ROLES, Role

pytestmark = pytest.mark.real


def token(html: str) -> str:
    found = re.search(r'name="token" value="([0-9a-f]+)"', html)
    assert found
    return found[1]


async def sent(browser: httpx.AsyncClient, path: str, **fields: str) -> httpx.Response:
    page = await browser.get("/console/users")
    return await browser.post(path, data={"token": token(page.text), **fields})


async def invited(browser: httpx.AsyncClient, house: House, name: str, role: Role) -> str:
    """The path of the link that the page shows once."""
    page = await sent(browser, "/console/users", name=name, role=role)
    found = re.search(rf"{re.escape(house.url)}(/invited/[A-Za-z0-9_-]+)", page.text)
    assert found
    assert found[1] not in (await browser.get("/console/users")).text
    return found[1]


@pytest.mark.parametrize("role", ROLES)
async def test_who_is_invited_chooses_a_password_and_sees_what_the_role_allows(house: House, role: Role) -> None:
    async with await house.signed_in() as admin:
        link = await invited(admin, house, "Taro", role)
    async with house.browser() as browser:
        page = await browser.get(link)
        assert "taro さんのパスワードを決めてください" in page.text
        short = await browser.post(link, data={"token": token(page.text), "password": "short", "again": "short"})
        assert (short.status_code, "12文字以上" in short.text) == (422, True)
        data = {"token": token(page.text), "password": PASSWORD, "again": PASSWORD}
        assert (await browser.post(link, data={**data, "token": "0"})).status_code == 422
        entered = await browser.post(link, data=data)
        assert (entered.status_code, entered.headers["location"]) == (303, "/console")
        console = (await browser.get("/console")).text
        for path, roles in {
            "/console/outbox": ("supervisor", "admin", "auditor"),
            "/console/users": ("admin", "auditor"),
            "/console/audit": ("admin", "auditor"),
            "/editor": ("admin", "auditor"),
        }.items():
            assert (f'href="{path}"' in console) == (role in roles)
            assert ((await browser.get(path)).status_code != 403) == (role in roles)
        assert (await browser.get("/console.csv")).status_code == (403 if role == "agent" else 200)
    async with house.browser() as stranger:
        assert (await stranger.get(link)).status_code == 410
        assert (await stranger.post(link, data=data)).status_code == 410


async def test_a_page_for_others_says_who_they_are(house: House) -> None:
    async with house.browser(cookies={"denwaban_session": await house.user("agent")}) as agent:
        page = await agent.get("/console/users")
        english = await agent.get("/console/users", headers={"accept-language": "en"})
    assert page.status_code == 403
    assert "この操作は許可されていません" in page.text
    assert "管理者" in page.text
    assert "<li>Auditor</li>" in english.text


async def test_an_auditor_sees_users_and_can_change_none(house: House) -> None:
    async with house.browser(cookies={"denwaban_session": await house.user("auditor")}) as auditor:
        page = (await auditor.get("/console/users")).text
        assert "<select" not in page
        made = await auditor.post("/console/users", data={"token": token(page), "name": "x", "role": "admin"})
        assert made.status_code == 403
    assert {one.name for one in await house.users.everyone()} == {"admin", "auditor"}


async def test_an_account_is_changed_by_our_forms_alone(house: House) -> None:
    async with await house.signed_in() as admin:
        await invited(admin, house, "taro", "agent")
        taro = next(one.id for one in await house.users.everyone() if one.name == "taro")
        forged = await admin.post(f"/console/users/{taro}", data={"token": "0", "do": "close"})
        assert forged.status_code == 403
        changed = await sent(admin, f"/console/users/{taro}", do="role", role="supervisor")
        assert changed.headers["location"] == "/console/users?saved=1"
        assert (await house.users.everyone())[1].role == "supervisor"
        assert "/invited/" in (await sent(admin, f"/console/users/{taro}", do="link")).text
        await sent(admin, f"/console/users/{taro}", do="close")
        assert (await house.users.everyone())[1].state == "closed"
        await sent(admin, f"/console/users/{taro}", do="reopen")
        assert (await house.users.everyone())[1].state == "invited"
        for path, do in (
            (f"/console/users/{'0' * 32}", "close"),
            ("/console/users/x", "close"),
            (f"/console/users/{taro}", "x"),
        ):
            assert (await sent(admin, path, do=do)).status_code == 404


async def test_what_cannot_be_done_is_said_on_the_page(house: House) -> None:
    async with await house.signed_in() as admin:
        me = (await house.users.everyone())[0].id
        last = await sent(admin, f"/console/users/{me}", do="close")
        assert (last.status_code, "最後の管理者" in last.text) == (409, True)
        taken = await sent(admin, "/console/users", name="Admin", role="agent")
        assert (taken.status_code, "すでに使われています" in taken.text) == (409, True)
        empty = await sent(admin, "/console/users", name=" ", role="agent")
        assert (empty.status_code, "1〜60文字" in empty.text) == (422, True)
        hostile = await sent(admin, "/console/users", name="<script>x</script>", role="agent")
        assert "<script>x" not in hostile.text


async def test_the_audit_is_shown_page_by_page_and_saved_as_csv(house: House) -> None:
    async with await house.signed_in() as admin:
        for _ in range(105):
            await house.users.audit(None, "list")
            house.clock.pass_by(seconds=1)
        first = (await admin.get("/console/audit")).text
        older = re.search(r'href="(/console/audit\?before=[^"]+)"', first)
        assert older
        assert "admin.created" in (await admin.get(older[1])).text
        answer = await admin.get("/console/audit.csv")
    table = list(csv.reader(io.StringIO(answer.text.removeprefix("\ufeff"))))
    assert table[0] == ["日時", "利用者", "操作", "対象"]
    assert {"signed_in", "admin.created", "audit"} <= {row[2] for row in table}
