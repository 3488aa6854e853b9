"""Tables of what is said and what it means: a line each, ``text = value``; a value of ``-`` is none."""

from __future__ import annotations


def rows(table: str) -> list[tuple[str, str | None]]:
    pairs = (line.rsplit(" = ", 1) for line in table.strip().splitlines())
    return [(text, None if value == "-" else value) for text, value in pairs]
