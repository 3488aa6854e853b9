"""The console's pages of users: who may come in and as what; and the audit: who did what."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from conversation.errors import LastAdmin, NameTaken, UnknownUser
from conversation.users import ROLES, Role, Users
from web.catalogue import words
from web.console import desk
from web.cookies import Cookies
from web.drawing import Drawing
from web.errors import NoSuchPage
from web.roles import May
from web.sheets import sheet
from web.signin import LONGEST_NAME, Door

ON_A_PAGE = 100
IN_A_FILE = 20_000
_ID = re.compile(r"[0-9a-f]{32}")


def router(users: Users, drawing: Drawing, cookies: Cookies, door: Door, *, base_url: str, zone: str) -> APIRouter:
    routes = APIRouter()

    async def opened(request: Request, may: May, what: str) -> dict[str, Any]:
        user, token = await door.user(request, may)
        await users.audit(user.id, what)
        return desk(request, user, token, zone)

    async def page(request: Request, status: int = 200, **values: Any) -> Response:
        common = await opened(request, "users.read", "users")
        shown = {"wrong": "", "link": "", "link_name": "", "typed": "", "saved": False, **values}
        return drawing.page(
            "console_users.html",
            cookies.language(request),
            status=status,
            here="users",
            accounts=await users.everyone(),
            roles=ROLES,
            **common,
            **shown,
        )

    @routes.get("/console/users")
    async def everyone(request: Request, saved: str = "") -> Response:
        return await page(request, saved=bool(saved))

    @routes.post("/console/users")
    async def invite(request: Request) -> Response:
        user, form = await door.form(request, "users.change")
        name, role = form.get("name", "").strip(), role_named(form.get("role", ""))
        if not 1 <= len(name) <= LONGEST_NAME or role is None:
            return await page(request, 422, wrong="name_shape", typed=name[:LONGEST_NAME])
        try:
            _, token = await users.invite(name, role, user.id)
        except NameTaken:
            return await page(request, 409, wrong="taken", typed=name)
        return await page(request, link=f"{base_url}/invited/{token}", link_name=name)

    @routes.post("/console/users/{account}")
    async def change(request: Request, account: str) -> Response:
        user, form = await door.form(request, "users.change")
        if not _ID.fullmatch(account):
            raise NoSuchPage("no such user")
        try:
            match form.get("do"):
                case "role" if (role := role_named(form.get("role", ""))) is not None:
                    await users.change(account, user.id, role=role)
                case "close" | "reopen" as what:
                    await users.change(account, user.id, closed=what == "close")
                case "link":
                    token = await users.invite_again(account, user.id)
                    name = next((one.name for one in await users.everyone() if one.id == account), "")
                    return await page(request, link=f"{base_url}/invited/{token}", link_name=name)
                case _:
                    raise NoSuchPage("nothing to do")
        except LastAdmin:
            return await page(request, 409, wrong="last_admin")
        except UnknownUser:
            raise NoSuchPage("no such user") from None
        return RedirectResponse("/console/users?saved=1", 303)

    @routes.get("/console/audit")
    async def audit(request: Request, before: str = "") -> Response:
        common = await opened(request, "audit", "audit")
        found = await users.audited(ON_A_PAGE + 1, _moment(before))
        shown = found[:ON_A_PAGE]
        older = shown[-1].at.astimezone(UTC).replace(tzinfo=None).isoformat() if len(found) > ON_A_PAGE else ""
        return drawing.page(
            "console_audit.html",
            cookies.language(request),
            here="audit",
            rows=shown,
            older=older,
            newest=bool(before),
            **common,
        )

    @routes.get("/console/audit.csv")
    async def audit_table(request: Request) -> Response:
        await opened(request, "audit", "audit.export")
        say = words(cookies.language(request))
        heads = [say(f"audit.{head}") for head in ("at", "who", "what", "about")]
        noted = await users.audited(IN_A_FILE)
        return sheet("audit", heads, ((drawing.exact(one.at), one.user, one.what, one.about) for one in noted))

    return routes


def role_named(text: str) -> Role | None:
    return next((role for role in ROLES if role == text), None)


def _moment(stamp: str) -> datetime | None:
    """The time that a link to older rows stands for; None for nonsense."""
    try:
        return datetime.fromisoformat(stamp).replace(tzinfo=UTC) if stamp else None
    except ValueError:
        return None
