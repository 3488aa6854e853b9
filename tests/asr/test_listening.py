from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from asr.listening import Chunk, Heard, Listening, Paused, Resumed, SpeechEnded, SpeechStarted
from asr.segmenter import Pace

VOICE, QUIET = b"\x01\x00" * 160, b"\x00\x00" * 160


class MarkedGate:
    """Takes for voice what is marked as such: listening is about time, not about sound."""

    def hears(self, frame: bytes) -> bool:
        return frame[0] == 1

    def reset(self) -> None:
        pass


def heard(listening: Listening, said: list[bytes]) -> list[Heard]:
    return [event for frame in said for event in listening.feed(frame)]


def sound(events: list[Heard]) -> bytes:
    return b"".join(event.pcm for event in events if isinstance(event, Chunk))


def numbered(frames: list[bytes]) -> list[bytes]:
    return [frame[:1] + bytes([n % 251]) + frame[2:] for n, frame in enumerate(frames)]


def kinds(events: list[Heard]) -> list[type]:
    return [type(event) for event in events if not isinstance(event, Chunk)]


def test_the_utterance_begins_three_tenths_of_a_second_before_the_voice():
    said = numbered([QUIET] * 50 + [VOICE] * 20)
    events = heard(Listening(MarkedGate()), said)
    assert isinstance(events[0], SpeechStarted)
    assert sound(events).startswith(b"".join(said[35:]))


def test_the_caller_is_known_to_speak_from_the_first_voiced_frame():
    events = heard(Listening(MarkedGate(), Pace(start=0.1)), [QUIET] * 10 + [VOICE] * 5)
    assert events[0] == SpeechStarted(ago=pytest.approx(0.1))


def test_the_end_says_when_the_voice_stopped_and_how_long_it_was():
    events = heard(Listening(MarkedGate(), Pace(end=0.6)), [VOICE] * 50 + [QUIET] * 30)
    assert events[-1] == SpeechEnded(ago=pytest.approx(0.6), seconds=pytest.approx(1.0))


def test_no_sound_follows_the_pause_that_was_the_end_so_that_a_guess_stays_right():
    events = heard(Listening(MarkedGate()), [VOICE] * 50 + [QUIET] * 30)
    assert isinstance(events[-2], Paused)
    assert isinstance(events[-1], SpeechEnded)


def test_nothing_is_lost_when_the_speaker_goes_on_after_a_pause():
    said = numbered([VOICE] * 20 + [QUIET] * 20 + [VOICE] * 20)
    events = heard(Listening(MarkedGate()), said)
    assert kinds(events) == [SpeechStarted, Paused, Resumed]
    assert sound(events) == b"".join(said)


def test_an_endless_talker_is_cut_and_the_end_says_so():
    events = heard(Listening(MarkedGate(), Pace(longest=2.0)), [VOICE] * 100)
    assert isinstance(events[-1], SpeechEnded)
    assert events[-1].cut


def test_forgetting_leaves_nothing_of_what_was_said_before():
    listening = Listening(MarkedGate())
    heard(listening, [VOICE] * 30)
    listening.forget()
    assert not listening.speaking
    fresh = numbered([VOICE] * 20)
    assert sound(heard(listening, fresh)) == b"".join(fresh)


@given(st.lists(st.tuples(st.booleans(), st.integers(1, 60)), max_size=12))
def test_whatever_is_said_comes_out_in_order_and_never_twice(stretches: list[tuple[bool, int]]):
    said = [VOICE if is_speech else QUIET for is_speech, count in stretches for _ in range(count)]
    said = [frame[:1] + n.to_bytes(2, "little") + frame[3:] for n, frame in enumerate(said)]
    out = sound(heard(Listening(MarkedGate()), said))
    places = [int.from_bytes(out[at + 1 : at + 3], "little") for at in range(0, len(out), 320)]
    assert places == sorted(set(places))
