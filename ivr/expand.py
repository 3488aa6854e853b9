"""A tree's file as the engine walks it: subtrees laid out where they are used, surveys as rows of questions.

A node ``pay: {subtree: verify, exits: {ok: thanks}}`` becomes ``pay.<node>`` for every node of the part; its own name
stands for the part's first. What a part saves keeps its name, so that a tree can use it wherever the part was gone
through. Pure; cycles and endless growth are refused.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING

from ivr.errors import BrokenTree
from ivr.nodes import (
    AskNode,
    Choice,
    DecideNode,
    MenuNode,
    Node,
    QuestionNode,
    SubtreeNode,
    SurveyNode,
    SurveyQuestion,
    Text,
)
from ivr.phrases import phrase
from ivr.problems import found as problem

if TYPE_CHECKING:
    from ivr.tree import TreeFile

DEEPEST = 8
MOST = 5000
"""Nodes of a tree once all is laid out."""
FIELDS = ("next", "refused", "failed", "open", "closed", "otherwise", "screen", "yes", "no", "busy")
"""Every field of a node that names another node; options and cases have their own ``next``."""
SCALE = ("1", "2", "3", "4", "5")

Lead = Callable[[str], str]
Nodes = Mapping[str, Node]


def expand(file: TreeFile) -> TreeFile:
    """The file without subtrees and surveys. Raises BrokenTree: unknown parts and exits, cycles, too many nodes."""
    found: dict[str, Node] = {}
    for name, node in _laid_out(file, "", file.nodes, lambda target: target, ()):
        found[name] = node
        if len(found) > MOST:
            raise BrokenTree(problem("too_many_nodes", "", ("nodes",), most=MOST))
    return file.model_copy(update={"nodes": found, "subtrees": {}})


def origin(name: str) -> tuple[str, ...]:
    """Where a laid-out node stands in the file: the subtree nodes that lead to it, then its own name."""
    return tuple(name.split("."))


def _laid_out(
    file: TreeFile, prefix: str, nodes: Nodes, lead: Lead, within: tuple[str, ...]
) -> Iterator[tuple[str, Node]]:
    for name, node in nodes.items():
        here = prefix + name
        match node:
            case SubtreeNode():
                yield from _part(file, here, node, lead, within)
            case SurveyNode():
                yield from _questions(file, here, node, lead)
            case _:
                yield here, _led(node, name, lead)


def _part(
    file: TreeFile, here: str, node: SubtreeNode, lead: Lead, within: tuple[str, ...]
) -> Iterator[tuple[str, Node]]:
    part = file.subtrees.get(node.subtree)
    if part is None:
        raise BrokenTree(problem("no_subtree", origin(here)[0], (here, "subtree"), name=node.subtree))
    if node.subtree in within:
        around = " > ".join((*within[within.index(node.subtree) :], node.subtree))
        raise BrokenTree(problem("subtree_cycle", origin(here)[0], (here, "subtree"), around=around))
    if len(within) >= DEEPEST:
        raise BrokenTree(problem("subtree_deep", origin(here)[0], (here, "subtree"), most=DEEPEST))
    for exit in part.exits:
        if exit not in node.exits:
            raise BrokenTree(problem("exit_unled", origin(here)[0], (here, "exits"), exit=exit, name=node.subtree))
    for exit in node.exits:
        if exit not in part.exits:
            raise BrokenTree(
                problem("exit_unknown", origin(here)[0], (here, "exits", exit), exit=exit, name=node.subtree)
            )
    if part.start not in part.nodes:
        raise BrokenTree(problem("no_node", origin(here)[0], ("subtrees", node.subtree, "start"), target=part.start))
    prefix = f"{here}."

    def out(target: str) -> str:
        if not target.startswith("@"):
            return prefix + target
        if target[1:] not in node.exits:
            raise BrokenTree(problem("exit_outside", origin(here)[0], ("subtrees", node.subtree), target=target))
        return lead(node.exits[target[1:]])

    yield here, DecideNode.model_construct(decide=(), otherwise=prefix + part.start)
    yield from _laid_out(file, prefix, part.nodes, out, (*within, node.subtree))


def _questions(file: TreeFile, here: str, node: SurveyNode, lead: Lead) -> Iterator[tuple[str, Node]]:
    ids = [f"{here}.{question.id}" for question in node.survey]
    after = [*ids[1:], lead(node.next)]
    yield here, DecideNode.model_construct(decide=(), otherwise=ids[0])
    for name, question, following in zip(ids, node.survey, after, strict=True):
        yield name, _question(file, question, following)


def _question(file: TreeFile, question: SurveyQuestion, following: str) -> AskNode:
    asked = AskNode(ask=question.ask, slot="yesno", label=question.label, save=question.id, optional=True)
    return asked.model_copy(update={"next": following, **_answer(file, question)})


def _answer(file: TreeFile, question: SurveyQuestion) -> dict[str, object]:
    """What the kind of answer makes of the question."""
    match question.answer:
        case "yesno":
            return {}
        case "text":
            return {"slot": "text", "read_back": "never"}
        case "scale":
            options = tuple(
                Choice(
                    id=f"grade_{grade}",
                    key=grade,
                    label={language: phrase(f"scale_{grade}", language) for language in file.languages},
                )
                for grade in SCALE
            )
            spoken = {
                language: _words(question.ask, language) + phrase("scale_how", language) for language in file.languages
            }
            return {"slot": "choice", "options": options, "spoken": spoken}


def _words(text: Text, language: str) -> str:
    words = text.get(language, "")
    return words if isinstance(words, str) else words.text


def _led(node: Node, name: str, lead: Lead) -> Node:
    """The node with its targets led to where they lie once all is laid out."""
    changes: dict[str, object] = {
        field: lead(target) for field in FIELDS if isinstance(target := getattr(node, field, None), str)
    }
    if isinstance(node, MenuNode | QuestionNode | AskNode):
        changes["options"] = tuple(
            option.model_copy(update={"next": lead(option.next)}) if option.next else option for option in node.options
        )
        changes["save"] = node.save or name
    if isinstance(node, DecideNode):
        changes["decide"] = tuple(case.model_copy(update={"next": lead(case.next)}) for case in node.decide)
    return node.model_copy(update=changes)
