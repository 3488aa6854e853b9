"""What every proof stands on: the laid-out tree, where its nodes stand in the file, and the shortest way to each."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

from ivr import problems
from ivr.errors import Problem
from ivr.expand import origin
from ivr.nodes import (
    AgentNode,
    AskNode,
    CallbackNode,
    IdentifyNode,
    LinkNode,
    MenuNode,
    Node,
    QuestionNode,
    SubtreeNode,
    SurveyNode,
    WebhookNode,
)

if TYPE_CHECKING:
    from ivr.tree import TreeFile

ASKING = (MenuNode, QuestionNode, AskNode, LinkNode, CallbackNode)
"""Kinds of nodes that ask the customer something."""
WAITING = (*ASKING, AgentNode, WebhookNode, IdentifyNode)
"""Kinds of nodes at which a customer may say or press what means the same everywhere."""


@dataclass(frozen=True)
class Ground:
    """tree: laid out (``ivr.expand``). file: as it was read; without it, names are taken to stand in the file."""

    tree: TreeFile
    file: TreeFile | None = None

    @cached_property
    def steps(self) -> dict[str, tuple[str, ...]]:
        """Node to the nodes that a caller may get to from it: by its answers, to a person, or to the beginning."""
        return {name: tuple(dict.fromkeys(_steps(self.tree, node))) for name, node in self.tree.nodes.items()}

    @cached_property
    def before(self) -> dict[str, str]:
        """Node that can be reached to the one before it on a shortest way; the first node to itself."""
        found = {self.tree.start: self.tree.start}
        queue = deque(found)
        while queue:
            name = queue.popleft()
            for target in self.steps[name]:
                if target not in found:
                    found[target] = name
                    queue.append(target)
        return found

    def path(self, name: str) -> tuple[str, ...]:
        """A shortest way from the first node; the node alone when there is none."""
        if name not in self.before:
            return (name,)
        way = [name]
        while (previous := self.before[way[-1]]) != way[-1]:
            way.append(previous)
        return tuple(reversed(way))

    def place(self, name: str) -> tuple[str, ...]:
        """Where a laid-out node stands in the file."""
        if self.file is None:
            return ("nodes", name)
        nodes = self.file.nodes
        place: tuple[str, ...] = ("nodes",)
        parts = origin(name)
        for part, below in zip(parts, (*parts[1:], ""), strict=True):
            node = nodes.get(part)
            place = (*place, part)
            if below and isinstance(node, SubtreeNode):
                nodes, place = self.file.subtrees[node.subtree].nodes, ("subtrees", node.subtree, "nodes")
            elif below and isinstance(node, SurveyNode):
                return (*place, "survey", below)
        return place

    def found(self, kind: str, name: str, /, *detail: str, path: tuple[str, ...] = (), **values: object) -> Problem:
        """A problem of a laid-out node. detail: the answer or field. path: default is a shortest way to the node."""
        way = path or self.path(name)
        one = problems.found(kind, origin(name)[0], (*way, *detail), **values)
        return replace(one, place=(*self.place(name), *detail))


def _steps(tree: TreeFile, node: Node) -> Iterator[str]:
    yield from (target for _, target in node.targets)
    if isinstance(node, WAITING):
        yield tree.person
        yield tree.home or tree.start
