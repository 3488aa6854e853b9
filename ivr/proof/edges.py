"""What leads on from a node, and what is known afterwards: as the engine would go, in bits of ``ivr.proof.facts``."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Iterator
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
    WebhookNode,
)
from ivr.proof.facts import Facts
from ivr.proof.ground import ASKING, WAITING, Ground
from ivr.proof.words import mentioned
from ivr.texts import CUSTOMER


@dataclass(frozen=True, slots=True)
class Edge:
    """From a node on: forget the bits of ``clear``, then add those of ``add``; only for a store with all of ``needs``.

    ``needs`` are bits of which the store must have one each.
    """

    target: str
    clear: int = 0
    add: int = 0
    needs: tuple[int, ...] = ()


class Edges:
    """Of every node of the tree. What is no longer of use at a node is known as well, so that nothing is kept of it."""

    def __init__(self, ground: Ground, facts: Facts) -> None:
        self.ground, self.facts = ground, facts
        self._forgotten = _forgotten(facts)
        self.of = {name: tuple(self._edges(name, node)) for name, node in ground.tree.nodes.items()}
        self.live = self._live()

    def _live(self) -> dict[str, int]:
        """Node to the bits of the variables that it, or some node on the way on, reads before they are given anew."""
        live = {name: self._read(name, node) for name, node in self.ground.tree.nodes.items()}
        back: dict[str, list[tuple[str, int]]] = defaultdict(list)
        for name, edges in self.of.items():
            for edge in edges:
                back[edge.target].append((name, ~edge.clear))
        queue = deque(name for name in live if live[name])
        waiting = set(queue)
        while queue:
            target = queue.popleft()
            waiting.discard(target)
            for name, kept in back[target]:
                if more := live[target] & kept & ~live[name]:
                    live[name] |= more
                    if name not in waiting:
                        waiting.add(name)
                        queue.append(name)
        return live

    def _read(self, name: str, node: Node) -> int:
        if isinstance(node, DecideNode):
            read = {variable for case in node.decide for variable in self.facts.read(case.when)}
        else:
            read = mentioned(self.ground, name)
        bits = 0
        for variable in read:
            bits |= self.facts.block(variable)
        if isinstance(node, GoodbyeNode) and node.screen:
            bits |= self.facts.block("link_sent") | self.facts.block("screen")
        return bits

    def _edges(self, name: str, node: Node) -> Iterator[Edge]:
        ground, facts, tree = self.ground, self.facts, self.ground.tree
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
        if may_move(ground, node):
            changing |= facts.exactly("link_sent", True)
        for edge in _answers(ground, facts, name, node):
            yield Edge(edge.target, edge.clear, edge.add | (changing & ~edge.clear))
        forbidden = (*tree.forbid, *node.forbid) if isinstance(node, MenuNode | QuestionNode | AskNode) else tree.forbid
        # After three failures everybody is led to a person, whatever is forbidden.
        if "person" not in forbidden or isinstance(node, ASKING):
            yield Edge(tree.person, 0, changing)
        if "restart" not in forbidden:
            clear, add = self._forgotten
            yield Edge(tree.home or tree.start, clear, add | changing)


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


def _forgotten(facts: Facts) -> tuple[int, int]:
    """From the start again: answers are forgotten, what was learned from outside is not."""
    clear = add = 0
    for variable, givers in facts.variables.givers.items():
        outside = any(giver.kind in ("reply", "customer") for giver in givers)
        clear |= 0 if outside else facts.block(variable)
        add |= facts.missing(variable)
    return clear, add


def _languages(ground: Ground, facts: Facts, node: Node) -> int:
    """The languages that may be asked for at this node."""
    here = node.forbid if isinstance(node, MenuNode | QuestionNode | AskNode) else ()
    forbidden = (*ground.tree.forbid, *here)
    bits = 0
    for language in ("ja", "en"):
        if language in ground.tree.languages and language not in forbidden:
            bits |= facts.exactly("language", language)
    return bits


def may_move(ground: Ground, node: Node) -> bool:
    """A link may be sent here: it is offered, or a value cannot be keyed and is offered to be given on a screen."""
    if isinstance(node, LinkNode):
        return True
    if not (isinstance(node, AskNode) and node.is_value and ground.tree.sms):
        return False
    keys = slots.keys(node.slot, node.least, node.most, Limits(pattern=node.pattern or "", highest=node.highest or ""))
    return node.slot == "address" or not keys[1]
