"""YAML read as plain mappings, lists and texts, within limits.

Every scalar stays text, so ``no`` is a word and ``09:00`` a time; the models turn numbers into numbers. Aliases are
refused (they can make a small file endless), and so is a key that stands twice in one mapping (the last would win
in silence).
"""

from __future__ import annotations

from typing import Any

import yaml
from yaml.composer import Composer

from ivr.errors import BrokenTree
from ivr.problems import found

LARGEST = 1024 * 1024
"""Bytes of a file."""
DEEPEST = 12
MOST = 60_000
"""YAML nodes: mappings, lists and scalars."""


class _Refused(yaml.MarkedYAMLError):
    def __init__(self, kind: str, mark: yaml.Mark, **values: object) -> None:
        super().__init__(problem_mark=mark)
        self.found = found(kind, "", _line(mark), **values)


class _Loader(Composer, yaml.CBaseLoader):
    """Parsed by libyaml, composed here: half a second less for a tree of 2,000 nodes."""

    def __init__(self, text: str) -> None:
        yaml.CBaseLoader.__init__(self, text)
        Composer.__init__(self)
        self._depth = self._count = 0

    def compose_node(self, parent: Any, index: Any) -> Any:
        event: Any = self.peek_event()
        mark = event.start_mark
        if isinstance(event, yaml.AliasEvent):
            raise _Refused("yaml_aliases", mark)
        self._count += 1
        self._depth += 1
        if self._count > MOST:
            raise _Refused("yaml_items", mark, most=MOST)
        if self._depth > DEEPEST:
            raise _Refused("yaml_deep", mark, most=DEEPEST)
        node = super().compose_node(parent, index)
        self._depth -= 1
        return node

    def construct_mapping(self, node: Any, deep: bool = False) -> Any:
        seen: set[Any] = set()
        for key, _ in node.value:
            if not isinstance(key, yaml.ScalarNode):
                raise _Refused("yaml_key", node.start_mark)
            if key.value in seen:
                raise _Refused("yaml_twice", key.start_mark, key=key.value[:80])
            seen.add(key.value)
        return super().construct_mapping(node, deep=deep)


def read(text: str) -> dict[str, Any]:
    """The mapping at the top of the file. Raises BrokenTree, naming the line."""
    if len(text.encode("utf-8", "surrogatepass")) > LARGEST:
        raise BrokenTree(found("yaml_large", most=LARGEST // 1024))
    try:
        loader = _Loader(text)
        data = loader.get_single_data()
    except _Refused as error:
        raise BrokenTree(error.found) from None
    except yaml.MarkedYAMLError as error:
        where = _line(error.problem_mark) if error.problem_mark else ()
        raise BrokenTree(found("yaml_broken", "", where, why=error.problem or "not YAML")) from None
    except (yaml.YAMLError, ValueError):
        raise BrokenTree(found("yaml_not")) from None
    if not isinstance(data, dict):
        raise BrokenTree(found("yaml_not_mapping"))
    return data


def _line(mark: yaml.Mark) -> tuple[str, ...]:
    return (f"line {mark.line + 1}",)
