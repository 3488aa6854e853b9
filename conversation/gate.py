"""The gate before callers: a tree must be sound, and its own golden conversations must go as they are written."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace

from conversation.library import Golden
from ivr import golden
from ivr.errors import BadConversation, BrokenTree, Problem
from ivr.tree import Tree

LONGEST_TEST = 64 * 1024
"""Characters of a golden conversation."""
DIFF_LINES = 400


@dataclass(frozen=True, slots=True)
class Outcome:
    """diff: empty when the conversation went as it is written."""

    name: str
    diff: str

    @property
    def passed(self) -> bool:
        return not self.diff


@dataclass(frozen=True, slots=True)
class Verdict:
    """tree: None when there are problems. outcomes: of its tests, passed or not."""

    tree: Tree | None
    problems: tuple[Problem, ...]
    outcomes: tuple[Outcome, ...]

    @property
    def opens(self) -> bool:
        return self.tree is not None and all(outcome.passed for outcome in self.outcomes)


def examine(load: Callable[[str], Tree], source: str, tests: Iterable[Golden]) -> Verdict:
    """Takes as long as the checks and tests take; nothing is changed by it."""
    try:
        tree = load(source)
    except BrokenTree as broken:
        return Verdict(None, broken.problems, ())
    return Verdict(tree, (), tuple(outcomes(tree, tests)))


def outcomes(tree: Tree, tests: Iterable[Golden]) -> Iterator[Outcome]:
    for test in tests:
        wanted = normal(test.text)
        try:
            script = golden.parse(wanted, tree.zone)
        except BadConversation as error:
            yield Outcome(test.name, str(error))
            continue
        # A conversation holds with what the tree was loaded with when it was written down.
        found = golden.replay(replace(tree, values=dict(script.values)), script)
        lines = difflib.unified_diff(wanted.splitlines(), found.splitlines(), "wanted", "found", lineterm="", n=2)
        yield Outcome(test.name, "\n".join(list(lines)[:DIFF_LINES]))


def normal(text: str) -> str:
    """As ``ivr.golden`` writes it: no carriage returns, no blank end."""
    return text.replace("\r\n", "\n").replace("\r", "\n").strip("\n") + "\n"
