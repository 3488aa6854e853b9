"""The ear worker's wiring: which recogniser hears which language."""

from __future__ import annotations

import asyncio
import logging
import os
from collections.abc import Callable
from pathlib import Path

from asr.ear import Ear
from asr.errors import AsrError
from asr.models import Found, find_vosk, find_whisper, whisper_folder
from asr.speech import Hint, Recogniser
from gateway.errors import Complaint
from gateway.settings import Settings

log = logging.getLogger(__name__)

LANGUAGES = ("ja", "en")


async def run(settings: Settings, index: int) -> None:
    """Serve the ear's socket ``index`` until cancelled. With no model at all it says so, and the calls go on by keys.

    Raises Complaint for a model that is named and not there, and CannotHear when an engine hangs.
    """
    if settings.recogniser == "none":
        log.info("No recogniser by setting; callers use keys")
        await asyncio.Event().wait()
    try:
        recognisers = await asyncio.to_thread(load, settings)
    except AsrError as error:
        raise Complaint(str(error)) from error
    for language in languages(settings):
        if language not in recognisers:
            log.warning("No speech model; callers use keys", extra={"language": language})
    ear = Ear(recognisers, workers=workers())
    await ear.serve(
        settings.ear_socket(index),
        on_ready=lambda: log.info("The ear listens", extra={"recognisers": ear.ready}),
    )


def languages(settings: Settings) -> tuple[str, ...]:
    return tuple(dict.fromkeys((*LANGUAGES, *settings.vosk_models)))


def choose(language: str, settings: Settings) -> Found | None:
    """The model for a language by the setting ``recogniser``: Vosk where there is one, else Whisper, else none."""
    if settings.recogniser in ("auto", "vosk"):
        found = find_vosk(language, settings.vosk_models, settings.models_folder)
        if found is not None or settings.recogniser == "vosk":
            return found
    if settings.recogniser in ("auto", "whisper"):
        return find_whisper(settings.whisper_model, settings.models_folder)
    return None


def load(settings: Settings) -> dict[str, Recogniser]:
    """Language to recogniser, warmed up. Blocking: seconds. Raises AsrError."""
    recognisers: dict[str, Recogniser] = {}
    whispers: dict[Path, Callable[[str], Recogniser]] = {}
    for language in languages(settings):
        found = choose(language, settings)
        if found is None:
            continue
        if found.engine == "vosk" and found.path is not None:
            from asr.vosk_engine import Vosk

            recognisers[language] = Vosk(found.path, language)
            continue
        folder = whisper_folder(found, settings.models_folder)
        if folder not in whispers:
            whispers[folder] = _whisper(folder)
        recognisers[language] = whispers[folder](language)
    for recogniser in recognisers.values():
        warm_up(recogniser)
    return recognisers


def _whisper(folder: Path) -> Callable[[str], Recogniser]:
    """One model for all languages. An engine takes hundreds of megabytes: imported only where it is used."""
    from asr.whisper import Whisper, WhisperRecogniser

    model = Whisper(folder, threads=threads(), workers=workers())
    return lambda language: WhisperRecogniser(model, language)


def warm_up(recogniser: Recogniser) -> None:
    """The first decoding is slow; no caller should have it."""
    utterance = recogniser.begin(Hint(language=recogniser.language))
    utterance.feed(bytes(16000))
    utterance.finish()


def threads() -> int:
    """Cores that one utterance is decoded on: beyond two, waiting for each other eats the gain."""
    return min(2, os.cpu_count() or 1)


def workers() -> int:
    """Utterances decoded at once."""
    return max(1, (os.cpu_count() or 1) // threads())
