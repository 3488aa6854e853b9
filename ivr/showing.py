"""What a screen draws, made from the tree and the state alone."""

from __future__ import annotations

from dataclasses import dataclass

from ivr.actions import Ask
from ivr.given import label_of
from ivr.questions import underlying
from ivr.state import State
from ivr.tree import Tree


@dataclass(frozen=True, slots=True, kw_only=True)
class Showing:
    """What a screen draws now. said: since the last answer. answers: (what, value) that were given, oldest first."""

    said: tuple[str, ...]
    ask: Ask | None
    language: str
    finished: bool
    node: str
    answers: tuple[tuple[str, str], ...]


def showing(tree: Tree, state: State) -> Showing:
    answers = []
    for given in state.given:
        label = getattr(tree.nodes[given.node], "label", None)
        if label:
            answers.append((tree.words(label, state.language), label_of(tree, given, state.language)))
    ask = underlying(tree, state)
    return Showing(
        said=state.said,
        ask=ask,
        language=state.language,
        finished=state.finished,
        node=ask.node if ask else state.node,
        answers=tuple(answers),
    )
