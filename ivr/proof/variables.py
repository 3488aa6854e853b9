"""The variables of a tree: what gives each, and what they can be."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, get_args

from ivr import slots
from ivr.actions import Limits
from ivr.events import NumberClass
from ivr.expressions import Value
from ivr.nodes import AskNode, IdentifyNode, MenuNode, QuestionNode, WebhookNode
from ivr.texts import CUSTOMER, GIVEN

if TYPE_CHECKING:
    from ivr.tree import TreeFile

FIGURES = ("digits", "phone", "amount", "count")
"""Kinds of values that are figures alone."""
LARGEST = 10**15


@dataclass(frozen=True, slots=True)
class Giver:
    """What gives a variable. kind: ``choice`` one of ids, ``reply`` of a webhook, ``customer``, or a slot.

    lowest, highest: of the number that the figures make; None: it is no number, or may be any text. least, most: signs.
    """

    node: str
    kind: str
    ids: tuple[str, ...] = ()
    lowest: int | None = None
    highest: int | None = None
    least: int = 1
    most: int = 1000

    @property
    def is_choice(self) -> bool:
        return self.kind == "choice"

    @property
    def is_any_text(self) -> bool:
        """It may be a number as well as words."""
        return not self.is_choice and self.lowest is None and self.kind not in ("date", "time")

    def may_be(self, text: str) -> bool:
        """Whether it can be exactly this; when in doubt, it can."""
        match self.kind:
            case "choice":
                return text in self.ids
            case "date" | "time":
                return slots.is_bound(self.kind, text) and not text.startswith(("+", "-", "today"))
            case kind if kind in FIGURES or self.lowest is not None:
                is_figures = text.isascii() and text.isdecimal() and self.least <= len(text) <= self.most
                return is_figures and self.may_lie(int(text), int(text))
            case "reply" | "customer":
                return True
            case _:
                return text != ""

    def may_lie(self, least: int, most: int) -> bool:
        """Whether it can be a number of this range."""
        if self.lowest is None or self.highest is None:
            return self.is_any_text
        return least <= self.highest and most >= self.lowest


class Variables:
    def __init__(self, tree: TreeFile) -> None:
        self._tree = tree

    @cached_property
    def givers(self) -> Mapping[str, tuple[Giver, ...]]:
        """Variable to all that gives it; those that every conversation has are not among them."""
        found: dict[str, list[Giver]] = defaultdict(list)
        for name, node in self._tree.nodes.items():
            match node:
                case AskNode() if node.is_value:
                    found[node.save or name].append(_value(name, node))
                case AskNode(slot="yesno"):
                    found[node.save or name].append(Giver(name, "choice", ("yes", "no")))
                case MenuNode() | QuestionNode() | AskNode():
                    ids = tuple(option.id for option in node.options if not option.language)
                    found[node.save or name].append(Giver(name, "choice", ids))
                case WebhookNode():
                    for saved in node.save:
                        found[saved].append(Giver(name, "reply"))
                case IdentifyNode():
                    for column in CUSTOMER:
                        found[column].append(Giver(name, "customer"))
        return {name: tuple(givers) for name, givers in found.items()}

    @cached_property
    def always(self) -> Mapping[str, tuple[Value, ...]]:
        """What every conversation has, with all that it can be."""
        known: dict[str, tuple[Value, ...]] = dict.fromkeys(GIVEN, (False, True))
        known["language"] = self._tree.languages
        known["caller_class"] = get_args(NumberClass)
        return known

    @property
    def names(self) -> frozenset[str]:
        """All that a condition may read."""
        return frozenset(self.givers) | CUSTOMER | GIVEN

    def ids(self, name: str) -> tuple[str, ...]:
        """Every option that the variable can be, if it can be nothing else."""
        if name in self.always:
            return tuple(value for value in self.always[name] if isinstance(value, str))
        givers = self.givers.get(name, ())
        if not all(giver.is_choice for giver in givers):
            return ()
        return tuple(dict.fromkeys(one for giver in givers for one in giver.ids))


def _value(name: str, node: AskNode) -> Giver:
    kind = node.slot
    if kind in ("digits", "phone"):
        return Giver(name, kind, lowest=0, highest=10**node.most - 1, least=node.least, most=node.most)
    if kind in ("amount", "count"):
        return Giver(name, kind, lowest=_bound(node.lowest, 0), highest=_bound(node.highest, LARGEST))
    signs, _ = (
        slots.keys(kind, node.least, node.most, Limits(pattern=node.pattern or "")) if kind == "member" else (0, 0)
    )
    if signs:
        return Giver(name, kind, lowest=0, highest=10**signs - 1, least=signs, most=signs)
    return Giver(name, kind)


def _bound(written: str | None, default: int) -> int:
    return int(written) if written and written.isascii() and written.isdecimal() else default
