"""From published to in service: the hub takes up what is on the air once it has learnt it and its prompts are made.

Whoever publishes, here or by the command line, changes a row of the record; a hub looks at it every two seconds. Calls
that are under way stay on their version, and until a new one is ready new calls begin on the old one.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable

from conversation.errors import RecordError
from conversation.versions import Air, Versions
from gateway.words import InService, Words
from ivr.tree import Tree

log = logging.getLogger("denwaban.hub")

LOOKS_EVERY = 2.0
LEARNS_WITHIN = 1.0
"""Seconds that a hub which takes over gives to learning first; what is not learnt by then is when it is asked."""


class Service:
    """make_prompts: speaks ahead what these trees can say; may take minutes, and is not to fail."""

    def __init__(
        self, words: Words, versions: Versions, make_prompts: Callable[[tuple[Tree, ...]], Awaitable[None]]
    ) -> None:
        self._words, self._versions, self._make_prompts = words, versions, make_prompts
        self._changed = asyncio.Event()
        self._taken_up = asyncio.Condition()
        self._seen = 0

    def load(self, source: str) -> Tree:
        """A tree for this house. Raises BrokenTree."""
        return self._words.load(source)

    async def begin(self) -> None:
        """Before any caller: take over the file of the settings if need be, and put in service what is on the air."""
        own = self._words.own
        try:
            adopted = await self._versions.adopt(own.source, own.name, own.digest)
            log.info(_ADOPTED[adopted])
            air = await self._versions.air()
        except RecordError:
            log.error("the record does not say which tree is live; the tree of the settings answers meanwhile")
            return
        if air is None:
            return
        service = await asyncio.to_thread(self._words.service, air)
        learning = asyncio.ensure_future(asyncio.to_thread(self._words.prepare, air))
        await asyncio.wait({learning}, timeout=LEARNS_WITHIN)
        self._words.trees.service, self._seen = service, air.stamp
        log.info("a tree is in service", extra=_told(air, service))

    async def run(self) -> None:
        """Until cancelled."""
        while True:
            try:
                async with asyncio.timeout(LOOKS_EVERY):
                    await self._changed.wait()
            except TimeoutError:
                pass
            self._changed.clear()
            try:
                if await self._versions.stamp() == self._seen:
                    continue
                air = await self._versions.air()
            except RecordError:
                continue  # away: what is in service stays
            if air is not None:
                await self._take_up(air)

    async def changed(self, within: float = 0.0) -> bool:
        """Look now. Whether what is on the air was in service after so many seconds at the most. Raises Away."""
        wanted = await self._versions.stamp()
        self._changed.set()
        try:
            async with asyncio.timeout(within), self._taken_up:
                await self._taken_up.wait_for(lambda: self._seen >= wanted)
        except TimeoutError:
            return False
        return True

    def is_ready(self, digest: str) -> bool:
        """Whether new conversations can begin on this version now."""
        return any(tree.digest == digest for tree in self._words.trees.service.trees)

    async def _take_up(self, air: Air) -> None:
        service = await asyncio.to_thread(self._words.prepare, air)
        await self._make_prompts(service.trees)
        self._words.trees.service = service
        async with self._taken_up:
            self._seen = air.stamp
            self._taken_up.notify_all()
        log.info("a tree is in service", extra=_told(air, service))


def _told(air: Air, service: InService) -> dict[str, object]:
    candidate = air.candidate.version if air.candidate else 0
    return {"tree": air.live.tree, "version": air.live.version, "candidate": candidate, "share": service.share}


_ADOPTED = {
    "imported": "the library was empty: the tree of the settings is its first published version",
    "renewed": "the tree of the settings has changed and is published anew",
    "same": "the library is as it was left",
    "kept": "the tree of the settings has changed, but what is live was made in the library and stays; "
    "denwaban trees import and publish bring the file in",
}
