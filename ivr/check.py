"""What is wrong with a tree that is well-formed: found without running it, told with the path that fails."""

from __future__ import annotations

import collections
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from ivr.errors import BadExpression, Problem
from ivr.expressions import names
from ivr.hours import WEEK
from ivr.nodes import (
    AskNode,
    Choice,
    DecideNode,
    GoodbyeNode,
    HoursNode,
    LinkNode,
    MenuNode,
    Node,
    QuestionNode,
    Recorded,
    SayNode,
    Text,
    VoicemailNode,
    WebhookNode,
)
from ivr.phrases import languages
from ivr.texts import CUSTOMER, GIVEN, VALUES, open_names

if TYPE_CHECKING:
    from ivr.tree import TreeFile

Paths = Mapping[str, tuple[str, ...]]
SPOKEN = (
    "say", "menu", "question", "ask", "link", "agent", "callback", "voicemail", "transfer", "goodbye", "wait",
    "spoken", "label",
)  # fmt: skip
"""Every field of a node that holds words."""


def check(tree: TreeFile) -> tuple[Problem, ...]:
    """Everything found; empty when the tree is sound. A missing target hides what could only be found by walking on."""
    missing = tuple(_missing_targets(tree))
    if missing:
        return missing
    paths = _paths(tree)
    return (
        *_dead_ends(tree, paths),
        *_unreachable(tree, paths),
        *_loops(tree, paths),
        *_endless(tree, paths),
        *_answers(tree, paths),
        *_languages(tree, paths),
        *_variables(tree, paths),
        *_hours(tree, paths),
    )


def _edges(tree: TreeFile, name: str) -> Iterator[str]:
    """Where a caller may get from here, the person that can be asked for anywhere included."""
    node = tree.nodes[name]
    yield from (target for _, target in node.targets)
    if isinstance(node, MenuNode | QuestionNode | AskNode | LinkNode):
        yield tree.person
        yield tree.home or tree.start


def _paths(tree: TreeFile) -> Paths:
    """The shortest path to each node that can be reached."""
    paths: dict[str, tuple[str, ...]] = {tree.start: (tree.start,)}
    queue = collections.deque(paths)
    while queue:
        name = queue.popleft()
        for target in _edges(tree, name):
            if target not in paths:
                paths[target] = (*paths[name], target)
                queue.append(target)
    return paths


def _missing_targets(tree: TreeFile) -> Iterator[Problem]:
    for field in ("start", "home", "person", "matter"):
        target = getattr(tree, field)
        if target and target not in tree.nodes:
            yield Problem("", (field,), f"there is no node {target!r}")
    if tree.matter in tree.nodes and not isinstance(tree.nodes[tree.matter], MenuNode | QuestionNode):
        yield Problem(tree.matter, ("matter",), "the matter must be a menu or a question")
    for name, node in tree.nodes.items():
        for answer, target in node.targets:
            if target not in tree.nodes:
                yield Problem(name, (name, answer), f"there is no node {target!r}")


def _dead_ends(tree: TreeFile, paths: Paths) -> Iterator[Problem]:
    for name, node in tree.nodes.items():
        answers: tuple[str, ...] = ()
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
                yield Problem(name, (*paths.get(name, (name,)), answer), "a dead end: nothing follows this answer")


def _unreachable(tree: TreeFile, paths: Paths) -> Iterator[Problem]:
    for name in tree.nodes:
        if name not in paths:
            yield Problem(name, (), "cannot be reached from the start")


def _loops(tree: TreeFile, paths: Paths) -> Iterator[Problem]:
    """Nodes that pass on at once and come back to themselves: the caller could never say anything."""
    passing = {name for name, node in tree.nodes.items() if isinstance(node, SayNode | HoursNode | DecideNode)}
    done: set[str] = set()
    for first in passing:
        stack: list[tuple[str, Iterator[str]]] = [(first, iter([first]))] if first not in done else []
        trail: list[str] = []
        while stack:
            _, targets = stack[-1]
            target = next(targets, None)
            if target is None:
                stack.pop()
                if trail:
                    done.add(trail.pop())
            elif target in trail:
                loop = (*trail[trail.index(target) :], target)
                yield Problem(target, (*paths.get(target, (target,)), *loop[1:]), "a loop without a question")
            elif target in passing and target not in done:
                trail.append(target)
                stack.append((target, iter([t for _, t in tree.nodes[target].targets])))


def _endless(tree: TreeFile, paths: Paths) -> Iterator[Problem]:
    """Nodes from which the tree itself leads to no message and no goodbye."""
    back: dict[str, list[str]] = collections.defaultdict(list)
    for name, node in tree.nodes.items():
        for _, target in node.targets:
            back[target].append(name)
    ends = [name for name, node in tree.nodes.items() if isinstance(node, VoicemailNode | GoodbyeNode)]
    reached = set(ends)
    while ends:
        for name in back[ends.pop()]:
            if name not in reached:
                reached.add(name)
                ends.append(name)
    for name in tree.nodes:
        if name in paths and name not in reached:
            yield Problem(name, paths[name], "no message and no goodbye can be reached from here")


def _answers(tree: TreeFile, paths: Paths) -> Iterator[Problem]:
    for name, node in tree.nodes.items():
        path = paths.get(name, (name,))
        if isinstance(node, MenuNode | QuestionNode | AskNode):
            yield from _options(tree, name, node.options, path, words=isinstance(node, QuestionNode))
        if isinstance(node, AskNode):
            if (node.slot == "choice") != bool(node.options):
                yield Problem(name, path, "options belong to the slot 'choice', and it needs them")
            if node.least > node.most:
                yield Problem(name, path, "least is more than most")
            if node.is_value and not node.label:
                yield Problem(name, path, "the value needs a label, to be read back and shown")
        if isinstance(node, LinkNode):
            for language in tree.languages:
                if language not in tree.sms:
                    yield Problem(name, path, f"sms has no text in {language!r}")


def _options(
    tree: TreeFile, name: str, options: tuple[Choice, ...], path: tuple[str, ...], words: bool
) -> Iterator[Problem]:
    for what, used in (("key", [o.key for o in options if o.key]), ("option", [o.id for o in options])):
        for twice in sorted(key for key, count in collections.Counter(used).items() if count > 1):
            yield Problem(name, path, f"the {what} {twice!r} is used twice")
    for option in options:
        if option.language and option.language not in tree.languages:
            yield Problem(name, (*path, option.id), f"the tree does not speak {option.language!r}")
        for language in tree.languages:
            if words and not option.words.get(language):
                yield Problem(name, (*path, option.id), f"no example phrases in {language!r}")


def _texts(node: Node) -> Iterator[tuple[str, Text]]:
    """Every text of a node, with the field that it stands in."""
    for field in SPOKEN:
        text = getattr(node, field, None)
        if text:
            yield field, text
    for option in getattr(node, "options", ()):
        yield f"options.{option.id}.label", option.label


def _languages(tree: TreeFile, paths: Paths) -> Iterator[Problem]:
    for language in sorted(set(tree.languages) - languages()):
        yield Problem("", ("languages",), f"the engine has no words in {language!r}")
    for name, node in tree.nodes.items():
        for field, text in _texts(node):
            path = (*paths.get(name, (name,)), field)
            for language in tree.languages:
                if language not in text:
                    yield Problem(name, path, f"no text in {language!r}")
            for language in text:
                if language not in tree.languages:
                    yield Problem(name, path, f"the tree does not speak {language!r}")


def _variables(tree: TreeFile, paths: Paths) -> Iterator[Problem]:
    asking = {name: node for name, node in tree.nodes.items() if isinstance(node, MenuNode | QuestionNode | AskNode)}
    saved = {node.save or name for name, node in asking.items()}
    saved |= {name for node in tree.nodes.values() if isinstance(node, WebhookNode) for name in node.save}
    for name in sorted(saved & (GIVEN | VALUES | CUSTOMER)):
        yield Problem("", (), f"the variable {name!r} is taken")
    saved |= CUSTOMER
    known, spoken = saved | GIVEN, saved | VALUES
    for name, node in tree.nodes.items():
        path = paths.get(name, (name,))
        for field, text in _texts(node):
            for words in text.values():
                for unknown in sorted(open_names(words.text if isinstance(words, Recorded) else words) - spoken):
                    yield Problem(name, (*path, field), f"nothing gives {{{unknown}}}")
        for case in node.decide if isinstance(node, DecideNode) else ():
            try:
                for unknown in sorted(names(case.when) - known):
                    yield Problem(name, (*path, case.when), f"nothing gives the variable {unknown!r}")
            except BadExpression as error:
                yield Problem(name, (*path, case.when), f"a condition that cannot be read: {error}")


def _hours(tree: TreeFile, paths: Paths) -> Iterator[Problem]:
    for name, node in tree.nodes.items():
        if isinstance(node, HoursNode | VoicemailNode) and node.hours and node.hours not in tree.hours:
            yield Problem(name, paths.get(name, (name,)), f"there are no hours {node.hours!r}")
    for name, hours in tree.hours.items():
        if not any(getattr(hours, day) for day in WEEK):
            yield Problem("", ("hours", name), "never open on any weekday")
