"""Counting failed tries: so many in so much time, for one account, one client, or all together."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import uuid4

from sqlalchemy import Connection, select

from conversation.operations import Drop, Operation, Put, apply
from conversation.tables import Try, table

KEPT = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Limit:
    most: int
    within: timedelta


def wait(connection: Connection, site: str, about: str, who: str | None, now: datetime, limit: Limit) -> float:
    """Seconds until the next try is allowed; 0 when it is now. who: keyed hash, or None for all together."""
    rows = table(Try)
    wanted = (
        select(rows.c.at)
        .where(rows.c.site_id == site, rows.c.about == about, rows.c.at > now - limit.within)
        .order_by(rows.c.at.desc())
        .limit(limit.most)
    )
    if who is not None:
        wanted = wanted.where(rows.c.who_hash == who)
    found = connection.execute(wanted).scalars().all()
    if len(found) < limit.most:
        return 0.0
    until: datetime = found[-1] + limit.within
    return max(1.0, (until - now).total_seconds())


def add(connection: Connection, site: str, about: str, who: str, now: datetime) -> str:
    """Count a try; its id. Forgets those of long ago."""
    rows = table(Try)
    connection.execute(rows.delete().where(rows.c.site_id == site, rows.c.about == about, rows.c.at < now - KEPT))
    row = Try(site_id=site, id=uuid4().hex, about=about, who_hash=who, at=now)
    apply(connection, (Put(row),))
    return row.id


def forget(ids: list[str]) -> list[Operation]:
    """These turned out right and count no longer."""
    return [Drop(Try, {"id": one}) for one in ids]
