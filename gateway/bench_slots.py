"""``denwaban bench slots``: how often a value is understood rightly, by kind and language, typed and spoken.

The answers are held out (``bench_data/slots_*.yaml``): written apart from the words that the sense knows, not tuned to.
Typed, they go to the sense as they are. Spoken, the product's own voices say them, as G.711 carries it; they go through
the gate, the segments and the recogniser as on a call, and what was heard goes to the sense.

- right: the share of all answers whose value is the one wanted, or none where none may be taken
- wrong: the share for which another value would have been taken; the others are asked again
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from importlib import resources
from typing import Any

import yaml

from asr.speech import Recogniser
from gateway.bench_figures import Json
from gateway.bench_telephone import Telephone, caller_voice
from gateway.ear import load
from gateway.errors import Complaint
from gateway.settings import Settings
from ivr.actions import Ask, Limits, Option
from meaning.sense import Sense

LANGUAGES = ("ja", "en")
_LIMITS = ("lowest", "highest", "pattern", "check")


@dataclass(frozen=True, slots=True)
class Case:
    """wanted: the value, ``yes`` or ``no``; None when nothing may be taken."""

    ask: Ask
    said: str
    wanted: str | None
    today: date


@dataclass(slots=True)
class _Tally:
    cases: int = 0
    right: int = 0
    wrong: int = 0
    missed: list[Json] = field(default_factory=list)

    def add(self, case: Case, got: str | None, heard: str | None = None) -> None:
        self.cases += 1
        if got == case.wanted:
            self.right += 1
            return
        self.wrong += got is not None
        told = {"said": case.said, "wanted": case.wanted, "got": got}
        self.missed.append(told if heard is None else told | {"heard": heard})

    def figures(self) -> Json:
        return {
            "cases": self.cases,
            "right": round(self.right / self.cases, 3),
            "wrong": round(self.wrong / self.cases, 3),
            "missed": self.missed,
        }


async def run(settings: Settings, *, spoken: bool = True) -> Json:
    """The figures, ready for JSON. Raises Complaint when a voice or a recogniser is missing."""
    sense, every = Sense(), {language: list(cases(language)) for language in LANGUAGES}
    made: Json = {"typed": _by_kind(every, {})}
    for language, held in every.items():
        _typed(sense, held, made["typed"], language)
    if not spoken:
        return _told(made)
    recognisers = load(settings)
    made["spoken"] = _by_kind(every, {})
    for language, held in every.items():
        recogniser = recognisers.get(language)
        if recogniser is None:
            raise Complaint(f"no recogniser for {language}: denwaban models install {language}")
        await _spoken(sense, held, made["spoken"], language, recogniser)
    voices = {language: caller_voice(language) for language in LANGUAGES}
    return _told(made) | {"voices": voices}


def cases(language: str) -> Iterator[Case]:
    """The held-out answers of a language."""
    text = resources.files("gateway.bench_data").joinpath(f"slots_{language}.yaml").read_text("utf-8")
    data: dict[str, Any] = yaml.safe_load(text)
    for kind, told in data["kinds"].items():
        ask = _ask(kind, language, told)
        for line in told["cases"].splitlines():
            said, _, wanted = line.rpartition(" = ")
            yield Case(ask, said, None if wanted == "-" else wanted, data["today"])


def _ask(kind: Any, language: str, told: Mapping[str, Any]) -> Ask:
    sides = (Option(id="yes", key="1", label="はい"), Option(id="no", key="2", label="いいえ"))
    if language == "en":
        sides = (Option(id="yes", key="1", label="Yes"), Option(id="no", key="2", label="No"))
    return Ask(
        node="answer",
        text="?",
        language=language,
        expects=kind,
        options=sides if kind == "yesno" else (),
        least=told.get("least", 0),
        most=told.get("most", 0),
        limits=Limits(**{name: told[name] for name in _LIMITS if name in told}),
    )


def _by_kind(every: Mapping[str, list[Case]], made: Json) -> Json:
    for language, held in every.items():
        for case in held:
            made.setdefault(language, {}).setdefault(case.ask.expects, _Tally())
    return made


def _typed(sense: Sense, held: list[Case], made: Json, language: str) -> None:
    for case in held:
        meant = sense.understand(case.ask, case.said, today=case.today)
        made[language][case.ask.expects].add(case, meant.value or meant.choice)


async def _spoken(sense: Sense, held: list[Case], made: Json, language: str, recogniser: Recogniser) -> None:
    async with Telephone(recogniser) as telephone:
        for case in held:
            heard = await telephone.hears(case.said, case.ask)
            got = None
            if heard is not None:
                meant = sense.understand(
                    case.ask, heard.text, heard.scores, heard.digits, heard.confidence, today=case.today
                )
                got = meant.value or meant.choice
            told = (heard.text or heard.digits) if heard is not None else ""
            made[language][case.ask.expects].add(case, got, told)


def _told(made: Json) -> Json:
    """With the share of all kinds, and each kind's own."""
    result: Json = {}
    for way, languages in made.items():
        for language, kinds in languages.items():
            tallies: list[_Tally] = list(kinds.values())
            count = sum(tally.cases for tally in tallies)
            result.setdefault(way, {})[language] = {
                "right": round(sum(tally.right for tally in tallies) / count, 3),
                "wrong": round(sum(tally.wrong for tally in tallies) / count, 3),
                "kinds": {kind: tally.figures() for kind, tally in kinds.items()},
            }
    return result
