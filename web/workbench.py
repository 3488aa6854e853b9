"""Where trees are read, checked and tried for the API: beside the loop that serves calls, one after another."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Callable
from datetime import date
from typing import Any, ParamSpec, TypeVar

from conversation import manuscript
from ivr import engine
from ivr.actions import Ask
from ivr.errors import BrokenTree, Problem
from ivr.problems import refusing
from ivr.source import read
from ivr.tree import Tree, examine
from meaning.sense import Sense

P = ParamSpec("P")
T = TypeVar("T")
LEARNT = 4
"""Trees that are being tried, whose words stay learnt."""


class Workbench:
    """load: makes a tree for this house of its source, or raises BrokenTree. today: in the centre's zone."""

    def __init__(self, load: Callable[[str], Tree], today: Callable[[], date]) -> None:
        self.load, self._today = load, today
        self._found: OrderedDict[tuple[str, date], tuple[Problem, ...]] = OrderedDict()
        self._turn = asyncio.Semaphore(1)
        self._tried: OrderedDict[str, tuple[Tree, Sense]] = OrderedDict()

    async def do(self, work: Callable[P, T], *values: P.args, **named: P.kwargs) -> T:
        """In a thread, when what came before is done."""
        async with self._turn:
            return await asyncio.to_thread(work, *values, **named)

    def problems(self, source: str) -> tuple[Problem, ...]:
        """Everything to be told of it, worst first: warnings and notes too, which refuse nothing."""
        key = source, self._today()
        if (known := self._found.get(key)) is not None:
            return known
        found = examine(source, today=key[1])
        if not refusing(found):
            try:
                self.load(source)
            except BrokenTree as broken:  # sound, but not in this house
                found = (*broken.problems, *found)
        self._found[key] = found
        while len(self._found) > LEARNT:
            self._found.popitem(last=False)
        return found

    def refused(self, source: str) -> tuple[Problem, ...]:
        """What stands in the way of publishing it."""
        return refusing(self.problems(source))

    def learnt(self, source: str) -> tuple[Tree, Sense]:
        """A tree to be tried. Raises BrokenTree."""
        if source not in self._tried:
            tree = self.load(source)
            self._tried[source] = tree, Sense(ask for ask in engine.prompts(tree) if isinstance(ask, Ask))
            while len(self._tried) > LEARNT:
                self._tried.popitem(last=False)
        self._tried.move_to_end(source)
        return self._tried[source]


def data(source: str) -> dict[str, Any]:
    """The file as data. Raises BrokenTree for what is no tree at all."""
    found = read(source)
    manuscript.sound(found)
    return found


def named(tree: dict[str, Any]) -> str:
    """The tree's name, as far as it has one."""
    name = tree.get("name")
    return name if isinstance(name, str) else ""
