"""``denwaban call``: the test caller. Speaks WAV files or texts over a real SIP call and prints what it hears."""

from __future__ import annotations

import asyncio
import tempfile
import wave
from collections.abc import Sequence
from pathlib import Path

from asr.speech import RATE
from asr.voices import voice_for
from gateway.settings import Settings
from telephony import caller


def main(argv: Sequence[str], settings: Settings) -> int:
    with tempfile.TemporaryDirectory(prefix="denwaban-call-") as folder:

        def speak(text: str, language: str) -> Path:
            path = Path(folder) / f"{abs(hash((text, language))):x}.wav"
            pcm = voice_for(language, settings.english_voice).speak(text)
            with wave.open(str(path), "wb") as sound:
                sound.setnchannels(1)
                sound.setsampwidth(2)
                sound.setframerate(RATE)
                sound.writeframes(pcm)
            return path

        return asyncio.run(caller.main(argv, speak=speak, default_target=f"{settings.host}:{settings.sip_port}"))
