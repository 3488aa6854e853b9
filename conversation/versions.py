"""The trees of a running hub: the one for new conversations, and those that older conversations still need."""

from __future__ import annotations

from collections.abc import Callable

from conversation.errors import UnknownTree
from ivr.tree import Tree


class Versions:
    """load: makes a tree of a stored source, with this hub's values."""

    def __init__(self, current: Tree, load: Callable[[str], Tree]) -> None:
        self._current, self._load = current, load
        self._known = {current.digest: current}

    def current(self) -> Tree:
        return self._current

    def publish(self, tree: Tree) -> None:
        """New conversations begin with this tree from now on."""
        self._known[tree.digest] = tree
        self._current = tree

    def by_digest(self, digest: str) -> Tree:
        """Raises UnknownTree."""
        try:
            return self._known[digest]
        except KeyError:
            raise UnknownTree(f"no tree of version {digest[:12]} is loaded") from None

    def restore(self, source: str) -> Tree:
        """Load a version of before, for the conversations that began with it."""
        tree = self._load(source)
        self._known[tree.digest] = tree
        return tree
