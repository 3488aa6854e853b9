"""Sounds that the line makes itself, files of sound, and how loud a frame is."""

from __future__ import annotations

import io
import os
import wave
from pathlib import Path

import numpy as np
import numpy.typing as npt

from telephony.errors import BadScript
from telephony.goertzel import HIGH, LOW, PAD

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


def level(frame: bytes) -> float:
    """RMS of 16-bit samples."""
    samples = np.frombuffer(frame, "<i2").astype(np.float64)
    return float(np.sqrt(np.mean(samples * samples))) if len(samples) else 0.0


def read_wav(path: Path) -> bytes:
    """PCM at 8 kHz of a WAV with 16 bits, mono or more, any rate. Raises BadScript."""
    try:
        with wave.open(str(path)) as file:
            rate, channels, width = file.getframerate(), file.getnchannels(), file.getsampwidth()
            raw = file.readframes(file.getnframes())
    except (OSError, wave.Error, EOFError) as error:
        raise BadScript(f"{path.name} is no sound file that can be read: {error}") from error
    if width != 2:
        raise BadScript(f"{path.name} has {8 * width} bits a sample; 16 are needed")
    samples = np.frombuffer(raw, "<i2").reshape(-1, channels)[:, 0].astype(np.float64)
    if rate != RATE:
        wanted = np.arange(0, len(samples), rate / RATE)
        samples = np.interp(wanted, np.arange(len(samples)), samples)
    return samples.astype("<i2").tobytes()


def key(digit: str) -> bytes:
    """PCM of a key's two tones, a tenth of a second, and as much silence."""
    row = next(n for n, keys in enumerate(PAD) if digit.upper() in keys)
    column = PAD[row].index(digit.upper())
    both = tone(LOW[row], 0.1, 0.25) + tone(HIGH[column], 0.1, 0.25)
    return pcm(np.concatenate([both, np.zeros(RATE // 10)]))
