"""``denwaban call``: the test caller, with a voice for the texts of its script."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

from asr.sound import wav
from asr.voices import Espeak, OpenJTalk
from gateway.settings import Settings
from telephony import caller


def main(argv: Sequence[str], settings: Settings) -> int:
    with tempfile.TemporaryDirectory(prefix="denwaban-call-") as folder:
        return caller.main(argv, speak=speaker(Path(folder)))


def speaker(folder: Path) -> Callable[[str], Path]:
    """Texts to WAV files below ``folder``, in Japanese when any of it is Japanese, else in English."""
    made: dict[str, Path] = {}

    def speak(text: str) -> Path:
        if text not in made:
            voice = OpenJTalk() if any("\u3040" <= c <= "\u9fff" for c in text) else Espeak()
            made[text] = folder / f"{len(made)}.wav"
            made[text].write_bytes(wav(voice.speak(text)))
        return made[text]

    return speak
