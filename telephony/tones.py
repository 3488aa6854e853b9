"""The two sounds that the line makes itself: the tone before a recording, and the sound while callers wait for us."""

from __future__ import annotations

import io
import os
import wave
from pathlib import Path

import numpy as np
import numpy.typing as npt

RATE = 8000
RECORD_HZ = 1000.0
WAITING_HZ = (440.0, 554.4)
WAITING_EVERY = 1.6


def tone(hertz: float, seconds: float, level: float) -> npt.NDArray[np.float64]:
    """A sine with soft edges of 15 ms. level: 0..1 of full scale."""
    times = np.arange(round(seconds * RATE)) / RATE
    edge = np.minimum(np.minimum(times, times[::-1]) / 0.015, 1.0)
    wave_form: npt.NDArray[np.float64] = level * edge * np.sin(2 * np.pi * hertz * times)
    return wave_form


def record_tone() -> bytes:
    """PCM: a third of a second of 1 kHz, then a breath."""
    return pcm(np.concatenate([tone(RECORD_HZ, 0.35, 0.2), np.zeros(RATE // 10)]))


def waiting_sound() -> bytes:
    """PCM of one turn: two soft notes and a rest, to be repeated."""
    notes = [tone(hertz, 0.4, 0.08) for hertz in WAITING_HZ]
    rest = np.zeros(round((WAITING_EVERY - 0.8) * RATE))
    return pcm(np.concatenate([*notes, rest]))


def wav(sound: bytes) -> bytes:
    """A WAV file of 8 kHz, 16 bit, mono."""
    file = io.BytesIO()
    with wave.open(file, "wb") as writer:
        writer.setnchannels(1)
        writer.setsampwidth(2)
        writer.setframerate(RATE)
        writer.writeframes(sound)
    return file.getvalue()


def keep(folder: Path, name: str, sound: bytes) -> Path:
    """Write it as a WAV where players find it; complete or not at all, as several workers share the folder."""
    folder.mkdir(parents=True, exist_ok=True)
    path, fresh = folder / f"{name}.wav", folder / f".{name}.{os.getpid()}"
    fresh.write_bytes(wav(sound))
    fresh.replace(path)
    return path


def pcm(samples: npt.NDArray[np.float64]) -> bytes:
    """16-bit samples of -1..1 ones."""
    return (np.clip(samples, -1, 1) * 32767).astype("<i2").tobytes()
