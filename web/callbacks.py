"""Who asked to be called back: a list to work through. A number is shown in full to who asks for it, on record."""

from __future__ import annotations

import re

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from conversation.callbacks import Callbacks
from conversation.callbacks import Request as Wanted
from conversation.users import Users
from deflect.offers import masked
from web.catalogue import words
from web.console import desk
from web.cookies import Cookies
from web.drawing import Drawing
from web.errors import NoSuchPage
from web.sheets import sheet
from web.signin import Door

PATH = "/console/callbacks"
ON_A_PAGE = 200
IN_A_FILE = 5000
_ID = re.compile(r"[0-9a-f]{32}")


def router(callbacks: Callbacks, users: Users, door: Door, drawing: Drawing, cookies: Cookies, zone: str) -> APIRouter:
    routes = APIRouter()

    @routes.get(PATH)
    async def shown(request: Request, show: str = "") -> Response:
        user, token = await door.user(request, "callbacks.read")
        about = show if _ID.fullmatch(show) else ""
        await users.audit(user.id, "callback.number" if about else "callbacks", about)
        return drawing.page(
            "console_callbacks.html",
            cookies.language(request),
            here="callbacks",
            **desk(request, user, token, zone),
            requests=await callbacks.listed(ON_A_PAGE),
            shown=about,
            masked=masked,
        )

    @routes.get(PATH + ".csv")
    async def table(request: Request) -> Response:
        user, _ = await door.user(request, "callbacks.read")
        await users.audit(user.id, "callbacks.export")
        say = words(cookies.language(request))
        heads = [say(f"callbacks.{head}") for head in ("state", "wanted", "number", "queue", "at", "done_at")]

        def row(one: Wanted) -> tuple[str, ...]:
            state = say("callbacks.done" if one.done else "callbacks.open")
            wanted, at, done = (drawing.exact(when) if when else "" for when in (one.wanted, one.at, one.done))
            return (state, wanted or say("callbacks.soon"), masked(one.number), one.queue, at, done)

        return sheet("callbacks", heads, map(row, await callbacks.listed(IN_A_FILE)))

    @routes.post(PATH + "/{id}")
    async def settled(request: Request, id: str) -> Response:
        user, form = await door.form(request, "callbacks.change")
        if not _ID.fullmatch(id):
            raise NoSuchPage("no such request")
        is_done = form.get("state") == "done"
        await callbacks.settle(id, user.id, is_done=is_done)
        await users.audit(user.id, "callback.done" if is_done else "callback.reopened", id)
        return RedirectResponse(PATH, 303)

    return routes
