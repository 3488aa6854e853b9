"""A whole house behind the screens: real record, inbox, links, codes, mover and demo tree, served by a real server."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import uvicorn

from asr.sound import wav
from conversation.inbox import Inbox
from conversation.library import Library
from conversation.live import Delivery
from conversation.recordings import Recordings
from conversation.store import Store
from conversation.users import Role, Users
from conversation.versions import Versions, is_drawn
from deflect.codes import Codes
from deflect.links import Links
from deflect.mover import Mover
from deflect.senders import Outbox, TrialSender
from ivr import demo
from ivr.events import Caller, Event, Joined, Left, Pressed, Spoke
from ivr.tree import Tree, load
from web.app import Parts, create_app
from web.security import form_token

VALUES = {"sms_sender": "050-1234-5678", "link_domain": "localhost", "centre_number": "03-1234-5678"}
NUMBER = "+819012345678"
PASSWORD = "a long and calm sentence"


@dataclass
class Clock:
    """A working Tuesday morning in Japan that goes on only when told to."""

    now: datetime = datetime(2026, 11, 24, 1, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def pass_by(self, **span: float) -> None:
        self.now += timedelta(**span)


class Trees:
    """The demo tree, or whatever is on the air; in service the moment that it is asked about."""

    def __init__(self) -> None:
        self._live = load(demo.text(), values=VALUES)
        self._candidate: Tree | None = None
        self._share = 0
        self._known = {self._live.digest: self._live}
        self.versions: Versions | None = None

    def choose(self, conversation: str) -> Tree:
        if self._candidate is not None and is_drawn(conversation, self._share):
            return self._candidate
        return self._live

    def by_digest(self, digest: str) -> Tree | None:
        return self._known.get(digest)

    def from_source(self, source: str) -> Tree:
        return self.load(source)

    def load(self, source: str) -> Tree:
        tree = load(source, values=VALUES)
        return self._known.setdefault(tree.digest, tree)

    async def changed(self, within: float = 0.0) -> bool:
        air = await self.versions.air() if self.versions is not None else None
        if air is not None:
            self._live = self.load(air.live.source)
            self._candidate = self.load(air.candidate.source) if air.candidate else None
            self._share = air.share
        return True

    def is_ready(self, digest: str) -> bool:
        return digest in {self._live.digest, self._candidate.digest if self._candidate else ""}


class Studio:
    """An ear and a mouth that need no model: what is said is a tone as long as the text, and is heard as its length."""

    is_there = True

    async def hear(self, pcm: bytes, language: str) -> str | None:
        return f"{len(pcm) / 16000:g}" if self.is_there else None

    async def say(self, text: str, language: str) -> bytes | None:
        return wav(bytes(1600 * len(text))) if self.is_there else None


@dataclass(frozen=True)
class Confusion:
    first: tuple[str, str]
    second: tuple[str, str]
    likeness: float


def confusing(examples: Mapping[str, tuple[str, ...]], language: str) -> list[Confusion]:
    """The same words for two answers."""
    pairs = [(option, words) for option, said in examples.items() for words in said]
    return [
        Confusion(one, other, 1.0)
        for place, one in enumerate(pairs)
        for other in pairs[place + 1 :]
        if one[1] == other[1] and one[0] != other[0]
    ]


@dataclass
class House:
    url: str
    inbox: Inbox
    links: Links
    codes: Codes
    outbox: Outbox
    recordings: Recordings
    users: Users
    store: Store
    clock: Clock
    library: Library
    versions: Versions
    studio: Studio
    editor: Path
    calls: int = 0
    health: dict[str, Any] = field(default_factory=lambda: {"ready": True})

    async def call(self, language: str = "ja", number: str | None = NUMBER) -> str:
        """Somebody calls: a conversation that a voice has joined."""
        conversation = await self.inbox.open(language=language, number=number)
        number_class = "mobile" if number else "withheld"
        await self.post(
            conversation,
            Joined(at=self.clock(), channel="voice", caller=Caller(number=number, number_class=number_class)),
        )
        return conversation

    async def post(self, conversation: str, event: Event) -> Delivery:
        return await self.inbox.post(conversation, event)

    async def press(self, conversation: str, digits: str) -> None:
        for digit in digits:
            await self.post(conversation, Pressed(at=self.clock(), channel="voice", digit=digit))

    async def say(self, conversation: str, text: str, choice: str) -> None:
        spoke = Spoke(
            at=self.clock(),
            channel="voice",
            text=text,
            choice=choice,
            confidence=0.93,
            scores=((choice, 0.93), ("x", 0.02)),
        )
        await self.post(conversation, spoke)

    async def hang_up(self, conversation: str) -> None:
        await self.post(conversation, Left(at=self.clock(), channel="voice"))

    async def link(self, conversation: str) -> str:
        """The path of a trusted page of this conversation."""
        return "/l/" + await self.links.issue(conversation)

    async def on_page(self, language: str = "ja") -> tuple[str, str]:
        """A call that stands at the member number, and the path of its page."""
        conversation = await self.call(language)
        await self.press(conversation, "12")
        return conversation, await self.link(conversation)

    async def admin(self) -> str:
        """An admin is made, if there is none; the session's token."""
        token = await self.users.setup_token()
        if token is not None:
            await self.users.create_admin(token, "admin", PASSWORD)
        return await self.users.sign_in("admin", PASSWORD, "test")

    async def user(self, role: Role, name: str = "") -> str:
        """Somebody with this role is made; the session's token."""
        await self.admin()
        made = next(one.id for one in await self.users.everyone() if one.role == "admin")
        _, token = await self.users.invite(name or role, role, made)
        await self.users.accept(token, PASSWORD)
        return await self.users.sign_in(name or role, PASSWORD, "test")

    def browser(self, **options: Any) -> httpx.AsyncClient:
        return httpx.AsyncClient(base_url=self.url, timeout=10, **options)

    async def signed_in(self) -> httpx.AsyncClient:
        return self.browser(cookies={"denwaban_session": await self.admin()})

    async def caller(self, role: Role = "admin", name: str = "") -> httpx.AsyncClient:
        """Who calls the API: signed in, with the token that changes need."""
        session = await self.admin() if role == "admin" and not name else await self.user(role, name)
        return self.browser(cookies={"denwaban_session": session}, headers={"x-csrf": form_token(session)})


@contextlib.asynccontextmanager
async def house(folder: Path, port: int, database: str = "") -> AsyncIterator[House]:
    """database: SQLAlchemy URL; default: SQLite in the folder."""
    clock = Clock()
    store = Store.open(database or f"sqlite:///{folder / 'record.db'}", bytes(range(32)), spool=folder / "spool")
    trees, library, versions, studio = Trees(), Library(store, clock), Versions(store, clock), Studio()
    trees.versions = versions
    live = load(demo.text())
    await versions.adopt(live.source, live.name, live.digest)
    inbox = Inbox(store, trees, clock)
    links = Links(store, timedelta(hours=24), clock)
    codes = Codes(links, store, clock)
    outbox = Outbox(store, clock)
    url = f"http://127.0.0.1:{port}"
    mover = Mover(inbox, links, codes, outbox, TrialSender(outbox), url=url + "/l/{token}", clock=clock)
    recordings = Recordings(folder / "recordings", store)
    users, editor = Users(store, clock), folder / "editor"
    made = House(url, inbox, links, codes, outbox, recordings, users, store, clock, library, versions, studio, editor)
    app = create_app(
        Parts(
            inbox=inbox,
            links=links,
            codes=codes,
            outbox=outbox,
            recordings=recordings,
            users=made.users,
            clock=clock,
            base_url=url,
            centre_number="03-1234-5678",
            centre_name="みらいライフ サポートセンター",
            timezone="Asia/Tokyo",
            health=lambda: made.health,
            metrics=lambda: "# TYPE denwaban_calls gauge\ndenwaban_calls 0\n",
            library=library,
            versions=versions,
            service=trees,
            hear=studio.hear,
            say=studio.say,
            confusing=confusing,
            editor=made.editor,
        )
    )
    server = uvicorn.Server(
        uvicorn.Config(app, host="127.0.0.1", port=port, log_level="warning", timeout_graceful_shutdown=1)
    )
    tasks = [asyncio.create_task(mover.run()), asyncio.create_task(server.serve())]
    try:
        while not server.started:
            await asyncio.sleep(0.01)
        yield made
    finally:
        server.should_exit = True
        tasks[0].cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await store.close()
