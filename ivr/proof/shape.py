"""The shape of a tree: targets that are missing, dead ends, loops without a question, nodes that nothing leads to."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping

from ivr import problems
from ivr.errors import Problem
from ivr.nodes import (
    AgentNode,
    AskNode,
    DecideNode,
    GoodbyeNode,
    HoursNode,
    IdentifyNode,
    LinkNode,
    MenuNode,
    Node,
    QuestionNode,
    SayNode,
    TransferNode,
    VoicemailNode,
    WebhookNode,
)
from ivr.proof.ground import Ground
from ivr.proof.walk import Walk

Leads = Mapping[str, tuple[tuple[str, str], ...]]
"""Node to (answer, target) of all that can be taken."""


def missing_targets(ground: Ground) -> Iterator[Problem]:
    """While one is missing, nothing can be walked."""
    tree = ground.tree
    for field in ("start", "home", "person", "matter"):
        target = getattr(tree, field)
        if target and target not in tree.nodes:
            yield problems.found("no_node", "", (field,), target=target)
    for name, node in tree.nodes.items():
        for answer, target in node.targets:
            if target not in tree.nodes:
                # No way can be told while some are broken: the node and the answer say where it is.
                yield ground.found("no_node", name, answer, path=(name,), target=target)


def leads(ground: Ground, loose: Walk) -> Leads:
    """Where each node leads, without the branches of conditions that never hold."""
    return {name: tuple(_leads(name, node, loose)) for name, node in ground.tree.nodes.items()}


def _leads(name: str, node: Node, loose: Walk) -> Iterator[tuple[str, str]]:
    if not isinstance(node, DecideNode) or name not in loose.stores:
        yield from node.targets
        return
    for place, (answer, target) in enumerate(node.targets):
        if (name, place) in loose.taken:
            yield answer, target


def matter(ground: Ground) -> Iterator[Problem]:
    tree = ground.tree
    node = tree.nodes.get(tree.matter or "")
    if tree.matter and node and not isinstance(node, MenuNode | QuestionNode):
        yield problems.found("matter_kind", tree.matter, ("matter",))


def dead_ends(ground: Ground) -> Iterator[Problem]:
    for name, node in ground.tree.nodes.items():
        match node:
            case MenuNode() | QuestionNode() | AskNode(slot="choice"):
                answers = tuple(option.id for option in node.options)
            case AskNode(slot="yesno"):
                answers = ("yes", "no")
            case AskNode():
                answers = ("next",)
            case _:
                continue
        led = {answer for answer, _ in node.targets}
        for answer in answers:
            if answer not in led:
                yield ground.found("dead_end", name, answer)


def unreachable(ground: Ground, loose: Walk) -> Iterator[Problem]:
    """A node of a part counts as reached when it is in one of the places that the part is used in."""
    reached = {ground.place(name) for name in loose.stores}
    told = set()
    for name in ground.tree.nodes:
        place = ground.place(name)
        if place in reached or place in told:
            continue
        told.add(place)
        if name in ground.before:
            yield ground.found("unreachable_by_condition", name)
        else:
            yield ground.found("unreachable", name, path=(name,))


def loops(ground: Ground, leads: Leads) -> Iterator[Problem]:
    """Ways round that pass no question: some would never end, some would call the same webhook over and over."""
    onward = {name: _onward(node, leads[name]) for name, node in ground.tree.nodes.items()}
    done: set[str] = set()
    for first in onward:
        stack = [(first, iter(onward[first]))] if first not in done else []
        trail = {first: 0}
        while stack:
            name, targets = stack[-1]
            target = next(targets, None)
            if target is None:
                stack.pop()
                done.add(name)
                del trail[name]
            elif target in trail:
                loop = [one for one, _ in stack[trail[target] :]] + [target]
                yield _loop(ground, loop)
            elif target not in done and onward[target]:
                trail[target] = len(stack)
                stack.append((target, iter(onward[target])))


def _onward(node: Node, leads: tuple[tuple[str, str], ...]) -> tuple[str, ...]:
    """Where it goes on without anything being asked."""
    match node:
        case LinkNode():
            return (node.next,)  # a screen that is there needs no link
        case (
            SayNode() | HoursNode() | DecideNode() | WebhookNode() | IdentifyNode()
            | AgentNode() | TransferNode() | GoodbyeNode()
        ):  # fmt: skip
            return tuple(target for _, target in leads)
        case _:
            return ()


def _loop(ground: Ground, loop: list[str]) -> Problem:
    nodes = [ground.tree.nodes[name] for name in loop]
    kind = "loop"
    if any(isinstance(node, WebhookNode | IdentifyNode) for node in nodes):
        kind = "loop_of_calls"
    elif any(isinstance(node, AgentNode | TransferNode) for node in nodes):
        kind = "loop_of_people"
    return ground.found(kind, loop[0], path=(*ground.path(loop[0]), *loop[1:]))


def endless(ground: Ground, leads: Leads) -> Iterator[Problem]:
    """Nodes from which the tree itself leads to no message and no goodbye."""
    ends = [name for name, node in ground.tree.nodes.items() if isinstance(node, VoicemailNode | GoodbyeNode)]
    reached = leading_to(leads, ends)
    for name in ground.tree.nodes:
        if name in ground.before and name not in reached:
            yield ground.found("endless", name)


def leading_to(leads: Leads, ends: list[str]) -> set[str]:
    """All nodes from which one of these can be reached, themselves included."""
    back: dict[str, list[str]] = defaultdict(list)
    for name, targets in leads.items():
        for _, target in targets:
            back[target].append(name)
    reached, queue = set(ends), list(ends)
    while queue:
        for name in back[queue.pop()]:
            if name not in reached:
                reached.add(name)
                queue.append(name)
    return reached
