"""What guards every page: headers, size of bodies, where a form comes from, and how fast a client may ask."""

from __future__ import annotations

import hashlib
import hmac
import ipaddress
import logging
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from urllib.parse import parse_qsl, urlsplit

from starlette.datastructures import Headers, MutableHeaders, UploadFile
from starlette.formparsers import MultiPartException, MultiPartParser
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from web.catalogue import LANGUAGES, words
from web.errors import Forged, TooBusy

log = logging.getLogger("denwaban.web")

LARGEST_BODY = 10_000
"""Bytes; the longest form without a file is far below."""


class _TooLarge(Exception):
    pass


class Guard:
    """ASGI middleware: security headers on every answer, 413 for large bodies, 403 for forms from elsewhere.

    broken: the answer to what nobody foresaw. larger: bytes that a body may have where the path begins so.
    A policy that an answer brings itself stands.
    """

    def __init__(
        self,
        app: ASGIApp,
        *,
        style_hashes: Sequence[str],
        secure: bool,
        broken: ASGIApp,
        larger: Mapping[str, int] | None = None,
    ) -> None:
        self._app, self._broken, self._larger = app, broken, dict(larger or {})
        styles = " ".join(f"'{hash}'" for hash in style_hashes)
        self._headers = {
            "Content-Security-Policy": (
                f"default-src 'none'; style-src {styles}; script-src 'self'; connect-src 'self'; img-src data:; "
                "media-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
            ),
            "Referrer-Policy": "no-referrer",
            "X-Robots-Tag": "noindex, nofollow",
            "X-Content-Type-Options": "nosniff",
            "X-Frame-Options": "DENY",
            "Cross-Origin-Opener-Policy": "same-origin",
            "Cross-Origin-Resource-Policy": "same-origin",
            "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
        }
        if secure:
            self._headers["Strict-Transport-Security"] = "max-age=31536000"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        started = False
        taken = 0
        largest = next((most for begin, most in self._larger.items() if scope["path"].startswith(begin)), LARGEST_BODY)

        async def guarded_send(message: Message) -> None:
            nonlocal started
            if message["type"] == "http.response.start":
                started = True
                answered = MutableHeaders(raw=message["headers"])
                for name, value in self._headers.items():
                    answered.setdefault(name, value)
                answered.setdefault("Cache-Control", "no-store")
                message["headers"] = answered.raw
            await send(message)

        async def guarded_receive() -> Message:
            nonlocal taken
            message = await receive()
            taken += len(message.get("body", b""))
            if taken > largest:
                raise _TooLarge
            return message

        if scope["method"] not in ("GET", "HEAD", "OPTIONS") and not _from_here(headers):
            await _refusal(scope["path"], 403, "forged")(scope, receive, guarded_send)
            return
        try:
            declared = headers.get("content-length", "0")
            if not declared.isdigit() or int(declared) > largest:
                raise _TooLarge
            await self._app(scope, guarded_receive, guarded_send)
        except _TooLarge:
            if not started:
                await _refusal(scope["path"], 413, "large")(scope, receive, guarded_send)
        except Exception:
            log.exception("a page failed")
            if started:
                raise
            await self._broken(scope, receive, guarded_send)


def _refusal(path: str, status: int, reason: str) -> Response:
    """For pages a word, for the API what its failures look like."""
    if not path.startswith("/api/"):
        return PlainTextResponse("too large" if status == 413 else "forbidden", status)
    message = {language: words(language)(f"api.{reason}") for language in LANGUAGES}
    return JSONResponse({"error": reason, "message": message}, status)


def _from_here(headers: Headers) -> bool:
    """Whether a form was sent by one of our own pages, as far as the browser says.

    Sec-Fetch-Site decides where it is sent. Origin decides otherwise; it is ``null`` on our own forms, because our
    pages ask for no referrer (Fetch standard, "append a request Origin header"), so ``null`` alone refuses nobody:
    the token in the form does.
    """
    site = headers.get("sec-fetch-site")
    if site is not None:
        return site in ("same-origin", "none")
    origin = headers.get("origin", "null")
    return origin == "null" or urlsplit(origin).netloc == headers.get("host", "")


def form_token(secret: str) -> str:
    """What a form carries to prove that it came from a page of ours.

    secret: the value of a cookie that scripts and other sites cannot read; the token tells nothing about it.
    """
    return hashlib.sha256(b"denwaban form\0" + secret.encode()).hexdigest()[:32]


def check_form(secret: str | None, given: str) -> None:
    """Raises Forged."""
    if not secret or not hmac.compare_digest(form_token(secret).encode(), given.encode()):
        raise Forged("the form is not ours")


async def fields(request: Request) -> dict[str, str]:
    """The fields of an urlencoded form; the first of each name. Raises Forged for anything else."""
    if request.headers.get("content-type", "").split(";")[0].strip() != "application/x-www-form-urlencoded":
        raise Forged("not a form")
    body = await request.body()
    try:
        pairs = parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True, max_num_fields=20)
    except ValueError:
        raise Forged("too many fields") from None
    found: dict[str, str] = {}
    for name, value in pairs:
        found.setdefault(name, value)
    return found


class _InMemory(MultiPartParser):
    """What is uploaded holds what people trusted a company with: none of it is written to a disk on its way."""

    spool_max_size = 1 << 30


async def upload(request: Request, name: str) -> tuple[dict[str, str], bytes]:
    """The fields of a form with a file, and the file of this name; empty when none was chosen. Raises Forged."""
    if request.headers.get("content-type", "").split(";")[0].strip() != "multipart/form-data":
        raise Forged("not a form with a file")
    try:
        parser = _InMemory(request.headers, request.stream(), max_files=1, max_fields=10, max_part_size=1000)
        form = await parser.parse()
    except MultiPartException:
        raise Forged("a form that breaks off") from None
    try:
        file = form.get(name)
        data = await file.read() if isinstance(file, UploadFile) else b""
    finally:
        await form.close()
    return {field: value for field, value in form.items() if isinstance(value, str)}, data


def client(request: Request) -> str:
    """Who asks, for limits only: the address; of IPv6 the /64 that one customer commonly holds."""
    host = request.client.host if request.client else ""
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return host
    if address.version == 6:
        return str(ipaddress.ip_network((address, 64), strict=False))
    return host


class Pace:
    """A token bucket per client. ``rate``: requests a second in the long run; ``burst``: at once."""

    MOST_CLIENTS = 10_000

    def __init__(self, rate: float, burst: int, clock: Callable[[], datetime]) -> None:
        self._rate, self._burst, self._clock = rate, burst, clock
        self._left: OrderedDict[str, tuple[float, datetime]] = OrderedDict()

    def take(self, who: str) -> None:
        """Raises TooBusy."""
        at = self._clock()
        left, since = self._left.pop(who, (float(self._burst), at))
        left = min(float(self._burst), left + max(0.0, (at - since).total_seconds()) * self._rate)
        allowed = left >= 1
        self._left[who] = (left - 1 if allowed else left, at)
        if len(self._left) > self.MOST_CLIENTS:
            self._left.popitem(last=False)
        if not allowed:
            raise TooBusy(max(1, round((1 - left) / self._rate)))
