from __future__ import annotations

import io
import wave
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from asr.chime import chime, chime_file
from asr.errors import CannotSpeak
from asr.sound import PEAK, telephone, wav
from asr.speech import RATE


def tone(hertz: float, rate: int, seconds: float = 1.0) -> NDArray[np.float64]:
    return np.sin(2 * np.pi * hertz * np.arange(int(seconds * rate)) / rate)


def heard(pcm: bytes) -> NDArray[np.float64]:
    return np.frombuffer(pcm, "<i2").astype(np.float64) / 32768


def loudness(samples: NDArray[np.float64]) -> float:
    return float(20 * np.log10(np.sqrt(np.mean(samples**2))))


@pytest.mark.parametrize("rate", [8000, 16000, 22050, 24000, 44100, 48000])
@pytest.mark.parametrize("scale", [0.01, 1.0, 30000.0])
def test_any_rate_and_any_scale_become_one_level_at_8_khz(rate: int, scale: float) -> None:
    samples = heard(telephone(scale * tone(1000, rate), rate))
    assert len(samples) == pytest.approx(RATE, abs=2 * 0.06 * RATE)
    assert loudness(samples[800:-800]) == pytest.approx(-19, abs=0.5)
    spectrum = np.abs(np.fft.rfft(samples[800:6800]))
    assert np.argmax(spectrum) * RATE / 6000 == pytest.approx(1000, abs=3)


@pytest.mark.parametrize("hertz", [4100, 5000, 7000])
def test_what_lies_above_the_band_does_not_fold_back_into_it(hertz: int) -> None:
    wanted = tone(1000, 48000)
    clean, mixed = (heard(telephone(x, 48000)) for x in (wanted, wanted + tone(hertz, 48000)))
    residue = mixed[1000:7000] - clean[1000:7000]
    assert loudness(residue + 1e-9) < loudness(clean[1000:7000]) - 50


def test_a_burst_is_limited_and_not_clipped() -> None:
    samples = 0.05 * tone(500, 16000, 2.0)
    samples[16000:16400] *= 20
    levelled = heard(telephone(samples, 16000))
    assert np.abs(levelled).max() <= PEAK + 0.01
    assert (np.abs(levelled) > 0.999).sum() == 0


def test_silence_around_the_words_is_cut_to_a_breath() -> None:
    quiet = np.zeros(16000)
    samples = telephone(np.concatenate([quiet, tone(500, 16000, 0.5), quiet]), 16000)
    assert len(samples) / 2 / RATE == pytest.approx(0.58, abs=0.01)


@pytest.mark.parametrize("samples", [np.zeros(0), np.zeros(8000), np.full(100, np.nan), np.full(8000, 0.5)])
def test_what_is_no_sound_is_refused(samples: NDArray[np.float64]) -> None:
    with pytest.raises(CannotSpeak):
        telephone(samples, 16000)


def test_the_file_is_what_the_line_plays() -> None:
    with wave.open(io.BytesIO(wav(bytes(640)))) as file:
        assert (file.getnchannels(), file.getsampwidth(), file.getframerate(), file.getnframes()) == (1, 2, RATE, 320)


def test_the_chime_is_two_soft_tones_and_nothing_that_a_telephone_takes_for_a_key() -> None:
    samples = heard(chime())
    assert 0.3 < len(samples) / RATE < 0.8
    assert 0.05 < np.abs(samples).max() < 0.3
    assert abs(samples[0]) < 0.01
    assert abs(samples[-1]) < 0.01
    first = np.abs(np.fft.rfft(samples[: int(0.18 * RATE)]))
    assert np.argmax(first) * RATE / int(0.18 * RATE) == pytest.approx(660, abs=10)


def test_the_chime_is_a_file_made_once(tmp_path: Path) -> None:
    folder = tmp_path / "sounds"
    path = chime_file(folder)
    before = path.stat().st_mtime_ns
    assert chime_file(folder) == path
    assert path.stat().st_mtime_ns == before
    assert path.read_bytes() == wav(chime())
