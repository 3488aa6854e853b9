"""``denwaban bench intents``: what callers want, understood from phrases that no one tuned to, typed and spoken.

The phrases (``bench_data/intents_*.yaml``) were written apart from the examples that the matters are learnt from
(``bench_data/intent_examples_*.yaml``) and from all else in this repository. Some are of no matter: strangers. Spoken,
a voice says them, as G.711 carries it, without noise and with pink noise 20 dB below; they are heard as on a call.

- best: share of the phrases whose best matter is the right one, whatever its score
- at_false_acceptance: a threshold is laid where one stranger in ten is taken. right: share of the phrases taken
  rightly. With ask-backs: the turns next below the threshold are asked about, two matters each, until 15 % of all turns
  are; right when taken rightly or when one of the two is right
- product: as the sense decides by its own bounds, through commands and all. asked: of all turns
- own_examples: learnt from the examples alone, without the phrases that callers of all centres use: what a matter
  gets that is like no topic. by_words_alone: as where no embedding is installed
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from importlib import resources
from typing import Any

import yaml

from gateway.bench_figures import Json
from gateway.bench_telephone import Telephone
from gateway.ear import load
from gateway.errors import Complaint
from gateway.settings import Settings
from ivr.actions import Ask, Option
from meaning.embedding import installed
from meaning.intents import Found, Intents
from meaning.sense import Meant, Sense

LANGUAGES = ("ja", "en")
NONE = "none"
FALSE_ACCEPTANCE = 0.1
ASKED = 0.15
WAYS: Mapping[str, float | None] = {"telephone": None, "telephone, noise 20 dB": 20.0}
"""How it is spoken, to how far the voice is above the noise in decibels."""
GOALS = {"typed": 0.95, "spoken": 0.92}
TODAY = date(2026, 11, 24)
QUESTION = {"ja": "ご用件をお聞かせください。", "en": "How can we help you today?"}


@dataclass(frozen=True, slots=True)
class Turn:
    """wanted: the matter, or None for a stranger. meant: None when nothing was heard."""

    wanted: str | None
    said: str
    heard: str
    found: Found
    meant: Meant | None


async def run(settings: Settings, *, spoken: bool = True) -> Json:
    """The figures, ready for JSON. Raises Complaint when phrases, a voice or a recogniser are missing."""
    embedding = installed()
    made: Json = {"embedding": embedding.name if embedding is not None else None, "goals": GOALS, "typed": {}}
    recognisers = load(settings) if spoken else {}
    for language in LANGUAGES:
        phrases, examples = _phrases(f"intents_{language}"), _phrases(f"intent_examples_{language}")
        ask = question(examples, language)
        sense, intents = Sense([ask]), Intents(examples, language)
        held_out = phrases_of(phrases)
        typed = [_turn(sense, intents, ask, wanted, said, said) for wanted, said in held_out]
        alone, plain = Intents(examples, language, borrows=False), Intents(examples, language, by_words_alone=True)
        made["typed"][language] = figures(typed) | {
            "bounds": {
                "accept": intents.bounds.accept,
                "confirm": intents.bounds.confirm,
                "margin": intents.bounds.margin,
            },
            "own_examples": curve([(wanted, alone.understand(said)) for wanted, said in held_out]),
            "by_words_alone": curve([(wanted, plain.understand(said)) for wanted, said in held_out]),
        }
        if not spoken:
            continue
        recogniser = recognisers.get(language)
        if recogniser is None:
            raise Complaint(f"no recogniser for {language}: denwaban models install {language}")
        for way, snr in WAYS.items():
            turns = []
            async with Telephone(recogniser, snr=snr) as telephone:
                for wanted, said in held_out:
                    heard = await telephone.hears(said, ask)
                    turns.append(_turn(sense, intents, ask, wanted, said, heard.text if heard is not None else ""))
                told = figures(turns) | {"voice": telephone.voice}
            made.setdefault("spoken", {}).setdefault(way, {})[language] = told
    return made


def question(examples: Mapping[str, Sequence[str]], language: str) -> Ask:
    """The open question that a tree of these matters asks."""
    options = tuple(
        Option(id=id, key=str(at) if at < 10 else None, label=words[0], words=tuple(words[1:]))
        for at, (id, words) in enumerate(examples.items(), 1)
    )
    return Ask(node="matter", text=QUESTION[language], language=language, expects="open", options=options)


def phrases_of(phrases: Mapping[str, Sequence[str]]) -> list[tuple[str | None, str]]:
    return [(None if id == NONE else id, said) for id, texts in phrases.items() for said in texts]


def figures(turns: Sequence[Turn]) -> Json:
    return curve([(turn.wanted, turn.found) for turn in turns]) | {
        "product": _product(turns),
        "missed": [_told(turn) for turn in turns if turn.wanted is not None and not _is_right(turn)],
        "taken": [_told(turn) for turn in turns if turn.wanted is None and _taken(turn) is not None],
    }


def curve(found: Sequence[tuple[str | None, Found]]) -> Json:
    """What the scores give when the threshold is laid by the strangers."""
    known = [(wanted, one) for wanted, one in found if wanted is not None]
    strangers = sorted((_best(one) for wanted, one in found if wanted is None), reverse=True)
    accept = strangers[int(FALSE_ACCEPTANCE * len(strangers))] if strangers else 0.0
    below = sorted((_best(one) for _, one in found if _best(one) <= accept), reverse=True)
    asked = below[: int(ASKED * len(found))]
    least = asked[-1] if asked else accept
    right = [_best(one) > accept and one.scores[0][0] == wanted for wanted, one in known]
    offered = [least <= _best(one) <= accept and wanted in dict(one.scores[:2]) for wanted, one in known]
    return {
        "phrases": len(known),
        "strangers": len(strangers),
        "best": _share([bool(one.scores) and one.scores[0][0] == wanted for wanted, one in known]),
        "at_false_acceptance": {
            "share": FALSE_ACCEPTANCE,
            "threshold": accept,
            "right": _share(right),
            "right_with_ask_backs": _share([a or b for a, b in zip(right, offered, strict=True)]),
            "asked": round(len(asked) / len(found), 3) if found else None,
        },
    }


def _product(turns: Sequence[Turn]) -> Json:
    known = [turn for turn in turns if turn.wanted is not None]
    strangers = [turn for turn in turns if turn.wanted is None]
    right = [_is_right(turn) for turn in known]
    offered = [turn.meant is not None and turn.wanted in turn.meant.close for turn in known]
    return {
        "right": _share(right),
        "right_with_ask_backs": _share([a or b for a, b in zip(right, offered, strict=True)]),
        "wrong": _share([_taken(turn) not in (None, turn.wanted) for turn in known]),
        "strangers_taken": _share([_taken(turn) is not None for turn in strangers]),
        "strangers_asked": _share([_is_asked(turn) for turn in strangers]),
        "asked": _share([_is_asked(turn) for turn in turns]),
        "commands": sum(turn.meant is not None and turn.meant.command is not None for turn in turns),
    }


def _turn(sense: Sense, intents: Intents, ask: Ask, wanted: str | None, said: str, heard: str) -> Turn:
    meant = sense.understand(ask, heard, today=TODAY) if heard else None
    return Turn(wanted, said, heard, intents.understand(heard), meant)


def _taken(turn: Turn) -> str | None:
    return turn.meant.choice if turn.meant is not None and turn.meant.command is None else None


def _is_right(turn: Turn) -> bool:
    return _taken(turn) == turn.wanted


def _is_asked(turn: Turn) -> bool:
    return turn.meant is not None and len(turn.meant.close) == 2


def _best(found: Found) -> float:
    return found.scores[0][1] if found.scores else 0.0


def _share(claims: Sequence[bool]) -> float | None:
    return round(sum(claims) / len(claims), 3) if claims else None


def _told(turn: Turn) -> Json:
    told: Json = {"said": turn.said, "wanted": turn.wanted, "got": _taken(turn), "scores": turn.found.scores[:2]}
    return told if turn.heard == turn.said else told | {"heard": turn.heard}


def _phrases(name: str) -> dict[str, list[str]]:
    file = resources.files("gateway.bench_data").joinpath(f"{name}.yaml")
    if not file.is_file():
        raise Complaint(f"bench_data holds no {name}.yaml")
    found: dict[str, Any] = yaml.safe_load(file.read_text("utf-8"))
    return {str(id): [str(text) for text in texts] for id, texts in found.items()}
