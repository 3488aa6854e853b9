"""Opening the database: connecting, checking, migrating. Whatever is wrong, it refuses and changes nothing."""

from __future__ import annotations

import time
from importlib import resources
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, create_engine, event, inspect, make_url, text
from sqlalchemy.engine import URL
from sqlalchemy.exc import DatabaseError, DBAPIError, OperationalError

from conversation.errors import CannotOpen, DatabaseAway, DatabaseCorrupt, DatabaseHalfMigrated, DatabaseNewer, DiskFull
from conversation.tables import Row

CHECKS_FOR = 1.0
"""Seconds that an SQLite file is looked over at start; a bigger file is looked over in part."""
_MIGRATING = 0x64656E77
"""Advisory lock of PostgreSQL: one process migrates."""


def engines(url: str, *, busy: float, readers: int) -> tuple[Engine, Engine]:
    """(for the one writer, for readers). busy: seconds that SQLite waits for another process's lock."""
    parsed = make_url(url)
    if parsed.get_backend_name() == "sqlite":
        return _sqlite(parsed, busy, writes=True, size=1), _sqlite(parsed, busy, writes=False, size=readers)
    if parsed.get_backend_name() == "postgresql":
        parsed = parsed.set(drivername="postgresql+psycopg")
        return _postgresql(parsed, size=1), _postgresql(parsed, size=readers)
    raise CannotOpen(f"the record is kept in sqlite or postgresql, not in {parsed.get_backend_name()}")


def prepare(engine: Engine) -> None:
    """Bring the database to this release's tables. Raises CannotOpen."""
    where = _place(engine.url)
    try:
        with engine.begin() as connection:
            if connection.dialect.name == "sqlite":
                _look_over(connection, where)
            _migrate(connection, where)
    except OperationalError as error:
        said = str(error.orig).splitlines()[0] if error.orig else ""
        if "full" in said or "No space" in said:
            raise DiskFull(f"no room for the database at {where}") from None
        if "locked" in said:
            raise DatabaseAway(f"another process holds the database at {where}") from None
        raise DatabaseAway(f"the database at {where} cannot be opened ({type(error.orig).__name__})") from None
    except DatabaseError as error:
        raise DatabaseCorrupt(f"the database at {where} is damaged ({type(error.orig).__name__})") from None


def config() -> Config:
    """Alembic's configuration; the migrations are package data."""
    found = Config()
    found.set_main_option("script_location", str(resources.files("conversation") / "migrations"))
    return found


def _migrate(connection: Connection, where: str) -> None:
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _MIGRATING})
    scripts = ScriptDirectory.from_config(config())
    known = {script.revision for script in scripts.walk_revisions()}
    version = MigrationContext.configure(connection).get_current_revision()
    tables = set(inspect(connection).get_table_names())
    ours = {table.name for table in Row.metadata.sorted_tables}
    if version is None and tables & ours:
        raise DatabaseHalfMigrated(f"the database at {where} has tables but no version: restore a backup")
    if version is not None and version not in known:
        raise DatabaseNewer(f"the database at {where} was written by a newer release (version {version})")
    if version != scripts.get_current_head():
        settings = config()
        settings.attributes["connection"] = connection
        command.upgrade(settings, "head")
    _compare(connection, where)


def _compare(connection: Connection, where: str) -> None:
    found = inspect(connection)
    for table in Row.metadata.sorted_tables:
        columns = {column["name"] for column in found.get_columns(table.name)} if found.has_table(table.name) else set()
        missing = {column.name for column in table.columns} - columns
        if missing:
            what = f"column {table.name}.{min(missing)}" if columns else f"table {table.name}"
            raise DatabaseHalfMigrated(f"the database at {where} lacks {what}: restore a backup")


def _look_over(connection: Connection, where: str) -> None:
    driver: Any = connection.connection.driver_connection
    until = time.monotonic() + CHECKS_FOR
    driver.set_progress_handler(lambda: int(time.monotonic() > until), 10_000)
    try:
        verdict = connection.execute(text("PRAGMA quick_check(1)")).scalar()
    except OperationalError as error:
        if "interrupt" not in str(error.orig):
            raise
        verdict = "ok"
    finally:
        driver.set_progress_handler(None, 0)
    if verdict != "ok":
        raise DatabaseCorrupt(f"the database at {where} is damaged: restore a backup")


def _sqlite(url: URL, busy: float, *, writes: bool, size: int) -> Engine:
    if not url.database or url.database == ":memory:":
        raise CannotOpen("the record needs a file: sqlite:////path/to/file")
    try:
        Path(url.database).parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise CannotOpen(f"no folder for the database: {error.strerror}") from None
    engine = create_engine(url, pool_size=size, max_overflow=0, hide_parameters=True, connect_args={"timeout": busy})

    @event.listens_for(engine, "connect")
    def set_up(connection: Any, _: Any) -> None:
        connection.isolation_level = None  # SQLAlchemy's begin below is the only one
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=FULL")

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        # A writer that takes its lock late can fail halfway; this one has it from the beginning.
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    return engine


def _postgresql(url: URL, *, size: int) -> Engine:
    return create_engine(
        url,
        pool_size=size,
        max_overflow=0,
        pool_use_lifo=True,
        hide_parameters=True,
        connect_args={"connect_timeout": 3, "tcp_user_timeout": 5000, "application_name": "denwaban"},
    )


def _place(url: URL) -> str:
    return url.database or "" if url.get_backend_name() == "sqlite" else f"{url.host or 'local'}/{url.database}"


def is_trouble(error: Exception) -> bool:
    """The database's trouble, in contrast to a wrong question."""
    return isinstance(error, DBAPIError | TimeoutError | OSError)
