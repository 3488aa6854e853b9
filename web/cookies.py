"""The cookies of the console: the session, the secret behind its forms before there is one, and the language."""

from __future__ import annotations

import re
import secrets

from starlette.requests import Request
from starlette.responses import Response

from web.catalogue import LANGUAGES, preferred
from web.security import check_form

_TOKEN = re.compile(r"[A-Za-z0-9_-]{20,100}")


class Cookies:
    """secure: the console is reached by https; a prefix then ties the cookies to this host (RFC 6265bis 4.1.3)."""

    def __init__(self, *, secure: bool) -> None:
        prefix = "__Host-" if secure else ""
        self._secure = secure
        self._session, self._door, self._language = (f"{prefix}denwaban_{name}" for name in ("session", "door", "lang"))

    def session(self, request: Request) -> str | None:
        return _token(request.cookies.get(self._session))

    def begin_session(self, response: Response, token: str, seconds: int) -> None:
        """token: made by the record at sign-in, so that one that a stranger planted before is worth nothing."""
        self._set(response, self._session, token, seconds)
        self._drop(response, self._door)

    def end_session(self, response: Response) -> None:
        self._drop(response, self._session)

    def door(self, request: Request) -> str:
        """The secret behind forms before sign-in; a new one if the browser has none."""
        return _token(request.cookies.get(self._door)) or secrets.token_urlsafe(24)

    def keep_door(self, response: Response, door: str) -> None:
        self._set(response, self._door, door, None, strict=True)

    def check_door(self, request: Request, given: str) -> None:
        """Raises Forged."""
        check_form(_token(request.cookies.get(self._door)), given)

    def language(self, request: Request, wanted: str = "") -> str:
        for language in (wanted, request.cookies.get(self._language, "")):
            if language in LANGUAGES:
                return language
        return preferred(request.headers.get("accept-language", ""))

    def keep_language(self, response: Response, language: str) -> None:
        self._set(response, self._language, language, 365 * 24 * 3600)

    def _set(self, response: Response, name: str, value: str, seconds: int | None, *, strict: bool = False) -> None:
        response.set_cookie(
            name,
            value,
            max_age=seconds,
            path="/",
            secure=self._secure,
            httponly=True,
            samesite="strict" if strict else "lax",
        )

    def _drop(self, response: Response, name: str) -> None:
        response.delete_cookie(name, path="/", secure=self._secure, httponly=True, samesite="lax")


def _token(value: str | None) -> str | None:
    return value if value and _TOKEN.fullmatch(value) else None
