"""The rules alone, on one core: proving a tree of 2,000 nodes, and steps of the engine in a second."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from typing import Any

from gateway.bench_figures import judged
from gateway.bench_generated import generated
from ivr import demo, engine
from ivr.events import Caller, Chose, Event, Joined, Left, Pressed, Replied, Spoke, Waited
from ivr.questions import present
from ivr.state import State
from ivr.tree import Tree, examine, load

NODES, SMALLER = 2000, 500
ROUNDS = 5
STEPS = 20_000
"""Steps that are timed at once."""
NOON = datetime(2026, 11, 24, 3, tzinfo=UTC)
CALLER = Caller(number="+819012345678", number_class="mobile")


def rules() -> dict[str, Any]:
    return {"check": check(), "steps": steps()}


def check() -> dict[str, Any]:
    """Seconds from the text of a tree to everything that is to be told of it; and from the text to a tree alone."""
    text, today = generated(NODES), date(2026, 11, 24)
    found = examine(text, today=today)
    return {
        "nodes": len(load(text).nodes),
        "bytes": len(text.encode()),
        "told": len(found),
        "seconds": judged([_seconds(lambda: examine(text, today=today)) for _ in range(ROUNDS)], p50=1.0),
    }


def steps() -> dict[str, Any]:
    """Steps a second: calls that speak, key, wait, ask back and hang up, on the demo and on a larger tree."""
    trees = {"demo": load(demo.text()), "generated": load(generated(SMALLER))}
    return {name: _pace(tree) for name, tree in trees.items()} | {"goal": 50_000}


def _pace(tree: Tree) -> dict[str, Any]:
    told = list(_told(tree, STEPS))
    paces = []
    for _ in range(ROUNDS):
        taken = _seconds(lambda: _replay(tree, told))
        paces.append(STEPS / taken)
    middle = sorted(paces)[len(paces) // 2]
    return {"nodes": len(tree.nodes), "a_second": round(middle), "values": [round(pace) for pace in paces]}


def _seconds(work: Callable[[], object]) -> float:
    """Of this process on a core, so that what else the machine does is not counted."""
    begun = time.process_time()
    work()
    return time.process_time() - begun


def _replay(tree: Tree, told: list[Event]) -> None:
    state = engine.begin(tree)
    for event in told:
        if isinstance(event, Joined):
            state = engine.begin(tree)
        state, _ = engine.step(tree, state, event)


def _told(tree: Tree, count: int) -> Iterator[Event]:
    """The events of one call after another: answers by voice and by keys, good and bad, and none."""
    told, state = 0, engine.begin(tree)
    while told < count:
        event: Event = Joined(at=NOON, channel="voice", caller=CALLER)
        if told and not state.finished and state.stage != "recording" and told % 40:
            event = _next(tree, state, told)
        else:
            state = engine.begin(tree)
        state, _ = engine.step(tree, state, event)
        told += 1
        yield event


def _next(tree: Tree, state: State, turn: int) -> Event:
    ask = present(tree, state)
    if ask is None:
        return Left(at=NOON, channel="voice")
    if turn % 7 == 0:
        return Waited(at=NOON, channel="voice", seconds=6)
    if state.stage == "calling":
        return Replied(at=NOON, channel="system", node=state.node, values=(("m0_state", "new"),))
    if ask.expects == "wait":
        return Pressed(at=NOON, channel="voice", digit="0")
    if turn % 11 == 0:
        return Spoke(at=NOON, channel="voice", text="もう一度", command="repeat")
    if ask.options:
        option = ask.options[turn % len(ask.options)]
        if turn % 3 == 0 and option.key:
            return Pressed(at=NOON, channel="voice", digit=option.key)
        if turn % 3 == 1:
            return Chose(at=NOON, channel="page", node=ask.node, option=option.id)
        return Spoke(at=NOON, channel="voice", text="はい", choice=option.id, confidence=0.9)
    value = {"date": "2026-12-01", "phone": "09012345678"}.get(ask.expects) or "1" * max(ask.least, 1)
    if turn % 2 and ask.most:
        return Pressed(at=NOON, channel="voice", digit=str(turn % 10))
    return Spoke(at=NOON, channel="voice", text="x", value=value, confidence=0.9)
