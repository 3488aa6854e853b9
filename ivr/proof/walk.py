"""Every node with everything that may be known there: the conditions of a tree, taken seriously.

A walk goes through (node, store) pairs (``ivr.proof.facts``) as the engine would. It keeps up to ``APART`` stores a
node and then joins them, so that the work grows with the tree and not with the number of its paths; ``steps`` counts
it. What nothing further on reads is left open (``Edges.live``), so that paths that differ in it alone are one. What is
found impossible is impossible; not everything that is possible on paper is.

A strict walk follows a call that goes on: answers, what comes back from outside, 0 for a person, from the start again.
A loose walk also takes callers who go back, hang up and return, so that at any question anything may have been
forgotten again, and what was learned from outside may be known already. What is never so in a loose walk, is never so.

Not proved: how the values of several variables go together once stores were joined, comparisons of two variables,
and opening hours, which may change while a call goes on.
"""

from __future__ import annotations

import heapq
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping

from ivr.nodes import DecideNode, IdentifyNode, MenuNode, QuestionNode, VoicemailNode
from ivr.proof.edges import Edges, may_move
from ivr.proof.facts import BLURRED, Facts
from ivr.proof.ground import WAITING, Ground

APART = 8
"""Stores that are kept apart at one node."""
MOST_STEPS = 60
"""Steps a node; a walk that would need more joins everything and knows nothing of values."""

Pair = tuple[str, int]


class Walk:
    """stores: node to all that may be known on entering it. steps: pairs that were looked at.

    taken: (node, place of the case) that can be taken, the number of cases for ``otherwise``. is_bounded: it had to
    stop telling values apart.
    """

    def __init__(self, edges: Edges, *, loose: bool = False) -> None:
        ground, facts = edges.ground, edges.facts
        self.ground, self.facts = ground, facts
        self.stores: dict[str, list[int]] = {}
        self.taken: set[tuple[str, int]] = set()
        self.steps = 0
        self.is_bounded = False
        self._came: dict[Pair, Pair] = {}
        self._loosened = _loosened(ground, facts) if loose else 0
        self._edges = edges.of
        self._dead = {name: facts.everything & ~live for name, live in edges.live.items()}
        self._order = _order(ground)
        self._most = MOST_STEPS * len(ground.tree.nodes)
        self._run(_seeds(ground, facts) if loose else [(ground.tree.start, facts.start())])

    def path(self, pair: Pair) -> tuple[str, ...]:
        """How the walk came to this pair."""
        way, seen = [pair[0]], {pair}
        while pair in self._came and (pair := self._came[pair]) not in seen:
            seen.add(pair)
            way.append(pair[0])
        return tuple(reversed(way))

    def _run(self, seeds: Iterable[Pair]) -> None:
        """In the order of the nodes; what lies behind waits for the next round, so that joined stores go on joined."""
        rounds: dict[str, list[tuple[int, Pair | None]]] = defaultdict(list)
        for name, store in seeds:
            rounds[name].append((store, None))
        while rounds:
            now, rounds = rounds, defaultdict(list)
            heap = [(self._order[name], name) for name in now]
            heapq.heapify(heap)
            while heap:
                place, name = heapq.heappop(heap)
                for store, came in self._joined(name, now.pop(name)):
                    for target, after, pair in self._entered(name, store, came):
                        if self._order[target] <= place:
                            rounds[target].append((after, pair))
                            continue
                        if target not in now:
                            now[target] = []
                            heapq.heappush(heap, (self._order[target], target))
                        now[target].append((after, pair))

    def _joined(self, name: str, coming: list[tuple[int, Pair | None]]) -> list[tuple[int, Pair | None]]:
        """What comes to a node at once, as one where it would be joined anyway."""
        if len(coming) + len(self.stores.get(name, ())) <= APART:
            return coming
        new = dict(reversed(coming))
        if len(new) + len(self.stores.get(name, ())) <= APART:
            return list(new.items())
        joined = BLURRED
        for store in new:
            joined |= store
        return [(joined, coming[0][1])]

    def _entered(self, name: str, store: int, came: Pair | None) -> Iterator[tuple[str, int, Pair]]:
        self.steps += 1
        node = self.ground.tree.nodes[name]
        if self._loosened and isinstance(node, WAITING):
            store |= self._loosened
        store |= self._dead[name]
        if self.steps > self._most:
            self.is_bounded = True
            store = self.facts.everything | BLURRED
        kept = self._keep(name, store)
        if kept is None:
            return
        pair = (name, kept)
        if came is not None and came != pair:
            self._came.setdefault(pair, came)
        if isinstance(node, DecideNode):
            yield from ((target, after, pair) for target, after in self._decided(name, node, kept))
            return
        for edge in self._edges[name]:
            if all(kept & bits for bits in edge.needs):
                yield edge.target, kept & ~edge.clear | edge.add, pair

    def _keep(self, name: str, store: int) -> int | None:
        """The store as it goes on from this node, or None when all of it was there already."""
        known = self.stores.setdefault(name, [])
        if any(not store & ~one for one in known):
            return None
        if len(known) >= APART:
            for one in known:
                store |= one
            store |= BLURRED
        # What the new store holds as well needs no keeping.
        known[:] = [one for one in known if one & ~store]
        known.append(store)
        return store

    def _decided(self, name: str, node: DecideNode, store: int) -> Iterator[tuple[str, int]]:
        for place, case in enumerate(node.decide):
            yes, store = self.facts.split(case.when)(store)
            if yes:
                self.taken.add((name, place))
                yield case.next, yes
            if not store:
                return
        self.taken.add((name, len(node.decide)))
        yield node.otherwise, store


def _loosened(ground: Ground, facts: Facts) -> int:
    """What may be so at any question because a caller went back, or hung up and returned."""
    nodes = ground.tree.nodes.values()
    bits = facts.block("voice") | facts.block("screen")
    if any(isinstance(node, IdentifyNode) for node in nodes):
        bits |= facts.block("identified")
    if any(may_move(ground, node) for node in nodes):
        bits |= facts.block("link_sent")
    for variable, givers in facts.variables.givers.items():
        bits |= facts.missing(variable)
        if len(givers) > 1 or any(giver.kind in ("reply", "customer") for giver in givers):
            bits |= facts.block(variable)
    return bits


def _seeds(ground: Ground, facts: Facts) -> list[Pair]:
    """Where a loose walk begins: at the start; where a caller is put who returned; at messages, which whoever fails
    over and over is led to."""
    tree = ground.tree
    returned = facts.start() | _loosened(ground, facts)
    seeds = [(tree.start, facts.start()), (tree.start, returned), (tree.home or tree.start, returned)]
    matter = tree.nodes.get(tree.matter or "")
    if isinstance(matter, MenuNode | QuestionNode):
        save = matter.save or tree.matter or ""
        for answer, target in matter.targets:
            seeds.append((target, returned & ~facts.block(save) | facts.exactly(save, answer)))
    seeds += [(name, returned) for name in ground.before if isinstance(tree.nodes[name], VoicemailNode)]
    return seeds


def _order(ground: Ground) -> Mapping[str, int]:
    """Nodes so that, loops aside, each comes after those that lead to it (reverse postorder)."""
    done: list[str] = []
    seen: set[str] = set()
    for first in (ground.tree.start, *ground.tree.nodes):
        if first in seen:
            continue
        seen.add(first)
        stack = [(first, iter(ground.steps[first]))]
        while stack:
            name, targets = stack[-1]
            target = next((one for one in targets if one not in seen), None)
            if target is None:
                done.append(name)
                stack.pop()
            else:
                seen.add(target)
                stack.append((target, iter(ground.steps[target])))
    # What is found last comes first; nodes that nothing leads to, after all others.
    return {name: place for place, name in enumerate(reversed(done))}
