"""From an engine's samples to sound for a telephone: 8 kHz, one sane level, no silence around it."""

from __future__ import annotations

import io
import math
import wave

import numpy as np
from numpy.typing import NDArray

from asr.errors import CannotSpeak
from asr.speech import RATE

Samples = NDArray[np.float64]

LEVEL = -19.0
"""dBFS, root mean square of the voiced parts. G.711 reaches +3 dBm0, so this is about -16 dBm0 (ITU-T G.111)."""
PEAK = 10 ** (-1 / 20)
KNEE = 10 ** (-5 / 20)
PASS = (3500.0, 3950.0)
"""Hz: whole below, nothing above; G.712 asks for the telephone band of 300 to 3400."""
LEAD_SECONDS, TAIL_SECONDS = 0.02, 0.06
"""Kept around the voice: every caller waits through the lead of every prompt."""
_BLOCK = 0.01
_VOICED = 10 ** (-35 / 20)
"""A block counts as voice when it is no more than 35 dB below the loudest."""


def telephone(samples: Samples, rate: int) -> bytes:
    """PCM at RATE, levelled and trimmed, of samples (any scale) at ``rate`` Hz. Raises CannotSpeak for silence."""
    if samples.size == 0 or not np.isfinite(samples).all():
        raise CannotSpeak("the voice gave no sound")
    narrow = _narrow(samples - samples.mean(), rate)
    block = int(_BLOCK * RATE)
    blocks = np.sqrt(np.add.reduceat(narrow**2, np.arange(0, narrow.size, block)) / block)
    loudest = float(blocks.max())
    if loudest < 1e-9:
        raise CannotSpeak("the voice gave only silence")
    voiced = np.flatnonzero(blocks >= loudest * _VOICED)
    begin = max(0, int(voiced[0]) * block - int(LEAD_SECONDS * RATE))
    end = (int(voiced[-1]) + 1) * block + int(TAIL_SECONDS * RATE)
    active = math.sqrt(float(np.mean(blocks[voiced] ** 2)))
    levelled = _limit(narrow[begin:end] * (10 ** (LEVEL / 20) / active))
    fade = min(block, levelled.size // 2)
    if fade:
        ramp = np.linspace(0.0, 1.0, fade)
        levelled[:fade] *= ramp
        levelled[-fade:] *= ramp[::-1]
    return np.round(levelled * 32767).astype("<i2").tobytes()


def wav(pcm: bytes) -> bytes:
    """A WAV file, mono, 16 bits, RATE Hz."""
    out = io.BytesIO()
    with wave.open(out, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes(pcm)
    return out.getvalue()


def _narrow(samples: Samples, rate: int) -> Samples:
    """At RATE: the whole spectrum at once, as prompts are short; it fades out over PASS, so nothing folds back."""
    common = math.gcd(rate, RATE)
    up, down = RATE // common, rate // common
    blocks = 1 << max(0, math.ceil(samples.size / down) - 1).bit_length()  # a size that the transform is quick at
    spectrum = np.fft.rfft(samples, blocks * down)
    frequency = np.fft.rfftfreq(blocks * down, 1 / rate)
    place = np.clip((frequency - PASS[0]) / (PASS[1] - PASS[0]), 0.0, 1.0)
    spectrum *= 0.5 + 0.5 * np.cos(np.pi * place)
    narrow: Samples = np.fft.irfft(spectrum[: blocks * up // 2 + 1], blocks * up) * (up / down)
    return narrow[: math.ceil(samples.size * up / down)]


def _limit(samples: Samples) -> Samples:
    """Nothing louder than PEAK; what is below KNEE stays as it is."""
    size = np.abs(samples)
    room = PEAK - KNEE
    bent = KNEE + room * np.tanh((size - KNEE) / room)
    limited: Samples = np.where(size > KNEE, np.sign(samples) * bent, samples)
    return limited
