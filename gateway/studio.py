"""The voice with which an admin tries a tree in the browser: what the ear hears, what the mouth says."""

from __future__ import annotations

from asr.ear_client import EarClient
from asr.errors import CannotSpeak
from asr.listening import Listening
from asr.mouth import Mouth
from asr.segmenter import PACES
from asr.speech import Hint, dump_hint
from asr.vad import Gate
from channels.voicemail import stretches

HEARS_WITHIN = 10.0


class Studio:
    def __init__(self, ear: EarClient, mouth: Mouth) -> None:
        self._ear, self._mouth = ear, mouth

    async def hear(self, pcm: bytes, language: str) -> str | None:
        """What was said in this sound (16-bit mono, 8 kHz), empty for nothing; None when there is no ear now."""
        if not self._ear.up:
            return None
        hint, texts = dump_hint(Hint(language=language)), []
        for stretch in stretches(pcm, Listening(Gate(), PACES["free"])):
            utterance = self._ear.begin(hint)
            utterance.feed(stretch)
            heard = await utterance.finish(HEARS_WITHIN)
            if heard is None:
                return None
            texts.append(str(heard.get("text", "")))
        return (" " if language == "en" else "、").join(text for text in texts if text)

    async def say(self, text: str, language: str) -> bytes | None:
        """A WAV file; None when there is no mouth now."""
        try:
            path = await self._mouth.file(text, language, keep=False)
        except CannotSpeak:
            return None
        try:
            return path.read_bytes()
        finally:
            self._mouth.forget(path)
