from __future__ import annotations

import numpy as np
import pytest

from asr.speech import Hint, Hypothesis
from gateway.bench_telephone import Telephone, caller_voice
from ivr.actions import Ask

ASK = Ask(node="matter", text="ご用件は？", language="ja", expects="open")


class _Tape:
    """A recogniser that keeps the sound it is given."""

    language = "ja"

    def __init__(self) -> None:
        self.pcm = b""

    def begin(self, hint: Hint) -> _Tape:
        self.pcm = b""
        return self

    def feed(self, pcm: bytes) -> None:
        self.pcm += pcm

    def guess(self) -> Hypothesis:
        return self.finish()

    def finish(self) -> Hypothesis:
        return Hypothesis(text="tape", confidence=1.0)


def _quietest(pcm: bytes) -> float:
    """Root mean square of the quietest twentieth, in steps."""
    frames = np.frombuffer(pcm, "<i2").astype(np.float64)
    frames = frames[: len(frames) // 160 * 160].reshape(-1, 160)
    levels = np.sort(np.sqrt(np.mean(frames**2, axis=1)))
    return float(levels[: max(1, len(levels) // 20)].mean())


@pytest.mark.real
async def test_a_sentence_reaches_the_ear_through_the_gate_and_noise_is_beside_it_when_asked_for() -> None:
    tape, noisy = _Tape(), _Tape()
    async with Telephone(tape) as telephone:
        heard = await telephone.hears("住所を変えたいのですが", ASK)
    async with Telephone(noisy, snr=20.0) as telephone:
        await telephone.hears("住所を変えたいのですが", ASK)
    assert heard is not None
    assert len(tape.pcm) > 8000 * 2
    assert _quietest(noisy.pcm) > 2 * _quietest(tape.pcm) + 10


def test_japanese_has_one_voice_and_english_the_best_that_is_there() -> None:
    assert caller_voice("ja") == "openjtalk"
    assert caller_voice("en") in ("piper", "espeak")
