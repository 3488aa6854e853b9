"""Whisper through CTranslate2, made quick enough for a telephone.

- A window as long as the sound and two seconds is encoded, instead of the 30 s that the model was trained on; only if
  that makes it loop, the long window after all.
- A closed list is not decoded but scored: the probability of each candidate's tokens under teacher forcing, all in one
  batch (``align``). Digits are decoded with everything else suppressed.
- What was said freely is decoded greedily, loops are collapsed, and what no one says is not believed.

faster-whisper serves for features and tokens alone. The model: https://arxiv.org/abs/2212.04356.
"""

from __future__ import annotations

import math
import re
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import ctranslate2
import numpy as np
import numpy.typing as npt
import tokenizers
from faster_whisper.feature_extractor import FeatureExtractor
from faster_whisper.tokenizer import Tokenizer

from asr import digits
from asr.hearsay import collapse, plain, was_said
from asr.speech import RATE, Hint, Hypothesis, Mode

WINDOW = 15.0
"""Seconds that are encoded at most; what is longer is cut."""
SHORTEST: dict[Mode, float] = {"choice": 6.0, "free": 10.0, "digits": WINDOW}
"""Shorter windows loop. Numbers gain most by a long one, and their end is waited for longest."""
MARGIN = 2.0
"""Silence after the words, so that the model sees their end."""
CANDIDATES = 24
"""Ways of saying that are scored at most; more would be slower than decoding."""

_WHISPER_RATE = 16000
_HOP = 160
_ENGINE = "whisper"
_NOTHING = Hypothesis(text="", confidence=0.0, engine=_ENGINE)


def _halfband() -> npt.NDArray[np.float32]:
    """The odd samples between the given ones: windowed sinc, 16 taps a side."""
    at = np.arange(-15.5, 16.5)
    taps: npt.NDArray[np.float32] = (np.sinc(at) * np.kaiser(len(at), 6.0)).astype(np.float32)
    return taps


_TAPS = _halfband()


def doubled(pcm: bytes) -> npt.NDArray[np.float32]:
    """8 kHz PCM as 16 kHz floats in -1..1, nothing above 4 kHz."""
    given = np.frombuffer(pcm, "<i2").astype(np.float32) / 32768
    out = np.empty(2 * len(given), np.float32)
    out[0::2] = given
    if len(given):
        out[1::2] = np.convolve(given, _TAPS)[16 : 16 + len(given)]
    return out


@dataclass(frozen=True, slots=True)
class _Encoded:
    """frames: of the window, a hundred a second. seconds: of the sound in it."""

    states: Any
    frames: int
    seconds: float


class Whisper:
    """The model, shared by languages and threads. ``workers`` utterances at once, each on ``threads`` cores."""

    def __init__(self, folder: Path, *, threads: int = 2, workers: int = 1) -> None:
        self._model = ctranslate2.models.Whisper(
            str(folder), device="cpu", compute_type="int8", intra_threads=threads, inter_threads=workers
        )
        self._features = FeatureExtractor()
        self._tokens = tokenizers.Tokenizer.from_file(str(folder / "tokenizer.json"))
        self._tokenizers: dict[str, Tokenizer] = {}
        self._not_digits: list[int] | None = None
        self._lock = threading.Lock()

    def tokenizer(self, language: str) -> Tokenizer:
        with self._lock:
            if language not in self._tokenizers:
                self._tokenizers[language] = Tokenizer(self._tokens, True, task="transcribe", language=language)
            return self._tokenizers[language]

    def encode(self, pcm: bytes, shortest: float) -> _Encoded:
        sound = doubled(pcm[: round(WINDOW * RATE) * 2])
        seconds = min(WINDOW, max(shortest, len(sound) / _WHISPER_RATE + MARGIN))
        samples = round(seconds * _WHISPER_RATE) // (2 * _HOP) * 2 * _HOP
        padded = np.zeros(samples, np.float32)
        padded[: len(sound)] = sound[:samples]
        features = self._features(padded, padding=0)[None, :, : samples // _HOP]
        view = ctranslate2.StorageView.from_array(np.ascontiguousarray(features, np.float32))
        return _Encoded(self._model.encode(view), samples // _HOP, len(sound) / _WHISPER_RATE)

    def decode(self, sound: _Encoded, language: str, prompt: str) -> tuple[str, float, float]:
        """(text, mean log probability of its tokens, probability of no speech)."""
        tokens = self.tokenizer(language)
        start = self._start(tokens, prompt)
        most = len(start) + 10 + round(8 * sound.seconds)  # nobody says more; a loop does
        result = self._model.generate(
            sound.states,
            [start],
            beam_size=1,
            max_length=min(448, most),
            return_scores=True,
            return_no_speech_prob=True,
            suppress_tokens=[-1],
        )[0]
        text = tokens.decode([token for token in result.sequences_ids[0] if token < tokens.eot])
        return text.strip(), result.scores[0], result.no_speech_prob

    def decode_digits(self, sound: _Encoded, language: str, most: int) -> tuple[str, float]:
        """(digits, mean log probability), nothing but digits allowed; no more than ``most`` if that is not 0."""
        tokens = self.tokenizer(language)
        start = self._start(tokens, "")
        result = self._model.generate(
            sound.states,
            [start],
            beam_size=5,
            num_hypotheses=5,
            max_length=len(start) + 24,
            return_scores=True,
            suppress_blank=False,
            suppress_tokens=self._all_but_digits(tokens),
        )[0]
        found = [
            (re.sub(r"\D", "", tokens.decode([token for token in ids if token < tokens.eot])), score)
            for ids, score in zip(result.sequences_ids, result.scores, strict=True)
        ]
        fitting = [one for one in found if one[0] and (not most or len(one[0]) <= most)]
        return fitting[0] if fitting else ("", -10.0)

    def score(self, sound: _Encoded, language: str, texts: Sequence[str]) -> list[float]:
        """How well each text fits the sound: log probability over a power of its length, between -14 and 0."""
        tokens = self.tokenizer(language)
        lead = "" if language in ("ja", "zh", "th") else " "
        spelt = [tokens.encode(lead + text) or [tokens.eot] for text in texts]
        states = np.asarray(sound.states)
        batch = ctranslate2.StorageView.from_array(np.ascontiguousarray(np.repeat(states, len(spelt), axis=0)))
        results = self._model.align(batch, list(tokens.sot_sequence), spelt, [sound.frames] * len(spelt))
        return [_fit(result.text_token_probs) for result in results]

    def _start(self, tokens: Tokenizer, prompt: str) -> list[int]:
        before = [tokens.sot_prev, *tokens.encode(" " + prompt.strip())[-150:]] if prompt.strip() else []
        return [*before, *tokens.sot_sequence, tokens.no_timestamps]

    def _all_but_digits(self, tokens: Tokenizer) -> list[int]:
        with self._lock:
            if self._not_digits is None:
                allowed = {
                    number
                    for number in range(tokens.eot)
                    if re.fullmatch(r"\s?[0-9]{1,4}|-", self._tokens.decode([number]) or "")
                }
                everything = range(self._tokens.get_vocab_size())
                self._not_digits = [number for number in everything if number not in allowed and number != tokens.eot]
            return self._not_digits


def _fit(probabilities: Sequence[float]) -> float:
    logs = [math.log(max(p, 1e-6)) for p in probabilities]
    return float(sum(logs) / len(logs) ** 0.7)


class WhisperRecogniser:
    """asr.speech.Recogniser of one language."""

    def __init__(self, model: Whisper, language: str) -> None:
        self._model, self.language = model, language

    def begin(self, hint: Hint) -> WhisperUtterance:
        return WhisperUtterance(self._model, replace(hint, language=self.language))


class WhisperUtterance:
    """asr.speech.Utterance. ``finish`` costs nothing if nothing was fed since ``guess``."""

    def __init__(self, model: Whisper, hint: Hint) -> None:
        self._model, self._hint = model, hint
        self._pcm = bytearray()
        self._guessed: tuple[int, Hypothesis] | None = None

    def feed(self, pcm: bytes) -> None:
        room = round(WINDOW * RATE) * 2 - len(self._pcm)
        self._pcm += pcm[:room]

    def guess(self) -> Hypothesis:
        if self._guessed is None or self._guessed[0] != len(self._pcm):
            began = time.perf_counter()
            heard = self._hear(bytes(self._pcm[: len(self._pcm) // 2 * 2]))
            self._guessed = (len(self._pcm), replace(heard, seconds=round(time.perf_counter() - began, 4)))
        return self._guessed[1]

    def finish(self) -> Hypothesis:
        return self.guess()

    def _hear(self, pcm: bytes) -> Hypothesis:
        if len(pcm) < 0.06 * RATE * 2:
            return _NOTHING
        sound = self._model.encode(pcm, SHORTEST[self._hint.mode])
        text, mean, no_speech = self._model.decode(sound, self._hint.language, self._hint.prompt)
        if self._hint.mode == "free" and collapse(text) != text and sound.frames < WINDOW * 100:
            sound = self._model.encode(pcm, WINDOW)
            text, mean, no_speech = self._model.decode(sound, self._hint.language, self._hint.prompt)
        confidence = math.exp(min(0.0, mean))
        text = collapse(text)
        if self._hint.mode == "choice" and self._hint.phrases:
            return self._choose(sound, text, no_speech)
        if self._hint.mode == "digits":
            return self._count(sound, text, no_speech)
        if not was_said(text, confidence, no_speech):
            return _NOTHING
        return Hypothesis(text=text, confidence=round(confidence, 3), engine=_ENGINE)

    def _choose(self, sound: _Encoded, text: str, no_speech: float) -> Hypothesis:
        phrases = _one_each_first(self._hint.phrases)[:CANDIDATES]
        free = [plain(text)] if plain(text) else []
        fits = self._model.score(sound, self._hint.language, [said for _, said in phrases] + ([text] if free else []))
        best: dict[str, tuple[float, str]] = {}
        for (name, said), fit in zip(phrases, fits, strict=False):
            if plain(said) and plain(said) in free:
                fit = max(fit, fits[-1])
            if name not in best or fit > best[name][0]:
                best[name] = (fit, said)
        ranked = sorted(((name, *found) for name, found in best.items()), key=lambda one: -one[1])
        top = ranked[0][1]
        weights = [math.exp(fit - top) for _, fit, _ in ranked]
        shares = tuple((name, round(w / sum(weights), 4)) for (name, _, _), w in zip(ranked, weights, strict=True))
        # The share says which of the list, the fit whether any: a caller who says none of it must not choose one.
        confidence = shares[0][1] / (1 + math.exp(_STEEP * (_DOUBTFUL - top)))
        if no_speech > 0.8 and confidence < 0.3:
            return _NOTHING
        said = ranked[0][2] if confidence >= 0.5 else text
        return Hypothesis(text=said, confidence=round(confidence, 3), scores=shares, engine=_ENGINE)

    def _count(self, sound: _Encoded, text: str, no_speech: float) -> Hypothesis:
        language, most = self._hint.language, self._hint.most_digits
        read = digits.read(text, language)
        if most == 1:
            phrases = tuple((d, said) for d in "0123456789" for said in (d, digits.spoken(d, language)))
            one = replace(self._hint, mode="choice", phrases=phrases)
            heard = WhisperUtterance(self._model, one)._choose(sound, text, no_speech)
            return replace(heard, digits=heard.scores[0][0] if heard.scores else "")
        found, mean = self._model.decode_digits(sound, language, most)
        confidence = math.exp(min(0.0, mean))
        if found and found == read:
            confidence = math.sqrt(confidence)
        elif read:
            confidence *= 0.5
        if not found or (not read and no_speech > 0.6):
            return _NOTHING
        return Hypothesis(text=text, confidence=round(confidence, 3), digits=found, engine=_ENGINE)


_DOUBTFUL, _STEEP = -5.6, 1.4
"""A best fit at which a sentence outside the list is as likely as a word of it, and how fast that changes; found with
synthetic words and sentences of both languages through G.711."""


def _one_each_first(phrases: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
    """Every id once before any id twice, so that a cut list still holds every choice."""
    turns: dict[str, int] = {}
    ranked = []
    for place, (name, said) in enumerate(phrases):
        turns[name] = turns.get(name, -1) + 1
        ranked.append((turns[name], place, (name, said)))
    return [phrase for _, _, phrase in sorted(ranked)]
