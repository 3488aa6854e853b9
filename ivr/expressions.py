"""The conditions of ``decide`` nodes: a small language over variables, read with Python's own parser and walked here.

    order_state == "sent" and not screen
    caller_class in ("landline", "ip")
    amount >= 10000

Only comparisons, ``and``, ``or``, ``not``, ``in``, names and literals. No calls, attributes, subscripts or
arithmetic. A variable that nobody gave is the empty text; a text compared with a number counts as one if it is one.
"""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable, Mapping
from functools import lru_cache

from ivr.errors import BadExpression
from ivr.problems import found as problem

LONGEST = 200
DEEPEST = 12

Value = str | int | float | bool

_COMPARE: dict[type[ast.cmpop], Callable[[Value, Value], bool]] = {
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
}


@lru_cache(maxsize=4096)
def parse(source: str) -> ast.expr:
    """The expression, all of it within the grammar. Raises BadExpression."""
    if len(source) > LONGEST:
        raise BadExpression(problem("condition_long", most=LONGEST))
    try:
        tree = ast.parse(source.strip(), mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        raise BadExpression(problem("condition_not")) from None
    _refuse_foreign(tree, DEEPEST)
    return tree


def names(source: str) -> frozenset[str]:
    """The variables that the expression reads. Raises BadExpression."""
    return frozenset(node.id for node in ast.walk(parse(source)) if isinstance(node, ast.Name))


def holds(source: str, variables: Mapping[str, Value]) -> bool:
    """Whether the condition is true. What cannot be compared is not; nothing that ``parse`` accepts raises."""
    return bool(value(parse(source), variables))


def _refuse_foreign(node: ast.expr, depth: int) -> None:
    if depth == 0:
        raise BadExpression(problem("condition_deep"))
    match node:
        case ast.BoolOp(values=parts):
            pass
        case ast.UnaryOp(op=ast.Not(), operand=part):
            parts = [part]
        case ast.Compare(left=left, ops=[op], comparators=[right]):
            if isinstance(op, ast.In | ast.NotIn):
                if not isinstance(right, ast.Tuple | ast.List) or not all(
                    isinstance(e, ast.Constant) for e in right.elts
                ):
                    raise BadExpression(problem("condition_in"))
                parts = [left, *right.elts]
            elif type(op) in _COMPARE:
                parts = [left, right]
            else:
                raise BadExpression(problem("condition_grammar", what="is"))
        case ast.Name():
            parts = []
        case ast.Constant(value=str() | bool() | int() | float()):
            parts = []
        case _:
            raise BadExpression(problem("condition_grammar", what=type(node).__name__))
    for part in parts:
        _refuse_foreign(part, depth - 1)


def value(node: ast.expr, variables: Mapping[str, Value]) -> Value:
    """What a part of an expression comes to."""
    match node:
        case ast.BoolOp(op=ast.And(), values=parts):
            return all(value(part, variables) for part in parts)
        case ast.BoolOp(values=parts):
            return any(value(part, variables) for part in parts)
        case ast.UnaryOp(operand=part):
            return not value(part, variables)
        case ast.Compare(left=left, ops=[op], comparators=[ast.Tuple(elts=elements) | ast.List(elts=elements)]):
            mine = value(left, variables)
            found = any(_compare(ast.Eq, mine, value(element, variables)) for element in elements)
            return found == isinstance(op, ast.In)
        case ast.Compare(left=left, ops=[op], comparators=[right]):
            return _compare(type(op), value(left, variables), value(right, variables))
        case ast.Name(id=name):
            return variables.get(name, "")
        case ast.Constant(value=str() | bool() | int() | float() as literal):
            return literal
    raise BadExpression(problem("condition_grammar", what=type(node).__name__))


def _compare(op: type[ast.cmpop], left: Value, right: Value) -> bool:
    left, right = _alike(left, right), _alike(right, left)
    if isinstance(left, str) != isinstance(right, str):
        return op is ast.NotEq
    return _COMPARE[op](left, right)


def _alike(value: Value, other: Value) -> Value:
    """A text beside a number, as a number if it is one: what callers key is text."""
    if isinstance(value, str) and isinstance(other, int | float) and not isinstance(other, bool):
        try:
            return int(value) if value.isascii() and value.isdigit() else value
        except ValueError:  # thousands of digits: Python refuses to read them
            return value
    return value
