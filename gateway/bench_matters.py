"""Half of figure ``speech``: what callers want, understood from recorded speech at the demo's open question.

Every sentence goes through the recogniser with the hint that a call gives it, and through the sense that the hub uses.
Matters that the demo does not know must not be taken for one that it does: they count by themselves.
"""

from __future__ import annotations

import csv
from collections import Counter, defaultdict
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Literal

import numpy as np
from faster_whisper.audio import decode_audio

from asr.speech import RATE, Hypothesis
from channels.hints import hint
from gateway.bench_figures import Json
from gateway.ear import load
from gateway.errors import Complaint
from gateway.settings import Settings
from gateway.words import values
from ivr import demo, engine, tree
from ivr.actions import Ask
from meaning.sense import Meant, Sense

QUESTION = "matter"
KNOWN: Mapping[str, str] = {
    "address_change": "address_change",
    "lost_card": "lost",
    "operator": "operator",
    "delivery": "order_status",
    "hours": "opening_hours",
}
"""Intent of the folder to option of the demo's question."""
OTHERS = frozenset({"billing", "cancel", "reservation", "password", "trouble", "oos"})
"""Matters that the demo has no option for."""

TODAY = date(2026, 10, 21)
"""Nothing in the folder depends on it."""

Taken = Literal["right", "wrong", "asked_right", "asked_wrong", "unclear"]


def run(folder: Path, settings: Settings) -> Json:
    """Counts by condition and language. Raises Complaint when the folder or a recogniser is missing."""
    known_tree = tree.load(demo.text(), values=values(settings))
    questions = {
        ask.language: ask
        for ask in engine.prompts(known_tree)
        if isinstance(ask, Ask) and ask.node == QUESTION and ask.expects == "open"
    }
    sense, recognisers = Sense(list(questions.values())), load(settings)
    limits = known_tree.file.thresholds
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    try:
        with (folder / "manifest.tsv").open(encoding="utf-8", newline="") as file:
            rows = [row for row in csv.DictReader(file, delimiter="\t") if row["intent"] in KNOWN.keys() | OTHERS]
    except OSError as error:
        raise Complaint(f"{folder} holds no manifest.tsv") from error
    for row in rows:
        ask, recogniser = questions.get(row["language"]), recognisers.get(row["language"])
        if ask is None or recogniser is None:
            raise Complaint(f"no question or no recogniser in {row['language']}")
        utterance = recogniser.begin(hint(ask))
        utterance.feed(_pcm(folder / row["path"]))
        heard: Hypothesis = utterance.finish()
        meant = sense.understand(ask, heard.text, heard.scores, heard.digits, heard.confidence, today=TODAY)
        wanted = KNOWN.get(row["intent"])
        found = taken(meant, wanted, heard.confidence, limits.accept, limits.confirm)
        for name in (f"{row['condition']} {row['language']}", "all"):
            counts[name]["known" if wanted else "others"] += 1
            counts[name][f"{'known' if wanted else 'others'}_{found}"] += 1
    return {name: _shares(counted) for name, counted in sorted(counts.items())}


def taken(meant: Meant, wanted: str | None, confidence: float, accept: float, confirm: float) -> Taken:
    """What the tree would do with it: take an answer, ask back, or not understand. Asked back: right when offered."""
    if meant.command is not None:
        return "right" if meant.command == "person" and wanted == "operator" else "wrong"
    if len(meant.close) >= 2:
        return "asked_right" if wanted in meant.close[:2] else "asked_wrong"
    sure = dict(meant.scores).get(meant.choice or "", confidence)
    if meant.choice is None or sure < confirm:
        return "unclear"
    right = meant.choice == wanted
    if sure < accept:
        return "asked_right" if right else "asked_wrong"
    return "right" if right else "wrong"


def _shares(counted: Counter[str]) -> Json:
    known, others = counted["known"], counted["others"]
    return dict(counted) | {
        "taken_rightly": round(counted["known_right"] / known, 3) if known else None,
        "taken_or_offered_rightly": round((counted["known_right"] + counted["known_asked_right"]) / known, 3)
        if known
        else None,
        "others_taken_wrongly": round(counted["others_wrong"] / others, 3) if others else None,
    }


def _pcm(path: Path) -> bytes:
    samples = decode_audio(str(path), sampling_rate=RATE)
    return bytes((np.clip(samples, -1, 1) * 32767).astype("<i2").tobytes())
