"""A customer list as companies keep it: CSV in UTF-8 or Shift_JIS, the first row naming the columns. Pure.

A line that cannot be used is refused with its number and why, and the others are taken. Everything is text: what a
spreadsheet would take for a formula stays what it is, and leading zeros stay where they are.
"""

from __future__ import annotations

import csv
import io
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from conversation import columns
from conversation.errors import UnusableList

LARGEST = 10_000_000
"""Bytes of a file."""
MOST_ROWS = 50_000
MOST_COLUMNS = 30
LONGEST = 200
"""Signs of a value."""
TOLD = 100
"""Refused lines that are told one by one."""
Why = Literal["cells", "no_id", "twice", "long", "signs", "number", "birthday", "kana", "postal_code"]
_STRICT: tuple[Why, ...] = ("number", "birthday", "kana", "postal_code")


@dataclass(frozen=True, slots=True)
class Refused:
    """line: of the file, from 1. column: its name, if one is to blame."""

    line: int
    why: Why
    column: str = ""


@dataclass(frozen=True, slots=True)
class CustomerList:
    """rows: column to value, without empty ones. refused: the first ``TOLD``; refusals: how many there are."""

    rows: tuple[Mapping[str, str], ...]
    refused: tuple[Refused, ...]
    refusals: int


def read(data: bytes) -> CustomerList:
    """Raises UnusableList: large, encoding, form, empty, columns, heading, no_id, twice, rows."""
    if len(data) > LARGEST:
        raise UnusableList("large", f"{LARGEST // 1_000_000}")
    lines = _lines(_decoded(data))
    first = next(lines, None)
    if first is None:
        raise UnusableList("empty")
    names = _names(first[1])
    rows: list[Mapping[str, str]] = []
    refused: list[Refused] = []
    known: set[str] = set()
    for line, cells in lines:
        if not any(cell.strip() for cell in cells):
            continue
        if len(rows) + len(refused) >= MOST_ROWS:
            raise UnusableList("rows", f"{MOST_ROWS}")
        row = _row(line, cells, names)
        if isinstance(row, Refused):
            refused.append(row)
        elif (customer := row[columns.ID]) in known:
            refused.append(Refused(line, "twice", columns.ID))
        else:
            known.add(customer)
            rows.append(row)
    return CustomerList(tuple(rows), tuple(refused[:TOLD]), len(refused))


def _decoded(data: bytes) -> str:
    # What is UTF-8 by its form is hardly ever anything else, so it is tried first.
    for encoding in ("utf-8-sig", "cp932"):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text
    raise UnusableList("encoding")


def _lines(text: str) -> Iterator[tuple[int, list[str]]]:
    """(number of the first line, cells) of every row. Raises UnusableList."""
    head = text[:10_000].splitlines()[0] if text.strip() else ""
    delimiter = max(",\t;", key=head.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    line = 1
    try:
        for cells in reader:
            yield line, cells
            line = reader.line_num + 1
    except csv.Error:
        raise UnusableList("form", str(line)) from None


def _names(headings: list[str]) -> list[str | None]:
    """The name of each column; None for one without a heading."""
    if len(headings) > MOST_COLUMNS:
        raise UnusableList("columns", f"{MOST_COLUMNS}")
    names: list[str | None] = []
    for number, heading in enumerate(headings, 1):
        name = columns.named(heading) if heading.strip() else None
        if heading.strip() and name is None:
            raise UnusableList("heading", str(number))
        if name is not None and name in names:
            raise UnusableList("twice", name)
        names.append(name)
    if columns.ID not in names:
        raise UnusableList("no_id", columns.ID)
    return names


def _row(line: int, cells: list[str], names: list[str | None]) -> Mapping[str, str] | Refused:
    if len(cells) != len(names):
        return Refused(line, "cells")
    row: dict[str, str] = {}
    for name, cell in zip(names, cells, strict=True):
        value = " ".join(unicodedata.normalize("NFC", cell).split())
        if name is None:
            if value:
                return Refused(line, "cells")
            continue
        if len(value) > LONGEST:
            return Refused(line, "long", name)
        if not value.isprintable():
            return Refused(line, "signs", name)
        if value:
            row[name] = value
            if (why := _amiss(name, value)) is not None:
                return Refused(line, why, name)
    return row if columns.ID in row else Refused(line, "no_id", columns.ID)


def _amiss(name: str, value: str) -> Why | None:
    """A value that no caller could ever match is a mistake of the list."""
    return next((why for why in _STRICT if why == name and columns.same(name, value) is None), None)
