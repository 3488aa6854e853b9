"""Who is let in: the one-time page that makes the admin, that of a user who was invited, signing in, signing out."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from conversation.errors import TooManyTries, WrongCredentials
from conversation.users import User, Users
from web.cookies import Cookies
from web.drawing import Drawing
from web.errors import Forged, NotAllowed, NotSignedIn
from web.roles import WHO, May, may
from web.security import Pace, check_form, client, fields, form_token

SHORTEST_PASSWORD = 12
"""Length is all that is asked for (NIST SP 800-63B-4, 3.1.1.2: no composition rules)."""
LONGEST_PASSWORD = 200
LONGEST_NAME = 60
SESSION_SECONDS = 12 * 3600


class Door:
    """Lets through who signed in and may. Others raise NotSignedIn or NotAllowed."""

    def __init__(self, users: Users, cookies: Cookies) -> None:
        self._users, self._cookies = users, cookies

    async def user(self, request: Request, what: May) -> tuple[User, str]:
        """Who asks, and the token for the forms on the page."""
        session = self._cookies.session(request)
        user = await self._users.session(session) if session else None
        if user is None or session is None:
            raise NotSignedIn("sign in first")
        if not may(user.role, what):
            raise NotAllowed(WHO[what])
        return user, form_token(session)

    async def form(self, request: Request, what: May) -> tuple[User, dict[str, str]]:
        """Who sent the form, and its fields. Raises Forged when it is not from a page of this session."""
        user, _ = await self.user(request, what)
        form = await fields(request)
        check_form(self._cookies.session(request), form.get("token", ""))
        return user, form

    async def caller(self, request: Request, what: May) -> tuple[User, str]:
        """Who calls the API; a request that changes something carries the token. Raises Forged without it."""
        user, token = await self.user(request, what)
        if request.method not in ("GET", "HEAD"):
            check_form(self._cookies.session(request), request.headers.get("x-csrf", ""))
        return user, token

    async def passes(self, request: Request, what: May) -> bool:
        """Whether the session still holds; asked again and again while a live page is open."""
        session = self._cookies.session(request)
        user = await self._users.session(session) if session is not None else None
        return user is not None and may(user.role, what)


def router(users: Users, drawing: Drawing, cookies: Cookies, pace: Pace) -> APIRouter:
    routes = APIRouter()

    def draw(request: Request, template: str, wanted: str = "", *, status: int = 200, **values: object) -> Response:
        secret = cookies.door(request)
        language = cookies.language(request, wanted)
        response = drawing.page(template, language, status=status, token=form_token(secret), **values)
        cookies.keep_door(response, secret)
        return response

    @routes.get("/setup/{link}")
    async def set_up_page(request: Request, link: str, lang: str = "") -> Response:
        pace.take(client(request))
        if not await users.setup_open(link):
            return drawing.page("setup_gone.html", cookies.language(request, lang), status=410)
        return draw(request, "setup.html", lang, path=f"/setup/{link}", wrong="", user="")

    @routes.post("/setup/{link}")
    async def set_up(request: Request, link: str) -> Response:
        pace.take(client(request))
        form = await fields(request)
        lang, name = form.get("lang", ""), form.get("name", "").strip()
        wrong = _wrong(name, form.get("password", ""), form.get("again", ""))
        try:
            cookies.check_door(request, form.get("token", ""))
        except Forged:
            wrong = "stale"
        if not await users.setup_open(link):
            return drawing.page("setup_gone.html", cookies.language(request, lang), status=410)
        if wrong:
            values = {"path": f"/setup/{link}", "wrong": wrong, "user": name[:LONGEST_NAME]}
            return draw(request, "setup.html", lang, status=422, **values)
        try:
            await users.create_admin(link, name, form["password"])
        except WrongCredentials:
            return drawing.page("setup_gone.html", cookies.language(request, lang), status=410)
        return await enter(request, name, form["password"], lang)

    @routes.get("/invited/{link}")
    async def invited_page(request: Request, link: str, lang: str = "") -> Response:
        pace.take(client(request))
        name = await users.invited(link)
        if name is None:
            return drawing.page("invited_gone.html", cookies.language(request, lang), status=410)
        return draw(request, "invited.html", lang, path=f"/invited/{link}", wrong="", user=name)

    @routes.post("/invited/{link}")
    async def invited(request: Request, link: str) -> Response:
        pace.take(client(request))
        form = await fields(request)
        lang, name = form.get("lang", ""), await users.invited(link)
        if name is None:
            return drawing.page("invited_gone.html", cookies.language(request, lang), status=410)
        wrong = _wrong(name, form.get("password", ""), form.get("again", ""))
        try:
            cookies.check_door(request, form.get("token", ""))
        except Forged:
            wrong = "stale"
        if wrong:
            return draw(request, "invited.html", lang, status=422, path=f"/invited/{link}", wrong=wrong, user=name)
        try:
            await users.accept(link, form["password"])
        except WrongCredentials:
            return drawing.page("invited_gone.html", cookies.language(request, lang), status=410)
        return await enter(request, name, form["password"], lang)

    @routes.get("/signin")
    async def sign_in_page(request: Request, lang: str = "", left: str = "") -> Response:
        pace.take(client(request))
        return draw(request, "signin.html", lang, wrong="", left=bool(left))

    @routes.post("/signin")
    async def sign_in(request: Request) -> Response:
        pace.take(client(request))
        form = await fields(request)
        lang = form.get("lang", "")
        try:
            cookies.check_door(request, form.get("token", ""))
        except Forged:
            return draw(request, "signin.html", lang, status=403, wrong="stale", left=False)
        return await enter(request, form.get("name", "").strip(), form.get("password", ""), lang)

    async def enter(request: Request, name: str, password: str, lang: str) -> Response:
        try:
            session = await users.sign_in(name[:LONGEST_NAME], password[: LONGEST_PASSWORD + 1], client(request))
        except WrongCredentials:
            return draw(request, "signin.html", lang, status=401, wrong="wrong", left=False)
        except TooManyTries as tries:
            response = draw(request, "signin.html", lang, status=429, wrong="many", left=False)
            response.headers["Retry-After"] = str(max(1, round(tries.seconds)))
            return response
        response = RedirectResponse("/console", 303)
        cookies.begin_session(response, session, SESSION_SECONDS)
        if lang:
            cookies.keep_language(response, cookies.language(request, lang))
        return response

    @routes.post("/signout")
    async def sign_out(request: Request) -> Response:
        session = cookies.session(request)
        form = await fields(request)
        check_form(session, form.get("token", ""))
        if session:
            await users.sign_out(session)
        response = RedirectResponse("/signin?left=1", 303)
        cookies.end_session(response)
        return response

    return routes


def _wrong(name: str, password: str, again: str) -> str:
    """The id of what is wrong, or nothing."""
    if not 1 <= len(name) <= LONGEST_NAME:
        return "name_shape"
    if len(password) < SHORTEST_PASSWORD:
        return "short"
    if len(password) > LONGEST_PASSWORD:
        return "long"
    return "" if password == again else "differ"
