"""Values and their limits: what an ``ask`` node must have, may have, and cannot have at once."""

from __future__ import annotations

from collections.abc import Iterator

from ivr import slots
from ivr.errors import Problem
from ivr.nodes import AskNode
from ivr.proof.ground import Ground

LENGTHS = ("digits", "phone")
BOUNDS = ("date", "time", "amount", "count")


def of_values(ground: Ground) -> Iterator[Problem]:
    for name, node in ground.tree.nodes.items():
        if not isinstance(node, AskNode):
            continue
        if (node.slot == "choice") != bool(node.options):
            yield ground.found("options_of_choice", name)
        if node.is_value and not node.label:
            yield ground.found("no_label", name)
        yield from _bounds(ground, name, node)


def _bounds(ground: Ground, name: str, node: AskNode) -> Iterator[Problem]:
    if node.least > node.most:
        yield ground.found("least_over_most", name)
    if node.slot == "phone" and (node.most < 10 or node.least > 11):
        yield ground.found("phone_length", name)
    if node.slot not in LENGTHS and {"least", "most"} & node.model_fields_set:
        yield ground.found("not_for_slot", name, field="least/most", slot=node.slot)
    for field in ("lowest", "highest"):
        written = getattr(node, field)
        if not written:
            continue
        if node.slot not in BOUNDS:
            yield ground.found("not_for_slot", name, field, field=field, slot=node.slot)
        elif not slots.is_bound(node.slot, written):
            yield ground.found("bad_bound", name, field, bound=written, slot=node.slot)
    if node.slot != "member":
        if node.pattern:
            yield ground.found("not_for_slot", name, "pattern", field="pattern", slot=node.slot)
        if node.check:
            yield ground.found("not_for_slot", name, "check", field="check", slot=node.slot)
    elif (
        node.check and node.pattern and sum(sign == "9" or sign == "X" or sign.isdecimal() for sign in node.pattern) < 2
    ):
        yield ground.found("nothing_to_check", name, "check")
    if _is_empty(node):
        yield ground.found("lowest_over_highest", name, lowest=node.lowest, highest=node.highest)


def _is_empty(node: AskNode) -> bool:
    """Whether nothing lies between the bounds; of dates, as far as it does not depend on the day."""
    low, high = node.lowest or "", node.highest or ""
    if not (low and high and slots.is_bound(node.slot, low) and slots.is_bound(node.slot, high)):
        return False
    match node.slot:
        case "amount" | "count":
            return int(low) > int(high)
        case "time":
            return low > high
        case "date":
            first, last = _days(low), _days(high)
            if first is not None and last is not None:
                return first > last
            return first is None and last is None and low > high
        case _:
            return False


def _days(bound: str) -> int | None:
    """About how many days from today; None for a day of the calendar."""
    if bound == "today":
        return 0
    if bound[-1] in "dy":
        return int(bound[:-1]) * (366 if bound[-1] == "y" else 1)
    return None
