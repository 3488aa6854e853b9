"""Figures ``screen`` and ``page``: how soon voice and page follow each other, and what the page weighs."""

from __future__ import annotations

import asyncio
import gzip
import re
import secrets
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlencode, urlsplit

from conversation.store import Store
from deflect.senders import Outbox
from gateway.bench_family import Callers, family
from gateway.bench_figures import Json, judged
from gateway.bench_machine import load
from gateway.bench_sounds import spoken, ulaw
from gateway.bench_trees import SCREENS
from gateway.errors import Complaint
from gateway.household import Household
from gateway.keys import master_key
from gateway.load import LoadCall, Pulse
from gateway.settings import Settings

ROUNDS = 12
"""Taps; after each an answer on the call, by key and by voice in turn."""
QUIET = 0.6
"""Seconds without sound after which the short prompts of the bench tree have ended."""
GOAL = 0.3
LIGHTEST = 14 * 1024


class Page:
    """The smartphone page of one link, by plain HTTP: looks, taps, and the moments at which the page changed."""

    def __init__(self, link: str) -> None:
        parts = urlsplit(link)
        self.host, self.port, self.path = parts.hostname or "", parts.port or 80, parts.path
        self.changes: list[float] = []

    async def look(self) -> tuple[dict[str, str], bytes]:
        """Headers and body of the first response, to a browser that takes gzip."""
        return await self._ask("GET", self.path)

    async def tap(self, node: str, option: str) -> float:
        """Send the form; when it was sent."""
        form = {"node": node, "option": option, "form": secrets.token_urlsafe(16)}
        reader, writer = await asyncio.open_connection(self.host, self.port)
        sent = time.time()
        writer.write(self._request("POST", f"{self.path}/answer", urlencode(form).encode()))
        status = await reader.readline()
        writer.close()
        if b" 303 " not in status:
            raise Complaint("the page did not take the tap")
        return sent

    async def follow(self) -> None:
        """Note when each new content came, until cancelled."""
        reader, writer = await asyncio.open_connection(self.host, self.port)
        try:
            writer.write(self._request("GET", f"{self.path}/events"))
            while line := await reader.readline():
                if line.startswith(b"event: now"):
                    self.changes.append(time.time())
        finally:
            writer.close()

    async def changed(self, since: int, within: float) -> float:
        """When the first change after so many came. Raises Complaint."""
        until = time.monotonic() + within
        while len(self.changes) <= since:
            if time.monotonic() > until:
                raise Complaint("the page did not change")
            await asyncio.sleep(0.005)
        return self.changes[since]

    async def _ask(self, method: str, path: str) -> tuple[dict[str, str], bytes]:
        reader, writer = await asyncio.open_connection(self.host, self.port)
        writer.write(self._request(method, path))
        answer = await reader.read()
        writer.close()
        head, _, body = answer.partition(b"\r\n\r\n")
        lines = head.decode("latin-1").split("\r\n")[1:]
        return {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}, body

    def _request(self, method: str, path: str, body: bytes = b"") -> bytes:
        head = [
            f"{method} {path} HTTP/1.1",
            f"Host: {self.host}:{self.port}",
            "Accept-Encoding: gzip",
            "Connection: close",
            *(["Content-Type: application/x-www-form-urlencoded", f"Content-Length: {len(body)}"] if body else []),
        ]
        return "\r\n".join(head).encode() + b"\r\n\r\n" + body


async def screen(rounds: int = ROUNDS) -> Json:
    """A caller with the page open: taps change the voice, keys and words change the page."""
    yes = ulaw(spoken("はい"))
    taps: list[float] = []
    answers: dict[str, list[float]] = {"key": [], "voice": []}
    missed = 0
    async with _on_both(hears=True) as (household, call, page):
        before = load()
        for number in range(rounds):
            since, sent = len(page.changes), await page.tap("tap", "tapped")
            if not await call.until_sound(5.0, sent):
                raise Complaint("the voice did not follow a tap")
            taps.append(call.measured.sound_after(sent) - sent)
            await page.changed(since, 5.0)
            await call.until_quiet(QUIET)
            how = "key" if number % 2 == 0 else "voice"
            taken = await _answer(household, call, page, yes if how == "voice" else b"")
            if taken is not None:
                answers[how].append(taken)
            else:
                missed += 1
                await _answer(household, call, page, b"")  # by key, so that the next tap finds its question
            await call.until_quiet(QUIET)
    return {
        "load": before,
        "missed": missed,
        "tap_to_voice": judged(taps, p95=GOAL),
        "key_to_page": judged(answers["key"], p95=GOAL),
        "answer_to_page": judged(answers["voice"], p95=GOAL),
    }


async def _answer(household: Household, call: LoadCall, page: Page, words: bytes) -> float | None:
    """Answer in these words, or else by key, and wait for the next prompt to begin.

    Seconds from the key, or from the words being recognised, to the page's change; None when nothing came of it.
    """
    began, since, known = time.time(), len(page.changes), len(_known(household))
    if words:
        call.say(words)
    else:
        call.press("1")
    try:
        changed = await page.changed(since, 10.0)
    except Complaint:
        return None
    await call.until_sound(5.0, began)
    return changed - (_known(household)[known] if words else call.measured.pressed)


def _known(household: Household) -> list[float]:
    """When each spoken answer was recognised."""
    return [line["known"] for line in household.log() if line.get("what") == "an answer was heard"]


async def page() -> Json:
    """The first response, and what a browser must fetch besides before the page can be used."""
    async with _on_both(hears=False) as (_, _, page):
        headers, body = await page.look()
    packed = headers.get("content-encoding") == "gzip"
    if headers.get("transfer-encoding") == "chunked":
        body = _unchunked(body)
    html = gzip.decompress(body) if packed else body
    blocking = blocking_requests(html.decode())
    weight = len(body) if packed else len(gzip.compress(html, 6))
    return {
        "html_bytes": len(html),
        "sent_compressed": packed,
        "gzip_bytes": weight,
        "requests_before_usable": 1 + len(blocking),
        "goal": {"gzip_bytes": LIGHTEST, "requests_before_usable": 1},
        "reached": weight <= LIGHTEST and not blocking,
    }


def blocking_requests(html: str) -> list[str]:
    """Tags that make a browser fetch something before it draws the page or lets it be used."""
    tags = re.findall(r"<(?:script|link)\b[^>]*>", html)
    scripts = [tag for tag in tags if tag.startswith("<script") and " src=" in tag]
    styles = [tag for tag in tags if tag.startswith("<link") and "stylesheet" in tag]
    return [tag for tag in scripts if not re.search(r"\b(?:async|defer|module)\b", tag)] + styles


def _unchunked(body: bytes) -> bytes:
    whole = b""
    while body:
        size, _, rest = body.partition(b"\r\n")
        whole += rest[: int(size, 16)]
        body = rest[int(size, 16) + 2 :]
    return whole


@asynccontextmanager
async def _on_both(*, hears: bool) -> AsyncIterator[tuple[Household, LoadCall, Page]]:
    """A call whose caller has opened the link that was sent, both at the first question."""
    async with family(2, tree=SCREENS, hears=hears) as household, Pulse() as pulse:
        call = Callers(household, pulse).caller()
        if not await call.dial() or not await call.until_sound(10.0):
            raise Complaint("a call was not answered, or with silence")
        await asyncio.sleep(1.0)
        call.press("1")
        opened = Page(await _link(household))
        await opened.look()
        following = asyncio.create_task(opened.follow())
        try:
            await opened.changed(0, 5.0)
            await call.until_quiet(2.0)
            yield household, call, opened
        finally:
            following.cancel()
            await asyncio.gather(following, return_exceptions=True)


async def _link(household: Household) -> str:
    """The link in the message that was sent last, read from the family's own record."""
    values = {name.lower(): value for name, value in household.settings.items()}
    settings = Settings(dev=True, **values)  # type: ignore[arg-type]
    with tempfile.TemporaryDirectory() as folder:
        store = Store.open(
            settings.database_url, master_key(settings), site=settings.site, spool=Path(folder) / "spool"
        )
        try:
            outbox = Outbox(store, lambda: datetime.now(UTC))
            for _ in range(100):
                for message in await outbox.messages(1):
                    if found := re.search(r"https?://\S+", message.text):
                        return found.group(0)
                await asyncio.sleep(0.1)
        finally:
            await store.close()
    raise Complaint("no link was sent")
