"""One call's reactions, with a telephone that only notes what it is told. Sound is real, time is what is fed."""

from __future__ import annotations

import asyncio
import base64
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from telephony.call import TONE, Call, Means
from telephony.hearing import Began, Ceased, Chunk, Edge
from telephony.orders import (
    Answered,
    Ended,
    Fact,
    HangUp,
    Heard,
    Keyed,
    Listen,
    Play,
    Played,
    SpeechBegan,
    TakeMessage,
    Taken,
    Took,
    Transfer,
    Transferred,
    Unlisten,
)
from telephony.ports import Sound

VOICE, QUIET = b"\x11\x11" * 160, b"\x00\x00" * 160
TONE_FILE = Path("tone.wav")


class Notebook:
    """A telephone: writes down what it shall do."""

    def __init__(self) -> None:
        self.done: list[tuple[object, ...]] = []

    def play(self, call: str, play: int, files: tuple[str, ...]) -> None:
        self.done.append(("play", play, *files))

    def hush(self, call: str) -> None:
        self.done.append(("hush",))

    def pause(self, call: str) -> None:
        self.done.append(("pause",))

    def resume(self, call: str) -> None:
        self.done.append(("resume",))

    def wait(self, call: str, on: bool) -> None:
        self.done.append(("wait", on))

    def transfer(self, call: str, to: str, conversation: str) -> None:
        self.done.append(("transfer", to, conversation))

    def spare(self, call: str, seconds: float) -> None:
        self.done.append(("spare", seconds))

    def hang_up(self, call: str, reason: str) -> None:
        self.done.append(("hang up", reason))


class Threshold:
    """Hearing without patience: a voiced frame begins, a quiet one ends."""

    def __init__(self) -> None:
        self._speaking = False

    def feed(self, pcm: bytes) -> Sequence[Edge]:
        voiced, was = pcm == VOICE, self._speaking
        self._speaking = voiced
        if voiced:
            return [Chunk(pcm)] if was else [Began(), Chunk(pcm)]
        return [Ceased()] if was else []

    def expect(self, hint: dict[str, Any]) -> None: ...

    def forget(self) -> None:
        self._speaking = False

    def close(self) -> None: ...


class Listener:
    """An ear whose answer is what it was fed, in bytes; it answers when it is let."""

    def __init__(self) -> None:
        self.heard = b""
        self.dropped = False
        self.may_answer = asyncio.Event()

    def begin(self, hint: dict[str, Any]) -> Listener:
        self.heard, self.dropped = b"", False
        return self

    def feed(self, pcm: bytes) -> None:
        self.heard += pcm

    def pause(self) -> None: ...

    def resume(self) -> None: ...

    def drop(self) -> None:
        self.dropped = True

    async def finish(self, patience: float, /) -> dict[str, Any] | None:
        await self.may_answer.wait()
        return {"bytes": len(self.heard)}


class Room:
    def __init__(self) -> None:
        self.facts: list[Fact] = []
        self.phone, self.ear, self.sound = Notebook(), Listener(), Sound()
        self.ear.may_answer.set()
        means = Means(
            phone=self.phone, hearing=Threshold, ear=self.ear, tone=TONE_FILE, patience=1.0, tell=self.facts.append
        )
        answered = Answered(call="c", at=0.0, sip_call_id="s", caller=None, called=None)
        self.call = Call(means, answered, self.sound, keys_by_rtp=True)

    async def hear(self, *frames: bytes) -> None:
        self.sound.heard.extend(frames)
        self.call.tick()
        for _ in range(5):
            await asyncio.sleep(0)

    def told(self, kind: type[Any]) -> list[Any]:
        return [fact for fact in self.facts if isinstance(fact, kind)]


@pytest.fixture
async def room() -> Room:
    return Room()


def listen(number: int) -> Listen:
    return Listen(call="c", listen=number, hint={})


def play(number: int, *, bargeable: bool = True) -> Play:
    return Play(call="c", play=number, files=("a.wav",), bargeable=bargeable)


async def test_speech_pauses_a_prompt_at_once_and_is_answered_for_the_question_it_began_under(room: Room) -> None:
    room.call.order(play(1))
    room.call.order(listen(1))
    room.ear.may_answer.clear()
    await room.hear(VOICE)
    assert room.phone.done[-1] == ("pause",)
    assert [(fact.listen, fact.barged) for fact in room.told(SpeechBegan)] == [(1, True)]
    room.call.order(listen(2))
    await room.hear(VOICE, QUIET)
    room.ear.may_answer.set()
    await room.hear()
    assert [(fact.listen, fact.result, fact.barged) for fact in room.told(Heard)] == [(1, {"bytes": 640}, True)]


async def test_a_prompt_that_may_not_be_interrupted_goes_on_while_the_caller_speaks(room: Room) -> None:
    room.call.order(play(1, bargeable=False))
    room.call.order(listen(1))
    await room.hear(VOICE, QUIET)
    assert ("pause",) not in room.phone.done
    assert [fact.barged for fact in room.told(SpeechBegan) + room.told(Heard)] == [False, False]


async def test_no_one_listens_after_unlisten(room: Room) -> None:
    room.call.order(listen(1))
    await room.hear(VOICE)
    room.call.order(Unlisten(call="c"))
    await room.hear(QUIET, VOICE, QUIET)
    assert room.ear.dropped
    assert room.told(Heard) == []


async def test_a_key_stops_even_a_prompt_that_speech_may_not(room: Room) -> None:
    room.call.order(play(1, bargeable=False))
    room.call.key("1", "rfc4733", 0.0, 0.0)
    room.call.key("1", "info", 0.1, 0.1)
    assert room.phone.done[1:] == [("hush",)]
    assert [fact.digit for fact in room.told(Keyed)] == ["1"]


async def test_hanging_up_after_the_prompt_waits_for_its_end(room: Room) -> None:
    room.call.order(play(4))
    room.call.order(HangUp(call="c", after_play=True))
    assert ("hang up", "ours") not in room.phone.done
    room.call.play_ended(4, True, 0.0)
    assert room.phone.done[-1] == ("hang up", "ours")
    assert [(fact.play, fact.complete) for fact in room.told(Played)] == [(4, True)]


async def test_a_call_is_put_through_once_however_often_it_is_ordered_and_nobody_is_listened_to(room: Room) -> None:
    room.call.order(listen(1))
    for _ in range(2):
        room.call.order(Transfer(call="c", to="0311112222", conversation="k"))
    await room.hear(VOICE, QUIET)
    assert room.phone.done == [("transfer", "0311112222", "k")]
    assert room.told(Heard) == []
    room.call.transfer_ended(486, 1.0)
    assert [fact.status for fact in room.told(Transferred)] == [486]
    room.call.order(Transfer(call="c", to="0311113333", conversation="k"))
    assert room.phone.done[-1] == ("transfer", "0311113333", "k")


async def test_hanging_up_after_nothing_does_not_wait(room: Room) -> None:
    room.call.order(HangUp(call="c", after_play=True))
    assert room.phone.done == [("hang up", "ours")]


async def test_a_message_begins_after_its_tone_and_the_tone_is_no_prompt(room: Room) -> None:
    room.call.order(TakeMessage(call="c", recording="r", silence=0.1))
    await room.hear(VOICE, VOICE)
    assert room.call.audible
    room.call.play_ended(TONE, True, 0.0)
    await room.hear(VOICE, VOICE, VOICE, *[QUIET] * 6)
    took: Took = room.told(Took)[0]
    assert (took.recording, took.reason) == ("r", "silence")
    assert b"".join(base64.b64decode(fact.pcm) for fact in room.told(Taken)).startswith(VOICE * 3 + QUIET)
    assert room.told(Played) == []
    assert not room.call.audible


async def test_the_key_that_ends_a_message_is_no_answer_to_anything(room: Room) -> None:
    room.call.order(TakeMessage(call="c", recording="r"))
    room.call.play_ended(TONE, True, 0.0)
    await room.hear(VOICE, VOICE)
    room.call.key("#", "rfc4733", 0.0, 0.0)
    assert room.told(Took)[0].reason == "key"
    assert room.told(Keyed) == []


async def test_a_caller_who_hangs_up_while_recording_has_left_what_he_said(room: Room) -> None:
    room.call.order(TakeMessage(call="c", recording="r"))
    room.call.play_ended(TONE, True, 0.0)
    await room.hear(VOICE, VOICE)
    room.call.ended("hangup", 200, {}, 0.0)
    assert [type(fact) for fact in room.facts] == [Taken, Took, Ended]
    assert room.told(Took)[0].reason == "hangup"


async def test_a_caller_who_hangs_up_before_the_tone_has_left_an_empty_message(room: Room) -> None:
    room.call.order(TakeMessage(call="c", recording="r"))
    room.call.ended("hangup", 200, {}, 0.0)
    assert room.told(Took)[0].seconds == 0.0


async def test_nothing_is_told_of_a_call_after_its_end(room: Room) -> None:
    room.call.order(listen(1))
    room.ear.may_answer.clear()
    await room.hear(VOICE, QUIET)
    room.call.ended("hangup", 200, {}, 0.0)
    room.ear.may_answer.set()
    await room.hear()
    assert isinstance(room.facts[-1], Ended)
