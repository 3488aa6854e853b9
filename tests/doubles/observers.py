"""Who watches a running family from outside: its record, its console, a smartphone without scripts."""

from __future__ import annotations

import asyncio
import base64
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

import httpx

from conversation.inbox import Inbox
from conversation.store import Store
from gateway.household import Household
from ivr import demo
from ivr.tree import load

PASSWORD = "a long enough pass phrase"


class Trees:
    def choose(self, conversation):
        return load(demo.text())

    def by_digest(self, digest):
        return None

    def from_source(self, source):
        return load(source)


@asynccontextmanager
async def record_of(household: Household) -> AsyncIterator[Inbox]:
    """The record, opened beside the running hub, to compare what is kept with what was seen."""
    data = Path(household.settings["DATA"])
    key = base64.b64decode((data / "master.key").read_text())
    store = Store.open(f"sqlite:///{data / 'denwaban.db'}", key, spool=household.folder / "reader.spool")
    try:
        yield Inbox(store, Trees(), lambda: datetime.now(UTC))
    finally:
        await store.close()


async def timelines(household: Household, most: int = 50) -> list[list]:
    """Every conversation's timeline, newest conversation first."""
    async with record_of(household) as inbox:
        return [await inbox.timeline(one.id) for one in await inbox.conversations(most, None)]


def kinds(timeline, kind):
    """The payloads of this kind, in order."""
    return [line.payload for line in timeline if line.kind == kind]


async def of_number(household: Household, number: str):
    """The newest conversation in which this number (E.164) called."""
    for timeline in await timelines(household):
        joined = kinds(timeline, "Joined")
        if joined and (joined[0].get("caller") or {}).get("number") == number:
            return timeline
    return None


class Console:
    """A supervisor's browser, without the browser: signs in through the one-time link and reads."""

    def __init__(self, household: Household) -> None:
        self.household = household
        self.client = httpx.AsyncClient(base_url=household.url, follow_redirects=True, timeout=10)

    async def post(self, page: str, **fields: str) -> httpx.Response:
        shown = await self.client.get(page)
        token = re.search(r'name="token" value="([^"]+)"', shown.text)
        assert token is not None, shown.text[:500]
        return await self.client.post(page, data=fields | {"token": token.group(1)})

    async def sign_in(self) -> None:
        text = self.household.log_path.read_text()
        setup = re.findall(r"(/setup/\S+)", text)[-1]
        made = await self.post(setup, name="admin", password=PASSWORD, again=PASSWORD)
        assert made.status_code == 200, made.text[:500]

    async def links(self) -> list[str]:
        """Links of the messages sent so far, newest first."""
        page = await self.client.get("/console/outbox")
        return list(dict.fromkeys(re.findall(r'href="(http[^"]*/l/[^"]+)"', page.text)))


class Page:
    """A smartphone's browser without scripts: forms and redirects."""

    def __init__(self, url: str) -> None:
        self.path = "/" + url.split("/", 3)[3]
        self.client = httpx.AsyncClient(base_url=url.rsplit("/l/", 1)[0], follow_redirects=True, timeout=10)
        self.text = ""

    async def open(self) -> str:
        self.text = (await self.client.get(self.path)).text
        return self.text

    async def answer(self, **fields: str) -> str:
        hidden = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', self.text))
        self.text = (await self.client.post(f"{self.path}/answer", data=hidden | fields)).text
        return self.text


async def until(what, within=15.0, every=0.05):
    """Ask until it says something; that."""
    end = asyncio.get_running_loop().time() + within
    while not (found := await what()):
        assert asyncio.get_running_loop().time() < end, "it did not happen in time"
        await asyncio.sleep(every)
    return found
