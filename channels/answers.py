"""What was heard becomes what was meant: an answer, a command, or a correction of the answer before. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import cast

from asr.speech import Hypothesis
from ivr.actions import Ask
from ivr.events import Command
from meaning import corrections
from meaning.sense import Meant, Sense

SURE = 0.6
"""Share of a closed list, and confidence, from which a command that was heard is obeyed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Understood:
    """The fields of ivr.events.Spoke that are not the ear's."""

    choice: str | None = None
    value: str | None = None
    scores: tuple[tuple[str, float], ...] = ()
    close: tuple[str, ...] = ()
    command: Command | None = None
    values: tuple[tuple[str, str], ...] = ()
    nearest: tuple[tuple[str, str], ...] = ()


def understood(sense: Sense, asked: Ask, heard: Hypothesis, *, earlier: Ask | None, today: date) -> Understood:
    """asked: what was open when it was said. earlier: the question that "no, I meant ..." is about, if there is one.

    today: in the zone of the tree.
    """
    if (ordered := _ordered(heard)) is not None:
        return Understood(command=ordered, scores=_of_options(heard))
    meant = sense.understand(asked, heard.text, _of_options(heard), heard.digits, heard.confidence, today=today)
    if earlier is not None and meant.command in (None, "correct"):
        corrected = _corrected(sense, asked, heard, meant, earlier, today)
        if corrected is not None:
            return corrected
    return _answer(meant)


def _ordered(heard: Hypothesis) -> Command | None:
    """A command of the ear's closed list. Such a list always has a best entry: it counts only when the ear is sure."""
    top, share = heard.scores[0] if heard.scores else ("", 0.0)
    if not top.startswith("command:") or min(share, heard.confidence) < SURE:
        return None
    return cast(Command, top.removeprefix("command:"))


def _of_options(heard: Hypothesis) -> tuple[tuple[str, float], ...]:
    return tuple(score for score in heard.scores if not score[0].startswith("command:"))


def _corrected(
    sense: Sense, asked: Ask, heard: Hypothesis, meant: Meant, earlier: Ask, today: date
) -> Understood | None:
    """What the words correct, if they do."""
    rest = corrections.split(heard.text, asked.language)
    if rest is None:
        return None
    if rest:
        right = sense.understand(earlier, rest, confidence=heard.confidence, today=today)
        if right.choice is not None or right.value is not None:
            return Understood(
                command="correct", choice=right.choice, value=right.value, scores=right.scores, nearest=right.nearest
            )
    if asked.expects == "yesno" or meant.choice is not None or meant.value is not None or meant.close:
        return None  # an answer to what is asked, no among them
    return Understood(command="correct")


def _answer(meant: Meant) -> Understood:
    if meant.command is not None:
        return Understood(command=meant.command, scores=meant.scores)
    return Understood(
        choice=meant.choice,
        value=meant.value,
        scores=meant.scores,
        close=meant.close,
        values=meant.values,
        nearest=meant.nearest,
    )
