"""Figure ``restart``: the hub is killed in a call; when does the caller hear that it goes on?"""

from __future__ import annotations

import asyncio
import time

from gateway.bench_family import Callers, family, health_of
from gateway.bench_figures import Json, judged, spread
from gateway.bench_machine import load
from gateway.bench_sounds import FRAME, PROMPT_HZ, is_voice
from gateway.bench_trees import SHORT_QUESTION
from gateway.errors import Complaint
from gateway.household import Household
from gateway.load import LoadCall, Pulse
from telephony.tones import WAITING_HZ

KILLS = 5
STEADY = 14.0
"""Seconds between two kills: a family starts a child that lived so long again at once."""
TONES = (*WAITING_HZ, PROMPT_HZ)
A_WORD = 5
"""Frames of voice among eight that are no click."""


async def restart(kills: int = KILLS) -> Json:
    """Kill -9 of the serving hub while the caller thinks about a question, some times."""
    back: list[float] = []
    waiting: list[float] = []
    up: list[float] = []
    async with family(2, tree=SHORT_QUESTION) as household, Pulse() as pulse:
        before = load()
        callers = Callers(household, pulse)
        for _ in range(kills):
            call = callers.caller(keep=True)
            if not await call.dial() or not await call.until_sound(10.0) or not await call.until_quiet(2.0):
                raise Complaint("a call was not answered, or with silence")
            killed, word = await _kill(household, call)
            back.append(word - killed)
            waiting.append(call.measured.sound_after(killed) - killed)
            await household.until_ready()
            up.append(time.time() - killed)
            await callers.leave(call)
            await asyncio.sleep(STEADY)
        health = await asyncio.to_thread(health_of, household)
    return {
        "load": before,
        "lines_after": health["lines"],
        "goes_on": judged(back, most=2.0),
        "first_sound": judged(waiting, most=2.0),
        "ready_again": spread(up),
    }


async def _kill(household: Household, call: LoadCall) -> tuple[float, float]:
    """When the hub was killed, and when the first word came after it."""
    call.heard.clear()
    killed = time.time()
    household.kill("hub")
    if not await call.until(lambda: first_word(call), 20.0):
        raise Complaint("the call did not go on after the hub was killed")
    return killed, first_word(call)


def first_word(call: LoadCall) -> float:
    """When the first voice among the tones that were kept began; 0.0 when there is none yet."""
    voices = [is_voice(sound, TONES) if len(sound) == FRAME else False for _, sound in call.heard]
    for at, voice in enumerate(voices):
        if voice and sum(voices[at : at + 8]) >= A_WORD:
            return call.heard[at][0]
    return 0.0
