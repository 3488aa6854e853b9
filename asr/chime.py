"""Two soft tones: what a caller hears when there is no voice, so that a line is never dead."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from asr.sound import wav
from asr.speech import RATE

TONES = ((660.0, 0.18), (880.0, 0.30))
"""(Hz, seconds); both inside the telephone band and away from the DTMF and SIT frequencies."""
AMPLITUDE = 0.16


def chime() -> bytes:
    """PCM at RATE, about half a second."""
    pieces = []
    for frequency, seconds in TONES:
        at = np.arange(int(seconds * RATE)) / RATE
        swell = np.minimum(1.0, at / 0.01) * np.exp(-5.0 * at / seconds) * np.minimum(1.0, (seconds - at) / 0.02)
        pieces.append(AMPLITUDE * swell * np.sin(2 * np.pi * frequency * at))
    return np.round(np.concatenate(pieces) * 32767).astype("<i2").tobytes()


def chime_file(folder: Path) -> Path:
    """The chime as a WAV file in ``folder``, made if it is not there. Raises OSError."""
    path = folder / "chime.wav"
    if not path.exists():
        folder.mkdir(parents=True, exist_ok=True)
        part = path.with_suffix(".part")
        part.write_bytes(wav(chime()))
        part.replace(path)
    return path
