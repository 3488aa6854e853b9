"""What can be wrong with what the rules are given.

RulesError
├── BrokenTree        a tree file that is refused, with everything found wrong in it
├── BadExpression     a condition of a ``decide`` node that is not in the grammar
├── BadHours          opening hours that make no sense
└── BadConversation   a golden conversation that cannot be read
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Level = Literal["problem", "warning", "note"]
"""A problem refuses the tree; a warning is worth a look; a note says what a channel does without."""


class RulesError(Exception):
    """Any of the below."""


@dataclass(frozen=True, slots=True)
class Problem:
    """node: its id as it stands in the file, or empty for the whole tree; within a part, the node that uses it.

    path: nodes from the start (of parts as laid out: ``check.member``), then fields; or fields of the file.
    reason: in English. kind, values: what ``ivr.problems.reasons`` says it with in other languages.
    place: where the node stands in the file (``subtrees verify nodes member``).
    """

    node: str
    path: tuple[str, ...]
    reason: str
    kind: str = "other"
    level: Level = "problem"
    values: tuple[tuple[str, str], ...] = ()
    place: tuple[str, ...] = ()

    def __str__(self) -> str:
        where = self.node or "tree"
        return f"{where}: {self.reason}" + (f" ({' > '.join(self.path)})" if self.path else "")


class BrokenTree(RulesError):
    """The tree is refused; ``problems`` names node, path and reason of each fault."""

    def __init__(self, *problems: Problem) -> None:
        super().__init__("; ".join(str(problem) for problem in problems))
        self.problems = problems


class BadExpression(RulesError):
    """The condition is not in the grammar of ``ivr.expressions``; ``problem`` says how, of no node yet."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.reason)
        self.problem = problem


class BadHours(RulesError):
    """The opening hours make no sense."""


class BadConversation(RulesError):
    """The golden conversation cannot be read; the message names the line."""
