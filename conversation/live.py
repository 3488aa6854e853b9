"""The conversations that are held in memory: stepping them needs no database."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from dataclasses import dataclass, field
from datetime import datetime

from conversation.keys import Cipher
from ivr.actions import Action
from ivr.events import Event
from ivr.state import State
from ivr.tree import Tree


@dataclass(frozen=True, slots=True)
class Delivery:
    """What came of one event. seq: the event's place. actions[i] has the place seq + 1 + i.

    repeated: the key was known; nothing was done again, and ``state`` is the one after the event's first delivery.
    """

    conversation: str
    seq: int
    event: Event
    actions: tuple[Action, ...]
    state: State
    repeated: bool = False


@dataclass(slots=True)
class Live:
    """One conversation in memory. next_seq: the place of the next entry. delivered: by idempotency key."""

    id: str
    tree: Tree
    state: State
    cipher: Cipher
    language: str
    node: str
    last_at: datetime
    number_hash: str | None
    finished: bool = False
    next_seq: int = 1
    delivered: dict[str, Delivery] = field(default_factory=dict)
    refs: set[tuple[str, str]] = field(default_factory=set)
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)


class Lives:
    """At most ``most`` conversations, the longest unused leaving first; none leaves that is in use."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._held: OrderedDict[str, Live] = OrderedDict()
        self._refs: dict[tuple[str, str], str] = {}

    def __len__(self) -> int:
        return len(self._held)

    def get(self, conversation: str) -> Live | None:
        live = self._held.get(conversation)
        if live is not None:
            self._held.move_to_end(conversation)
        return live

    def add(self, live: Live, *, may_forget: bool) -> None:
        """may_forget: the database has everything, so that what leaves can be rebuilt."""
        self._held[live.id] = live
        if may_forget:
            for old in list(self._held.values())[: max(0, len(self._held) - self._most)]:
                if not old.lock.locked() and old is not live:
                    self.drop(old.id)

    def drop(self, conversation: str) -> None:
        live = self._held.pop(conversation, None)
        for ref in live.refs if live is not None else ():
            self._refs.pop(ref, None)

    def bind(self, conversation: str, kind: str, ref: str) -> None:
        before = self._held.get(self._refs.get((kind, ref), ""))
        if before is not None:
            before.refs.discard((kind, ref))
        if (live := self._held.get(conversation)) is not None:
            live.refs.add((kind, ref))
            self._refs[kind, ref] = conversation

    def by_ref(self, kind: str, ref: str) -> str | None:
        return self._refs.get((kind, ref))

    def latest_of(self, number_hash: str) -> Live | None:
        """The unfinished conversation of this number that was last heard of."""
        found = [live for live in self._held.values() if live.number_hash == number_hash and not live.finished]
        return max(found, key=lambda live: live.last_at, default=None)
