"""What is written: operations that can be applied twice and in the end be the same, so that a retry is harmless.

A batch is a tuple of operations that are kept together or not at all. Batches can be put into bytes and back,
so that they can wait in the spool.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, assert_never

from sqlalchemy import Connection, Table
from sqlalchemy.dialects import postgresql, sqlite

from conversation.tables import Row, table


@dataclass(frozen=True, slots=True)
class Put:
    """Add the row; when its primary key is there already, leave that row, or take its place (``replace``)."""

    row: Row
    replace: bool = False


@dataclass(frozen=True, slots=True)
class Change:
    """Set columns of the row with this primary key, if it is there."""

    row: type[Row]
    key: Mapping[str, Any]
    values: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Drop:
    """Remove the rows whose columns have these values."""

    row: type[Row]
    where: Mapping[str, Any] = field(default_factory=dict)


Operation = Put | Change | Drop
Batch = tuple[Operation, ...]


def apply(connection: Connection, batch: Batch) -> None:
    """Raises sqlalchemy.exc.IntegrityError when another row holds a unique value of a new one."""
    for operation in batch:
        match operation:
            case Put():
                _put(connection, operation)
            case Change():
                found = table(operation.row)
                connection.execute(found.update().where(*_same(found, operation.key)).values(**operation.values))
            case Drop():
                found = table(operation.row)
                connection.execute(found.delete().where(*_same(found, operation.where)))
            case _:
                assert_never(operation)


def pack(batch: Batch) -> bytes:
    return json.dumps([_packed(operation) for operation in batch], ensure_ascii=False, separators=(",", ":")).encode()


def unpack(data: bytes) -> Batch:
    return tuple(_unpacked(*parts) for parts in json.loads(data))


def _put(connection: Connection, put: Put) -> None:
    found = table(type(put.row))
    key = [column.name for column in found.primary_key.columns]
    insert: Any = (postgresql if connection.dialect.name == "postgresql" else sqlite).insert(found)
    insert = insert.values(**put.row.model_dump())
    if put.replace:
        others = {column.name: insert.excluded[column.name] for column in found.columns if column.name not in key}
        insert = insert.on_conflict_do_update(index_elements=key, set_=others)
    else:
        insert = insert.on_conflict_do_nothing(index_elements=key)
    connection.execute(insert)


def _same(found: Table, values: Mapping[str, Any]) -> list[Any]:
    return [found.columns[name] == value for name, value in values.items()]


def _packed(operation: Operation) -> list[Any]:
    match operation:
        case Put():
            name = type(operation.row).__name__
            return ["put", name, _plain(operation.row.model_dump()), {"replace": operation.replace}]
        case Change():
            return ["change", operation.row.__name__, _plain(operation.key), _plain(operation.values)]
        case Drop():
            return ["drop", operation.row.__name__, _plain(operation.where), {}]
        case _:
            assert_never(operation)


def _unpacked(verb: str, name: str, first: dict[str, Any], second: dict[str, Any]) -> Operation:
    row = next(row for row in Row.__subclasses__() if row.__name__ == name)
    if verb == "put":
        return Put(row(**_rich(first)), second["replace"])
    if verb == "change":
        return Change(row, _rich(first), _rich(second))
    return Drop(row, _rich(first))


def _plain(values: Mapping[str, Any]) -> dict[str, Any]:
    """JSON knows neither bytes nor time: both become a one-entry object."""
    plain: dict[str, Any] = {}
    for name, value in values.items():
        if isinstance(value, bytes):
            plain[name] = {"b64": base64.b64encode(value).decode()}
        elif isinstance(value, datetime):
            plain[name] = {"at": value.isoformat()}
        else:
            plain[name] = value
    return plain


def _rich(values: Mapping[str, Any]) -> dict[str, Any]:
    rich: dict[str, Any] = {}
    for name, value in values.items():
        if isinstance(value, dict):
            rich[name] = base64.b64decode(value["b64"]) if "b64" in value else datetime.fromisoformat(value["at"])
        else:
            rich[name] = value
    return rich
