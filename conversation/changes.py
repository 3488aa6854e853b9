"""What is different between two trees, told by node and field, for whoever has to choose between them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

IDENTITY = ("id", "when")
"""Fields by which an entry of a list is the same entry elsewhere in the list."""


@dataclass(frozen=True, slots=True)
class Field:
    """path: names from the node down; an entry of a list by its id. before, after: None where it is not there."""

    path: tuple[str, ...]
    before: Any
    after: Any


@dataclass(frozen=True, slots=True)
class Change:
    """node: its id, or empty for what stands beside the nodes."""

    node: str
    kind: Literal["added", "removed", "changed"]
    fields: tuple[Field, ...]


def changes(left: Mapping[str, Any], right: Mapping[str, Any]) -> tuple[Change, ...]:
    """From left to right, both as ``ivr.source.read`` gives them: the top of the file, then node by node."""
    return tuple(_changes(left, right))


def _changes(left: Mapping[str, Any], right: Mapping[str, Any]) -> Iterator[Change]:
    top = tuple(_fields(_beside(left), _beside(right), ()))
    if top:
        yield Change("", "changed", top)
    before, after = _nodes(left), _nodes(right)
    for name in dict.fromkeys((*before, *after)):
        if name not in after:
            yield Change(name, "removed", (Field((), before[name], None),))
        elif name not in before:
            yield Change(name, "added", (Field((), None, after[name]),))
        elif before[name] != after[name]:
            yield Change(name, "changed", tuple(_fields(before[name], after[name], ())))
    if before.keys() == after.keys() and list(before) != list(after):
        yield Change("", "changed", (Field(("nodes",), list(before), list(after)),))


def _beside(tree: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in tree.items() if name != "nodes"}


def _nodes(tree: Mapping[str, Any]) -> Mapping[str, Any]:
    nodes = tree.get("nodes")
    return nodes if isinstance(nodes, dict) else {}


def _fields(left: Any, right: Any, path: tuple[str, ...]) -> Iterator[Field]:
    if left == right:
        return
    if isinstance(left, dict) and isinstance(right, dict):
        for name in dict.fromkeys((*left, *right)):
            yield from _fields(left.get(name), right.get(name), (*path, name))
        return
    before, after = named(left), named(right)
    if before is None or after is None:
        yield Field(path, left, right)
        return
    for name in dict.fromkeys((*before, *after)):
        yield from _fields(before.get(name), after.get(name), (*path, name))
    if before.keys() == after.keys() and list(before) != list(after):
        yield Field(path, list(before), list(after))


def named(entries: Any) -> dict[str, Any] | None:
    """The entries of a list by what names them; None when something else is given, or two have the same name."""
    if not isinstance(entries, list) or not entries:
        return None
    found: dict[str, Any] = {}
    for entry in entries:
        name = next((entry[field] for field in IDENTITY if field in entry), None) if isinstance(entry, dict) else None
        if not isinstance(name, str) or name in found:
            return None
        found[name] = entry
    return found
