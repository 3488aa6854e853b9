"""``denwaban customers``: bring in the list by which callers are identified, or show a little of who is on it.

May be used while the centre answers calls. Exit code 0: well; 1: nothing was changed, or lines were refused; 2: the
file cannot be read.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

from conversation.customer_list import LARGEST
from conversation.customers import Customers, Imported, Listed
from conversation.errors import RecordError, UnusableList
from conversation.store import Store
from gateway.errors import Complaint
from gateway.keys import master_key
from gateway.settings import Settings
from web.catalogue import words

BUSY = 10.0
"""Seconds to wait for the hub's lock on an SQLite database."""
RESERVED = 1 << 16


def main(argv: Sequence[str], settings: Settings) -> int:
    options = _parser().parse_args(argv)
    if options.dev:
        settings = settings.model_copy(update={"dev": True})
    try:
        if options.what == "import":
            done = asyncio.run(_bring_in(_file(options.file), settings))
            _show_imported(done, as_json=options.json)
            return 1 if done.refusals else 0
        _show_listed(*asyncio.run(_listed(options.limit, settings)), as_json=options.json)
    except OSError as error:
        print(f"denwaban customers: {options.file}: {error.strerror}", file=sys.stderr)
        return 2
    except UnusableList as fault:
        print(f"denwaban customers: {words('en')(f'list_fault.{fault.reason}', detail=fault.detail)}", file=sys.stderr)
        return 1
    except (RecordError, Complaint) as error:
        print(f"denwaban customers: {error}", file=sys.stderr)
        return 1
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="denwaban customers", description=__doc__)
    whats = parser.add_subparsers(dest="what", required=True, metavar="WHAT")
    bring = whats.add_parser("import", help="add customers, or change those that are there, by customer_id")
    bring.add_argument(
        "file", metavar="FILE", help="CSV, UTF-8 or Shift_JIS, the first row naming the columns; - for stdin"
    )
    listing = whats.add_parser("list", help="those changed last, names and numbers in part")
    listing.add_argument("--limit", type=int, default=20, help="how many (default 20)")
    for command in (bring, listing):
        command.add_argument("--dev", action="store_true", help="of a trial: its key is in the data folder")
        command.add_argument("--json", action="store_true", help="for programs")
    return parser


def _file(name: str) -> bytes:
    """Raises OSError. One byte more than allowed is enough to know."""
    if name == "-":
        return sys.stdin.buffer.read(LARGEST + 1)
    with Path(name).open("rb") as file:
        return file.read(LARGEST + 1)


async def _bring_in(data: bytes, settings: Settings) -> Imported:
    with tempfile.TemporaryDirectory() as folder:
        store = _store(settings, Path(folder))
        try:
            return await Customers(store, lambda: datetime.now(UTC)).import_csv(data)
        finally:
            await store.close()


async def _listed(limit: int, settings: Settings) -> tuple[list[Listed], int]:
    with tempfile.TemporaryDirectory() as folder:
        store = _store(settings, Path(folder))
        try:
            customers = Customers(store, lambda: datetime.now(UTC))
            return await customers.listed(max(0, min(limit, 1000))), await customers.count()
        finally:
            await store.close()


def _store(settings: Settings, folder: Path) -> Store:
    """The hub's own spool is not ours to touch; a list that the database does not take is not spooled at all."""
    return Store.open(
        settings.database_url,
        master_key(settings),
        site=settings.site,
        spool=folder / "spool",
        deadline=BUSY,
        busy=BUSY,
        reserved=RESERVED,
    )


def _show_imported(done: Imported, *, as_json: bool) -> None:
    if as_json:
        print(json.dumps(asdict(done)))
        return
    say = words("en")
    for one in done.refused:
        print(f"line {one.line}: {f'{one.column}: ' if one.column else ''}{say(f'line_fault.{one.why}')}")
    if done.refusals > len(done.refused):
        print(say("customers.more", count=done.refusals - len(done.refused)))
    print(f"{done.added} added, {done.changed} changed, {done.same} unchanged, {done.refusals} lines refused")


def _show_listed(listed: list[Listed], count: int, *, as_json: bool) -> None:
    if as_json:
        rows = [{**asdict(one), "changed": one.changed.isoformat()} for one in listed]
        print(json.dumps({"count": count, "customers": rows}, ensure_ascii=False))
        return
    for one in listed:
        print("\t".join((one.customer, one.name or "-", one.number or "-", one.rank or "-")))
    print(f"{len(listed)} of {count} customers")
