"""How far it is to a person: from every question, for a caller who wants nothing else, whatever hours and webhooks do.

A game on the tree: at questions the caller chooses, everywhere else the worst that can happen does. What counts is
how many questions are heard (the last one, at which a person is asked for, included) and how many seconds are said.
A person is an agent, somebody who is called, a call back, or a message.
"""

from __future__ import annotations

import heapq
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from ivr.errors import Problem
from ivr.nodes import (
    AgentNode,
    AskNode,
    CallbackNode,
    HoursNode,
    LinkNode,
    MenuNode,
    Node,
    QuestionNode,
    TransferNode,
    VoicemailNode,
)
from ivr.proof.ground import Ground
from ivr.proof.shape import Leads, leading_to
from ivr.proof.words import heard

PEOPLE = (AgentNode, VoicemailNode, CallbackNode, TransferNode)
SURE = (VoicemailNode, CallbackNode, TransferNode)
"""What is left when nobody is at the desk."""
QUESTIONS = (MenuNode, QuestionNode, AskNode, LinkNode)
GIVEN_UP = 3
"""Times that a question is asked before the caller is led to a person unasked."""


@dataclass(frozen=True, slots=True)
class Way:
    """To a person. path: from the node on."""

    questions: int
    seconds: float
    path: tuple[str, ...]


class Distances:
    """Of every node to a person, as far as there is one. open_now: hours to whether they are open, where known."""

    def __init__(self, ground: Ground, leads: Leads, open_now: Mapping[str, bool] | None = None) -> None:
        self._ground, self._leads, self._open = ground, leads, open_now or {}
        self._heard = {name: _seconds(ground, node) for name, node in ground.tree.nodes.items()}
        # Few questions that take long, or short ones that are many: a way may be within the limits by either.
        self._ways = [self._settled(by_questions=True), self._settled(by_questions=False)]

    def ways(self, name: str) -> list[Way]:
        """The one with the fewest questions, and the quickest; none when no person can be reached for sure."""
        found = []
        for ways in self._ways:
            if name in ways:
                path, here = [name], name
                while (after := ways[here][2]) and after not in path:
                    path.append(after)
                    here = after
                found.append(Way(ways[name][0], ways[name][1], tuple(path)))
        return found

    def missed(self, name: str) -> tuple[str, ...]:
        """From a node without a way: how a call goes that never comes to a person."""
        path = [name]
        while True:
            after = next((one for one, _, _ in self._ahead(path[-1]) if one not in self._ways[0]), None)
            if after is None or after in path:
                return tuple(path if after is None else [*path, after])
            path.append(after)

    def _ahead(self, name: str) -> list[tuple[str, int, float]]:
        """(next node, questions, seconds) of every way on."""
        tree, node = self._ground.tree, self._ground.tree.nodes[name]
        lasts = self._heard[name]
        if isinstance(node, HoursNode) and node.hours in self._open:
            return [(node.open if self._open[node.hours] else node.closed, 0, lasts)]
        if not isinstance(node, QUESTIONS):
            return [(target, 0, lasts) for _, target in self._leads[name]]
        if isinstance(node, LinkNode):
            found = [(node.refused or node.next, 1, lasts)]
            forbidden: tuple[str, ...] = tree.forbid
        else:
            found = [(target, 1, lasts) for _, target in self._leads[name]]
            forbidden = (*tree.forbid, *node.forbid)
        if "person" in forbidden:
            patience = tree.patience if isinstance(node, LinkNode) else node.patience or tree.patience
            found.append((tree.person, GIVEN_UP, GIVEN_UP * (lasts + patience)))
        else:
            found.append((tree.person, 1, lasts))
        return found

    def _settled(self, *, by_questions: bool) -> dict[str, tuple[int, float, str]]:
        """Node to questions, seconds and the next node, from people backwards, nearest first (as Dijkstra's)."""
        nodes = self._ground.tree.nodes
        back: dict[str, list[tuple[str, int, float]]] = defaultdict(list)
        open_ways: dict[str, int] = {}
        for name in nodes:
            ahead = self._ahead(name)
            open_ways[name] = len(ahead)
            for target, questions, lasts in ahead:
                back[target].append((name, questions, lasts))
        heap: list[tuple[float, float, str, int, float, str]] = []

        def offer(name: str, questions: int, lasts: float, after: str) -> None:
            order = (questions, lasts) if by_questions else (lasts, questions)
            heapq.heappush(heap, (*order, name, questions, lasts, after))

        for name, node in nodes.items():
            if isinstance(node, PEOPLE):
                offer(name, 0, 0.0, "")
        settled: dict[str, tuple[int, float, str]] = {}
        while heap:
            _, _, name, questions, lasts, after = heapq.heappop(heap)
            if name in settled:
                continue
            settled[name] = (questions, lasts, after)
            for before, more, longer in back[name]:
                if before in settled or isinstance(nodes[before], PEOPLE):
                    continue
                # The worst comes last: what the caller does not choose is settled by the last of its ways.
                open_ways[before] -= 1
                if isinstance(nodes[before], QUESTIONS) or open_ways[before] == 0:
                    offer(before, questions + more, lasts + longer, name)
        return settled


def reached(ground: Ground, leads: Leads, distances: Distances, when: str = "") -> Iterator[Problem]:
    """From the start and from every question. when: the hour that the distances are of."""
    tree = ground.tree
    limits = tree.reach
    if limits == "nobody":
        return
    fails_for_all = tuple(_failed(ground, distances, tree.person, limits.questions, limits.seconds, when))
    if fails_for_all:
        # Then every question fails, and for this one reason.
        yield from fails_for_all
        return
    for name, node in tree.nodes.items():
        if name in ground.before and (isinstance(node, QUESTIONS) or name == tree.start):
            yield from _failed(ground, distances, name, limits.questions, limits.seconds, when)


def _failed(
    ground: Ground, distances: Distances, name: str, questions: int, seconds: float, when: str
) -> Iterator[Problem]:
    ways = distances.ways(name)
    start = ground.path(name)[:-1]
    suffix = "_at" if when else ""
    if not ways:
        kind = "person_nowhere" if name == ground.tree.person else "no_person"
        yield ground.found(kind + suffix, name, path=(*start, *distances.missed(name)), when=when)
    elif not any(way.questions <= questions and way.seconds <= seconds for way in ways):
        way = min(ways, key=lambda one: one.seconds)
        yield ground.found(
            "person_far" + suffix, name, path=(*start, *way.path), when=when,
            questions=way.questions, seconds=round(way.seconds), most=questions, longest=round(seconds),
        )  # fmt: skip


def nobody_left(ground: Ground, leads: Leads) -> Iterator[Problem]:
    """Where nobody is to be had, and nothing else is offered: no message, no call back, nobody outside."""
    nodes = ground.tree.nodes
    sure = leading_to(leads, [name for name, node in nodes.items() if isinstance(node, SURE)])
    agents = leading_to(leads, [name for name, node in nodes.items() if isinstance(node, AgentNode)])
    for name, node in nodes.items():
        if name not in ground.before:
            continue
        if isinstance(node, HoursNode) and node.closed in agents and node.closed not in sure:
            yield ground.found("closed_only_agent", name, "closed", node.closed)
        if isinstance(node, AgentNode):
            for answer, target in node.targets:
                if target not in sure:
                    yield ground.found("nobody_left", name, answer, target, answer=answer)
                    break


def given_up(ground: Ground) -> Iterator[Problem]:
    """Questions on the way to a person at which whoever says nothing is hung up on: no message can be reached."""
    tree = ground.tree
    messages = leading_to(
        {name: tuple(node.targets) for name, node in tree.nodes.items()},
        [name for name, node in tree.nodes.items() if isinstance(node, VoicemailNode)],
    )
    seen, queue = {tree.person}, [tree.person]
    while queue:
        name = queue.pop()
        node = tree.nodes[name]
        if isinstance(node, MenuNode | QuestionNode | AskNode):
            if name not in messages:
                yield ground.found("given_up", name)
            continue
        for _, target in node.targets:
            if target not in seen:
                seen.add(target)
                queue.append(target)


def _seconds(ground: Ground, node: Node) -> float:
    return max((heard(node, language) for language in ground.tree.languages), default=0.0)
