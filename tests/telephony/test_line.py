from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import pytest

from telephony.hearing import Edge
from telephony.line import AWAY_AFTER, FIRST_ORDER_WITHIN, STUCK_AFTER, Line, Means
from telephony.orders import (
    Answered,
    Drain,
    Ended,
    Fact,
    Hush,
    Play,
    Played,
    Transfer,
    Transferred,
    dump_order,
    load_fact,
)
from telephony.ports import Sound
from telephony.signals import CameIn, Gone, PlayEnded, TransferEnded

INVITE = "INVITE sip:100@h SIP/2.0\r\nFrom: <sip:0311112222@h>;tag=1\r\nTo: <sip:100@h>\r\nCall-ID: x@h\r\n\r\n"


class Telephone:
    """Notes which calls have the waiting sound, and what was played."""

    def __init__(self) -> None:
        self.waiting: set[str] = set()
        self.played: list[tuple[str, int]] = []

    def play(self, call: str, play: int, files: tuple[str, ...]) -> None:
        self.played.append((call, play))

    def hush(self, call: str) -> None: ...

    def pause(self, call: str) -> None: ...

    def resume(self, call: str) -> None: ...

    def wait(self, call: str, on: bool) -> None:
        (self.waiting.add if on else self.waiting.remove)(call)

    def transfer(self, call: str, to: str, conversation: str) -> None: ...

    def spare(self, call: str, seconds: float) -> None: ...

    def hang_up(self, call: str, reason: str) -> None: ...


class Deaf:
    def feed(self, pcm: bytes) -> list[Edge]:
        return []

    def expect(self, hint: dict[str, Any]) -> None: ...

    def forget(self) -> None: ...

    def close(self) -> None: ...

    def begin(self, hint: dict[str, Any]) -> Any:
        raise AssertionError("nobody speaks here")


class House:
    def __init__(self, recycle_after: int = 400) -> None:
        self.facts: list[Fact] = []
        self.phone = Telephone()
        self.pending = 0
        self.answering = True
        means = Means(
            phone=self.phone, hearing=Deaf, ear=Deaf(), tone=Path("tone.wav"), patience=1.0, tell=self.facts.append
        )
        self.line = Line(
            means,
            drain=lambda: setattr(self, "answering", False),
            pending=lambda: self.pending,
            recycle_after=recycle_after,
        )
        self.line.link(True)

    def come_in(self, call: str = "c") -> float:
        self.line.signal(CameIn(call=call, invite=INVITE, sound=Sound()))
        return time.monotonic()

    def play(self, play: int, call: str = "c") -> None:
        self.line.order(dump_order(Play(call=call, play=play, files=("a.wav",))))

    def leave(self, call: str = "c") -> None:
        self.line.signal(Gone(call=call, reason="hangup", status=200, quality={}, confirmed=True))


@pytest.fixture
def house() -> House:
    return House()


def test_a_call_is_told_with_who_calls(house: House) -> None:
    house.come_in()
    answered = house.facts[0]
    assert isinstance(answered, Answered)
    assert (answered.caller, answered.called, answered.sip_call_id) == ("0311112222", "100", "x@h")
    assert [load_fact(data) for data in house.line.calls()] == [answered]


def test_the_waiting_sound_begins_soon_after_the_hub_went_away_and_ends_with_its_next_order(house: House) -> None:
    now = house.come_in()
    house.play(1)
    house.line.signal(PlayEnded(call="c", play=1, complete=True))
    house.line.mind_silence(now + 10)
    assert house.phone.waiting == set()
    house.line.link(False)
    now = time.monotonic()
    house.line.mind_silence(now + AWAY_AFTER / 2)
    assert house.phone.waiting == set()
    house.line.mind_silence(now + AWAY_AFTER + 0.1)
    assert house.phone.waiting == {"c"}
    house.line.link(True)
    house.line.mind_silence(time.monotonic() + 0.1)
    assert house.phone.waiting == {"c"}, "the hub is back, but has not said anything to this caller yet"
    house.play(2)
    assert house.phone.waiting == set()


def test_a_prompt_is_heard_to_its_end_before_the_waiting_sound(house: House) -> None:
    house.come_in()
    house.play(1)
    house.line.link(False)
    house.line.mind_silence(time.monotonic() + 5)
    assert house.phone.waiting == set()
    house.line.signal(PlayEnded(call="c", play=1, complete=True))
    house.line.mind_silence(time.monotonic() + 5)
    assert house.phone.waiting == {"c"}


def test_a_hub_that_is_there_but_takes_no_facts_is_away(house: House) -> None:
    now = house.come_in()
    house.line.order(dump_order(Hush(call="c")))
    house.line.mind_silence(now)
    house.pending = 1
    house.line.mind_silence(now + STUCK_AFTER + 0.1)
    assert house.phone.waiting == {"c"}
    house.pending = 0
    house.line.mind_silence(now + STUCK_AFTER + 0.2)
    assert house.phone.waiting == set()


def test_a_caller_whom_the_hub_leaves_without_a_first_word_hears_the_waiting_sound(house: House) -> None:
    now = house.come_in()
    house.line.mind_silence(now + FIRST_ORDER_WITHIN - 0.1)
    assert house.phone.waiting == set()
    house.line.mind_silence(now + FIRST_ORDER_WITHIN + 0.1)
    assert house.phone.waiting == {"c"}
    house.play(1)
    assert house.phone.waiting == set()


def test_a_caller_who_is_being_put_through_hears_the_waiting_sound_until_it_is_known_what_came_of_it(
    house: House,
) -> None:
    now = house.come_in()
    house.line.order(dump_order(Transfer(call="c", to="0311112222", conversation="k")))
    house.line.mind_silence(now)
    assert house.phone.waiting == {"c"}
    house.line.signal(TransferEnded(call="c", status=486))
    assert house.phone.waiting == set()
    house.line.mind_silence(time.monotonic())
    assert house.phone.waiting == set()
    assert [fact.status for fact in house.facts if isinstance(fact, Transferred)] == [486]


def test_orders_for_calls_that_are_gone_and_orders_that_are_none_do_nothing(house: House) -> None:
    house.come_in()
    house.leave()
    house.play(1)
    house.line.order({"kind": "Dance", "call": "c"})
    house.line.order({})
    assert house.phone.played == []
    assert [type(fact) for fact in house.facts] == [Answered, Ended]


def test_every_play_is_told_as_played_once(house: House) -> None:
    house.come_in()
    house.play(1)
    house.line.signal(PlayEnded(call="c", play=1, complete=False))
    house.play(2)
    house.line.signal(PlayEnded(call="c", play=2, complete=True))
    house.leave()
    house.line.signal(PlayEnded(call="c", play=2, complete=True))
    assert [fact.play for fact in house.facts if isinstance(fact, Played)] == [1, 2]


def test_a_draining_worker_keeps_its_calls_and_is_empty_when_the_last_has_ended(house: House) -> None:
    house.come_in("a")
    house.come_in("b")
    house.line.order(dump_order(Drain()))
    assert not house.answering
    house.leave("a")
    assert not house.line.empty.is_set()
    house.leave("b")
    assert house.line.empty.is_set()


def test_a_worker_that_has_had_enough_calls_drains_itself() -> None:
    house = House(recycle_after=2)
    house.come_in("a")
    assert house.answering
    house.come_in("b")
    assert not house.answering


def test_a_worker_without_calls_is_empty_as_soon_as_it_drains(house: House) -> None:
    house.line.drain()
    assert house.line.empty.is_set()
