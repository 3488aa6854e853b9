"""What the inbox needs of the rules. The real ones are ``ivr.engine``."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from ivr import engine
from ivr.actions import Action
from ivr.events import Event
from ivr.state import State
from ivr.tree import Tree


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a conversation stands, as far as the record shows it in the clear."""

    node: str
    language: str
    finished: bool


class Rules(Protocol):
    def begin(self, tree: Tree, language: str) -> State: ...

    def step(self, tree: Tree, state: State, event: Event) -> tuple[State, tuple[Action, ...]]:
        """Total: never raises, whatever the event."""

    def standing(self, tree: Tree, state: State) -> Standing: ...


class Engine:
    """The rules of ``ivr.engine``."""

    def begin(self, tree: Tree, language: str) -> State:
        return engine.begin(tree, language)

    def step(self, tree: Tree, state: State, event: Event) -> tuple[State, tuple[Action, ...]]:
        return engine.step(tree, state, event)

    def standing(self, tree: Tree, state: State) -> Standing:
        showing = engine.showing(tree, state)
        return Standing(showing.node, showing.language, showing.finished)
