"""The code page: six digits heard on the phone lead to a page that the call has still to confirm."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from datetime import datetime

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from conversation.inbox import Inbox
from deflect.codes import Codes
from deflect.errors import TooManyTries, WrongCode
from deflect.links import Links
from ivr.events import PageArrived
from web.catalogue import LANGUAGES, preferred
from web.drawing import Drawing
from web.security import Pace, client, fields


def router(
    codes: Codes,
    links: Links,
    inbox: Inbox,
    drawing: Drawing,
    looks: Pace,
    answers: Pace,
    clock: Callable[[], datetime],
) -> APIRouter:
    routes = APIRouter()

    def language(request: Request, wanted: str) -> str:
        return wanted if wanted in LANGUAGES else preferred(request.headers.get("accept-language", ""))

    @routes.get("/code")
    async def look(request: Request, lang: str = "") -> Response:
        looks.take(client(request))
        return drawing.page("code.html", language(request, lang), wrong="")

    @routes.post("/code")
    async def enter(request: Request) -> Response:
        answers.take(client(request))
        form = await fields(request)
        words = language(request, form.get("lang", ""))
        code = unicodedata.normalize("NFKC", form.get("code", "")).replace(" ", "").replace("-", "")
        if len(code) != 6 or not code.isascii() or not code.isdigit():
            return drawing.page("code.html", words, wrong="shape", status=422)
        try:
            token, page, match = await codes.redeem(code, client(request))
        except WrongCode:
            return drawing.page("code.html", words, wrong="wrong", status=422)
        except TooManyTries:
            return drawing.page("code.html", words, wrong="many", status=429)
        found = await links.find(token)
        arrived = PageArrived(at=clock(), channel="page", page=page, match=match)
        await inbox.post(found.conversation, arrived, key=f"page:{page}:arrived")
        return RedirectResponse(f"/l/{token}?lang={words}", 303)

    return routes
