"""The hub: record, inbox, engine, channels and screens in one process, and the socket that line workers connect to."""

from __future__ import annotations

import asyncio
import fcntl
import logging
import os
from collections import Counter
from datetime import UTC, datetime
from typing import IO, Any

import uvicorn

from asr.chime import chime_file
from asr.ear_client import EarClient
from asr.listening import Listening
from asr.mouth import Mouth
from asr.segmenter import PACES
from asr.vad import Gate
from channels import wording
from channels.voice import VoiceChannel
from channels.voice_call import Means
from channels.voicemail import Transcriber
from conversation.errors import RecordError
from conversation.inbox import Inbox
from conversation.library import Library
from conversation.recordings import Recordings
from conversation.store import Store
from conversation.users import Users
from conversation.versions import Versions, beforehand
from deflect.codes import Codes
from deflect.links import Links
from deflect.mover import Mover
from deflect.senders import Outbox, TrialSender
from gateway.errors import Complaint
from gateway.keys import master_key
from gateway.service import LOOKS_EVERY, Service
from gateway.settings import Settings
from gateway.studio import Studio
from gateway.words import LINK, Words, as_read
from ivr import engine
from ivr.tree import Tree
from web.app import Parts, create_app
from wire.facts import serve_facts

log = logging.getLogger("denwaban.hub")

TURN = 0.05
"""Seconds between two looks whether the serving hub has gone."""


def now() -> datetime:
    return datetime.now(UTC)


class Figures:
    """Counts for /metrics, by kind alone."""

    def __init__(self) -> None:
        self.events: Counter[tuple[str, str]] = Counter()

    def count(self, kind: str, channel: str) -> None:
        self.events[kind, channel] += 1

    def text(self, gauges: dict[str, float]) -> str:
        lines = ["# TYPE denwaban_events_total counter"]
        lines += [
            f'denwaban_events_total{{kind="{kind}",channel="{channel}"}} {count}'
            for (kind, channel), count in sorted(self.events.items())
        ]
        for name, value in gauges.items():
            lines += [f"# TYPE denwaban_{name} gauge", f"denwaban_{name} {value:g}"]
        return "\n".join(lines) + "\n"


class Hub:
    """All parts, made once. ``run`` lives until cancelled."""

    def __init__(self, settings: Settings, words: Words) -> None:
        self.settings, self.words = settings, words
        key = master_key(settings)
        try:
            self.store = Store.open(settings.database_url, key, site=settings.site, spool=settings.data / "spool")
        except RecordError as error:
            raise Complaint(str(error)) from error
        self.inbox = Inbox(self.store, words.trees, now)
        self.library, self.versions = Library(self.store, now), Versions(self.store, now)
        self.service = Service(words, self.versions, self._make_prompts)
        self.recordings = Recordings(settings.data / "recordings", self.store)
        self.users = Users(self.store, now)
        self.links = Links(self.store, settings.link_lifetime, now)
        self.codes = Codes(self.links, self.store, now)
        self.outbox = Outbox(self.store, now)
        self.mover = Mover(
            self.inbox,
            self.links,
            self.codes,
            self.outbox,
            TrialSender(self.outbox),
            url=settings.url + LINK,
            clock=now,
        )
        self.mouth = Mouth(
            [settings.mouth_socket(i) for i in range(max(1, settings.mouths))],
            settings.data / "prompts",
            settings.run / "said",
        )
        self.ear = EarClient(str(settings.ear_socket()))
        self.transcriber = Transcriber(
            self.inbox, self.recordings, self.ear, lambda: Listening(Gate(), PACES["free"]), now
        )
        self.studio = Studio(self.ear, self.mouth)
        self.figures = Figures()
        self._known: set[tuple[str, str]] = set()
        self._prompts = (0, 0)
        self._spoken: set[str] = set()
        self.voice = VoiceChannel(
            Means(
                inbox=self.inbox,
                mouth=self.mouth,
                recordings=self.recordings,
                sense=words.sense,
                known=lambda u: (u.text, u.language) in self._known,
                chime=chime_file(settings.data / "prompts"),
                sounds=(settings.tree.parent if settings.tree else settings.data / "sounds").resolve(),
                transcribe=self.transcriber.soon,
            ),
            language=settings.language,
            country="JP",
            resume_within=settings.resume_within,
            busy_tree=lambda: words.trees.busy,
        )
        self.app = create_app(
            Parts(
                inbox=self.inbox,
                links=self.links,
                codes=self.codes,
                outbox=self.outbox,
                recordings=self.recordings,
                users=self.users,
                clock=now,
                base_url=settings.url,
                centre_number=as_read(settings.centre_number),
                centre_name=words.trees.service.live.name,
                timezone=settings.timezone,
                health=self.health,
                metrics=self.metrics,
                library=self.library,
                versions=self.versions,
                service=self.service,
                hear=self.studio.hear,
                say=self.studio.say,
                confusing=None,
            )
        )
        self.inbox.subscribe(lambda d: self.figures.count(d.event.kind, d.event.channel))

    async def run(self) -> None:
        settings = self.settings
        settings.hub_socket.unlink(missing_ok=True)
        await self.service.begin()
        server = uvicorn.Server(
            uvicorn.Config(
                self.app,
                host=settings.host,
                port=settings.web_port,
                log_config=None,
                access_log=False,
                ssl_certfile=settings.tls_certificate if settings.url.startswith("https://") else None,
                ssl_keyfile=settings.tls_key if settings.url.startswith("https://") else None,
                timeout_graceful_shutdown=1,
                lifespan="off",
            )
        )
        server.install_signal_handlers = lambda: None  # type: ignore[attr-defined]
        try:
            async with asyncio.TaskGroup() as tasks:
                for work in (self.voice.run(), self.ear.run(), self.transcriber.run(), self.mover.run()):
                    tasks.create_task(work)
                tasks.create_task(self._follow())
                tasks.create_task(self._serve_web(server))
                lines = await serve_facts(str(settings.hub_socket), self.voice.handle)
                settings.hub_socket.chmod(0o600)
                tasks.create_task(self._welcome())
                async with lines:
                    await lines.serve_forever()
        finally:
            server.should_exit = True
            await self.mouth.close()
            await self.store.close()

    async def _serve_web(self, server: uvicorn.Server) -> None:
        try:
            await server.serve()
        except SystemExit:  # uvicorn's way to say that the port is taken
            raise Complaint(
                f"port {self.settings.web_port} of {self.settings.host} is taken: end what uses it, "
                "or set DENWABAN_WEB_PORT"
            ) from None

    # -- words ------------------------------------------------------------------------------------------------

    async def _follow(self) -> None:
        """Synthesise what can be said, so that no caller waits for it; then, whatever is published, that too."""
        trees = self.words.trees
        await self._make_prompts((*trees.service.trees, trees.busy))
        await self.service.run()

    async def _make_prompts(self, trees: tuple[Tree, ...]) -> None:
        trees = tuple(tree for tree in trees if tree.digest not in self._spoken)
        if not trees:
            return  # going back, or raising a share, waits for nothing
        wanted = [
            (utterance.text, utterance.language)
            for tree in trees
            for action in engine.prompts(tree)
            for utterance in wording.ahead(action)
            if utterance.keep and not utterance.audio
        ]
        wanted += [(u.text, u.language) for tree in trees for u in map(wording.back_again, tree.languages)]
        wanted = list(dict.fromkeys(wanted))
        self._known.update(wanted)  # calls that are under way go on with what they had
        self._prompts = (0, len(wanted))

        def told(done: int, every: int) -> None:
            self._prompts = (done, every)

        made = await self.mouth.prepare(wanted, progress=told)
        log.info("prompts are made", extra={"made": made, "wanted": len(wanted)})
        if made < len(wanted):
            log.warning("some prompts have no sound yet; they are made when they are needed")
        self._spoken |= {tree.digest for tree in trees}

    # -- what others want to know -----------------------------------------------------------------------------

    def health(self) -> dict[str, Any]:
        record = self.store.health()
        done, every = self._prompts
        return {
            "ready": bool(self.voice.lines),
            "record": record.state,
            "record_pending": record.pending,
            "lines": len(self.voice.lines),
            "calls": self.voice.calls,
            "occupied": [
                {"line": line.index, "reserve": line.reserve, "calls": len(line.calls)}
                for line in sorted(self.voice.lines.values(), key=lambda line: line.index)
            ],
            "prompts": {"made": done, "wanted": every},
            "ear": self.ear.up,
        }

    def metrics(self) -> str:
        record = self.store.health()
        return self.figures.text(
            {
                "lines": len(self.voice.lines),
                "calls": self.voice.calls,
                "record_pending": record.pending,
                "record_ok": record.state == "ok",
                "ear_up": self.ear.up,
            }
        )

    async def _welcome(self) -> None:
        """Print where to call and which pages to open, once there is a line."""
        settings = self.settings
        while not self.health()["ready"]:  # noqa: ASYNC110 -- many causes, none of them in a hurry
            await asyncio.sleep(0.1)
        address = settings.advertise or settings.host
        token = await self.users.setup_token()
        done, every = self._prompts
        print("電話番 Denwaban is ready.")
        print(f"  call      sip:denwaban@{address}:{settings.sip_port}")
        print(f"  console   {settings.url}/console")
        print(f"  messages  {settings.url}/console/outbox")
        if token is not None:
            print(f"  sign in   {settings.url}/setup/{token}   (once, to make the admin)")
        if done < every:
            print(f"  prompts   {done} of {every} are made; until all are, a caller may wait a moment for one")
        print(flush=True, end="")


async def _turn(lock: IO[str], words: Words, settings: Settings) -> None:
    """Wait until no other hub of this machine lives; the kernel frees the lock of one that died.

    Meanwhile what is published is learnt here too, so that taking over takes no time.
    """
    loop, looking, looked_at = asyncio.get_running_loop(), None, 0.0
    while True:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            break
        except BlockingIOError:
            if (looking is None or looking.done()) and loop.time() - looked_at > LOOKS_EVERY:
                looked_at = loop.time()
                looking = asyncio.ensure_future(asyncio.to_thread(_look, words, settings))
            await asyncio.sleep(TURN)
    lock.seek(0)
    lock.truncate()
    lock.write(f"{os.getpid()}\n")
    lock.flush()


def _look(words: Words, settings: Settings) -> None:
    words.prepare(beforehand(settings.database_url, settings.site))


async def run(settings: Settings) -> None:
    """Until cancelled. Of several hubs one serves and the others wait, warm, for its end.

    Raises Complaint when something stands in the way of starting.
    """
    for folder in (settings.data, settings.run):
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    words = Words(settings, beforehand(settings.database_url, settings.site))
    with settings.hub_lock.open("a+") as lock:
        await _turn(lock, words, settings)
        try:
            await Hub(settings, words).run()
        except* Complaint as group:
            raise group.exceptions[0] from None
