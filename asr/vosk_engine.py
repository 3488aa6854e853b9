"""Vosk: streaming recognition, in a grammar made of the words that are expected.

Vosk drops from a grammar, in silence, what its vocabulary lacks. So every phrase is looked up before, Japanese ones cut
into words that the model has; a phrase that cannot be made of them is left out whole and counted (``Vosk.dropped``).
API: https://github.com/alphacep/vosk-api/blob/master/src/vosk_api.h
"""

from __future__ import annotations

import json
import logging
import threading
import time
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Any

import vosk

from asr import digits
from asr.errors import CannotHear
from asr.speech import RATE, Hint, Hypothesis

log = logging.getLogger(__name__)

_ENGINE = "vosk"
_UNKNOWN = ("[unk]", "<unk>", "<UNK>")
_LONGEST_WORD = 12
"""Letters; no word of a vocabulary is looked for beyond."""
_NOTHING = Hypothesis(text="", confidence=0.0, engine=_ENGINE)


@dataclass(frozen=True, slots=True)
class Grammar:
    """phrases: (id, the words that say it). dropped: ids and phrases that the model has no words for."""

    phrases: tuple[tuple[str, tuple[str, ...]], ...]
    dropped: tuple[tuple[str, str], ...]

    unknown: str
    """The model's word for all others, or empty."""

    def json(self) -> str:
        said = dict.fromkeys(" ".join(words) for _, words in self.phrases)
        return json.dumps([*said, *([self.unknown] if self.unknown else [])], ensure_ascii=False)


class Vosk:
    """asr.speech.Recogniser of one language, with one model folder. Raises CannotHear if it cannot be loaded."""

    streams = True
    """Works while it is fed."""

    def __init__(self, folder: Path, language: str) -> None:
        vosk.SetLogLevel(-1)
        if not (folder / "am").is_dir() and not (folder / "final.mdl").is_file():
            raise CannotHear(f"no Vosk model in {folder}")
        try:
            self._model = vosk.Model(str(folder))
        except Exception as error:  # vosk raises nothing narrower
            raise CannotHear(f"the Vosk model in {folder} cannot be loaded") from error
        self.language = language
        self._lock = threading.Lock()
        self._knows = lru_cache(20_000)(self._look_up)
        self._grammars: dict[tuple[tuple[str, str], ...], Grammar] = {}

    def begin(self, hint: Hint) -> VoskUtterance:
        if hint.mode == "free" or (hint.mode == "choice" and not hint.phrases):
            return VoskUtterance(self._model, hint, None)
        return VoskUtterance(self._model, hint, self.grammar(hint))

    def dropped(self, hint: Hint) -> tuple[tuple[str, str], ...]:
        """(id, phrase) that this model can never hear: for whoever words the menu."""
        return self.grammar(hint).dropped

    def grammar(self, hint: Hint) -> Grammar:
        phrases = hint.phrases
        if hint.mode == "digits":
            phrases = tuple((digit, word) for word, digit in digits.words(self.language).items())
        with self._lock:
            known = self._grammars.get(phrases)
        if known is None:
            known = self._make(phrases)
            with self._lock:
                if len(self._grammars) > 500:
                    self._grammars.clear()
                self._grammars[phrases] = known
            if known.dropped and hint.mode != "digits":
                log.warning(
                    "phrases outside the model's vocabulary are not listened for",
                    extra={"language": self.language, "dropped": len(known.dropped), "kept": len(known.phrases)},
                )
        return known

    def _make(self, phrases: Iterable[tuple[str, str]]) -> Grammar:
        kept, dropped = [], []
        for name, said in phrases:
            words = self._words(said)
            if words:
                kept.append((name, words))
            else:
                dropped.append((name, said))
        return Grammar(tuple(kept), tuple(dropped), next(filter(self._knows, _UNKNOWN), ""))

    def _words(self, said: str) -> tuple[str, ...]:
        """The phrase in words of the model; empty if it has none for some part."""
        parts = _spaced(said).split()
        words: list[str] = []
        for part in parts:
            found = (part,) if self._knows(part) else self._cut(part)
            if not found:
                return ()
            words += found
        return tuple(words)

    def _cut(self, part: str) -> tuple[str, ...]:
        """The fewest words of the vocabulary that make this part; only for scripts written without spaces."""
        if part.isascii():
            return ()
        best: list[tuple[str, ...] | None] = [()] + [None] * len(part)
        for end in range(1, len(part) + 1):
            for begin in range(max(0, end - _LONGEST_WORD), end):
                before, word = best[begin], part[begin:end]
                if before is None or not self._knows(word):
                    continue
                so_far = best[end]
                if so_far is None or len(before) + 1 < len(so_far):
                    best[end] = (*before, word)
        return best[-1] or ()

    def _look_up(self, word: str) -> bool:
        return bool(self._model.vosk_model_find_word(word) >= 0)


def _spaced(text: str) -> str:
    """Lower case, width folded, every mark a space."""
    folded = unicodedata.normalize("NFKC", text).lower()
    return "".join(c if unicodedata.category(c)[0] in "LMN" or c == "'" else " " for c in folded)


class VoskUtterance:
    """asr.speech.Utterance. Works while it is fed, so that ``finish`` takes milliseconds."""

    def __init__(self, model: vosk.Model, hint: Hint, grammar: Grammar | None) -> None:
        arguments = [model, float(RATE)] + ([grammar.json()] if grammar else [])
        self._recogniser = vosk.KaldiRecognizer(*arguments)
        self._recogniser.SetWords(True)
        self._hint, self._grammar = hint, grammar
        self._words: list[tuple[str, float]] = []
        self._seconds = 0.0
        self._odd = b""

    def feed(self, pcm: bytes) -> None:
        began = time.perf_counter()
        pcm = self._odd + pcm
        whole = len(pcm) // 2 * 2
        self._odd = pcm[whole:]
        if whole and self._recogniser.AcceptWaveform(pcm[:whole]):
            # Its own endpoint: what it has must be fetched, or it stays there.
            self._keep(self._recogniser.Result())
        self._seconds += time.perf_counter() - began

    def guess(self) -> Hypothesis:
        """From the partial result: to ask for the final one would end the utterance in the middle of a phrase."""
        partial = json.loads(self._recogniser.PartialResult()).get("partial", "")
        return self._hypothesis([*self._words, *((word, 0.5) for word in partial.split())])

    def finish(self) -> Hypothesis:
        began = time.perf_counter()
        self._keep(self._recogniser.FinalResult())
        self._seconds += time.perf_counter() - began
        return self._hypothesis(self._words)

    def _keep(self, result: str) -> None:
        found: dict[str, Any] = json.loads(result)
        self._words += [(word["word"], float(word.get("conf", 0.5))) for word in found.get("result", ())]

    def _hypothesis(self, heard: list[tuple[str, float]]) -> Hypothesis:
        words = [(word, sure) for word, sure in heard if word not in _UNKNOWN]
        if not words:
            return replace(_NOTHING, seconds=round(self._seconds, 4))
        # What was not understood counts: one known word in a long sentence is no answer.
        confidence = min(1.0, sum(sure for _, sure in words) / len(heard))
        said = [word for word, _ in words]
        text = "".join(said) if self._hint.language in ("ja", "zh") else " ".join(said)
        scores: tuple[tuple[str, float], ...] = ()
        found = ""
        if self._grammar is not None and self._hint.mode == "digits":
            found = digits.read(" ".join(said), self._hint.language)
            found = found[: self._hint.most_digits] if self._hint.most_digits else found
        elif self._grammar is not None:
            scores = self._scores(said, confidence)
        return Hypothesis(
            text=text,
            confidence=round(confidence, 3),
            scores=scores,
            digits=found,
            engine=_ENGINE,
            seconds=round(self._seconds, 4),
        )

    def _scores(self, said: list[str], confidence: float) -> tuple[tuple[str, float], ...]:
        """The phrase that was said, or the last and longest of several: people correct themselves at the end."""
        best: tuple[int, int, str] | None = None
        for name, words in self._grammar.phrases if self._grammar else ():
            for at in range(len(said) - len(words) + 1):
                if tuple(said[at : at + len(words)]) == words:
                    best = max(best or (-1, -1, ""), (at + len(words), len(words), name))
        return ((best[2], round(confidence, 4)),) if best else ()
