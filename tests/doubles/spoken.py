"""Speech that the suite makes itself, as a telephone carries it: 8 kHz, through G.711 µ-law."""

from __future__ import annotations

import subprocess
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from asr.sound import telephone


def ulaw(pcm: bytes) -> bytes:
    """There and back through µ-law of 8 bits (ITU-T G.711, by its continuous law)."""
    x = np.frombuffer(pcm, "<i2") / 32768
    y = np.round(np.sign(x) * np.log1p(255 * np.abs(x)) / np.log(256) * 127) / 127
    return (np.sign(y) * (256 ** np.abs(y) - 1) / 255 * 32767).astype("<i2").tobytes()


@lru_cache(100)
def japanese(text: str, speed: float = 1.0) -> bytes:
    import pyopenjtalk

    samples, rate = pyopenjtalk.tts(text, speed=speed)
    return ulaw(telephone(np.asarray(samples), rate))


@lru_cache(100)
def espeak(text: str, voice: str = "en-us", words_a_minute: int = 140) -> bytes:
    command = ["espeak-ng", "-v", voice, "-s", str(words_a_minute), "--stdout", text]
    wav = subprocess.run(command, capture_output=True, check=True, timeout=20).stdout
    rate = int.from_bytes(wav[24:28], "little")
    return ulaw(telephone(np.frombuffer(wav[44:], "<i2").astype(np.float64), rate))


def noise(seconds: float, level: float, seed: int = 1) -> bytes:
    """Pink noise; level: root mean square of 32768."""
    count = round(seconds * 8000)
    spectrum = np.fft.rfft(np.random.default_rng(seed).normal(size=count))
    spectrum /= np.sqrt(np.maximum(np.arange(len(spectrum)), 1))
    sound: npt.NDArray[np.float64] = np.fft.irfft(spectrum, count)
    return np.clip(sound / sound.std() * level, -32768, 32767).astype("<i2").tobytes()


def silence(seconds: float) -> bytes:
    return bytes(round(seconds * 50) * 320)


def frames(pcm: bytes) -> list[bytes]:
    """20 ms each; the last filled up."""
    pcm += bytes(-len(pcm) % 320)
    return [pcm[at : at + 320] for at in range(0, len(pcm), 320)]
