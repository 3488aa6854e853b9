from __future__ import annotations

import itertools

import numpy as np
import numpy.typing as npt
import pytest

from telephony import tones
from telephony.goertzel import HIGH, LOW, PAD, Goertzel

RATE = 8000
Samples = npt.NDArray[np.float64]


def keys_in(samples: Samples) -> str:
    sound = tones.pcm(samples)
    ear = Goertzel()
    frames = (sound[at : at + 320] for at in range(0, len(sound) - 319, 320))
    return "".join(digit for frame in frames if (digit := ear.feed(frame)) is not None)


def key(digit: str, *, seconds: float = 0.08, low: float = 0.2, high: float = 0.2, off: float = 0.0) -> Samples:
    row = next(n for n, keys in enumerate(PAD) if digit in keys)
    times = np.arange(round(seconds * RATE)) / RATE
    factor = 2 * np.pi * (1 + off)
    both: Samples = low * np.sin(factor * LOW[row] * times) + high * np.sin(
        factor * HIGH[PAD[row].index(digit)] * times + 1.0
    )
    return both


def spaced(*sounds: Samples, gap: float = 0.06, offset: int = 0) -> Samples:
    quiet = np.zeros(round(gap * RATE))
    return np.concatenate([np.zeros(offset), *itertools.chain.from_iterable((s, quiet) for s in sounds)])


@pytest.mark.parametrize("offset", [0, 37, 80, 133])
def test_every_key_is_heard_once_wherever_its_frames_fall(offset: int) -> None:
    assert keys_in(spaced(*(key(d) for d in "0123456789*#ABCD"), offset=offset)) == "0123456789*#ABCD"


def test_a_long_press_is_one_press_and_two_presses_are_two() -> None:
    assert keys_in(spaced(key("7", seconds=1.0), key("7", seconds=0.3))) == "77"


@pytest.mark.parametrize("off", [-0.015, 0.015])
def test_tones_a_little_off_are_heard(off: float) -> None:
    assert keys_in(spaced(*(key(d, off=off) for d in "159#"))) == "159#"


@pytest.mark.parametrize(("low", "high"), [(0.2, 0.1), (0.1, 0.14)])
def test_twist_of_a_real_line_is_borne(low: float, high: float) -> None:
    assert keys_in(spaced(key("5", low=low, high=high))) == "5"


def test_a_key_is_heard_over_a_noisy_line() -> None:
    noise = np.random.default_rng(1).normal(0, 0.02, RATE)
    sound = spaced(*(key(d) for d in "2580"))
    assert keys_in(sound + noise[: len(sound)]) == "2580"


def test_a_quiet_key_in_the_background_is_none() -> None:
    assert keys_in(key("5", low=0.003, high=0.003)) == ""


def test_one_tone_alone_is_no_key() -> None:
    assert keys_in(tones.tone(LOW[1], 0.5, 0.4)) == keys_in(tones.tone(HIGH[1], 0.5, 0.4)) == ""


def test_noise_is_no_key() -> None:
    rng = np.random.default_rng(7)
    assert keys_in(rng.normal(0, 0.2, 60 * RATE).clip(-1, 1)) == ""


def test_voices_do_not_talk_off() -> None:
    """Vowels made of harmonics and formants, gliding through the pitches of men, women and children."""
    rng = np.random.default_rng(3)
    times = np.arange(RATE) / RATE
    spoken = []
    for _ in range(60):
        pitch = rng.uniform(80, 400) * (1 + 0.15 * np.sin(2 * np.pi * rng.uniform(2, 6) * times))
        phase = 2 * np.pi * np.cumsum(pitch) / RATE
        first, second = rng.uniform(300, 1000), rng.uniform(900, 2500)
        voice = np.zeros(RATE)
        for n in range(1, 20):
            middle = n * float(np.mean(pitch))
            if middle > 3600:
                break
            strength = np.exp(-(((middle - first) / 200) ** 2)) + 0.7 * np.exp(-(((middle - second) / 250) ** 2)) + 0.05
            voice += strength * np.sin(n * phase)
        spoken.append(0.5 * voice / np.max(np.abs(voice)))
    assert keys_in(np.concatenate(spoken)) == ""


def test_frames_of_a_wrong_length_are_no_key() -> None:
    assert Goertzel().feed(b"") is None
    assert Goertzel().feed(b"\x01" * 319) is None
