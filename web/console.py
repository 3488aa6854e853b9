"""The console: every conversation as one timeline over call and page, live. Everything opened is on the audit."""

from __future__ import annotations

import re
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response
from pydantic import ValidationError

from conversation.errors import UnknownConversation, UnknownRecording
from conversation.history import Line, Summary
from conversation.inbox import Inbox
from conversation.recordings import Recordings
from conversation.users import User, Users
from deflect.senders import Outbox
from ivr import actions, events
from web.catalogue import LANGUAGES, Words, words
from web.cookies import Cookies
from web.drawing import Drawing
from web.live import HEARTBEAT, EventStream, Seats, Wake, event
from web.roles import May, all_of
from web.sheets import sheet
from web.signin import Door
from web.timeline import Told, told_action, told_event

ON_A_PAGE = 50
IN_A_FILE = 5000
_ID = re.compile(r"[0-9a-f]{32}")
_RECORDING = re.compile(r"[A-Za-z0-9_.:-]{1,64}")


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the record, told."""

    seq: int
    at: datetime
    channel: str
    told: Told


@dataclass(frozen=True, slots=True, kw_only=True)
class Console:
    """What the console shows and lets in. zone: name of the time zone that times are shown in."""

    inbox: Inbox
    outbox: Outbox
    recordings: Recordings
    users: Users
    door: Door
    drawing: Drawing
    cookies: Cookies
    seats: Seats
    zone: str


def router(console: Console) -> APIRouter:
    routes = APIRouter()
    inbox, drawing, door, cookies = console.inbox, console.drawing, console.door, console.cookies

    async def opened(request: Request, may: May, what: str, about: str = "") -> dict[str, Any]:
        """Sign-in and role checked, the opening on record; what every page of the console needs."""
        user, token = await door.user(request, may)
        await console.users.audit(user.id, what, about)
        return desk(request, user, token, console.zone)

    @routes.get("/")
    async def home() -> Response:
        return RedirectResponse("/console", 303)

    @routes.get("/console")
    async def conversations(request: Request, before: str = "") -> Response:
        common = await opened(request, "timelines", "list")
        values = await _list(inbox, _moment(before))
        return drawing.page("console_list.html", cookies.language(request), here="conversations", **common, **values)

    @routes.get("/console.csv")
    async def table(request: Request) -> Response:
        await opened(request, "console", "export")
        say = words(cookies.language(request))
        heads = [say(f"console.{head}") for head in ("conversation", "opened", "last", "state", "language", "node")]

        def row(one: Summary) -> tuple[str, ...]:
            state = say("console.finished" if one.finished else "console.running")
            return (one.id, drawing.exact(one.opened), drawing.exact(one.last), state, one.language, one.node)

        return sheet("conversations", heads, map(row, await inbox.conversations(IN_A_FILE)))

    @routes.get("/console/events")
    async def live_list(request: Request) -> Response:
        common = await opened(request, "timelines", "list.live")

        async def part() -> str:
            values = await _list(inbox, None)
            return drawing.part(
                "console_list.html", cookies.language(request), here="conversations", **common, **values
            )

        return _live(console, request, "timelines", part)

    @routes.get("/console/outbox")
    async def outbox(request: Request) -> Response:
        common = await opened(request, "console", "outbox")
        messages = await console.outbox.messages(ON_A_PAGE)
        return drawing.page(
            "console_outbox.html", cookies.language(request), here="outbox", messages=messages, **common
        )

    @routes.get("/console/outbox/events")
    async def live_outbox(request: Request) -> Response:
        common = await opened(request, "console", "outbox.live")

        async def part() -> str:
            messages = await console.outbox.messages(ON_A_PAGE)
            return drawing.part(
                "console_outbox.html", cookies.language(request), here="outbox", messages=messages, **common
            )

        return _live(console, request, "console", part)

    @routes.post("/console/language")
    async def language(request: Request) -> Response:
        _, form = await door.form(request, "timelines")
        back = form.get("back", "")
        response = RedirectResponse(back if re.fullmatch(r"/console(/[a-z0-9]+)?", back) else "/console", 303)
        if form.get("language") in LANGUAGES:
            cookies.keep_language(response, form["language"])
        return response

    @routes.get("/console/{conversation}")
    async def timeline(request: Request, conversation: str) -> Response:
        about = conversation if _ID.fullmatch(conversation) else ""
        common = await opened(request, "timelines", "timeline", about)
        try:
            values = await _timeline(inbox, about, words(cookies.language(request)))
        except UnknownConversation:
            return drawing.page("console_none.html", cookies.language(request), status=404, here="", **common)
        return drawing.page("console_timeline.html", cookies.language(request), here="", **common, **values)

    @routes.get("/console/{conversation}/events")
    async def live_timeline(request: Request, conversation: str) -> Response:
        about = conversation if _ID.fullmatch(conversation) else ""
        common = await opened(request, "timelines", "timeline.live", about)
        language = cookies.language(request)

        async def part() -> str:
            values = await _timeline(inbox, about, words(language))
            return drawing.part("console_timeline.html", language, here="", **common, **values)

        try:
            await inbox.state(about)
        except UnknownConversation:
            return Response(status_code=404)
        return _live(console, request, "timelines", part, about)

    @routes.get("/console/{conversation}/sound/{recording}")
    async def sound(request: Request, conversation: str, recording: str) -> Response:
        await opened(request, "timelines", "sound", recording if _RECORDING.fullmatch(recording) else "")
        try:
            lines = await inbox.timeline(conversation)
            if not any(line.payload.get("recording") == recording for line in lines):
                return Response(status_code=404)
            wav = await console.recordings.wav(recording, partial=True)
        except (UnknownConversation, UnknownRecording):
            return Response(status_code=404)
        return _ranged(wav, request.headers.get("range", ""))

    return routes


def desk(request: Request, user: User, token: str, zone: str) -> dict[str, Any]:
    """What every page of the console needs. may: what the user may do, so that nothing else is offered."""
    return {"token": token, "back": request.url.path, "zone": zone, "may": all_of(user.role), "me": user}


def rows(lines: list[Line], say: Words) -> list[Row]:
    """The record, told in order. Options are named as the customer saw them, by the question that was open."""
    told = []
    labels: dict[str, str] = {}
    expects = ""
    for line in lines:
        try:
            if line.cause is None:
                entry = told_event(events.load(line.payload), say, labels, expects)
            else:
                action = actions.load(line.payload)
                if isinstance(action, actions.Ask):
                    labels = {option.id: option.label for option in action.options}
                    expects = action.expects
                entry = told_action(action, say)
        except ValidationError:
            # Written by a later release: the rest can still be read.
            entry = Told(by="system", text=say("tell.unreadable"))
        told.append(Row(line.seq, line.at, line.channel, entry))
    return told


async def _list(inbox: Inbox, before: datetime | None) -> dict[str, Any]:
    found = await inbox.conversations(ON_A_PAGE + 1, before)
    shown = found[:ON_A_PAGE]
    older = shown[-1].last.astimezone(UTC).replace(tzinfo=None).isoformat() if len(found) > ON_A_PAGE else ""
    return {"rows": shown, "older": older, "live": before is None}


async def _timeline(inbox: Inbox, conversation: str, say: Words) -> Mapping[str, Any]:
    if not conversation:
        raise UnknownConversation("no such conversation")
    lines = await inbox.timeline(conversation)
    state = await inbox.state(conversation)
    return {
        "conversation": conversation,
        "lines": rows(lines, say),
        "finished": state.finished,
        "node": state.node,
        "opened": lines[0].at if lines else None,
    }


def _live(
    console: Console, request: Request, may: May, part: Callable[[], Awaitable[str]], conversation: str | None = None
) -> EventStream:
    """The part, now and whenever something happens, for as long as the session holds."""

    async def pages() -> AsyncGenerator[bytes, None]:
        wake = Wake()
        leave = console.inbox.subscribe(wake.tell, conversation)
        try:
            while await console.door.passes(request, may):
                yield event("now", await part())
                while not await wake.wait(HEARTBEAT):
                    yield b": still here\n\n"
            yield event("now", "")
        finally:
            leave()

    return EventStream(pages, console.seats.seat(console.cookies.session(request) or ""))


def _moment(stamp: str) -> datetime | None:
    """The time that a link to older rows stands for; None for nonsense."""
    try:
        return datetime.fromisoformat(stamp).replace(tzinfo=UTC) if stamp else None
    except ValueError:
        return None


def _ranged(wav: bytes, wanted: str) -> Response:
    """The sound, or the part of it that a player asks for (RFC 9110 14.2; one range)."""
    headers = {"Accept-Ranges": "bytes"}
    found = re.fullmatch(r"bytes=(\d{1,12})-(\d{0,12})", wanted)
    if not found:
        return Response(wav, media_type="audio/wav", headers=headers)
    first = int(found[1])
    last = min(int(found[2]) if found[2] else len(wav) - 1, len(wav) - 1)
    if first > last:
        return Response(status_code=416, headers={"Content-Range": f"bytes */{len(wav)}"})
    headers["Content-Range"] = f"bytes {first}-{last}/{len(wav)}"
    return Response(wav[first : last + 1], 206, media_type="audio/wav", headers=headers)
