"""Figures: many measurements, their middle and their worst twentieth, and whether the goal is reached. Pure."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

Json = dict[str, Any]


def percentile(values: Sequence[float], share: float) -> float:
    """The nearest-rank percentile: the least of the values that at least this share does not exceed.

    Raises ValueError for no values.
    """
    if not values:
        raise ValueError("there is no percentile of nothing")
    return sorted(values)[max(0, math.ceil(share * len(values)) - 1)]


def spread(values: Sequence[float]) -> Json:
    """count, p50, p95, most; only the count when nothing was measured."""
    if not values:
        return {"count": 0}
    return {
        "count": len(values),
        "p50": round(percentile(values, 0.5), 4),
        "p95": round(percentile(values, 0.95), 4),
        "most": round(max(values), 4),
    }


def judged(values: Sequence[float], **goals: float) -> Json:
    """The spread against goals (p50, p95, most) in seconds. What was never measured reaches no goal."""
    made = spread(values)
    reached = bool(values) and all(made[name] <= goal for name, goal in goals.items())
    return made | {"goal": goals, "reached": reached, "values": [round(value, 4) for value in values]}


def shares(parts: Sequence[Mapping[str, float]]) -> Json:
    """The spread of each step of what was measured in steps."""
    names = dict.fromkeys(name for part in parts for name in part)
    return {name: spread([part[name] for part in parts if name in part]) for name in names}
