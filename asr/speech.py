"""The words that the ear, the mouth and those who use them share."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any, Literal, Protocol

from pydantic import Field, TypeAdapter

Mode = Literal["free", "choice", "digits"]

RATE = 8000
"""Samples a second of ``pcm`` everywhere: signed 16-bit mono, 20 ms frames of 320 bytes."""
FRAME_SECONDS = 0.02
FRAME_BYTES = 320


@dataclass(frozen=True, slots=True, kw_only=True)
class Hint:
    """What is expected to be heard.

    mode: ``choice`` one of phrases (a closed list), ``digits`` a string of spoken digits, ``free`` anything.
    phrases: (id, how it is said); one id may have several. prompt: a sentence of the domain that helps free decoding.
    slow: the caller takes time, so more silence is waited for before an utterance counts as over.
    """

    language: str
    mode: Mode = "free"
    phrases: tuple[tuple[str, str], ...] = ()
    prompt: str = ""
    most_digits: Annotated[int, Field(ge=0, le=32)] = 0
    slow: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Hypothesis:
    """What was heard. text is empty when there was no speech in the sound.

    confidence: 0..1. scores: (id of Hint.phrases, 0..1 share) best first, when a closed list was scored.
    digits: the digits heard, in ``digits`` mode. seconds: what recognition took.
    """

    text: str
    confidence: float
    scores: tuple[tuple[str, float], ...] = ()
    digits: str = ""
    engine: str = ""
    seconds: float = 0.0


class Recogniser(Protocol):
    """One engine with one model. Blocking; lives in an ear worker. A new utterance is a new ``begin``."""

    language: str

    def begin(self, hint: Hint) -> Utterance: ...


class Utterance(Protocol):
    def feed(self, pcm: bytes) -> None:
        """More sound of this utterance, any number of whole samples."""

    def guess(self) -> Hypothesis:
        """What was said so far, at a pause that may be the end; ``feed`` may go on after it."""

    def finish(self) -> Hypothesis:
        """What was said; the utterance is over."""


class Voice(Protocol):
    """One synthesiser with one voice. Blocking; lives in a mouth worker."""

    language: str
    name: str

    def speak(self, text: str, speed: float = 1.0) -> bytes:
        """PCM at RATE. Raises asr.errors.CannotSpeak."""


hints: TypeAdapter[Hint] = TypeAdapter(Hint)
hypotheses: TypeAdapter[Hypothesis] = TypeAdapter(Hypothesis)


def dump_hint(hint: Hint) -> dict[str, Any]:
    data: dict[str, Any] = hints.dump_python(hint, mode="json")
    return data


def dump_hypothesis(hypothesis: Hypothesis) -> dict[str, Any]:
    data: dict[str, Any] = hypotheses.dump_python(hypothesis, mode="json")
    return data
