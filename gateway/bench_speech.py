"""How well and how fast speech is recognised, on a folder of recorded speech that no one tuned to.

The folder holds ``manifest.tsv`` (path, language, transcript, intent, slot, condition ...) and sound files. Every file
goes through the same gate, segments and recogniser as a call does. Reported by condition and language:

- closed_list: share of yes/no and menu answers chosen rightly among all of them; accepted: of those with a confidence
  of at least ACCEPT, the share that is right, and how many those were
- digits: share of strings of 7 to 11 digits that are right in every digit, and of single digits within them
- character_error: edits per character of the free text; for Japanese in kana, so that 変更 and へんこう are one
- missed: files in which the gate found no voice;  seconds: of each step, p50 and p95
"""

from __future__ import annotations

import csv
import re
import statistics
import time
import unicodedata
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

import jaconv
import numpy as np
from faster_whisper.audio import decode_audio

from asr.listening import Chunk, Listening, SpeechEnded
from asr.segmenter import PACES
from asr.speech import FRAME_BYTES, RATE, Hint, Hypothesis, Mode, Recogniser
from asr.vad import Gate
from gateway.ear import load, threads, workers
from gateway.errors import Complaint
from gateway.settings import Settings

ACCEPT = 0.5

_CHOICES: Mapping[str, tuple[tuple[str, str], ...]] = {
    "ja": (
        ("yes", "はい"), ("yes", "お願いします"), ("no", "いいえ"), ("no", "違います"),
        *((str(n), f"{n}番") for n in range(1, 6)), *((str(n), str(n)) for n in range(1, 6)),
    ),
    "en": (
        ("yes", "yes"), ("yes", "yeah"), ("no", "no"),
        *zip("12345", ("one", "two", "three", "four", "five"), strict=True), *((str(n), str(n)) for n in range(1, 6)),
    ),
}  # fmt: skip
_PROMPTS = {
    "ja": "住所変更、紛失、請求、予約、解約、配送、営業時間のお問い合わせ。",
    "en": "Change of address, lost card, billing, reservation, cancellation, delivery, opening hours.",
}

Row = dict[str, str]


def run(speech_folder: Path, settings: Settings, *, conditions: Iterable[str] = ()) -> dict[str, Any]:
    """The figures, ready for JSON. Raises Complaint when the folder or a recogniser is missing."""
    recognisers = load(settings)
    rows = [row for row in _rows(speech_folder) if not conditions or row["condition"] in set(conditions)]
    results: dict[tuple[str, str], _Tally] = defaultdict(_Tally)
    for row in rows:
        recogniser = recognisers.get(row["language"])
        if recogniser is None:
            raise Complaint(f"no recogniser for {row['language']}: denwaban models install {row['language']}")
        pcm = _pcm(speech_folder / row["path"])
        mode = _mode(row)
        heard, seconds = _hear(recogniser, pcm, mode)
        for tally in (results[row["condition"], row["language"]], results["all", "all"]):
            tally.add(row, mode, heard, seconds)
    return {
        "recognisers": {language: type(one).__name__ for language, one in recognisers.items()},
        "threads": threads(),
        "workers": workers(),
        "by_condition": {f"{c} {lang}".strip(): tally.figures() for (c, lang), tally in sorted(results.items())},
    }


class _Tally:
    def __init__(self) -> None:
        self.files = 0
        self._missed = 0
        self._closed: list[tuple[bool, float]] = []
        self._digits: list[tuple[str, str]] = []
        self._edits: dict[str, list[tuple[int, int]]] = defaultdict(list)
        self._seconds: dict[str, list[float]] = defaultdict(list)

    def add(self, row: Row, mode: Mode, heard: Hypothesis | None, seconds: Mapping[str, float]) -> None:
        self.files += 1
        for step, took in seconds.items():
            self._seconds[f"{mode} {step}"].append(took)
        if heard is None:
            self._missed += 1
        if mode == "choice":
            wanted = row["slot"] if row["intent"] == "menu" else row["intent"]
            right = bool(heard and heard.scores and heard.scores[0][0] == wanted)
            self._closed.append((right, heard.confidence if heard else 0.0))
        elif mode == "digits":
            self._digits.append((row["slot"], heard.digits if heard else ""))
        else:
            said = _plain(row["language"], row["transcript"])
            got = _plain(row["language"], heard.text if heard else "")
            self._edits[row["language"]].append((_distance(said, got), len(said)))

    def figures(self) -> dict[str, Any]:
        sure = [right for right, confidence in self._closed if confidence >= ACCEPT]
        return {
            "files": self.files,
            "missed": self._missed,
            "closed_list": _share([right for right, _ in self._closed]),
            "accepted": {"of": len(self._closed), "count": len(sure), "right": _share(sure)},
            "digits": {
                "strings": _share([wanted == got for wanted, got in self._digits]),
                "digit_error": _ratio([(_distance(wanted, got), len(wanted)) for wanted, got in self._digits]),
            },
            "character_error": {language: _ratio(edits) for language, edits in sorted(self._edits.items())},
            "seconds": {step: _spread(took) for step, took in sorted(self._seconds.items())},
        }


def _rows(folder: Path) -> list[Row]:
    try:
        with (folder / "manifest.tsv").open(encoding="utf-8", newline="") as file:
            return list(csv.DictReader(file, delimiter="\t"))
    except OSError as error:
        raise Complaint(f"{folder} holds no manifest.tsv") from error


def _mode(row: Row) -> Mode:
    if row["intent"] in ("yes", "no", "menu"):
        return "choice"
    return "digits" if row["intent"] in ("digits", "phone") else "free"


def _pcm(path: Path) -> bytes:
    samples = decode_audio(str(path), sampling_rate=RATE)
    return bytes((np.clip(samples, -1, 1) * 32767).astype("<i2").tobytes())


def _hear(recogniser: Recogniser, pcm: bytes, mode: Mode) -> tuple[Hypothesis | None, dict[str, float]]:
    """What a call would have heard in this sound followed by silence; None when no voice was found."""
    language = recogniser.language
    phrases = _CHOICES[language] if mode == "choice" else ()
    prompt = _PROMPTS[language] if mode == "free" else ""
    hint = Hint(language=language, mode=mode, phrases=phrases, prompt=prompt, most_digits=11 * (mode == "digits"))
    listening, utterance = Listening(Gate(), PACES[mode]), recogniser.begin(hint)
    silence = bytes(round((PACES[mode].slowest + 0.1) * RATE) * 2)
    sound = pcm + silence
    sound += bytes(-len(sound) % FRAME_BYTES)
    pieces: list[bytes] = []
    ended = None
    gate = 0.0
    for at in range(0, len(sound), FRAME_BYTES):
        frame = sound[at : at + FRAME_BYTES]
        began = time.perf_counter()
        events = listening.feed(frame)
        gate += time.perf_counter() - began
        pieces += [event.pcm for event in events if isinstance(event, Chunk)]
        ended = next((event for event in events if isinstance(event, SpeechEnded)), ended)
    if not pieces or ended is None:
        return None, {}
    for piece in pieces:
        utterance.feed(piece)
    _, guessing = _timed(utterance.guess)
    heard, finishing = _timed(utterance.finish)
    return heard, {"end_pointing": ended.ago, "guess": guessing, "finish": finishing, "gate": gate}


def _timed(work: Callable[[], Any]) -> tuple[Any, float]:
    began = time.perf_counter()
    result = work()
    return result, time.perf_counter() - began


@lru_cache(5000)
def _plain(language: str, text: str) -> str:
    """Comparable: for Japanese kana, for others letters and digits."""
    folded = unicodedata.normalize("NFKC", text).lower()
    if language != "ja":
        return re.sub(r"[\W_]", "", folded)
    import pyopenjtalk

    kana = str(pyopenjtalk.g2p(folded, kana=True)) if folded else ""
    kept = re.sub(r"[^ァ-ヴー]", "", jaconv.hira2kata(kana))
    return kept.translate(str.maketrans("ヲヅヂ", "オズジ"))


def _distance(wanted: str, got: str) -> int:
    """Levenshtein."""
    row = list(range(len(got) + 1))
    for i, a in enumerate(wanted, 1):
        diagonal, row[0] = row[0], i
        for j, b in enumerate(got, 1):
            diagonal, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, diagonal + (a != b))
    return row[-1]


def _share(claims: list[bool]) -> float | None:
    return round(sum(claims) / len(claims), 3) if claims else None


def _ratio(counts: list[tuple[int, int]]) -> float | None:
    total = sum(length for _, length in counts)
    return round(sum(edits for edits, _ in counts) / total, 3) if total else None


def _spread(seconds: list[float]) -> dict[str, float]:
    ordered = sorted(seconds)
    last = min(len(ordered) - 1, round(0.95 * (len(ordered) - 1)))
    return {"p50": round(statistics.median(ordered), 4), "p95": round(ordered[last], 4)}
