"""What was heard becomes what was meant: an answer, a command, or a correction of the answer before. Pure."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import cast

from asr.speech import Hypothesis
from ivr.actions import Ask
from meaning import corrections
from meaning.commands import Command
from meaning.lexicon import LANGUAGES
from meaning.sense import Meant, Sense

SURE = 0.6
"""Share of a closed list, and confidence, from which a command that was heard is obeyed."""


def understood(sense: Sense, asked: Ask, heard: Hypothesis, *, earlier: Ask | None, today: date) -> Meant:
    """asked: what was open when it was said. earlier: the question that "no, I meant ..." is about, if there is one.

    today: in the zone of the tree.
    """
    scores = tuple(score for score in heard.scores if not score[0].startswith("command:"))
    if (ordered := _ordered(heard)) is not None:
        return Meant(command=ordered, scores=scores)
    rest = corrections.split(heard.text, asked.language) if asked.language in LANGUAGES else None
    if rest and asked.expects == "yesno" and earlier is not None:
        # "Is it this?" "No, that": a no that says at once what it is answers the question before.
        meant = sense.understand(earlier, rest, today=today)
        if _says_something(meant):
            return replace(meant, command="correct", close=(), values=())
    meant = sense.understand(asked, heard.text, scores, heard.digits, heard.confidence, today=today, before=earlier)
    if rest and meant.command == "correct" and not _says_something(meant):
        # A slip of the tongue: what is meant instead answers this very question.
        here = sense.understand(asked, rest, scores, heard.digits, heard.confidence, today=today)
        return here if _says_something(here) else meant
    return meant


def _says_something(meant: Meant) -> bool:
    return meant.choice is not None or meant.value is not None


def _ordered(heard: Hypothesis) -> Command | None:
    """A command of the ear's closed list. Such a list always has a best entry: it counts only when the ear is sure."""
    top, share = heard.scores[0] if heard.scores else ("", 0.0)
    if not top.startswith("command:") or min(share, heard.confidence) < SURE:
        return None
    return cast(Command, top.removeprefix("command:"))
