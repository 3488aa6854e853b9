"""The editor's API: JSON for who signed in and may, from pages of this origin alone.

Every route says what it is about (``about(...)``); the door is asked before anything of the body is read.
"""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from fastapi import APIRouter, Request
from fastapi.exceptions import RequestValidationError
from fastapi.openapi.utils import get_openapi
from fastapi.responses import JSONResponse, Response
from fastapi.routing import APIRoute
from starlette.exceptions import HTTPException

from conversation.errors import (
    Away,
    Changed,
    Full,
    LastAdmin,
    NameTaken,
    NothingBefore,
    RecordError,
    UnknownTree,
    UnknownUser,
)
from conversation.library import Library
from conversation.users import User, Users
from conversation.versions import Versions
from ivr.errors import BrokenTree
from ivr.tree import Tree
from web.api_shapes import Failure, Me, problem_shapes
from web.catalogue import words
from web.cookies import Cookies
from web.errors import ApiRefused, Forged, NotAllowed, NotSignedIn, Refused, TooBusy
from web.roles import May, all_of
from web.security import Pace, client
from web.signin import Door
from web.workbench import Workbench

PREFIX = "/api"
FAILURES: dict[int | str, dict[str, Any]] = {
    status: {"model": Failure} for status in (400, 401, 403, 404, 409, 413, 422, 429, 503)
}


class Service(Protocol):
    """The centre that callers meet."""

    def load(self, source: str) -> Tree:
        """A tree for this house. Raises BrokenTree."""

    async def changed(self, within: float = 0.0) -> bool:
        """Something was published: whether it was in service after so many seconds at the most. Raises Away."""

    def is_ready(self, digest: str) -> bool:
        """Whether new conversations can begin on this version now."""


class Confusion(Protocol):
    """Two examples, each (option, example), that are taken for one another. likeness: 0..1."""

    @property
    def first(self) -> tuple[str, str]: ...

    @property
    def second(self) -> tuple[str, str]: ...

    @property
    def likeness(self) -> float: ...


Hear = Callable[[bytes, str], Coroutine[Any, Any, str | None]]
"""(PCM, 16-bit mono 8 kHz, language) to what was said; None when there is no ear."""
Say = Callable[[str, str], Coroutine[Any, Any, bytes | None]]
"""(text, language) to a WAV file; None when there is no mouth."""
Confusing = Callable[[Mapping[str, tuple[str, ...]], str], Sequence[Confusion]]
"""(option to its examples, language) to what may be confused. Blocking."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Api:
    """What the API is made of. hear, say, confusing: None where there is none."""

    library: Library
    versions: Versions
    users: Users
    service: Service
    bench: Workbench
    door: Door
    cookies: Cookies
    clock: Callable[[], datetime]
    base_url: str
    pace: Pace
    sounds: Pace
    hear: Hear | None
    say: Say | None
    confusing: Confusing | None

    def routes(self) -> APIRouter:
        """A router whose routes are guarded."""
        return APIRouter(prefix=PREFIX, route_class=guarded(self.door, self.pace), responses=FAILURES)


def about(what: May) -> dict[str, Any]:
    """For ``openapi_extra`` of a route."""
    return {"x-may": what}


def guarded(door: Door, pace: Pace) -> type[APIRoute]:
    class Guarded(APIRoute):
        def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
            handler = super().get_route_handler()
            what: May = (self.openapi_extra or {})["x-may"]

            async def answer(request: Request) -> Response:
                pace.take(client(request))
                request.state.user, request.state.token = await door.caller(request, what)
                await request.body()  # too large a body is the guard's to refuse, not a parser's to wonder at
                return await handler(request)

            return answer

    return Guarded


def who(request: Request) -> User:
    """Who calls; the door has seen to it."""
    user: User = request.state.user
    return user


def router(api: Api, parts: Sequence[APIRouter]) -> APIRouter:
    """parts: the routers of the API, for its document."""
    routes = api.routes()

    @routes.get("/me", openapi_extra=about("timelines"))
    async def me(request: Request) -> Me:
        user = who(request)
        return Me(
            id=user.id,
            name=user.name,
            role=user.role,
            language=api.cookies.language(request),
            csrf=request.state.token,
            may=sorted(all_of(user.role)),
        )

    @routes.get("/openapi.json", openapi_extra=about("trees.change"), include_in_schema=False)
    async def document() -> JSONResponse:
        return JSONResponse(openapi([routes, *parts]))

    return routes


def openapi(parts: Sequence[APIRouter]) -> dict[str, Any]:
    """The document of the API; the pages are none of its business."""
    return get_openapi(title="Denwaban", version="1", routes=[route for part in parts for route in part.routes])


def answer_error(error: Exception) -> JSONResponse:
    """Whatever went wrong, as JSON."""
    status, reason, more = _failure(error)
    headers = {"Retry-After": str(error.after)} if isinstance(error, TooBusy) else {}
    message = {language: words(language)(f"api.{reason}") for language in ("ja", "en")}
    return JSONResponse({"error": reason, "message": message, **more}, status, headers)


def _failure(error: Exception) -> tuple[int, str, dict[str, Any]]:
    match error:
        case ApiRefused():
            return error.status, error.reason, error.more
        case BrokenTree():
            problems = [problem.model_dump() for problem in problem_shapes(error.problems)]
            return 422, "not_a_tree", {"problems": problems}
        case NotSignedIn():
            return 401, "not_signed_in", {}
        case NotAllowed():
            return 403, "not_allowed", {"roles": list(error.roles)}
        case Forged():
            return 403, "forged", {}
        case TooBusy():
            return 429, "busy", {}
        case RequestValidationError():
            return 422, "shape", {"fields": [".".join(map(str, one["loc"])) for one in error.errors()][:20]}
        case HTTPException() | Refused():
            status = error.status_code if isinstance(error, HTTPException) else error.status
            return status, {404: "unknown", 405: "method", 413: "large"}.get(status, "shape"), {}
        case RecordError():
            return _of_record(error)
        case _:
            return 500, "broken", {}


def _of_record(error: RecordError) -> tuple[int, str, dict[str, Any]]:
    match error:
        case UnknownTree() | UnknownUser():
            return 404, "unknown", {}
        case Changed():
            return 409, "changed", {"revision": error.revision}
        case Full():
            return 409, "full", {}
        case NothingBefore():
            return 409, "nothing_before", {}
        case LastAdmin():
            return 409, "last_admin", {}
        case NameTaken():
            return 409, "name_taken", {}
        case Away():
            return 503, "away", {}
        case _:
            return 503, "broken", {}
