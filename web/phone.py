"""The smartphone page: the conversation's present question as a form, in step with the call.

Everything works by forms alone: an answer is a POST, answered with 303 back to the page. The script, where there is
one, sends the same forms and takes the same page from an event stream.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import AsyncGenerator
from typing import Any, get_args

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from channels.page import PageChannel, Taken, View
from deflect.errors import ExpiredLink, RevokedLink, UnknownLink
from deflect.links import Page
from ivr import slots
from web.catalogue import LANGUAGES, preferred, words
from web.drawing import Drawing
from web.errors import Forged
from web.fields import complaint, fields, value
from web.live import HEARTBEAT, EventStream, Seats, Wake, event
from web.security import Pace, client
from web.security import fields as form_fields

NO_LINK = (UnknownLink, ExpiredLink, RevokedLink)
# A node of a subtree is named by the way to it, a question of the engine's own by the node and its stage.
_NODE = re.compile(r"[a-z][a-z0-9_]{0,39}(\.[a-z][a-z0-9_]{0,39}){0,9}(/[a-z_]{1,20})?")
_OPTION = re.compile(r"[a-z0-9_]{1,40}")
_FORM = re.compile(r"[A-Za-z0-9_-]{16,32}")
LONGEST_VALUE = slots.LONGEST
NOTES = frozenset({"late", "wrong", *get_args(slots.Why)})
"""What a page may be told about the answer before."""
TRUST_LOOK = 0.4
"""Seconds between looks whether a page was trusted."""


def router(channel: PageChannel, drawing: Drawing, seats: Seats, looks: Pace, answers: Pace) -> APIRouter:
    """looks, answers: how fast one client may open pages and send answers."""
    routes = APIRouter()

    def draw(view: View, token: str, *, note: str, lang: str) -> Response:
        template, language, values = _content(view, token, lang, note)
        return drawing.page(template, language, **values)

    async def answered(request: Request, token: str) -> tuple[Page, dict[str, str]]:
        answers.take(client(request))
        page = await channel.find(token)
        if not page.trusted:
            raise Forged("the page is not trusted")
        return page, await form_fields(request)

    @routes.api_route("/l/{token}", methods=["GET", "HEAD"])
    async def look(request: Request, token: str, note: str = "", lang: str = "") -> Response:
        # Preview robots come here too: looking changes nothing.
        looks.take(client(request))
        view = await channel.view(await channel.find(token))
        return draw(view, token, note=note if note in NOTES else "", lang=lang)

    @routes.post("/l/{token}/answer")
    async def answer(request: Request, token: str) -> Response:
        page, form = await answered(request, token)
        node, name = form.get("node", ""), form.get("form", "")
        if not _NODE.fullmatch(node) or not _FORM.fullmatch(name):
            raise Forged("no form of ours")
        if "option" in form:
            if not _OPTION.fullmatch(form["option"]):
                raise Forged("no option")
            return _back(token, await channel.choose(page, node=node, option=form["option"], form=name))
        typed = "" if "skip" in form else value(form)
        if typed is None:
            return _back(token, Taken.WRONG, "bad_address")
        taken = await channel.fill(page, node=node, value=typed[:LONGEST_VALUE], form=name)
        why = await channel.amiss(page, typed[:LONGEST_VALUE]) if taken is Taken.WRONG else None
        return _back(token, taken, why)

    @routes.post("/l/{token}/person")
    async def person(request: Request, token: str) -> Response:
        page, form = await answered(request, token)
        if not _FORM.fullmatch(form.get("form", "")):
            raise Forged("no form of ours")
        await channel.person(page, form=form["form"])
        return _back(token, Taken.YES)

    @routes.post("/l/{token}/language")
    async def language(request: Request, token: str) -> Response:
        page, form = await answered(request, token)
        wanted, name = form.get("language"), form.get("form", "")
        if not _FORM.fullmatch(name) or wanted not in LANGUAGES:
            raise Forged("no form of ours")
        await channel.speak(page, "en" if wanted == "en" else "ja", form=name)
        return _back(token, Taken.YES)

    @routes.get("/l/{token}/events")
    async def events(request: Request, token: str) -> Response:
        looks.take(client(request))
        page = await channel.find(token)
        await channel.arrive(page)

        async def pages() -> AsyncGenerator[bytes, None]:
            wake = Wake()
            leave = channel.watch(page, wake.tell)
            try:
                async for piece in _drawn(wake, token, page.trusted):
                    yield piece
            finally:
                leave()

        return EventStream(pages, seats.seat(page.id))

    async def _drawn(wake: Wake, token: str, trusted: bool) -> AsyncGenerator[bytes, None]:
        sent = ""
        while True:
            try:
                page = await channel.find(token)
            except NO_LINK:
                yield event("now", "")
                return
            if page.trusted != trusted:
                yield event("now", "")
                return
            if trusted:
                template, language, values = _content(await channel.view(page), token)
                steady = drawing.part(template, language, **{**values, "form": ""})
                if steady != sent:
                    sent = steady
                    yield event("now", drawing.part(template, language, **values))
                while not await wake.wait(HEARTBEAT):
                    yield b": still here\n\n"
            else:
                # Trust is given beside the conversation, a moment after the event that it follows from.
                yield b": still here\n\n"
                await wake.wait(TRUST_LOOK)

    return routes


def no_link(request: Request, error: Exception, drawing: Drawing) -> Response:
    """The page for a link that leads nowhere."""
    language = preferred(request.headers.get("accept-language", ""))
    if isinstance(error, UnknownLink):
        return drawing.gone("unknown", language, status=404)
    return drawing.gone("expired" if isinstance(error, ExpiredLink) else "revoked", language, status=410)


def _content(view: View, token: str, wanted: str = "", note: str = "") -> tuple[str, str, dict[str, Any]]:
    """Template, language and values of the page as it stands. note: why the answer before was none."""
    path = f"/l/{token}"
    shown = view.showing
    if not view.page.trusted:
        # Nothing of the conversation is shown yet, so the reader's own language may stay.
        language = wanted if wanted in LANGUAGES else shown.language
        return "match.html", language, {"path": path, "match": view.match or ""}
    say, is_wrong = words(shown.language), note not in ("", "late")
    return (
        "phone.html",
        shown.language,
        {
            "path": path,
            "call": view.call,
            "said": shown.said,
            "ask": shown.ask,
            "fields": fields(shown.ask, view.limits, say, view.today) if shown.ask else (),
            "note": complaint(note, shown.ask, view.limits, say) if is_wrong else say("page.late") if note else "",
            "is_wrong": is_wrong,
            "answers": shown.answers,
            "finished": shown.finished,
            "recording": view.recording,
            "can_ask_person": view.call == "on" and not shown.finished and not view.recording,
            "can_switch": len(view.languages) > 1 and view.call == "on" and not shown.finished and not view.recording,
            "form": secrets.token_urlsafe(16),
        },
    )


def _back(token: str, taken: Taken, why: slots.Why | None = None) -> RedirectResponse:
    note = "" if taken is Taken.YES else f"?note={why or taken.value}"
    return RedirectResponse(f"/l/{token}{note}", 303)
