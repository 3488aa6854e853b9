"""What was given: how people read it, what may be said of it, and what of it shows whose conversation it is."""

from __future__ import annotations

from ivr import slots
from ivr.nodes import AskNode, Choice, MenuNode, QuestionNode
from ivr.phrases import phrase
from ivr.state import Given, State
from ivr.tree import Tree


def options_of(tree: Tree, name: str) -> tuple[Choice, ...]:
    node = tree.nodes[name]
    return node.options if isinstance(node, MenuNode | QuestionNode | AskNode) else ()


def label_of(tree: Tree, given: Given, language: str) -> str:
    """An answer as people read it: the option's label, yes or no, or the digits."""
    node = tree.nodes[given.node]
    if isinstance(node, AskNode) and node.slot == "yesno":
        return phrase(given.value, language)
    for option in options_of(tree, given.node):
        if option.id == given.value:
            return tree.words(option.label, language)
    return slots.spoken(node.slot, given.value, language) if isinstance(node, AskNode) else given.value


def texts(tree: Tree, state: State) -> dict[str, str]:
    """What may be said of what is known and of the answers, by variable."""
    return {**dict(state.known), **{given.save: label_of(tree, given, state.language) for given in state.given}}


def proof(tree: Tree, state: State) -> Given | None:
    """The answer that shows best that it is the same caller: the longest number, of at least four signs."""
    values = [given for given in state.given if _is_number(tree, given) and len(given.value) >= 4]
    return max(values, key=lambda given: len(given.value), default=None)


def _is_number(tree: Tree, given: Given) -> bool:
    node = tree.nodes[given.node]
    return isinstance(node, AskNode) and node.slot in ("digits", "phone", "member")


def matter(tree: Tree, state: State) -> Given | None:
    return next((given for given in state.given if given.node == tree.file.matter), None)
