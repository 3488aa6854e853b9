"""The record's tables. Rows of ``Entry`` are only ever added; every table says whose site it is.

Nothing in here holds what a customer said or a number in the clear: payloads are sealed (``keys.py``), numbers
are looked up by keyed hash. Times are UTC.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, ClassVar

from sqlalchemy import DateTime, Dialect, Index, LargeBinary, MetaData, Table, Text, TypeDecorator, UniqueConstraint
from sqlmodel import Field, SQLModel


class Instant(TypeDecorator[datetime]):
    """An aware UTC datetime on every database; SQLite alone would forget the zone."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        return None if value is None else value.astimezone(UTC)

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        aware: datetime = value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)
        return aware


class Row(SQLModel):
    """What every table has."""

    metadata: ClassVar[MetaData] = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    site_id: str = Field(max_length=64)


class Site(Row, table=True):
    """One per site. check_value tells a wrong master key from the right one."""

    __tablename__ = "site"
    site_id: str = Field(max_length=64, primary_key=True)
    check_value: bytes = Field(sa_type=LargeBinary)


class TreeVersion(Row, table=True):
    """The source of every tree that a conversation began with, so that it finishes on it."""

    __tablename__ = "tree_version"
    site_id: str = Field(max_length=64, primary_key=True)
    digest: str = Field(max_length=64, primary_key=True)
    source: str = Field(sa_type=Text)
    at: datetime = Field(sa_type=Instant)


class Conversation(Row, table=True):
    """One matter. number_hash: keyed hash of the number that seemed to call. node: where it stands."""

    __tablename__ = "conversation"
    __table_args__ = (Index(None, "site_id", "number_hash"), Index(None, "site_id", "last_at"))
    id: str = Field(max_length=32, primary_key=True)
    opened_at: datetime = Field(sa_type=Instant)
    last_at: datetime = Field(sa_type=Instant)
    finished: bool
    language: str = Field(max_length=16)
    began_language: str = Field(max_length=16)
    node: str = Field(max_length=128)
    tree_digest: str = Field(max_length=64)
    number_hash: str | None = Field(default=None, max_length=64)


class ConversationKey(Row, table=True):
    """The conversation's data key, wrapped by the master key. Destroying this row erases what was said."""

    __tablename__ = "conversation_key"
    conversation_id: str = Field(max_length=32, primary_key=True)
    wrapped: bytes = Field(sa_type=LargeBinary)


class Entry(Row, table=True):
    """An event, or an action that followed from it. seq is the order, whatever the clock said.

    cause: seq of the event that an action followed from; None for an event. key: idempotency key of an event.
    """

    __tablename__ = "entry"
    __table_args__ = (UniqueConstraint("conversation_id", "seq"), UniqueConstraint("site_id", "key"))
    id: str = Field(max_length=32, primary_key=True)
    conversation_id: str = Field(max_length=32)
    seq: int
    cause: int | None = None
    at: datetime = Field(sa_type=Instant)
    channel: str = Field(max_length=16)
    kind: str = Field(max_length=32)
    payload: bytes = Field(sa_type=LargeBinary)
    key: str | None = Field(default=None, max_length=200)


class Effect(Row, table=True):
    """An action that somebody has to perform, written in the transaction of its entry; done_at: it was."""

    __tablename__ = "effect"
    __table_args__ = (Index(None, "site_id", "done_at"),)
    conversation_id: str = Field(max_length=32, primary_key=True)
    seq: int = Field(primary_key=True)
    kind: str = Field(max_length=32)
    done_at: datetime | None = Field(default=None, sa_type=Instant)


class Ref(Row, table=True):
    """Another name of a conversation: the call that it is on, say."""

    __tablename__ = "ref"
    site_id: str = Field(max_length=64, primary_key=True)
    kind: str = Field(max_length=32, primary_key=True)
    ref: str = Field(max_length=200, primary_key=True)
    conversation_id: str = Field(max_length=32, index=True)


class Recording(Row, table=True):
    __tablename__ = "recording"
    id: str = Field(max_length=64, primary_key=True)
    conversation_id: str = Field(max_length=32, index=True)
    opened_at: datetime = Field(sa_type=Instant)
    closed_at: datetime | None = Field(default=None, sa_type=Instant)
    seconds: float | None = None


class RecordingPiece(Row, table=True):
    """A file of a recording. file: a name that tells nothing. size: bytes of PCM."""

    __tablename__ = "recording_piece"
    recording_id: str = Field(max_length=64, primary_key=True)
    piece: int = Field(primary_key=True)
    file: str = Field(max_length=64)
    size: int


class PageLink(Row, table=True):
    """A way to the smartphone page. match: two digits that a page reached by code shows until it is trusted."""

    __tablename__ = "page_link"
    id: str = Field(max_length=32, primary_key=True)
    token_hash: str = Field(max_length=64, unique=True)
    conversation_id: str = Field(max_length=32, index=True)
    trusted: bool
    match: str | None = Field(default=None, max_length=2)
    issued_at: datetime = Field(sa_type=Instant)
    expires_at: datetime = Field(sa_type=Instant)
    revoked_at: datetime | None = Field(default=None, sa_type=Instant)


class Code(Row, table=True):
    """A six-digit code that was read to a caller. spent_at: used, replaced or revoked."""

    __tablename__ = "code"
    __table_args__ = (Index(None, "site_id", "code_hash"),)
    id: str = Field(max_length=32, primary_key=True)
    code_hash: str = Field(max_length=64)
    conversation_id: str = Field(max_length=32, index=True)
    issued_at: datetime = Field(sa_type=Instant)
    expires_at: datetime = Field(sa_type=Instant)
    spent_at: datetime | None = Field(default=None, sa_type=Instant)


class Try(Row, table=True):
    """A failed try, by code, password or what a customer should know. about: what was tried.

    who_hash: keyed hash of the client, account or customer.
    """

    __tablename__ = "try"
    __table_args__ = (Index(None, "site_id", "about", "at"),)
    id: str = Field(max_length=32, primary_key=True)
    about: str = Field(max_length=32)
    who_hash: str = Field(max_length=64)
    at: datetime = Field(sa_type=Instant)


class Outbox(Row, table=True):
    """A message that was sent, or is to be. id: the idempotency key. sealed: number and text.

    to_hash, prefix_hash: keyed hashes of number and of its beginning, for limits.
    """

    __tablename__ = "outbox"
    __table_args__ = (Index(None, "site_id", "at"),)
    id: str = Field(max_length=200, primary_key=True)
    conversation_id: str = Field(max_length=32)
    at: datetime = Field(sa_type=Instant)
    to_hash: str = Field(max_length=64)
    prefix_hash: str = Field(max_length=64)
    sealed: bytes = Field(sa_type=LargeBinary)


class Customer(Row, table=True):
    """Someone of the company's list. id: keyed hash of the company's own id. sealed: all columns, under the site's key.

    digest: keyed hash of all columns, by which a line that changes nothing is known.
    """

    __tablename__ = "customer"
    __table_args__ = (Index(None, "site_id", "changed_at"),)
    id: str = Field(max_length=32, primary_key=True)
    added_at: datetime = Field(sa_type=Instant)
    changed_at: datetime = Field(sa_type=Instant)
    digest: str = Field(max_length=64)
    sealed: bytes = Field(sa_type=LargeBinary)


class CustomerMark(Row, table=True):
    """By what a customer is found: the keyed hash of one column's value."""

    __tablename__ = "customer_mark"
    __table_args__ = (Index(None, "site_id", "field", "hash"),)
    customer_id: str = Field(max_length=32, primary_key=True)
    field: str = Field(max_length=40, primary_key=True)
    hash: str = Field(max_length=64)


class Callback(Row, table=True):
    """A request to be called back. wanted_at: an hour to come; None for soon. done_at, done_by: it was called back.

    number_hash: keyed hash of the number, for limits. sealed: the number, under the conversation's key.
    """

    __tablename__ = "callback"
    __table_args__ = (Index(None, "site_id", "done_at", "at"), Index(None, "site_id", "number_hash"))
    id: str = Field(max_length=32, primary_key=True)
    conversation_id: str = Field(max_length=32, index=True)
    queue: str = Field(max_length=40)
    at: datetime = Field(sa_type=Instant)
    wanted_at: datetime | None = Field(default=None, sa_type=Instant)
    number_hash: str = Field(max_length=64)
    sealed: bytes = Field(sa_type=LargeBinary)
    done_at: datetime | None = Field(default=None, sa_type=Instant)
    done_by: str | None = Field(default=None, max_length=32)


class User(Row, table=True):
    """password_hash: empty until it was chosen. role: one of conversation.users.ROLES. closed_at: cannot sign in."""

    __tablename__ = "user_account"
    __table_args__ = (UniqueConstraint("site_id", "name"),)
    id: str = Field(max_length=32, primary_key=True)
    name: str = Field(max_length=64)
    password_hash: str = Field(max_length=200)
    created_at: datetime = Field(sa_type=Instant)
    role: str = Field(max_length=16)
    closed_at: datetime | None = Field(default=None, sa_type=Instant)


class Invitation(Row, table=True):
    """A one-time link by which a user chooses a password; a new one replaces it."""

    __tablename__ = "invitation"
    user_id: str = Field(max_length=32, primary_key=True)
    token_hash: str = Field(max_length=64, unique=True)
    expires_at: datetime = Field(sa_type=Instant)


class SetUp(Row, table=True):
    """The link that makes the first admin; one per site, replaced at every start until it was used."""

    __tablename__ = "set_up"
    site_id: str = Field(max_length=64, primary_key=True)
    token_hash: str = Field(max_length=64)
    expires_at: datetime = Field(sa_type=Instant)


class Session(Row, table=True):
    __tablename__ = "user_session"
    token_hash: str = Field(max_length=64, primary_key=True)
    user_id: str = Field(max_length=32, index=True)
    began_at: datetime = Field(sa_type=Instant)
    seen_at: datetime = Field(sa_type=Instant)
    ended_at: datetime | None = Field(default=None, sa_type=Instant)


class Audit(Row, table=True):
    """Who looked at what. about: an id, never content."""

    __tablename__ = "audit"
    __table_args__ = (Index(None, "site_id", "at"),)
    id: str = Field(max_length=32, primary_key=True)
    at: datetime = Field(sa_type=Instant)
    user_id: str | None = Field(default=None, max_length=32)
    what: str = Field(max_length=64)
    about: str = Field(default="", max_length=64)


class LibraryTree(Row, table=True):
    """A tree as admins keep it. name: as its file says. revision: of its draft, the latest."""

    __tablename__ = "library_tree"
    id: str = Field(max_length=32, primary_key=True)
    name: str = Field(max_length=80)
    made_at: datetime = Field(sa_type=Instant)
    revision: int


class TreeDraft(Row, table=True):
    """One saving of a tree's draft; the latest is the draft, those before it are for looking back.

    layout: JSON, where the editor has the nodes. saved_by: a user's id; None for the command line.
    """

    __tablename__ = "tree_draft"
    tree_id: str = Field(max_length=32, primary_key=True)
    revision: int = Field(primary_key=True)
    source: str = Field(sa_type=Text)
    layout: str = Field(sa_type=Text)
    saved_at: datetime = Field(sa_type=Instant)
    saved_by: str | None = Field(default=None, max_length=32)


class TreePublication(Row, table=True):
    """A version that was published; its source is the TreeVersion of that digest.

    origin: ``settings`` for one that came from the file of the settings. before_*: what was live when this went live.
    """

    __tablename__ = "tree_publication"
    tree_id: str = Field(max_length=32, primary_key=True)
    version: int = Field(primary_key=True)
    digest: str = Field(max_length=64)
    at: datetime = Field(sa_type=Instant)
    published_by: str | None = Field(default=None, max_length=32)
    note: str = Field(max_length=500)
    origin: str = Field(max_length=16)
    before_tree: str | None = Field(default=None, max_length=32)
    before_version: int | None = None


class OnAir(Row, table=True):
    """What new conversations of this site begin on. share: percent of them for the candidate. stamp: counts changes."""

    __tablename__ = "on_air"
    site_id: str = Field(max_length=64, primary_key=True)
    stamp: int
    at: datetime = Field(sa_type=Instant)
    tree_id: str = Field(max_length=32)
    version: int
    candidate_tree: str | None = Field(default=None, max_length=32)
    candidate_version: int | None = None
    share: int


class TreeTest(Row, table=True):
    """A golden conversation (``ivr.golden``) that a tree has to keep to."""

    __tablename__ = "tree_test"
    tree_id: str = Field(max_length=32, primary_key=True)
    name: str = Field(max_length=120, primary_key=True)
    text: str = Field(sa_type=Text)
    at: datetime = Field(sa_type=Instant)


def table(row: type[Row]) -> Table:
    """The SQLAlchemy table behind a row class."""
    found: Table = row.__table__  # type: ignore[attr-defined]
    return found
