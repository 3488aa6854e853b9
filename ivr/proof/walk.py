"""Every node with everything that may be known there: the conditions of a tree, taken seriously.

A walk goes through (node, store) pairs (``ivr.proof.facts``) as the engine would. It keeps up to ``APART`` stores a
node and then joins them, so that the work grows with the tree and not with the number of its paths; ``steps`` counts
it. What is found impossible is impossible; not everything that is possible on paper is.

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
from dataclasses import dataclass

from ivr import slots
from ivr.actions import Limits
from ivr.nodes import (
    AskNode,
    DecideNode,
    GoodbyeNode,
    IdentifyNode,
    LinkNode,
    MenuNode,
    Node,
    QuestionNode,
    TransferNode,
    VoicemailNode,
    WebhookNode,
)
from ivr.proof.facts import BLURRED, Facts
from ivr.proof.ground import ASKING, WAITING, Ground
from ivr.texts import CUSTOMER

APART = 8
"""Stores that are kept apart at one node."""
MOST_STEPS = 60
"""Steps a node; a walk that would need more joins everything and knows nothing of values."""

Pair = tuple[str, int]


@dataclass(frozen=True, slots=True)
class Edge:
    """From a node on: forget the bits of ``clear``, then add those of ``add``; only for a store with all of ``needs``.

    ``needs`` are bits of which the store must have one each.
    """

    target: str
    clear: int = 0
    add: int = 0
    needs: tuple[int, ...] = ()


class Walk:
    """stores: node to all that may be known on entering it. taken: (node, place of the case) that can be taken, and
    the number of cases for ``otherwise``. steps: pairs that were looked at. is_bounded: it had to stop telling apart."""

    def __init__(self, ground: Ground, facts: Facts, *, loose: bool = False) -> None:
        self.ground, self.facts = ground, facts
        self.stores: dict[str, list[int]] = {}
        self.taken: set[tuple[str, int]] = set()
        self.steps = 0
        self.is_bounded = False
        self._came: dict[Pair, Pair] = {}
        self._loosened = _loosened(ground, facts) if loose else 0
        self._edges: dict[str, tuple[Edge, ...]] = {}
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
        """In the order of the nodes, what lies behind waiting for the next round, so that joined stores go on joined."""
        rounds: dict[str, list[tuple[int, Pair | None]]] = defaultdict(list)
        for name, store in seeds:
            rounds[name].append((store, None))
        while rounds:
            now, rounds = rounds, defaultdict(list)
            heap = [(self._order[name], name) for name in now]
            heapq.heapify(heap)
            while heap:
                place, name = heapq.heappop(heap)
                for store, came in now.pop(name, ()):
                    for target, after, pair in self._entered(name, store, came):
                        if self._order[target] <= place:
                            rounds[target].append((after, pair))
                            continue
                        if target not in now:
                            now[target] = []
                            heapq.heappush(heap, (self._order[target], target))
                        now[target].append((after, pair))

    def _entered(self, name: str, store: int, came: Pair | None) -> Iterator[tuple[str, int, Pair]]:
        self.steps += 1
        node = self.ground.tree.nodes[name]
        if self._loosened and isinstance(node, WAITING):
            store |= self._loosened
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
        for edge in self._edges_of(name, node):
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

    def _edges_of(self, name: str, node: Node) -> tuple[Edge, ...]:
        if name not in self._edges:
            self._edges[name] = tuple(_edges(self.ground, self.facts, name, node))
        return self._edges[name]


def _edges(ground: Ground, facts: Facts, name: str, node: Node) -> Iterator[Edge]:
    tree = ground.tree
    # While somebody waits, a page may come and a voice may go.
    changing = facts.block("voice") | facts.block("screen")
    match node:
        case GoodbyeNode():
            if node.screen:
                there = (facts.exactly("link_sent", True), facts.exactly("screen", True))
                needs = (there[0] | there[1],) if all(there) else ()
                yield Edge(node.screen, facts.block("voice"), facts.exactly("voice", False), needs)
            return
        case TransferNode():
            yield Edge(node.failed, 0, changing)
            return
        case _ if not isinstance(node, WAITING):
            yield from (Edge(target) for _, target in node.targets)
            return
    changing |= _languages(ground, facts, node)
    if _may_move(ground, node):
        changing |= facts.exactly("link_sent", True)
    for edge in _answers(ground, facts, name, node):
        yield Edge(edge.target, edge.clear, edge.add | (changing & ~edge.clear))
    forbidden = (*tree.forbid, *node.forbid) if isinstance(node, MenuNode | QuestionNode | AskNode) else tree.forbid
    # After three failures everybody is led to a person, whatever is forbidden.
    if "person" not in forbidden or isinstance(node, ASKING):
        yield Edge(tree.person, 0, changing)
    if "restart" not in forbidden:
        yield Edge(tree.home or tree.start, *_forgotten(facts, changing))


def _answers(ground: Ground, facts: Facts, name: str, node: Node) -> Iterator[Edge]:
    match node:
        case MenuNode() | QuestionNode() | AskNode():
            save = node.save or name
            block = facts.block(save)
            answers = {option.id: option for option in node.options}
            for answer, target in node.targets:
                option = answers.get(answer)
                if option and option.language:
                    yield Edge(target, facts.block("language"), facts.exactly("language", option.language))
                elif isinstance(node, AskNode) and node.is_value:
                    giver = next(one for one in facts.variables.givers[save] if one.node == name)
                    yield Edge(target, block, facts.given(giver, save))
                else:
                    yield Edge(target, block, facts.exactly(save, answer))
                if isinstance(node, AskNode) and node.optional:
                    yield Edge(target)
        case WebhookNode():
            clear = add = 0
            for saved in node.save:
                giver = next(one for one in facts.variables.givers[saved] if one.node == name)
                clear, add = clear | facts.block(saved), add | facts.given(giver, saved)
            yield Edge(node.next, clear, add)
            yield Edge(node.failed)
        case IdentifyNode():
            clear, add = facts.block("identified"), facts.exactly("identified", True)
            for column in CUSTOMER:
                giver = next(one for one in facts.variables.givers[column] if one.node == name)
                clear, add = clear | facts.block(column), add | facts.given(giver, column)
            yield Edge(node.next, clear, add)
            yield Edge(node.failed)
        case LinkNode():
            yield Edge(node.next)
            yield from (Edge(target) for target in (node.refused, node.failed) if target)
        case _:
            yield from (Edge(target) for _, target in node.targets)


def _forgotten(facts: Facts, changing: int) -> tuple[int, int]:
    """From the start again: answers are forgotten, what was learned from outside is not."""
    clear, add = 0, changing
    for variable, givers in facts.variables.givers.items():
        outside = any(giver.kind in ("reply", "customer") for giver in givers)
        clear |= 0 if outside else facts.block(variable)
        add |= facts.missing(variable)
    return clear, add


def _languages(ground: Ground, facts: Facts, node: Node) -> int:
    """The languages that may be asked for at this node."""
    forbidden = (*ground.tree.forbid, *getattr(node, "forbid", ()))
    bits = 0
    for language in ("ja", "en"):
        if language in ground.tree.languages and language not in forbidden:
            bits |= facts.exactly("language", language)
    return bits


def _may_move(ground: Ground, node: Node) -> bool:
    """A link may be sent here: it is offered, or a value cannot be keyed and is offered to be given on a screen."""
    if isinstance(node, LinkNode):
        return True
    if not (isinstance(node, AskNode) and node.is_value and ground.tree.sms):
        return False
    keys = slots.keys(node.slot, node.least, node.most, Limits(pattern=node.pattern or "", highest=node.highest or ""))
    return node.slot == "address" or not keys[1]


def _loosened(ground: Ground, facts: Facts) -> int:
    """What may be so at any question because a caller went back, or hung up and returned."""
    nodes = ground.tree.nodes.values()
    bits = facts.block("voice") | facts.block("screen")
    if any(isinstance(node, IdentifyNode) for node in nodes):
        bits |= facts.block("identified")
    if any(_may_move(ground, node) for node in nodes):
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
