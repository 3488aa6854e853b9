from __future__ import annotations

import wave
from pathlib import Path

import numpy as np
import pytest

from telephony import tones
from telephony.errors import BadScript


def test_the_waiting_sound_is_soft_and_never_long_silent() -> None:
    samples = np.frombuffer(tones.waiting_sound(), "<i2").astype(float)
    assert np.max(np.abs(samples)) < 3300
    loud = np.flatnonzero(np.abs(np.concatenate([samples, samples])) > 150)
    assert np.max(np.diff(loud)) / tones.RATE < 1.0


def test_a_kept_sound_is_read_back_as_it_was(tmp_path: Path) -> None:
    path = tones.keep(tmp_path / "sounds", "record", tones.record_tone())
    assert tones.read_wav(path) == tones.record_tone()
    assert [file.name for file in path.parent.iterdir()] == ["record.wav"]


def test_a_file_of_another_rate_and_two_channels_becomes_8_khz_mono(tmp_path: Path) -> None:
    path = tmp_path / "stereo.wav"
    left = np.full(16_000, 1000, "<i2")
    with wave.open(str(path), "wb") as file:
        file.setnchannels(2)
        file.setsampwidth(2)
        file.setframerate(16_000)
        file.writeframes(np.column_stack([left, -left]).astype("<i2").tobytes())
    samples = np.frombuffer(tones.read_wav(path), "<i2")
    assert (len(samples), set(samples)) == (8000, {1000})


def test_what_is_no_sound_file_is_refused_by_name_alone(tmp_path: Path) -> None:
    path = tmp_path / "x.wav"
    path.write_bytes(b"RIFF nothing")
    with pytest.raises(BadScript, match=r"^x\.wav"):
        tones.read_wav(path)
