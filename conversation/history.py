"""Questions to the record, each a function for ``Store.read``."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy import Connection, select

from conversation.errors import UnknownConversation
from conversation.keys import Cipher, Keys
from conversation.tables import Conversation, ConversationKey, Effect, Entry, Ref, TreeVersion, table
from ivr import actions, events
from ivr.actions import Action
from ivr.events import Event

T = TypeVar("T")
Question = Callable[[Connection], T]


@dataclass(frozen=True, slots=True)
class Line:
    """One entry, opened. payload: the dumped event or action. cause: seq of the event that an action followed from."""

    seq: int
    at: datetime
    channel: str
    kind: str
    payload: dict[str, Any]
    cause: int | None


@dataclass(frozen=True, slots=True)
class Summary:
    id: str
    opened: datetime
    last: datetime
    finished: bool
    language: str
    node: str


@dataclass(frozen=True, slots=True)
class Stored:
    """A conversation as kept. events: (event, seq, idempotency key, how many actions followed)."""

    tree_digest: str
    tree_source: str
    began_language: str
    last_at: datetime
    number_hash: str | None
    cipher: Cipher
    events: list[tuple[Event, int, str | None, int]]


@dataclass(frozen=True, slots=True)
class PendingEffect:
    """An action that was ordered and is not known to be performed. seq: the action's own place."""

    conversation: str
    seq: int
    action: Action


def cipher_of(keys: Keys, conversation: str) -> Question[Cipher]:
    """Raises UnknownConversation, also when its key was destroyed."""
    rows = table(ConversationKey)

    def ask(connection: Connection) -> Cipher:
        wrapped = connection.execute(
            select(rows.c.wrapped).where(rows.c.conversation_id == conversation, rows.c.site_id == keys.site)
        ).scalar()
        if wrapped is None:
            raise UnknownConversation(f"no conversation {conversation}")
        return keys.unwrap(conversation, wrapped)

    return ask


def stored(keys: Keys, conversation: str) -> Question[Stored]:
    rows, trees = table(Conversation), table(TreeVersion)

    def ask(connection: Connection) -> Stored:
        cipher = cipher_of(keys, conversation)(connection)
        found = connection.execute(
            select(rows, trees.c.source)
            .join(trees, (trees.c.digest == rows.c.tree_digest) & (trees.c.site_id == rows.c.site_id))
            .where(rows.c.id == conversation)
        ).first()
        if found is None:
            raise UnknownConversation(f"no conversation {conversation}")
        kept: list[tuple[Event, int, str | None, int]] = []
        for entry in connection.execute(_entries(conversation)):
            if entry.cause is not None:
                event, seq, key, count = kept[-1]
                kept[-1] = (event, seq, key, count + 1)
            else:
                data = cipher.open_json(entry.payload, keys.site, conversation, "entry", entry.seq)
                kept.append((events.load(data), entry.seq, entry.key, 0))
        return Stored(
            found.tree_digest, found.source, found.began_language, found.last_at, found.number_hash, cipher, kept
        )

    return ask


def timeline(keys: Keys, conversation: str) -> Question[list[Line]]:
    def ask(connection: Connection) -> list[Line]:
        cipher = cipher_of(keys, conversation)(connection)
        return [
            Line(
                entry.seq,
                entry.at,
                entry.channel,
                entry.kind,
                cipher.open_json(entry.payload, keys.site, conversation, "entry", entry.seq),
                entry.cause,
            )
            for entry in connection.execute(_entries(conversation))
        ]

    return ask


def conversations(site: str, limit: int, before: datetime | None) -> Question[list[Summary]]:
    rows = table(Conversation)
    wanted = select(rows).where(rows.c.site_id == site).order_by(rows.c.last_at.desc()).limit(limit)
    if before is not None:
        wanted = wanted.where(rows.c.last_at < before)
    return lambda connection: [
        Summary(row.id, row.opened_at, row.last_at, row.finished, row.language, row.node)
        for row in connection.execute(wanted)
    ]


def of_ref(site: str, kind: str, ref: str) -> Question[str | None]:
    rows = table(Ref)
    wanted = select(rows.c.conversation_id).where(rows.c.site_id == site, rows.c.kind == kind, rows.c.ref == ref)
    return lambda connection: connection.execute(wanted).scalar()


def recent_of(site: str, number_hash: str, since: datetime) -> Question[tuple[str, datetime] | None]:
    rows = table(Conversation)
    wanted = (
        select(rows.c.id, rows.c.last_at)
        .where(rows.c.site_id == site, rows.c.number_hash == number_hash)
        .where(rows.c.finished.is_(False), rows.c.last_at >= since)
        .order_by(rows.c.last_at.desc())
        .limit(1)
    )

    def ask(connection: Connection) -> tuple[str, datetime] | None:
        row = connection.execute(wanted).first()
        return None if row is None else (row.id, row.last_at)

    return ask


def pending_effects(keys: Keys) -> Question[list[PendingEffect]]:
    rows, entries = table(Effect), table(Entry)
    wanted = (
        select(entries)
        .join(rows, (rows.c.conversation_id == entries.c.conversation_id) & (rows.c.seq == entries.c.seq))
        .where(rows.c.site_id == keys.site, rows.c.done_at.is_(None))
        .order_by(entries.c.at, entries.c.conversation_id, entries.c.seq)
    )

    def ask(connection: Connection) -> list[PendingEffect]:
        found = []
        for entry in connection.execute(wanted).all():
            cipher = cipher_of(keys, entry.conversation_id)(connection)
            data = cipher.open_json(entry.payload, keys.site, entry.conversation_id, "entry", entry.seq)
            found.append(PendingEffect(entry.conversation_id, entry.seq, actions.load(data)))
        return found

    return ask


def _entries(conversation: str) -> Any:
    rows = table(Entry)
    return select(rows).where(rows.c.conversation_id == conversation).order_by(rows.c.seq)
