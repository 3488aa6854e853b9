"""All screens in one application: the smartphone page, the code page, the console, health and figures."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import RedirectResponse, Response
from starlette.exceptions import HTTPException
from starlette.types import Receive, Scope, Send

from channels.page import PageChannel
from conversation.callbacks import Callbacks
from conversation.customers import Customers
from conversation.errors import RecordError
from conversation.inbox import Inbox
from conversation.library import Library
from conversation.recordings import Recordings
from conversation.users import Users
from conversation.versions import Versions
from deflect.codes import Codes
from deflect.links import Links
from deflect.senders import Outbox
from ivr.errors import BrokenTree
from web import (
    api,
    api_trees,
    api_trial,
    api_users,
    api_versions,
    callbacks,
    code,
    console,
    customers,
    editor,
    health,
    phone,
    signin,
    users,
)
from web.catalogue import preferred
from web.cookies import Cookies
from web.drawing import Drawing
from web.errors import NotAllowed, NotSignedIn, Refused, TooBusy
from web.live import Seats
from web.security import Guard, Pace
from web.workbench import Workbench

log = logging.getLogger("denwaban.web")


LARGEST_TREE = 4 * 1024 * 1024
"""Bytes of a request to the API: the largest tree, as JSON, with its layout."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """What the screens are made of.

    base_url: what links begin with; https makes cookies secure. centre_name, centre_number: whom people call, as they
    read it. timezone: of the times in the console. health: ``{"ready": bool, ...}``. metrics: Prometheus text.
    service, hear, say, confusing: see ``web.api``; None where there is none. editor: the folder of the built page.
    """

    inbox: Inbox
    links: Links
    codes: Codes
    outbox: Outbox
    recordings: Recordings
    users: Users
    customers: Customers
    callbacks: Callbacks
    clock: Callable[[], datetime]
    base_url: str
    centre_number: str
    centre_name: str
    timezone: str
    health: Callable[[], dict[str, Any]]
    metrics: Callable[[], str]
    library: Library
    versions: Versions
    service: api.Service
    hear: api.Hear | None
    say: api.Say | None
    confusing: api.Confusing | None
    editor: Path = editor.BUILT


def create_app(parts: Parts) -> FastAPI:
    """The application. It begins nothing by itself: no task outlives a request."""
    secure = parts.base_url.startswith("https://")
    drawing = Drawing(centre=parts.centre_name, number=parts.centre_number, zone=parts.timezone)
    cookies = Cookies(secure=secure)
    channel = PageChannel(parts.inbox, parts.links, parts.clock)
    door = signin.Door(parts.users, cookies)
    seats = Seats()
    looks = Pace(5.0, 120, parts.clock)
    answers = Pace(2.0, 60, parts.clock)
    knocks = Pace(0.5, 30, parts.clock)

    app = FastAPI(title="Denwaban", openapi_url=None, docs_url=None, redoc_url=None)

    async def broken(scope: Scope, receive: Receive, send: Send) -> None:
        await answer_error(Request(scope), RuntimeError())(scope, receive, send)

    app.add_middleware(
        Guard,
        style_hashes=drawing.style_hashes,
        secure=secure,
        broken=broken,
        larger={"/api/": LARGEST_TREE, customers.PATH: customers.LARGEST},
    )
    app.include_router(health.router(parts.health, parts.metrics))
    app.include_router(phone.router(channel, drawing, seats, looks, answers))
    app.include_router(code.router(parts.codes, parts.links, parts.inbox, drawing, looks, answers, parts.clock))
    app.include_router(signin.router(parts.users, drawing, cookies, knocks))
    desk = (parts.users, door, drawing, cookies, parts.timezone)
    app.include_router(customers.router(parts.customers, *desk))
    app.include_router(callbacks.router(parts.callbacks, *desk))
    app.include_router(editor.router(door, drawing, cookies, parts.editor))
    app.include_router(users.router(parts.users, drawing, cookies, door, base_url=parts.base_url, zone=parts.timezone))
    made = api.Api(
        library=parts.library,
        versions=parts.versions,
        users=parts.users,
        service=parts.service,
        bench=Workbench(parts.service.load, lambda: parts.clock().astimezone(ZoneInfo(parts.timezone)).date()),
        door=door,
        cookies=cookies,
        clock=parts.clock,
        base_url=parts.base_url,
        pace=Pace(20.0, 200, parts.clock),
        sounds=Pace(1.0, 30, parts.clock),
        hear=parts.hear,
        say=parts.say,
        confusing=parts.confusing,
    )
    parted = [part.router(made) for part in (api_trees, api_versions, api_trial, api_users)]
    for one in (*parted, api.router(made, parted)):
        app.include_router(one)
    app.include_router(
        console.router(
            console.Console(
                inbox=parts.inbox,
                outbox=parts.outbox,
                recordings=parts.recordings,
                users=parts.users,
                door=door,
                drawing=drawing,
                cookies=cookies,
                seats=seats,
                zone=parts.timezone,
            )
        )
    )

    @app.get("/static/{name}")
    async def asset(name: str) -> Response:
        found = drawing.asset(name)
        if found is None:
            return Response(status_code=404)
        # The address holds the content's hash, so what is kept is never stale.
        headers = {"Cache-Control": "public, max-age=31536000, immutable"}
        return Response(found, media_type="text/javascript; charset=utf-8", headers=headers)

    @app.get("/robots.txt")
    async def robots() -> Response:
        return Response("User-agent: *\nDisallow: /\n", media_type="text/plain")

    def answer_error(request: Request, error: Exception) -> Response:
        if request.url.path.startswith(f"{api.PREFIX}/"):
            if isinstance(error, RecordError):
                log.info("a request to the API was not done", extra={"error": type(error).__name__})
            return api.answer_error(error)
        language = preferred(request.headers.get("accept-language", ""))
        if isinstance(error, phone.NO_LINK):
            return phone.no_link(request, error, drawing)
        if isinstance(error, NotSignedIn):
            return RedirectResponse("/signin", 303)
        if isinstance(error, NotAllowed):
            return drawing.page("forbidden.html", cookies.language(request), status=403, roles=error.roles)
        if isinstance(error, Refused):
            response = drawing.gone(error.reason, language, status=error.status)
            if isinstance(error, TooBusy):
                response.headers["Retry-After"] = str(error.after)
            return response
        if isinstance(error, HTTPException):
            reason = "unknown" if error.status_code == 404 else "refused"
            return drawing.gone(reason, language, status=error.status_code)
        if isinstance(error, RecordError):
            # The class alone: an error's text may name what a log must not.
            log.error("a page could not be shown", extra={"error": type(error).__name__})
            return drawing.gone("broken", language, status=503)
        return drawing.gone("broken", language, status=500)

    for kind in (*phone.NO_LINK, Refused, HTTPException, RecordError, RequestValidationError, BrokenTree):
        app.add_exception_handler(kind, answer_error)
    return app
