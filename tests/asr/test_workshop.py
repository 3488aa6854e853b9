from __future__ import annotations

import asyncio
import threading

import pytest

from asr.workshop import Saturated, Workshop


async def occupied(workshop: Workshop) -> tuple[threading.Event, asyncio.Task[bool]]:
    """A workshop of one, busy until the event is set."""
    begun, done = threading.Event(), threading.Event()

    def work() -> bool:
        begun.set()
        return done.wait(20)

    task = asyncio.create_task(workshop.do(work, urgency=0))
    assert await asyncio.to_thread(begun.wait, 10)
    return done, task


async def test_the_urgent_goes_first_and_among_equals_the_one_who_came_first():
    workshop, order = Workshop(1, 10), []
    done, _ = await occupied(workshop)
    tasks = []
    for name, urgency in (("pause", 2), ("flow", 1), ("end", 0), ("end too", 0)):
        tasks.append(asyncio.create_task(workshop.do(lambda name=name: order.append(name), urgency=urgency)))
        await asyncio.sleep(0)
    done.set()
    await asyncio.gather(*tasks)
    assert order == ["end", "end too", "flow", "pause"]


async def test_more_than_the_queue_holds_is_refused_and_there_is_room_again_later():
    workshop = Workshop(1, 1)
    done, busy = await occupied(workshop)
    waiting = asyncio.create_task(workshop.do(lambda: 1, urgency=0))
    await asyncio.sleep(0)
    with pytest.raises(Saturated):
        await workshop.do(lambda: 2, urgency=0)
    done.set()
    assert (await busy, await waiting) == (True, 1)
    assert await workshop.do(lambda: 3, urgency=0) == 3


async def test_who_leaves_the_queue_is_not_worked_for_and_blocks_nobody():
    workshop, order = Workshop(1, 1), []
    done, _ = await occupied(workshop)
    leaving = asyncio.create_task(workshop.do(lambda: order.append("left"), urgency=0))
    await asyncio.sleep(0)
    leaving.cancel()
    await asyncio.sleep(0)
    staying = asyncio.create_task(workshop.do(lambda: order.append("stayed"), urgency=0))
    await asyncio.sleep(0)
    done.set()
    await asyncio.wait_for(staying, 10)
    assert order == ["stayed"]


async def test_who_leaves_while_worked_for_is_let_go_only_when_the_work_is_done():
    workshop = Workshop(1, 1)
    done, busy = await occupied(workshop)
    busy.cancel()
    await asyncio.sleep(0)
    assert not busy.done()
    done.set()
    with pytest.raises(asyncio.CancelledError):
        await busy
    assert await workshop.do(lambda: "free", urgency=0) == "free"


async def test_an_error_of_the_work_reaches_who_asked_and_frees_the_place():
    workshop = Workshop(1, 0)
    with pytest.raises(ZeroDivisionError):
        await workshop.do(lambda: 1 // 0, urgency=0)
    assert await workshop.do(lambda: 1, urgency=0) == 1


async def test_work_that_does_not_end_is_told():
    workshop = Workshop(1, 0, hangs_after=0.05)
    done, busy = await occupied(workshop)
    await asyncio.wait_for(workshop.hung.wait(), 10)
    done.set()
    await busy
