"""What is known on a path, as bits of one number: for every variable that matters, which values it may have.

A variable's values are parted into cells, within which no condition of the tree tells two values apart: not given,
each text and number that it is compared with, and what lies between. A store has at least one bit of every
variable; joining two paths is an ``or``. Which value of one variable goes with which of another is not kept in one
store; the walk keeps several stores a node for that.
"""

from __future__ import annotations

import ast
import itertools
import operator
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import reduce

from ivr.errors import BadExpression
from ivr.expressions import Value, names, parse, value
from ivr.proof.variables import Giver, Variables

LARGEST = 10**300
"""What a number of a condition must lie below to be followed; it still has a floor then."""

BLURRED = 1
"""The bit of a store in which different paths were joined, so that not every mixture of its values need be possible."""
THERE = 2
"""The bit that every store has, so that one of a tree without variables is not nothing."""
MISSING: Value = ""
MOST_CELLS = 64
"""Values of one variable that are told apart; what is compared with more is not followed."""

Split = Callable[[int], tuple[int, int]]
"""A store to that of all in it for which a condition holds, and that of all for which it does not; 0: there is none."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """One comparison of a variable with a literal, as it stands in a condition."""

    name: str
    sign: str
    literal: Value


SIGNS: dict[type[ast.cmpop], str] = {
    ast.Eq: "==", ast.NotEq: "!=", ast.Lt: "<", ast.LtE: "<=", ast.Gt: ">", ast.GtE: ">=",
}  # fmt: skip
_TURNED: dict[type[ast.cmpop], type[ast.cmpop]] = {ast.Lt: ast.Gt, ast.LtE: ast.GtE, ast.Gt: ast.Lt, ast.GtE: ast.LtE}


def comparisons(source: str) -> Iterator[Comparison]:
    """Every variable beside a literal; a list of literals is several. Raises BadExpression."""
    for node in ast.walk(parse(source)):
        if not isinstance(node, ast.Compare):
            continue
        left, op, right = node.left, node.ops[0], node.comparators[0]
        if isinstance(right, ast.Tuple | ast.List):
            sign = "==" if isinstance(op, ast.In) else "!="
            if isinstance(left, ast.Name):
                yield from (Comparison(left.id, sign, value(element, {})) for element in right.elts)
        elif isinstance(left, ast.Name) and isinstance(right, ast.Constant):
            yield Comparison(left.id, SIGNS[type(op)], value(right, {}))
        elif isinstance(left, ast.Constant) and isinstance(right, ast.Name):
            yield Comparison(right.id, SIGNS[_TURNED.get(type(op), type(op))], value(left, {}))


@dataclass(frozen=True, slots=True)
class Cell:
    """sample: a value of the cell. text: the one value it holds, or None. least, most: of the numbers it holds.

    is_rest: it holds the texts that are in no other cell. is_missing: nothing was given.
    """

    sample: Value
    text: str | None = None
    least: int | None = None
    most: int | None = None
    is_rest: bool = False
    is_missing: bool = False

    def may_come_from(self, giver: Giver) -> bool:
        if self.is_missing:
            return False
        if self.text == "":
            return giver.kind in ("reply", "customer")
        if self.text is not None:
            return giver.may_be(self.text)
        if self.least is not None and self.most is not None:
            return giver.may_lie(self.least, self.most)
        return self.is_rest or giver.is_choice or giver.lowest is None


MISSED = Cell(MISSING, is_missing=True)


class Facts:
    """conditions: all of the tree's that can be read. mentioned: variables of which it matters that they are given."""

    def __init__(self, variables: Variables, conditions: Iterable[str], mentioned: Iterable[str]) -> None:
        compared: dict[str, list[Comparison]] = {}
        for source in dict.fromkeys(conditions):
            for node in ast.walk(parse(source)):
                if isinstance(node, ast.Name):
                    compared.setdefault(node.id, [])
            for one in comparisons(source):
                compared[one.name].append(one)
        tracked = sorted((compared.keys() | set(mentioned)) & (variables.names | variables.givers.keys()))
        self.variables = variables
        self.cells: dict[str, tuple[Cell, ...]] = {}
        self.unfollowed: set[str] = set()
        self._first: dict[str, int] = {}
        place = 2
        for name in tracked:
            cells = _cells(variables, name, compared.get(name, []))
            if cells is None or len(cells) > MOST_CELLS:
                self.unfollowed.add(name)
            self.cells[name] = cells if cells and len(cells) <= MOST_CELLS else (MISSED, Cell("…", is_rest=True))
            self._first[name] = place
            place += len(self.cells[name])
        self.everything = (1 << place) - 1 & ~BLURRED
        self._splits: dict[str, Split] = {}

    def block(self, name: str) -> int:
        """All bits of a variable; 0 for one that does not matter."""
        return ((1 << len(self.cells[name])) - 1) << self._first[name] if name in self.cells else 0

    def bit(self, name: str, cell: int) -> int:
        return 1 << (self._first[name] + cell)

    def missing(self, name: str) -> int:
        """The bit of not having been given; 0 for what every conversation has."""
        return self.bit(name, 0) if name in self.cells and name not in self.variables.always else 0

    def given(self, giver: Giver, name: str) -> int:
        """Everything that this giver may make of the variable."""
        return self._where(name, lambda cell: cell.may_come_from(giver)) or self.block(name) & ~self.missing(name)

    def exactly(self, name: str, wanted: Value) -> int:
        """The bit of this value."""
        cells = self.cells.get(name, ())
        for place, cell in enumerate(cells):
            if cell.sample == wanted and type(cell.sample) is type(wanted):
                return self.bit(name, place)
        return self._where(name, lambda cell: cell.text is None and not cell.is_missing)

    def start(self) -> int:
        """Nothing has been given, sent or proved yet; anybody may call, in any language, by voice or on a page."""
        return reduce(operator.or_, (self._at_first(name) for name in self.cells), THERE)

    def _at_first(self, name: str) -> int:
        if name in ("link_sent", "identified"):
            return self.exactly(name, False)
        return self.missing(name) or self.block(name)

    def split(self, source: str) -> Split:
        """How the condition parts a store."""
        if source not in self._splits:
            try:
                self._splits[source] = self._compiled(parse(source))
            except BadExpression:  # told elsewhere; until it is put right, it may go either way
                self._splits[source] = lambda store: (store, store)
        return self._splits[source]

    def read(self, source: str) -> set[str]:
        """The variables of a condition; none of one that cannot be read."""
        try:
            return {name for name in names(source) if name in self.cells}
        except BadExpression:
            return set()

    def holding(self, one: Comparison) -> int:
        """The bits of the variable for which the comparison holds."""
        return self._where(one.name, lambda cell: _compares(cell.sample, one))

    def _where(self, name: str, is_in: Callable[[Cell], bool]) -> int:
        cells = self.cells.get(name, ())
        return sum(self.bit(name, place) for place, cell in enumerate(cells) if is_in(cell))

    def _compiled(self, node: ast.expr) -> Split:
        match node:
            case ast.BoolOp(op=op, values=parts):
                return _both([self._compiled(part) for part in parts], is_and=isinstance(op, ast.And))
            case ast.UnaryOp(operand=part):
                inner = self._compiled(part)
                return lambda store: inner(store)[::-1]
        read = {one.id for one in ast.walk(node) if isinstance(one, ast.Name)}
        if not read:
            always = bool(value(node, {}))
            return lambda store: (store, 0) if always else (0, store)
        name = next(iter(read))
        if len(read) > 1 or name not in self.cells or name in self.unfollowed:
            return lambda store: (store, store)
        return _one(self.block(name), self._where(name, lambda cell: bool(value(node, {name: cell.sample}))))


def _one(block: int, holding: int) -> Split:
    others = ~block

    def split(store: int) -> tuple[int, int]:
        mine = store & block
        yes, no = mine & holding, mine & ~holding
        rest = store & others
        return (rest | yes if yes else 0), (rest | no if no else 0)

    return split


def _both(parts: list[Split], *, is_and: bool) -> Split:
    """``and``: goes on with those for which each part holds; ``or``: with those for which none does."""

    def split(store: int) -> tuple[int, int]:
        on, off, joined = store, 0, 0
        for part in parts:
            if not on:
                break
            yes, no = part(on)
            on, out = (yes, no) if is_and else (no, yes)
            joined += bool(out)
            off |= out
        if joined > 1:
            off |= BLURRED
        return (on, off) if is_and else (off, on)

    return split


def _compares(sample: Value, one: Comparison) -> bool:
    node = parse(f"x {one.sign} y")
    return bool(value(node, {"x": sample, "y": one.literal}))


# -- cells -------------------------------------------------------------------------------------------------------------


def _cells(variables: Variables, name: str, compared: list[Comparison]) -> tuple[Cell, ...] | None:
    """The cells of a variable, the first for not being given; None when it cannot be followed."""
    if name in variables.always:
        return tuple(Cell(one, text=one if isinstance(one, str) else None) for one in variables.always[name])
    givers = variables.givers.get(name, ())
    texts = sorted({one.literal for one in compared if isinstance(one.literal, str)} - {""})
    if givers and all(giver.is_choice for giver in givers):
        return (MISSED, *_choices(variables.ids(name), texts, compared))
    numbers = sorted({one.literal for one in compared if not isinstance(one.literal, str) and one.literal < LARGEST})
    ordered = any(one.sign not in ("==", "!=") for one in compared if isinstance(one.literal, str))
    if ordered and (numbers or any(giver.is_any_text for giver in givers)):
        return None  # the order of numbers and that of texts cut across each other
    empty = [Cell("", text="")] if any(giver.kind in ("reply", "customer") for giver in givers) else []
    exact = [Cell(text, text=text) for text in texts]
    between = list(_gaps(texts)) if ordered else [Cell(_other(texts), is_rest=not numbers)]
    return (MISSED, *empty, *exact, *between, *_ranges(numbers, texts))


def _choices(ids: tuple[str, ...], texts: list[str], compared: list[Comparison]) -> Iterator[Cell]:
    """Options that no condition tells apart share a cell."""
    alone = [one for one in ids if one in texts or any(one.sign not in ("==", "!=") for one in compared)]
    yield from (Cell(one, text=one) for one in alone)
    if len(alone) < len(ids) or not ids:
        yield Cell(next((one for one in ids if one not in alone), "…"), is_rest=True)


def _other(texts: list[str]) -> str:
    """A text that is no number and none of these."""
    return next(text for text in ("…" * n for n in itertools.count(1)) if text not in texts)


def _gaps(texts: list[str]) -> Iterator[Cell]:
    """Texts before, between and after these."""
    yield from (Cell(text + "\x00", is_rest=True) for text in ("", *texts))


def _ranges(numbers: list[int | float], texts: list[str]) -> Iterator[Cell]:
    """Numbers below, at, between and above these, as the figures of a text."""
    if not numbers:
        return
    cuts = sorted({int(number // 1) for number in numbers} | {int(number // 1) - 1 for number in numbers} | {-1})
    edges = [cut for cut in cuts if cut >= -1]
    for low, high in itertools.pairwise([*edges, edges[-1] + 10**40]):
        yield Cell(_figures(high if high - low < 10**39 else low + 1, texts), least=low + 1, most=high)


def _figures(number: int, texts: list[str]) -> str:
    """The number with as many zeros in front as tell it from these texts."""
    return next(text for text in ("0" * n + str(number) for n in itertools.count()) if text not in texts)


def never(facts: Facts, one: Comparison) -> bool:
    """Whether a comparison can come out one way only, whatever is given; what was not given aside."""
    givers = facts.variables.givers.get(one.name, ())
    if one.literal == "" or one.name not in facts.cells or one.name in facts.unfollowed:
        return False
    if one.name in facts.variables.always:
        given = facts.block(one.name)
    else:
        given = reduce(operator.or_, (facts.given(giver, one.name) for giver in givers), 0)
    holding = facts.holding(one) & given
    return bool(given) and not (given & ~holding if one.sign == "!=" else holding)
