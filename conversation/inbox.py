"""The inbox: the one way into a conversation. One event at a time, whatever channel it comes from.

Each event is appended, stepped by the rules, its actions appended, and all of it kept as one; only then it is
acknowledged and listeners hear of it. An event that comes again with the same key is answered as the first time.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, Protocol
from uuid import uuid4

from conversation import history
from conversation.errors import Away, Conflict
from conversation.live import Delivery as Delivery
from conversation.live import Live, Lives
from conversation.operations import Change, Operation, Put
from conversation.rules import Engine, Rules
from conversation.store import Store
from conversation.tables import Conversation, ConversationKey, Effect, Entry, Ref, TreeVersion
from ivr import actions as ivr_actions
from ivr import events as ivr_events
from ivr.events import Event
from ivr.state import State
from ivr.tree import Tree

log = logging.getLogger(__name__)
EFFECTS = frozenset({
    "SendLink", "IssueCode", "TrustPage", "RefusePage", "FindArea", "Call", "Identify", "Enqueue", "Book",
})  # fmt: skip
"""Actions that somebody performs outside the conversation; each gets a row that says whether it was."""
Listener = Callable[[Delivery], None]


class Trees(Protocol):
    """The trees of this hub: those for new conversations, and those that are in memory."""

    def choose(self, conversation: str) -> Tree:
        """The tree that this new conversation begins on."""

    def by_digest(self, digest: str) -> Tree | None: ...

    def from_source(self, source: str) -> Tree:
        """Load a version of before, for the conversations that began with it, and know it from then on."""


class Inbox:
    """cache: how many conversations are kept in memory."""

    def __init__(
        self,
        store: Store,
        trees: Trees,
        clock: Callable[[], datetime],
        *,
        rules: Rules | None = None,
        cache: int = 500,
    ) -> None:
        self._store, self._trees, self._clock = store, trees, clock
        self._rules: Rules = rules or Engine()
        self._lives = Lives(cache)
        self._posting: set[asyncio.Future[Delivery]] = set()
        self._loading: dict[str, asyncio.Future[Live]] = {}
        self._listeners: dict[object, tuple[str | None, Listener]] = {}

    async def open(self, *, language: str, number: str | None = None, tree: Tree | None = None) -> str:
        """A new conversation on this tree (the one chosen for it if None); its id. number: E.164, proves nothing."""
        conversation, now, site = uuid4().hex, self._clock(), self._store.site
        tree = tree or self._trees.choose(conversation)
        cipher, wrapped = self._store.keys.make(conversation)
        state = self._rules.begin(tree, language)
        standing = self._rules.standing(tree, state)
        number_hash = None if number is None else self._store.keys.index("number", number)
        await self._store.write(
            Put(TreeVersion(site_id=site, digest=tree.digest, source=tree.source, at=now)),
            Put(ConversationKey(site_id=site, conversation_id=conversation, wrapped=wrapped)),
            Put(
                Conversation(
                    site_id=site,
                    id=conversation,
                    opened_at=now,
                    last_at=now,
                    finished=standing.finished,
                    language=standing.language,
                    began_language=language,
                    node=standing.node,
                    tree_digest=tree.digest,
                    number_hash=number_hash,
                )
            ),
        )
        self._store.know(conversation, cipher)
        live = Live(conversation, tree, state, cipher, standing.language, standing.node, now, number_hash)
        self._lives.add(live, may_forget=not self._store.behind)
        return conversation

    async def post(self, conversation: str, event: Event, *, key: str | None = None) -> Delivery:
        """Take the event in. Raises UnknownConversation, Conflict (the key belongs to another conversation),
        NotKept, or Away when the conversation is not in memory and the database does not answer."""
        # Who asks may go away (a browser, a line); what was begun is finished, or the record would be in doubt.
        posting = asyncio.ensure_future(self._post(conversation, event, key))
        self._posting.add(posting)
        posting.add_done_callback(self._posting.discard)
        return await asyncio.shield(posting)

    async def took(self, conversation: str, key: str) -> bool:
        """Whether an event with this key is in the conversation. Raises UnknownConversation, Away."""
        return key in (await self._live(conversation)).delivered

    def subscribe(self, listener: Listener, conversation: str | None = None) -> Callable[[], None]:
        """Hear of every delivery (of this conversation), in order, after it was kept. Returns what ends it."""
        token = object()
        self._listeners[token] = (conversation, listener)

        def end() -> None:
            self._listeners.pop(token, None)

        return end

    async def state(self, conversation: str) -> State:
        return (await self._live(conversation)).state

    async def tree(self, conversation: str) -> Tree:
        return (await self._live(conversation)).tree

    async def bind(self, conversation: str, kind: str, ref: str) -> None:
        """From now on ``ref`` names this conversation."""
        await self._store.write(
            Put(Ref(site_id=self._store.site, kind=kind, ref=ref, conversation_id=conversation), replace=True)
        )
        self._lives.bind(conversation, kind, ref)

    async def by_ref(self, kind: str, ref: str) -> str | None:
        """The conversation that ``ref`` names. Raises Away."""
        if (known := self._lives.by_ref(kind, ref)) is not None:
            return known
        return await self._store.read(history.of_ref(self._store.site, kind, ref))

    async def recent_of(self, number: str, within: timedelta) -> str | None:
        """The unfinished conversation of this number that was last heard of within that time."""
        since, number_hash = self._clock() - within, self._store.keys.index("number", number)
        live = self._lives.latest_of(number_hash)
        stored = None
        with contextlib.suppress(Away):  # then what is in memory has to do
            stored = await self._store.read(history.recent_of(self._store.site, number_hash, since))
        if live is not None and live.last_at >= since and (stored is None or live.last_at >= stored[1]):
            return live.id
        held = self._lives.get(stored[0]) if stored is not None else None
        if stored is None or (held is not None and held.finished):
            return None
        return stored[0]

    async def timeline(self, conversation: str) -> list[history.Line]:
        """Everything that happened, in order, opened. Raises UnknownConversation, Away, Tampered."""
        return await self._store.read(history.timeline(self._store.keys, conversation))

    async def conversations(self, limit: int = 50, before: datetime | None = None) -> list[history.Summary]:
        """Latest first; ``before``: only those last heard of before then. Raises Away."""
        return await self._store.read(history.conversations(self._store.site, limit, before))

    async def pending_effects(self) -> list[history.PendingEffect]:
        """What was ordered and not performed, oldest conversations first. Raises Away."""
        return await self._store.read(history.pending_effects(self._store.keys))

    async def effect_done(self, conversation: str, seq: int) -> None:
        key = {"conversation_id": conversation, "seq": seq}
        await self._store.write(Change(Effect, key, {"done_at": self._clock()}))

    async def _post(self, conversation: str, event: Event, key: str | None) -> Delivery:
        while True:
            live = await self._live(conversation)
            async with live.lock:
                if self._lives.get(conversation) is not live:
                    continue  # it left memory while this event waited
                if key is not None and (before := live.delivered.get(key)) is not None:
                    return replace(before, repeated=True)
                delivery = await self._take_in(live, event, key)
                self._tell(delivery)
                return delivery

    async def _take_in(self, live: Live, event: Event, key: str | None) -> Delivery:
        state, actions = self._rules.step(live.tree, live.state, event)
        standing = self._rules.standing(live.tree, state)
        seq, now = live.next_seq, self._clock()
        delivery = Delivery(live.id, seq, event, actions, state)
        try:
            await self._store.write(*self._operations(live, delivery, key, now, standing.language),
                Change(Conversation, {"id": live.id}, {
                    "last_at": now, "finished": standing.finished,
                    "language": standing.language, "node": standing.node,
                }),
            )  # fmt: skip
        except Conflict:
            self._lives.drop(live.id)  # another writer was here: let the record say where the conversation stands
            raise
        live.state, live.next_seq, live.last_at = state, seq + 1 + len(actions), now
        live.node, live.language, live.finished = standing.node, standing.language, standing.finished
        if key is not None:
            live.delivered[key] = delivery
        return delivery

    def _operations(
        self, live: Live, delivery: Delivery, key: str | None, now: datetime, language: str
    ) -> list[Operation]:
        site, event = self._store.site, delivery.event

        def entry(seq: int, cause: int | None, at: datetime, channel: str, data: dict[str, Any]) -> Put:
            sealed = live.cipher.seal_json(data, site, live.id, "entry", seq)
            return Put(
                Entry(
                    site_id=site,
                    id=uuid4().hex,
                    conversation_id=live.id,
                    seq=seq,
                    cause=cause,
                    at=at,
                    channel=channel,
                    kind=data["kind"],
                    payload=sealed,
                    key=key if cause is None else None,
                )
            )

        operations: list[Operation] = [entry(delivery.seq, None, event.at, event.channel, ivr_events.dump(event))]
        for seq, action in enumerate(delivery.actions, delivery.seq + 1):
            operations.append(entry(seq, delivery.seq, now, "system", ivr_actions.dump(action)))
            if action.kind in EFFECTS:
                operations.append(Put(Effect(site_id=site, conversation_id=live.id, seq=seq, kind=action.kind)))
        return operations

    def _tell(self, delivery: Delivery) -> None:
        for conversation, listener in list(self._listeners.values()):
            if conversation is None or conversation == delivery.conversation:
                try:
                    listener(delivery)
                except Exception:
                    log.exception("a listener failed", extra={"conversation": delivery.conversation})

    async def _live(self, conversation: str) -> Live:
        if (live := self._lives.get(conversation)) is not None:
            return live
        if (loading := self._loading.get(conversation)) is None:
            loading = asyncio.ensure_future(self._rebuild(conversation))
            self._loading[conversation] = loading
            loading.add_done_callback(lambda _: self._loading.pop(conversation, None))
        return await asyncio.shield(loading)

    async def _rebuild(self, conversation: str) -> Live:
        """The fold: begin, then step over every event that was kept."""
        stored = await self._store.read(history.stored(self._store.keys, conversation))
        tree = self._trees.by_digest(stored.tree_digest) or self._trees.from_source(stored.tree_source)
        self._store.know(conversation, stored.cipher)
        state = self._rules.begin(tree, stored.began_language)
        live = Live(
            conversation, tree, state, stored.cipher, stored.began_language, "", stored.last_at, stored.number_hash
        )
        for event, seq, key, count in stored.events:
            live.state, actions = self._rules.step(tree, live.state, event)
            if key is not None:
                live.delivered[key] = Delivery(conversation, seq, event, actions, live.state)
            live.next_seq = seq + 1 + count
        standing = self._rules.standing(tree, live.state)
        live.node, live.language, live.finished = standing.node, standing.language, standing.finished
        self._lives.add(live, may_forget=not self._store.behind)
        return live
