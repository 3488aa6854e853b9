"""Sounds that a measuring caller sends, and what it makes of those it hears: G.711 mu-law in frames of 20 ms."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import numpy.typing as npt

from asr.speech import FRAME_BYTES, RATE
from asr.voices import OpenJTalk

FRAME = 160
"""Bytes of mu-law in 20 ms."""
SILENCE = b"\xff" * FRAME
LOUD = frozenset(range(0x00, 0x60)) | frozenset(range(0x80, 0xE0))
"""Codes of samples above about -39 dB of full scale (magnitudes of 380 and more); a frame with some is not silence."""
VOICED_DBFS = -45.0
"""A frame of speech that is fainter counts as silence around it."""
PROMPT_HZ = 600.0
PURE = 0.8
"""Share of a frame's energy in one narrow band from which it is a tone, not a voice."""


def ulaw(pcm: bytes) -> bytes:
    """G.711 mu-law (ITU-T G.711) of s16le PCM."""
    samples = np.clip(np.frombuffer(pcm, "<i2").astype(np.int32), -32635, 32635)
    sign = np.where(samples < 0, 0x80, 0)
    magnitude = np.abs(samples) + 132
    exponent = np.floor(np.log2(magnitude)).astype(np.int32) - 7
    mantissa = (magnitude >> (exponent + 3)) & 0x0F
    coded: bytes = (~(sign | (exponent << 4) | mantissa) & 0xFF).astype(np.uint8).tobytes()
    return coded


def linear(coded: bytes) -> npt.NDArray[np.int16]:
    """The samples that mu-law codes stand for."""
    codes = ~np.frombuffer(coded, np.uint8).astype(np.int32) & 0xFF
    magnitude = (((codes & 0x0F) << 3) + 132 << ((codes >> 4) & 7)) - 132
    return np.where(codes & 0x80, -magnitude, magnitude).astype(np.int16)


def is_loud(coded: bytes) -> bool:
    """Whether a frame of mu-law holds sound. Looks at every eighth sample: it is asked thousands of times a second."""
    return sum(code in LOUD for code in coded[::8]) >= 3


def is_voice(coded: bytes, tones: Iterable[float]) -> bool:
    """Whether a frame of mu-law is loud and none of these tones (hertz)."""
    if not is_loud(coded):
        return False
    samples = linear(coded).astype(np.float64)
    power = np.abs(np.fft.rfft(samples * np.hanning(len(samples)))) ** 2
    bands = [round(hertz * len(samples) / RATE) for hertz in tones]
    return all(float(power[band - 2 : band + 3].sum()) < PURE * float(power.sum()) for band in bands)


def spoken(text: str) -> bytes:
    """PCM of Japanese words, from the first voiced frame to the last."""
    return trimmed(OpenJTalk().speak(text))


def trimmed(pcm: bytes) -> bytes:
    """Without what is silent before the first voiced frame and after the last one."""
    whole = pcm[: len(pcm) // FRAME_BYTES * FRAME_BYTES]
    frames = np.frombuffer(whole, "<i2").astype(np.float64).reshape(-1, FRAME_BYTES // 2) / 32768
    voiced = np.flatnonzero(10 * np.log10((frames**2).mean(axis=1) + 1e-12) > VOICED_DBFS)
    return whole[voiced[0] * FRAME_BYTES : (voiced[-1] + 1) * FRAME_BYTES] if len(voiced) else b""


def tone(seconds: float, hertz: float = PROMPT_HZ, level: float = 0.2) -> bytes:
    """PCM of a steady tone: a prompt without pauses, so that its end is plain to hear."""
    times = np.arange(round(seconds * RATE)) / RATE
    return bytes((level * 32767 * np.sin(2 * np.pi * hertz * times)).astype("<i2").tobytes())


def noise(seconds: float, dbfs: float, seed: int = 1) -> bytes:
    """PCM of white noise."""
    samples = np.random.default_rng(seed).normal(0, 32768 * 10 ** (dbfs / 20), round(seconds * RATE))
    return bytes(np.clip(samples, -32768, 32767).astype("<i2").tobytes())
