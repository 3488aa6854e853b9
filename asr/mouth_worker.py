"""The mouth's worker: texts in, sound out, over a Unix socket; its voices are processes that may be killed.

worker -> hub   {"voices": {"ja": "openjtalk ...", "en": "espeak ..."}}   at once
hub -> worker   {"text": "...", "language": "ja", "speed": 1.0}           any number, one after the other
worker -> hub   Sound ... {"done": true}  or  {"error": "why"}
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from asr.errors import CannotSpeak
from asr.pronunciation import parts
from asr.speech import RATE
from asr.voice_process import VoiceProcess
from wire.frames import BadFrame, Sound, pack, read

log = logging.getLogger(__name__)
_PIECE = 1 << 16
_BREATH = bytes(2 * int(0.2 * RATE))
"""Silence between two voices of one text."""


async def serve(path: Path, kinds: Sequence[str]) -> None:
    """Speak until cancelled. kinds: of asr.voices.VOICES, one a language. Raises CannotSpeak when none starts."""
    processes = [VoiceProcess(kind) for kind in kinds]
    try:
        voices: dict[str, VoiceProcess] = {}
        results = await asyncio.gather(*(process.start() for process in processes), return_exceptions=True)
        for process, result in zip(processes, results, strict=True):
            if isinstance(result, CannotSpeak):
                log.error("A voice does not start", extra={"voice": process.kind})
            elif isinstance(result, BaseException):
                raise result
            else:
                voices[process.language] = process
        if not voices:
            raise CannotSpeak(f"none of the voices starts: {', '.join(kinds)}")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.unlink(missing_ok=True)
        server = await asyncio.start_unix_server(lambda r, w: _serve_one(voices, r, w), path)
        path.chmod(0o600)
        log.info("The mouth speaks", extra={"voices": sorted(voices)})
        async with server:
            await server.serve_forever()
    finally:
        for process in processes:
            await process.close()


async def _serve_one(
    voices: dict[str, VoiceProcess], reader: asyncio.StreamReader, writer: asyncio.StreamWriter
) -> None:
    try:
        writer.write(pack({"voices": {language: voice.name for language, voice in voices.items()}}))
        while (order := await read(reader)) is not None:
            if isinstance(order, Sound):
                raise BadFrame("sound where texts are given")
            await _speak(voices, order, writer)
            await writer.drain()
    except (BadFrame, OSError, asyncio.CancelledError):
        pass
    finally:
        with contextlib.suppress(OSError):
            writer.close()


async def _speak(voices: dict[str, VoiceProcess], order: dict[str, Any], writer: asyncio.StreamWriter) -> None:
    try:
        text, language, speed = order["text"], order["language"], order.get("speed", 1.0)
    except KeyError as error:
        raise BadFrame("not an order to speak") from error
    if not isinstance(text, str) or not isinstance(speed, int | float):
        raise BadFrame("not an order to speak")
    try:
        spoken = []
        for piece_language, piece in parts(text, language):
            voice = voices.get(piece_language) or voices.get(language)
            if voice is None:
                raise CannotSpeak(f"there is no voice for {language!r:.12}")
            spoken.append(await voice.speak(piece, float(speed)))
        pcm = _BREATH.join(spoken)
    except CannotSpeak as error:
        writer.write(pack({"error": str(error)}))
        return
    for at in range(0, len(pcm), _PIECE):
        writer.write(pack(Sound(0, pcm[at : at + _PIECE])))
    writer.write(pack({"done": True}))
