from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from record import Place
from sqlalchemy import create_engine, make_url, text

from conversation.errors import (
    CannotOpen,
    DatabaseAway,
    DatabaseCorrupt,
    DatabaseHalfMigrated,
    DatabaseNewer,
    WrongMasterKey,
)
from conversation.tables import Row


def engine(place: Place):
    url = make_url(place.url)
    return create_engine(url.set(drivername="postgresql+psycopg") if url.drivername == "postgresql" else url)


async def test_the_migrations_make_exactly_the_tables_of_the_models(place: Place) -> None:
    place.open()
    with engine(place).connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, Row.metadata) == []


def test_every_table_says_whose_site_a_row_is() -> None:
    assert all("site_id" in table.columns for table in Row.metadata.sorted_tables)


async def test_opening_again_changes_nothing(place: Place) -> None:
    place.open()
    await place.close()
    place.open()
    with engine(place).connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM site")).scalar() == 1


async def test_another_master_key_is_refused(place: Place) -> None:
    place.open()
    await place.close()
    with pytest.raises(WrongMasterKey, match="not the one that this record was written with"):
        place.open(master_key=bytes(32))


async def test_a_database_of_a_newer_release_is_refused_untouched(place: Place) -> None:
    place.open()
    await place.close()
    with engine(place).begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(DatabaseNewer, match="9999"):
        place.open()


async def test_a_half_done_migration_is_refused_and_nothing_is_emptied(place: Place) -> None:
    place.open()
    await place.close()
    with engine(place).begin() as connection:
        connection.execute(text("DROP TABLE page_link"))
    with pytest.raises(DatabaseHalfMigrated, match="lacks table page_link"):
        place.open()
    with engine(place).begin() as connection:
        connection.execute(text("DROP TABLE alembic_version"))
    with pytest.raises(DatabaseHalfMigrated, match="tables but no version"):
        place.open()
    with engine(place).connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM site")).scalar() == 1


async def test_a_lost_column_is_named(place: Place) -> None:
    place.open()
    await place.close()
    with engine(place).begin() as connection:
        connection.execute(text("ALTER TABLE entry DROP COLUMN cause"))
    with pytest.raises(DatabaseHalfMigrated, match=r"lacks column entry\.cause"):
        place.open()


def test_a_file_that_is_no_database_is_refused_and_left_as_it_is(here: Place) -> None:
    file = Path(here.url.removeprefix("sqlite:///"))
    file.write_bytes(b"not a database at all" * 400)
    with pytest.raises(DatabaseCorrupt, match="damaged"):
        here.open()
    assert file.read_bytes() == b"not a database at all" * 400


async def test_a_damaged_database_is_refused_and_left_as_it_is(here: Place) -> None:
    here.open()
    await here.close()
    file = Path(here.url.removeprefix("sqlite:///"))
    damaged = bytearray(file.read_bytes())
    damaged[4096:] = b"\x5a" * (len(damaged) - 4096)
    file.write_bytes(damaged)
    with pytest.raises(CannotOpen, match="damaged"):
        here.open()
    assert file.read_bytes() == bytes(damaged)


async def test_a_database_that_another_process_holds_is_away(here: Place) -> None:
    here.open()
    await here.close()
    other = sqlite3.connect(here.url.removeprefix("sqlite:///"), isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    with pytest.raises(DatabaseAway, match="another process holds the database"):
        here.open()
    other.close()


@pytest.mark.real
def test_a_server_that_is_not_there_is_away_and_the_line_tells_no_password(tmp_path: Path) -> None:
    place = Place(f"postgresql://someone:secret@/none?host={tmp_path}", tmp_path)
    with pytest.raises(DatabaseAway) as error:
        place.open()
    assert "secret" not in str(error.value)
    assert "\n" not in str(error.value)


def test_a_folder_that_cannot_be_written_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(CannotOpen, match="no folder for the database"):
        Place(f"sqlite:///{tmp_path}/file/record.db", tmp_path).open()


def test_another_kind_of_database_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CannotOpen, match="sqlite or postgresql"):
        Place("mysql://localhost/x", tmp_path).open()
