"""Trees in service, and what callers' words mean in them: all that takes time to learn, before a caller needs it."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import urlsplit

from conversation.versions import FROM_SETTINGS, Air, Published, is_drawn
from deflect import texts
from deflect.errors import SmsTooLong
from gateway.errors import Complaint
from gateway.settings import Settings
from ivr import demo, engine
from ivr.actions import Ask
from ivr.errors import BrokenTree, Problem
from ivr.tree import Tree, load
from meaning import phone
from meaning.sense import Sense

log = logging.getLogger("denwaban.hub")

LINK = "/l/{token}"


def values(settings: Settings) -> dict[str, str]:
    """What every tree may name: numbers as they are read, and the domain of the links."""
    return {
        "sms_sender": as_read(settings.sms_sender),
        "centre_number": as_read(settings.centre_number),
        "link_domain": urlsplit(settings.url).netloc,
    }


def as_read(number: str) -> str:
    e164 = phone.normalise(number)
    return phone.spoken(e164) if e164 else number


def from_settings(settings: Settings) -> str:
    """The source of the settings' tree, or of the demo. Raises Complaint."""
    try:
        return settings.tree.read_text("utf-8") if settings.tree else demo.text()
    except (OSError, UnicodeDecodeError) as error:
        raise Complaint(f"{settings.tree} cannot be read: {error}") from error


def loader(settings: Settings) -> Callable[[str], Tree]:
    """Makes a tree for this house. It raises BrokenTree, also for a message that does not fit one SMS here."""
    named, link = values(settings), settings.url + LINK

    def read(source: str) -> Tree:
        tree = load(source, values=named)
        try:
            texts.check(tree.sms_texts, link)
        except SmsTooLong as error:
            raise BrokenTree(Problem("", ("sms",), str(error))) from None
        return tree

    return read


@dataclass(frozen=True, slots=True)
class InService:
    """What new conversations begin on. stamp: of ``conversation.versions.Air``; 0 for the file of the settings."""

    live: Tree
    candidate: Tree | None = None
    share: int = 0
    stamp: int = 0

    @property
    def trees(self) -> tuple[Tree, ...]:
        return (self.live,) if self.candidate is None else (self.live, self.candidate)


class Trees:
    """The trees in service, the one for a busy centre, and those that unfinished conversations began with."""

    def __init__(self, service: InService, busy: Tree, read: Callable[[str], Tree]) -> None:
        self.service, self.busy, self._read = service, busy, read
        self._known = {tree.digest: tree for tree in (*service.trees, busy)}

    def choose(self, conversation: str) -> Tree:
        service = self.service
        if service.candidate is not None and is_drawn(conversation, service.share):
            return service.candidate
        return service.live

    def by_digest(self, digest: str) -> Tree | None:
        return self._known.get(digest)

    def from_source(self, source: str) -> Tree:
        """Load a version of before, for the conversations that began with it."""
        return self.know(self._read(source))

    def know(self, tree: Tree) -> Tree:
        return self._known.setdefault(tree.digest, tree)


class Words:
    """Trees, and what is meant in them. ``beforehand``: what the record says is on the air, for a hub that waits.

    Made in the beginning; later versions are prepared beside the loop (``prepare``) and then put in service.
    """

    def __init__(self, settings: Settings, beforehand: Air | None = None) -> None:
        self.load = loader(settings)
        self._learning = threading.Lock()
        self._senses: dict[str, Sense] = {}
        self._unprepared: dict[str, Sense] = {}
        name = settings.tree.name if settings.tree else "the demo tree"
        try:
            self.own = self.load(from_settings(settings))
        except BrokenTree as broken:
            problem = broken.problems[0]
            raise Complaint(
                f"{name} is broken at {problem.node or 'the top'}: {problem.reason} "
                f"({len(broken.problems)} problems; denwaban check {settings.tree or ''} lists them)"
            ) from broken
        self._values = values(settings)
        busy = load(demo.text("busy"), values=self._values)
        self.trees = Trees(InService(self.own), busy, self._of_before)
        self.learn(busy)
        self.prepare(beforehand)
        if beforehand is not None and beforehand.live.origin == FROM_SETTINGS:
            self.learn(self.own)  # a file that has changed is about to be published

    def service(self, air: Air | None) -> InService:
        """The trees that are on the air, loaded.

        One that this release cannot use any more is left out, and the log says so: the file of the settings stands in
        for a live one.
        """
        live = self._loaded(air.live) if air is not None else None
        if air is None or live is None:
            return InService(self.own, stamp=air.stamp if air is not None else 0)
        candidate = self._loaded(air.candidate) if air.candidate is not None else None
        return InService(live, candidate, air.share if candidate is not None else 0, air.stamp)

    def prepare(self, air: Air | None) -> InService:
        """And what is meant in them learnt; nothing is in service by it. For a thread: it takes seconds."""
        service = self.service(air)
        for tree in service.trees:
            self.learn(tree)
        return service

    def sense(self, digest: str) -> Sense:
        """What is meant in this tree. One that nobody prepared learns question by question, until it is learnt."""
        if (known := self._senses.get(digest)) is not None:
            return known
        if digest not in self._unprepared:
            self._unprepared[digest] = Sense()
            if (tree := self.trees.by_digest(digest)) is not None:
                threading.Thread(target=self.learn, args=(tree,), name="learning", daemon=True).start()
        return self._unprepared[digest]

    def learn(self, tree: Tree) -> None:
        """Blocking."""
        with self._learning:
            if tree.digest not in self._senses:
                asks = [action for action in engine.prompts(tree) if isinstance(action, Ask)]
                self._senses[tree.digest] = Sense(asks)

    def _loaded(self, published: Published) -> Tree | None:
        known = self.trees.by_digest(published.digest)
        if known is not None:
            return known
        try:
            return self.trees.know(self.load(published.source))
        except BrokenTree as broken:
            log.error(
                "a published tree cannot be used by this release",
                extra={"tree": published.tree, "version": published.version, "problems": len(broken.problems)},
            )
            return None

    def _of_before(self, source: str) -> Tree:
        return load(source, values=self._values)
