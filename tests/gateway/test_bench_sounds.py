import math

import numpy as np
import pytest

from asr.speech import FRAME_BYTES
from gateway.bench_restart import A_WORD
from gateway.bench_sounds import (
    FRAME,
    PROMPT_HZ,
    SILENCE,
    is_loud,
    is_voice,
    linear,
    noise,
    spoken,
    tone,
    trimmed,
    ulaw,
)
from telephony.tones import WAITING_HZ, waiting_sound


@pytest.mark.parametrize(
    ("sample", "code"),
    # ITU-T G.711, tables 2a and 2b: decision values of 14 bits, here times four.
    [(0, 0xFF), (-1, 0x7F), (8159 * 4, 0x80), (-8159 * 4, 0x00), (4063 * 4, 0x8F), (-4063 * 4, 0x0F), (95 * 4, 0xDF)],
)
def test_mu_law_has_the_codes_of_the_standard(sample, code):
    assert ulaw(np.array([sample], "<i2").tobytes()) == bytes([code])


def test_every_code_is_the_code_of_what_it_stands_for():
    codes = bytes(code for code in range(256) if code != 0x7F)  # minus zero is zero
    assert ulaw(linear(codes).astype("<i2").tobytes()) == codes


def test_what_is_coded_comes_back_within_a_thirtieth():
    samples = np.arange(-32000, 32000, 7).astype("<i2")
    back = linear(ulaw(samples.tobytes())).astype(int)
    assert np.all(np.abs(back - samples) <= (np.abs(samples.astype(int)) + 132) / 30)


def test_silence_and_line_noise_are_not_loud_and_a_soft_tone_is():
    assert not is_loud(SILENCE)
    hiss = ulaw(noise(1.0, -55.0))
    assert not any(is_loud(hiss[at : at + FRAME]) for at in range(0, len(hiss), FRAME))
    assert is_loud(ulaw(tone(0.02, level=0.05)))


def test_waiting_sound_and_prompt_tone_are_no_voice():
    for sound in (waiting_sound(), tone(0.4)):
        coded = ulaw(sound)
        frames = [coded[at : at + FRAME] for at in range(0, len(coded) - FRAME + 1, FRAME)]
        voices = [is_voice(frame, (*WAITING_HZ, PROMPT_HZ)) for frame in frames]
        assert sum(voices) <= 1, "but for the frame in which one note follows the other"


def test_speech_is_voice_and_begins_and_ends_with_itself():
    pcm = spoken("もしもし、お電話かわりました")
    coded = ulaw(pcm)
    voices = [is_voice(coded[at : at + FRAME], (*WAITING_HZ, PROMPT_HZ)) for at in range(0, len(coded), FRAME)]
    assert sum(voices[:8]) >= A_WORD, "its first word is noticed at once"
    assert sum(voices) > len(voices) / 3
    silence = bytes(10 * FRAME_BYTES)
    assert trimmed(silence + pcm + silence) == pcm
    assert trimmed(silence) == b""


def test_a_tone_has_the_level_that_was_asked_for():
    samples = np.frombuffer(tone(1.0, level=0.5), "<i2").astype(float)
    assert math.isclose(np.abs(samples).max(), 0.5 * 32767, rel_tol=0.01)
