"""The editor's page: what Vite has built, served with a policy of its own; its data comes over the API."""

from __future__ import annotations

import base64
import hashlib
import mimetypes
import re
from pathlib import Path

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response

from web.cookies import Cookies
from web.drawing import FOLDER, Drawing
from web.errors import NoSuchPage
from web.signin import Door

BUILT = Path(str(FOLDER)) / "ui" / "dist"
_ASSET = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9_.-]{0,120}")
_TREE = re.compile(r"[0-9a-f]{32}")


def router(door: Door, drawing: Drawing, cookies: Cookies, built: Path = BUILT) -> APIRouter:
    """built: the folder with ``index.html`` and ``assets``, whose names hold their content's hash."""
    routes = APIRouter()

    @routes.get("/editor")
    @routes.get("/editor/{tree}")
    async def page(request: Request, tree: str = "") -> Response:
        await door.user(request, "trees.read")
        if tree and not _TREE.fullmatch(tree):
            raise NoSuchPage("no such tree")
        index = built / "index.html"
        if not index.is_file():
            return drawing.page("editor_none.html", cookies.language(request), status=503)
        html = index.read_text("utf-8")
        return HTMLResponse(html, headers=policy(html))

    @routes.get("/editor/assets/{name}")
    async def asset(name: str) -> Response:
        found = built / "assets" / name
        if not _ASSET.fullmatch(name) or not found.is_file():
            raise NoSuchPage("no such file")
        kind = mimetypes.guess_type(name)[0] or "application/octet-stream"
        headers = {"Cache-Control": "public, max-age=31536000, immutable"}
        return Response(found.read_bytes(), media_type=kind, headers=headers)

    return routes


def policy(html: str) -> dict[str, str]:
    """What the page may load: its own files, the scripts that stand in it, the microphone.

    Places on the canvas are style attributes, which the policy cannot name by hash (CSP Level 3, 6.1.14).
    """
    inline = re.findall(r"<script(?![^>]*\ssrc=)[^>]*>(.*?)</script>", html, re.DOTALL)
    hashes = "".join(
        f" 'sha256-{base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()}'" for script in inline
    )
    return {
        "Content-Security-Policy": (
            f"default-src 'none'; script-src 'self'{hashes}; style-src 'self'; style-src-attr 'unsafe-inline'; "
            "connect-src 'self'; img-src 'self' data:; font-src 'self'; media-src 'self' blob:; "
            "worker-src 'self' blob:; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
        ),
        "Permissions-Policy": "camera=(), microphone=(self), geolocation=()",
    }
