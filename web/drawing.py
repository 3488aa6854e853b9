"""Pages drawn from templates: words of one language, the style inside, nothing from elsewhere."""

from __future__ import annotations

import base64
import hashlib
import re
from datetime import datetime
from importlib.resources import files
from zoneinfo import ZoneInfo

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup
from starlette.responses import HTMLResponse

from web.catalogue import LANGUAGES, words

FOLDER = files("web")
ICON = (
    "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 32 32'%3E%3Crect width='32' height='32' "
    "rx='8' fill='%230b4a54'/%3E%3Cpath d='M8 10a3 3 0 013-3h10a3 3 0 013 3v7a3 3 0 01-3 3h-5l-5 5v-5a3 3 0 01-3-3z' "
    "fill='%23fff'/%3E%3C/svg%3E"
)


class Drawing:
    """The pages of one centre. ``centre``: its name; ``number``: the number that people call, as they read it.

    zone: name of the time zone that times are shown in.
    """

    def __init__(self, *, centre: str, number: str, zone: str) -> None:
        # Templates are ours and every value is escaped; an unknown name is a mistake, not an empty text.
        self._templates = Environment(
            loader=FileSystemLoader(str(FOLDER / "templates")),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._zone = ZoneInfo(zone)
        self._templates.filters["key"] = _key
        self._templates.filters["linked"] = linked
        self._templates.filters["moment"] = lambda at: at.astimezone(self._zone).strftime("%Y-%m-%d %H:%M:%S")
        self._templates.filters["clock"] = lambda at: at.astimezone(self._zone).strftime("%H:%M:%S")
        self._styles = {name: _style(*sheets) for name, sheets in _SHEETS.items()}
        self._assets = {name: _asset(name) for name in ("page.js", "console.js")}
        self._common = {
            "name": centre,
            "number": number,
            "dial": re.sub(r"[^0-9+]", "", number),
            "icon": Markup(ICON),  # noqa: S704 -- our own constant
            "asset": lambda name: f"/static/{name}?{hashlib.sha256(self._assets[name]).hexdigest()[:8]}",
        }

    @property
    def style_hashes(self) -> tuple[str, ...]:
        """CSP sources of the inlined styles (CSP Level 3, 2.3.1)."""
        return tuple(
            "sha256-" + base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
            for style in self._styles.values()
        )

    def exact(self, at: datetime) -> str:
        """ISO 8601 with the offset of the centre's time zone."""
        return at.astimezone(self._zone).isoformat(timespec="seconds")

    def asset(self, name: str) -> bytes | None:
        return self._assets.get(name)

    def page(self, template: str, language: str, *, status: int = 200, **values: object) -> HTMLResponse:
        """A whole page, as the first answer to a browser."""
        sheet = "console" if template.startswith("console") else "page"
        style = Markup(self._styles[sheet])  # noqa: S704 -- our own file
        return HTMLResponse(self._draw(template, language, style=style, **values), status)

    def part(self, template: str, language: str, **values: object) -> str:
        """The same page without head, for a page that is open already."""
        return self._draw(template, language, style="", **values)

    def gone(self, reason: str, language: str, *, status: int) -> HTMLResponse:
        """Why there is nothing here, in both languages, with the number to call."""
        other = next(other for other in LANGUAGES if other != language)
        return self.page("gone.html", language, status=status, reason=reason, also=words(other))

    def _draw(self, template: str, language: str, **values: object) -> str:
        found = self._templates.get_template(template)
        return found.render({**self._common, "words": words(language), **values})


_SHEETS = {"page": ("tokens.css", "page.css"), "console": ("tokens.css", "console.css")}


def _style(*sheets: str) -> str:
    text = "".join((FOLDER / "static" / sheet).read_text(encoding="utf-8") for sheet in sheets)
    text = re.sub(r"/\*.*?\*/", "", text, flags=re.DOTALL)
    text = re.sub(r"\s+", " ", text)
    return re.sub(r" ?([{};,]) ?", r"\1", text).strip()


def _asset(name: str) -> bytes:
    """A script without its indentation and its comment lines: every byte is waited for on a telephone."""
    lines = (FOLDER / "static" / name).read_text(encoding="utf-8").splitlines()
    kept = (line.strip() for line in lines)
    return "\n".join(line for line in kept if line and not line.startswith("//")).encode()


def linked(text: str) -> Markup:
    """The text, escaped, with its web addresses as links."""
    pieces = re.split(r"(https?://[A-Za-z0-9._~:/?#@!$&*+,;=%\[\]-]+)", text)
    return Markup("").join(
        Markup('<a href="{0}" target="_blank" rel="noopener noreferrer">{0}</a>').format(piece) if place % 2 else piece
        for place, piece in enumerate(pieces)
    )


def _key(text: object) -> str:
    """A short name for what a part of a page shows, so that an unchanged part is left alone."""
    return hashlib.sha256(str(text).encode()).hexdigest()[:10]
