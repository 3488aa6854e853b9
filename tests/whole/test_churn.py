"""Many callers at once, lines that die under them, a centre that is full: nothing stays behind."""

from __future__ import annotations

import asyncio
import json
from urllib.request import urlopen

import pytest
import pytest_asyncio
from observers import kinds, of_number, timelines, until

from gateway.household import Household
from gateway.load import LoadCall, Pulse

pytestmark = [pytest.mark.real, pytest.mark.asyncio(loop_scope="module"), pytest.mark.timeout(240)]

LINES, EACH, RESERVE = 2, 3, 3


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def full_house(tmp_path_factory, prompts):
    settings = {"LINES": str(LINES), "RECOGNISER": "none"}
    async with Household(tmp_path_factory.mktemp("churn"), settings, prompts) as running:
        yield running


def health(household):
    with urlopen(f"{household.url}/readyz", timeout=5) as answer:
        return json.load(answer)


async def drained(household, within=40.0):
    """Wait until no call is left."""
    until = asyncio.get_running_loop().time() + within
    while (found := await asyncio.to_thread(health, household))["calls"]:
        assert asyncio.get_running_loop().time() < until, f"calls are left behind: {found}"
        await asyncio.sleep(0.1)


async def fill(household, pulse, count, first=0):
    """Dial so many calls, one after another; those that were answered."""
    answered = []
    for i in range(first, first + count):
        call = LoadCall(household.settings["HOST"], household.sip, f"0901234{i:04}")
        pulse.calls.append(call)
        if await call.dial():
            answered.append(call)
    return answered


async def test_when_all_lines_are_busy_the_reserve_says_so_and_then_callers_are_told_to_come_back(full_house):
    async with Pulse() as pulse:
        ordinary = await fill(full_house, pulse, LINES * EACH, 100)
        assert len(ordinary) == LINES * EACH
        reserve = await fill(full_house, pulse, RESERVE, 200)
        assert len(reserve) == RESERVE
        assert await reserve[0].until_sound(15)
        refused = LoadCall(full_house.settings["HOST"], full_house.sip, "09012340300")
        pulse.calls.append(refused)
        assert not await refused.dial()
        assert refused.measured.status == 503
    await drained(full_house)
    told = await of_number(full_house, "+819012340200")
    assert "ふさがって" in str([line.payload for line in told])


async def test_a_hundred_calls_with_lines_killed_in_between_leave_nothing_behind_and_all_lines_are_filled_again(
    full_house,
):
    await drained(full_house)
    kills = 0
    answered = 0

    async with Pulse() as pulse:

        async def one(number: int) -> None:
            nonlocal answered
            call = LoadCall(full_house.settings["HOST"], full_house.sip, f"0801111{number:04}")
            pulse.calls.append(call)
            if await call.dial():
                answered += 1
                await call.until_sound(5)
                call.press("4")
                await asyncio.sleep(0.3)
                await call.hang_up()

        for wave in range(20):
            await asyncio.gather(*(one(wave * 5 + i) for i in range(5)))
            if wave in (4, 8, 12):
                pid = full_house.kill("line0")
                await full_house.until_replaced("line0", pid)
                kills += 1
            if wave == 15:
                pid = full_house.kill("line1")
                await full_house.until_replaced("line1", pid)
                kills += 1
    assert kills == 4
    assert answered >= 80, "the other line, and the one that came back, took the callers"
    await drained(full_house)

    kept = [t for t in await timelines(full_house, 500) if "+818011" in str(kinds(t, "Joined")[:1])]
    assert len(kept) >= answered - 4, "every answered call is in the record, but for those of a killed line"
    assert all(kinds(t, "Left") for t in kept), "every call's end is in the record"

    async def every_line_is_back():
        found = await asyncio.to_thread(health, full_house)
        return found["lines"] == LINES + 1

    await until(every_line_is_back, 40)

    async def filled():
        async with Pulse() as pulse:
            calls = await fill(full_house, pulse, LINES * EACH, 400)
            ordinary = 0
            for call in calls:
                ordinary += bool(await call.until_sound(10))
            lines = [x["calls"] for x in (await asyncio.to_thread(health, full_house))["occupied"] if not x["reserve"]]
            return lines == [EACH] * LINES and ordinary == LINES * EACH

    assert await until(filled, 60, every=1.0), "after all the kills each line takes its full number of callers"
