"""Figures ``answer`` and ``barge``: how long a caller who has spoken waits, and how soon a prompt gives way."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

from asr.listening import Listening, SpeechStarted
from asr.segmenter import PACES
from asr.speech import FRAME_BYTES, FRAME_SECONDS, Mode
from asr.vad import Gate
from gateway.bench_family import Callers, family
from gateway.bench_figures import Json, judged, shares, spread
from gateway.bench_machine import load
from gateway.bench_sounds import spoken, ulaw
from gateway.bench_trees import LISTENING
from gateway.errors import Complaint
from gateway.household import Household
from gateway.load import LoadCall, Pulse

DIALOGUES = (
    ("住所変更したい", "はい"),
    ("カードをなくしました", "いいえ"),
    ("引っ越しました", "はい、お願いします"),
    ("会員証が見つかりません", "はい"),
    ("住所を変えたいのですが", "いいえ"),
    ("カードを盗まれたみたいです", "はい、お願いします"),
)
"""What is said at the demo's open question, then at the yes/no question that follows from it."""
INTERRUPTIONS = ("はい", "住所を変更したいのですが", "すみません", "オペレーターをお願いします", "もう一度お願いします")
INTO_PROMPT = 3.0
"""Seconds of the greeting that are heard before the first answer, which interrupts it."""
QUIET = 1.0
"""Seconds without sound after which a prompt has ended: none pauses so long."""
BARGES = 20


@dataclass(frozen=True, slots=True)
class _Answer:
    """One spoken turn. seconds: to the first sound of what came then. steps: what they are made of."""

    question: Mode
    seconds: float
    steps: dict[str, float]


async def answer(dialogues: Sequence[tuple[str, str]] = DIALOGUES) -> Json:
    """Spoken turns with the demo, one call at a time, recognised by the engine that the settings choose."""
    sounds = {words: ulaw(spoken(words)) for pair in dialogues for words in pair}
    turns: list[_Answer] = []
    missed = 0
    async with family(2, hears=True) as household, Pulse() as pulse:
        before = load()
        recognisers = [x["recognisers"] for x in household.log() if x.get("what") == "The ear listens"]
        callers = Callers(household, pulse)
        for matter, reply in dialogues:
            call = callers.caller()
            if not await call.dial() or not await call.until_sound(10.0):
                raise Complaint("a call was not answered, or with silence")
            await asyncio.sleep(INTO_PROMPT)
            first = await _turn(household, call, sounds[matter], "free")
            second = None
            if first is not None and await call.until_quiet(QUIET):
                second = await _turn(household, call, sounds[reply], "choice")
            heard = [turn for turn in (first, second) if turn is not None]
            turns += heard
            missed += 2 - len(heard)
            await callers.leave(call)
    return {
        "recognisers": recognisers[-1] if recognisers else {},
        "load": before,
        "missed": missed,
        "all": judged([turn.seconds for turn in turns], p50=0.8, p95=1.5),
        "open": spread([turn.seconds for turn in turns if turn.question == "free"]),
        "yesno": spread([turn.seconds for turn in turns if turn.question == "choice"]),
        "steps": shares([turn.steps for turn in turns]),
    }


async def _turn(household: Household, call: LoadCall, sound: bytes, question: Mode) -> _Answer | None:
    """Say this and wait for what comes. None when it was taken for no answer."""
    known = len(_answers(household))
    call.say(sound)
    await call.until_said()
    said = call.measured.said_until
    await call.until(lambda: len(_answers(household)) > known, 6.0)
    heard = _answers(household)[known:]
    if not heard or not await call.until_sound(6.0, heard[0]["known"]):
        return None
    sounded = call.measured.sound_after(heard[0]["known"])
    steps = {
        "voice_noticed_as_over": heard[0]["spoken_until"] - said,
        "end_pointing": PACES[question].end,
        "recognition_beyond": heard[0]["known"] - heard[0]["spoken_until"] - PACES[question].end,
        "meaning": heard[0]["understood"] - heard[0]["known"],
        "record": heard[0]["recorded"] - heard[0]["understood"],
        "playing": sounded - heard[0]["recorded"],
    }
    return _Answer(question, sounded - said, steps)


def _answers(household: Household) -> list[dict[str, float]]:
    return [line for line in household.log() if line.get("what") == "an answer was heard"]


async def barge(count: int = BARGES) -> Json:
    """A caller speaks into a steady prompt, again and again in new calls."""
    pcm = [spoken(words) for words in INTERRUPTIONS]
    taken: list[float] = []
    gate: list[float] = []
    deaf = 0
    async with family(2, tree=LISTENING) as household, Pulse() as pulse:
        before = load()
        callers = Callers(household, pulse)
        for number in range(count):
            sound = pcm[number % len(pcm)]
            call = callers.caller()
            if not await call.dial() or not await call.until_sound(10.0):
                raise Complaint("a call was not answered, or with silence")
            await asyncio.sleep(1.0 + 0.0137 * number)  # never at the same moment of a frame or of Silero's window
            stopped = await _interrupt(call, ulaw(sound))
            if stopped is None:
                deaf += 1
            else:
                taken.append(stopped)
                gate.append(_gate_needs(sound))
            await callers.leave(call)
    return {
        "load": before,
        "not_stopped": deaf,
        "all": judged(taken, p95=0.1),
        "steps": shares(
            [{"gate": g, "line_and_network": t - g} for t, g in zip(taken, gate, strict=True)],
        ),
    }


async def _interrupt(call: LoadCall, sound: bytes) -> float | None:
    """Seconds from the first frame of this to the prompt's last sound; None when the prompt goes on."""
    call.say(sound)
    await call.until(lambda: call.measured.said_from, 1.0)
    began = call.measured.said_from
    stopped = await call.until(lambda: call.measured.silence_after(began), 3.0)
    return call.measured.silence_after(began) - began if stopped else None


def _gate_needs(pcm: bytes) -> float:
    """Seconds of this voice, from its first frame, that the gate and the segmenter take to be sure, by themselves."""
    listening = Listening(Gate(), PACES["choice"])
    for _ in range(50):
        listening.feed(bytes(FRAME_BYTES))
    for at in range(0, len(pcm) - FRAME_BYTES + 1, FRAME_BYTES):
        if any(isinstance(event, SpeechStarted) for event in listening.feed(pcm[at : at + FRAME_BYTES])):
            return at / FRAME_BYTES * FRAME_SECONDS
    return len(pcm) / FRAME_BYTES * FRAME_SECONDS
