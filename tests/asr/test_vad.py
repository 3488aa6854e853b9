from __future__ import annotations

import pytest
import spoken

from asr.listening import Chunk, Listening, SpeechEnded, SpeechStarted
from asr.speech import FRAME_SECONDS
from asr.vad import Gate, voiced_seconds

pytestmark = pytest.mark.real


def starts(pcm: bytes) -> list[float]:
    """Seconds into the sound at which a listening would say that someone speaks."""
    listening = Listening(Gate())
    return [
        number * FRAME_SECONDS
        for number, frame in enumerate(spoken.frames(pcm), 1)
        for event in listening.feed(frame)
        if isinstance(event, SpeechStarted)
    ]


def test_silence_is_no_voice():
    assert starts(spoken.silence(5.0)) == []


@pytest.mark.parametrize("level", [30, 300, 1500, 6000])
def test_noise_is_no_voice_however_loud(level: float):
    assert starts(spoken.noise(8.0, level)) == []


@pytest.mark.parametrize("seconds", [0.005, 0.02, 0.06, 0.1])
@pytest.mark.parametrize("level", [1500, 6000])
def test_a_click_or_a_knock_is_no_voice(seconds: float, level: float):
    assert starts((spoken.silence(0.7) + spoken.noise(seconds, level)) * 12) == []


@pytest.mark.parametrize("text", ["はい", "住所変更", "いいえ、違います"])
def test_japanese_speech_is_heard_once_and_soon(text: str):
    found = starts(spoken.silence(1.0) + spoken.japanese(text) + spoken.silence(1.0))
    assert len(found) == 1
    assert 1.0 < found[0] < 1.35


def test_english_speech_is_heard_over_noise():
    speech = spoken.espeak("I want to change my address")
    assert voiced_seconds(Gate(), speech) > 0.6 * len(speech) / 16000


def test_the_sound_of_an_utterance_holds_all_of_the_speech():
    speech = spoken.japanese("住所変更")
    listening = Listening(Gate())
    events = [e for f in spoken.frames(spoken.silence(1.0) + speech + spoken.silence(1.0)) for e in listening.feed(f)]
    sound = b"".join(e.pcm for e in events if isinstance(e, Chunk))
    assert isinstance(events[-1], SpeechEnded)
    assert speech[3200:-3200] in sound


def test_a_gate_that_was_reset_hears_as_a_new_one_does():
    speech = spoken.frames(spoken.japanese("紛失"))
    gate = Gate()
    first = [gate.hears(frame) for frame in speech]
    gate.reset()
    assert [gate.hears(frame) for frame in speech] == first


def test_gates_that_take_turns_do_not_hear_each_other():
    speech, noisy = spoken.frames(spoken.japanese("住所変更")), spoken.frames(spoken.noise(2.0, 1500))
    one, other, single = Gate(), Gate(), Gate()
    alone = [single.hears(frame) for frame in speech]
    single.reset()
    together = [(one.hears(frame), other.hears(noisy[n])) for n, frame in enumerate(speech)]
    assert [heard for heard, _ in together] == alone
    assert not any(heard for _, heard in together)


def test_a_frame_of_another_length_is_refused():
    with pytest.raises(ValueError, match="320 bytes"):
        Gate().hears(b"\x00" * 319)
