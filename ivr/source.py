"""YAML read as plain mappings, lists and texts, within limits.

Every scalar stays text, so ``no`` is a word and ``09:00`` a time; the models turn numbers into numbers. Aliases are
refused (they can make a small file endless), and so is a key that stands twice in one mapping (the last would win
in silence).
"""

from __future__ import annotations

from typing import Any

import yaml

from ivr.errors import BrokenTree, Problem

LARGEST = 1024 * 1024
"""Bytes of a file."""
DEEPEST = 12
MOST = 60_000
"""YAML nodes: mappings, lists and scalars."""


class _Refused(yaml.MarkedYAMLError):
    pass


class _Loader(yaml.BaseLoader):
    def __init__(self, text: str) -> None:
        super().__init__(text)
        self._depth = self._count = 0

    def compose_node(self, parent: Any, index: Any) -> Any:
        event: Any = self.peek_event()  # type: ignore[no-untyped-call]
        mark = event.start_mark
        if isinstance(event, yaml.AliasEvent):
            raise _Refused(problem="aliases are not allowed", problem_mark=mark)
        self._count += 1
        self._depth += 1
        if self._count > MOST:
            raise _Refused(problem=f"more than {MOST} items", problem_mark=mark)
        if self._depth > DEEPEST:
            raise _Refused(problem=f"nested deeper than {DEEPEST}", problem_mark=mark)
        node = super().compose_node(parent, index)
        self._depth -= 1
        return node

    def construct_mapping(self, node: Any, deep: bool = False) -> Any:
        seen: set[Any] = set()
        for key, _ in node.value:
            if not isinstance(key, yaml.ScalarNode):
                raise _Refused(problem="a key must be a text", problem_mark=node.start_mark)
            if key.value in seen:
                raise _Refused(problem=f"the key {key.value!r} stands twice", problem_mark=key.start_mark)
            seen.add(key.value)
        return super().construct_mapping(node, deep=deep)


def read(text: str) -> dict[str, Any]:
    """The mapping at the top of the file. Raises BrokenTree, naming the line."""
    if len(text.encode("utf-8", "surrogatepass")) > LARGEST:
        raise BrokenTree(Problem("", (), f"larger than {LARGEST // 1024} KiB"))
    try:
        loader = _Loader(text)
        data = loader.get_single_data()
    except yaml.MarkedYAMLError as error:
        where = (f"line {error.problem_mark.line + 1}",) if error.problem_mark else ()
        raise BrokenTree(Problem("", where, error.problem or "not YAML")) from None
    except (yaml.YAMLError, ValueError):
        raise BrokenTree(Problem("", (), "not YAML")) from None
    if not isinstance(data, dict):
        raise BrokenTree(Problem("", (), "a tree is a mapping"))
    return data
