"""What is wrong with a tree that is well-formed: proved without running it, told with the path that fails.

The proofs are in ``ivr.proof``; every kind of finding, its level and its words are in ``problems.yaml``. Pure:
``today`` is given, and without it no hour of the year is looked at.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from typing import TYPE_CHECKING

from ivr.errors import Problem
from ivr.proof import channels, given, keys, limits, reach, shape, unused, words, year
from ivr.proof.edges import Edges
from ivr.proof.facts import Facts
from ivr.proof.ground import Ground
from ivr.proof.variables import Variables
from ivr.proof.walk import Walk

if TYPE_CHECKING:
    from ivr.tree import TreeFile

LEVELS = ("problem", "warning", "note")


def check(tree: TreeFile, *, file: TreeFile | None = None, today: date | None = None) -> tuple[Problem, ...]:
    """Everything found, worst first; a tree without problems is sound, whatever else is told.

    tree: laid out (``ivr.expand``). file: as it was read, so that it can be told where in it a node of a part stands.
    today: in the tree's zone. A missing target hides what could only be found by walking on.
    """
    ground = Ground(tree, file)
    missing = tuple(_once(shape.missing_targets(ground)))
    if missing:
        return missing
    return tuple(sorted(_once(_all(ground, today)), key=lambda one: LEVELS.index(one.level)))


def _all(ground: Ground, today: date | None) -> Iterator[Problem]:
    variables = Variables(ground.tree)
    said = {variable for name in ground.tree.nodes for variable in words.mentioned(ground, name)}
    facts = Facts(variables, given.conditions(ground), said)
    edges = Edges(ground, facts)
    strict, loose = Walk(edges), Walk(edges, loose=True)
    leads = shape.leads(ground, loose)
    yield from shape.matter(ground)
    yield from shape.dead_ends(ground)
    yield from shape.unreachable(ground, loose)
    yield from shape.loops(ground, leads)
    yield from shape.endless(ground, leads)
    yield from year.people(ground, leads, today)
    yield from reach.nobody_left(ground, leads)
    yield from reach.given_up(ground)
    yield from limits.of_values(ground)
    yield from keys.of_options(ground)
    yield from words.in_every_language(ground)
    yield from words.too_long(ground)
    yield from given.taken_names(variables)
    yield from given.unknown(ground, variables)
    yield from given.too_early(ground, facts, strict)
    yield from given.impossible(ground, facts, loose)
    yield from unused.names(ground)
    yield from year.hours(ground, today)
    yield from channels.notes(ground)
    if strict.is_bounded or loose.is_bounded:
        yield ground.found("not_proved", ground.tree.start, path=(ground.tree.start,))


def _once(found: Iterable[Problem]) -> Iterator[Problem]:
    """A fault in a part is one fault, however often the part is used."""
    told = set()
    for problem in found:
        what = (problem.kind, problem.place or problem.path, problem.values)
        if what not in told:
            told.add(what)
            yield problem
