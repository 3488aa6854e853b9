"""The company's customers: a small table, brought in as a list, by which a caller is known.

Everything of a customer is sealed under a key of the site; who it is, is found by keyed hashes of what the caller gave.
A caller is known when there is exactly one customer with all of it. The number that seems to call chooses among several
and proves nothing: numbers can be faked.

How likely is a guess? A conversation has five failed tries, a number ten an hour, and what is tried against one
customer counts against that customer, ten a day: who knows a member number and guesses the birthday, from however many
numbers, has one chance in some two thousand a day.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, func, or_, select
from sqlalchemy.dialects import postgresql, sqlite

from conversation import columns, tries
from conversation.customer_list import CustomerList, Refused, read
from conversation.errors import TooManyTries
from conversation.keys import Cipher
from conversation.store import Store
from conversation.tables import Customer as CustomerRow
from conversation.tables import CustomerMark, table

CONVERSATION = tries.Limit(5, timedelta(days=1))
NUMBER = tries.Limit(10, timedelta(hours=1))
CUSTOMER = tries.Limit(10, timedelta(days=1))
ALL = tries.Limit(300, timedelta(hours=1))
IMPORTS_WITHIN = 120.0
CHUNK = 500
Values = dict[str, Any]
"""A row as it is written; models would cost most of the time of a long list."""


@dataclass(frozen=True, slots=True)
class Customer:
    """id: ours, not the company's. values: (variable, value) that trees may use."""

    id: str
    values: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Imported:
    """added, changed, same: customers. refused: the first lines that were; refusals: how many there are."""

    added: int
    changed: int
    same: int
    refused: tuple[Refused, ...]
    refusals: int


@dataclass(frozen=True, slots=True)
class Listed:
    """customer: the company's id. name and number are masked."""

    customer: str
    name: str
    number: str
    rank: str
    changed: datetime


class Customers:
    def __init__(self, store: Store, clock: Callable[[], datetime]) -> None:
        self._store, self._clock = store, clock
        self._cipher = Cipher(store.keys.derive("customer"))

    async def import_csv(self, data: bytes) -> Imported:
        """Bring a list in: all of its good lines or, when anything breaks, none. Again: nothing changes.

        Raises UnusableList, Away (it may still have been taken; the same list can be brought in again).
        """
        found = await asyncio.to_thread(read, data)
        customers, marks = await asyncio.to_thread(self._sealed, found)

        def bring_in(connection: Connection) -> tuple[int, int]:
            return _bring_in(connection, customers, marks)

        added, changed = await self._store.perform(bring_in, within=IMPORTS_WITHIN)
        return Imported(added, changed, len(customers) - added - changed, found.refused, found.refusals)

    async def identify(
        self, conversation: str, number: str | None, known: Sequence[tuple[str, str]]
    ) -> Customer | None:
        """The one customer with all that the caller gave. number: who seems to call, E.164. known: (column, value).

        Raises TooManyTries, Away.
        """
        index, now, site = self._store.keys.index, self._clock(), self._store.site
        proof = self._proof(known)
        calling = columns.same("number", number) if number else None
        about = {"identify": (index("identify", conversation), CONVERSATION)}
        if calling:
            about["identify.number"] = (index("identify", calling), NUMBER)

        def look(connection: Connection) -> Any:
            waits = [tries.wait(connection, site, what, who, now, limit) for what, (who, limit) in about.items()]
            wait = max(*waits, tries.wait(connection, site, "identify", None, now, ALL))
            if wait:
                return wait
            found = self._with(connection, proof) if proof else []
            if len(found) > 1 and calling:
                found = self._with(connection, [*proof, ("number", self._mark("number", calling))])
            if len(found) == 1:
                target = index("identify", found[0])
                if wait := tries.wait(connection, site, "identify.customer", target, now, CUSTOMER):
                    return wait
                rows = table(CustomerRow)
                return connection.execute(select(rows).where(rows.c.id == found[0])).one()
            for what, (who, _) in about.items():
                tries.add(connection, site, what, who, now)
            for customer in self._meant(connection, proof):
                tries.add(connection, site, "identify.customer", index("identify", customer), now)
            return None

        found = await self._store.perform(look)
        if isinstance(found, float):
            raise TooManyTries(found)
        if found is None:
            return None
        row = self._opened(found)
        return Customer(found.id, tuple((f"customer_{name}", row[name]) for name in columns.GIVEN if name in row))

    async def count(self) -> int:
        """Raises Away."""
        rows = table(CustomerRow)
        wanted = select(func.count()).select_from(rows).where(rows.c.site_id == self._store.site)
        return int(await self._store.read(lambda connection: connection.execute(wanted).scalar_one()))

    async def listed(self, limit: int) -> list[Listed]:
        """Changed last first. Raises Away."""
        rows = table(CustomerRow)
        wanted = (
            select(rows)
            .where(rows.c.site_id == self._store.site)
            .order_by(rows.c.changed_at.desc(), rows.c.id)
            .limit(limit)
        )
        found = await self._store.read(lambda connection: connection.execute(wanted).all())
        return [self._listed(one) for one in found]

    def _listed(self, found: Any) -> Listed:
        row = self._opened(found)
        number = columns.same("number", row.get("number", "")) or ""
        return Listed(
            row[columns.ID],
            columns.masked("name", row.get("name") or row.get("kana", "")),
            columns.masked("number", number),
            row.get("rank", ""),
            found.changed_at,
        )

    def _opened(self, found: Any) -> dict[str, str]:
        row: dict[str, str] = self._cipher.open_json(found.sealed, self._store.site, "customer", found.id)
        return row

    def _sealed(self, found: CustomerList) -> tuple[list[Values], dict[str, list[Values]]]:
        """The rows to write, and the marks of each customer."""
        site, index, now = self._store.site, self._store.keys.index, self._clock()
        customers: list[Values] = []
        marks: dict[str, list[Values]] = {}
        for row in found.rows:
            id = index("customer", row[columns.ID])[:32]
            digest = index("customer row", json.dumps(row, sort_keys=True, ensure_ascii=False))
            sealed = self._cipher.seal_json(row, site, "customer", id)
            customers.append(
                {"site_id": site, "id": id, "added_at": now, "changed_at": now, "digest": digest, "sealed": sealed}
            )
            marks[id] = [
                {"site_id": site, "customer_id": id, "field": column, "hash": self._mark(column, same)}
                for column, value in row.items()
                if (same := columns.same(column, value)) is not None
            ]
        return customers, marks

    def _mark(self, column: str, same: str) -> str:
        return self._store.keys.index(f"customer {column}", same)

    def _proof(self, known: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
        """(column, mark) of everything given; nothing when one of it can be nobody's, or none of it proves anything."""
        given = [(column, columns.same(column, value)) for column, value in known]
        if all(column in columns.NO_PROOF for column, _ in given):
            return []
        proof = [(column, self._mark(column, same)) for column, same in given if same is not None]
        return proof if len(proof) == len(given) else []

    def _with(self, connection: Connection, marks: Sequence[tuple[str, str]]) -> list[str]:
        """Customers with all of these marks, two at most."""
        rows = table(CustomerMark)
        wanted = (
            select(rows.c.customer_id)
            .where(rows.c.site_id == self._store.site)
            .where(or_(*((rows.c.field == column) & (rows.c.hash == mark) for column, mark in marks)))
            .group_by(rows.c.customer_id)
            .having(func.count() == len(dict(marks)))
            .limit(2)
        )
        return list(connection.execute(wanted).scalars())

    def _meant(self, connection: Connection, proof: Sequence[tuple[str, str]]) -> set[str]:
        """Whom a wrong try was about: those whom one value alone names."""
        found = [self._with(connection, [one]) for one in proof]
        return {customers[0] for customers in found if len(customers) == 1}


def _bring_in(
    connection: Connection, customers: Sequence[Values], marks: Mapping[str, list[Values]]
) -> tuple[int, int]:
    """How many were added and changed."""
    rows, mark_rows = table(CustomerRow), table(CustomerMark)
    added = changed = 0
    upsert: Any = (postgresql if connection.dialect.name == "postgresql" else sqlite).insert(rows)
    upsert = upsert.on_conflict_do_update(
        index_elements=["id"], set_={name: upsert.excluded[name] for name in ("changed_at", "digest", "sealed")}
    )
    for at in range(0, len(customers), CHUNK):
        some = customers[at : at + CHUNK]
        known = select(rows.c.id, rows.c.digest).where(rows.c.id.in_([one["id"] for one in some]))
        there: dict[str, str] = {row.id: row.digest for row in connection.execute(known)}
        new = [one for one in some if there.get(one["id"]) != one["digest"]]
        if not new:
            continue
        gone = [one["id"] for one in new if one["id"] in there]
        added, changed = added + len(new) - len(gone), changed + len(gone)
        connection.execute(upsert, new)
        connection.execute(mark_rows.delete().where(mark_rows.c.customer_id.in_(gone)))
        connection.execute(mark_rows.insert(), [mark for one in new for mark in marks[one["id"]]])
    return added, changed
