"""Figures ``setup`` and ``calls``: how fast calls are taken, and how many are held with their sound on time."""

from __future__ import annotations

import asyncio
import random
import time
from collections import defaultdict
from collections.abc import Mapping, Sequence

from gateway.bench_family import Callers, family, lines_for
from gateway.bench_figures import Json, judged, spread
from gateway.bench_machine import load, parent_of, used, with_children
from gateway.bench_sounds import noise, spoken, ulaw
from gateway.bench_trees import LISTENING, PROMPTS_ALONE
from gateway.household import Household
from gateway.load import GAP, LoadCall, Pulse

ARRIVE_WITHIN = 2.0
"""Seconds in which the calls of ``setup`` arrive."""
A_SECOND = 10.0
"""Calls that are dialled a second before ``calls`` counts."""
GOAL_LATE = 0.001
NOISE_DBFS = -62.0
SAYINGS = (
    "住所を変更したいのですが",
    "カードをなくしてしまいました",
    "注文した品物がまだ届きません",
    "はい、お願いします",
)
UTTERANCE_EVERY = 12.0
"""Seconds of one caller's run in which it speaks once."""


async def setup(count: int) -> Json:
    """So many calls arrive within two seconds at the demo tree and are held until all have heard its first word."""
    async with family(lines_for(count)) as household, Pulse() as pulse:
        before = load()
        callers = Callers(household, pulse)
        calls = [callers.caller() for _ in range(count)]
        answered = await asyncio.gather(*(_dial(call, n * ARRIVE_WITHIN / count) for n, call in enumerate(calls)))
        await asyncio.gather(*(call.until_sound(10.0) for call in calls))
        seen = [call.measured for call in calls]
        return {
            "calls": count,
            "answered": sum(answered),
            "load": before,
            "to_answer": judged([m.answered - m.invited for m in seen if m.answered], p95=0.05),
            "to_first_packet": spread([m.first_packet - m.invited for m in seen if m.first_packet]),
            "to_first_sound": judged([m.first_sound - m.invited for m in seen if m.first_sound], p95=0.15),
        }


async def _dial(call: LoadCall, after: float) -> bool:
    await asyncio.sleep(after)
    return await call.dial()


async def calls(counts: Sequence[int], seconds: float) -> Json:
    """Calls held, silent under a long prompt (``prompts``) and heard under it (``listening``)."""
    made: Json = {"goal": {"late": GOAL_LATE}, "gap": GAP, "seconds": seconds}
    rests = {"prompts": None, "listening": ulaw(noise(4.0, NOISE_DBFS))}
    sayings = [ulaw(spoken(words)) for words in SAYINGS]
    for name, tree in (("prompts", PROMPTS_ALONE), ("listening", LISTENING)):
        made[name] = []
        async with family(lines_for(max(counts)), tree=tree) as household:
            made[f"{name}_idle_cpu"] = await _idle(household)
            for count in counts:
                step = await _held(household, count, seconds, rests[name], sayings if name == "listening" else [])
                made[name].append(step)
                await asyncio.sleep(3.0)
    made["reached"] = all(s["late"] <= GOAL_LATE and not s["lost"] for s in made["prompts"] + made["listening"])
    return made


async def _idle(household: Household) -> dict[str, float]:
    """CPU of each role with no call on, % of one core."""
    before, began = _used(household), time.monotonic()
    await asyncio.sleep(5.0)
    return _percent(before, _used(household), time.monotonic() - began)


async def _held(household: Household, count: int, seconds: float, rest: bytes | None, sayings: Sequence[bytes]) -> Json:
    async with Pulse() as pulse:
        load_before = load()
        callers = Callers(household, pulse)
        held = [callers.caller(rest=rest) for _ in range(count)]
        answered = await asyncio.gather(*(_dial(call, n / A_SECOND) for n, call in enumerate(held)))
        await asyncio.sleep(2.0)
        for call in held:
            call.measured.count_anew()
        speaking = [asyncio.create_task(_speak(call, sayings, seconds)) for call in held] if sayings else []
        before, own, began = _used(household), time.process_time(), time.monotonic()
        await asyncio.sleep(seconds)
        took = time.monotonic() - began
        cpu, own = _percent(before, _used(household), took), time.process_time() - own
        for task in speaking:
            task.cancel()
        gaps = sum(max(0, call.measured.packets - 1) for call in held)
        late = sum(call.measured.late for call in held)
        return {
            "calls": count,
            "answered": sum(answered),
            "lost": count - sum(call.on for call in held),
            "gaps": gaps,
            "late_gaps": late,
            "late": round(late / max(1, gaps), 6),
            "longest_gap": round(max(call.measured.longest for call in held), 4),
            "missing": round(1 - (gaps + len(held)) / (count * took * 50), 4),
            "cpu": cpu,
            "cpu_a_call": {name: round(value / count, 3) for name, value in cpu.items()},
            "measuring_cpu": round(100 * own / took, 1),
            "load": [load_before, load()],
        }


async def _speak(call: LoadCall, sayings: Sequence[bytes], seconds: float) -> None:
    """Once in each stretch of UTTERANCE_EVERY, at a moment of its own."""
    for start in range(0, int(seconds), int(UTTERANCE_EVERY)):
        stretch = min(UTTERANCE_EVERY, seconds - start)
        moment = random.uniform(0, stretch)  # noqa: S311 -- moments, not secrets
        await asyncio.sleep(moment)
        call.say(random.choice(sayings))  # noqa: S311
        await asyncio.sleep(stretch - moment)


def _used(household: Household) -> dict[str, float]:
    """CPU seconds by role until now, Kamailio's own processes with the edge."""
    by_role: dict[str, float] = defaultdict(float)
    children = household.pids()
    for name, pids in with_children(children).items():
        by_role[name.rstrip("0123456789").replace("reserve", "line")] += used(pids)
    return by_role | {"serve": used({parent_of(pid) for pid in children.values()} - {0})}


def _percent(before: Mapping[str, float], after: Mapping[str, float], seconds: float) -> dict[str, float]:
    made = {name: round(100 * (after[name] - before.get(name, 0.0)) / seconds, 2) for name in sorted(after)}
    return made | {"all": round(sum(made.values()), 2)}
