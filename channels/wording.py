"""How the voice words what a tree says and asks. Pure: actions in, sentences out.

"Press 1" is said here and nowhere else; a tree that words its own menu (``Ask.spoken``) is left alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib import resources

import yaml

from ivr.actions import Acknowledge, Ask, Say


@dataclass(frozen=True, slots=True)
class Utterance:
    """One sentence or so to be heard.

    keep: it names nothing of this caller, so its sound may be kept. audio: a recorded file that replaces it.
    """

    text: str
    language: str
    keep: bool
    audio: str | None = None


@cache
def catalogue() -> dict[str, dict[str, str]]:
    """Language to phrase id to phrase."""
    data = yaml.safe_load(resources.files("channels").joinpath("voice.yaml").read_text("utf-8"))
    return {language: dict(phrases) for language, phrases in data.items()}


def phrase(language: str, name: str, **values: object) -> str:
    phrases = catalogue().get(language) or catalogue()["ja"]
    return phrases[name].format(**values)


def say(action: Say) -> Utterance:
    return Utterance(action.text, action.language, action.fixed, action.audio)


def ask(action: Ask) -> list[Utterance]:
    """The question, then how to answer it by key or by voice."""
    question = Utterance(action.spoken or action.text, action.language, action.fixed, action.audio)
    if action.spoken or action.audio:
        return [question]
    how = _how(action)
    return [question, Utterance(how, action.language, True)] if how else [question]


def acknowledge(action: Acknowledge, *, keep: bool = False) -> Utterance:
    return Utterance(phrase(action.language, "acknowledged", label=action.label), action.language, keep)


def back_again(language: str) -> Utterance:
    return Utterance(phrase(language, "back_again"), language, True)


def ahead(action: Say | Ask) -> list[Utterance]:
    """Everything that this action may need said, to be synthesised before anyone calls."""
    if isinstance(action, Say):
        return [say(action)]
    taps = [
        acknowledge(Acknowledge(channel="page", node=action.node, label=o.label, language=action.language), keep=True)
        for o in action.options
    ]
    return [*ask(action), *taps]


def _how(action: Ask) -> str:
    if action.expects == "wait":
        return ""
    words = _way(action)
    if not action.optional:
        return words
    return _sentences(action.language, words, phrase(action.language, "pass_over"))


def _way(action: Ask) -> str:
    """How an answer is given, by voice and by key."""
    language = action.language
    keys = "_keys" if action.keys_only else ""
    is_exact = 0 < action.least == action.most
    match action.expects:
        case "choice" | "open":
            keyed = [o for o in action.options if o.key]
            if not keyed:
                return ""
            listed = "".join(phrase(language, "option", label=o.label, key=_key(o.key, language)) for o in keyed)
            return listed + phrase(language, "options_end") + phrase(language, "or_speak")
        case "yesno" if action.brief:
            return ""
        case "yesno":
            return phrase(language, "yesno")
        case "digits" | "member" if is_exact:
            return phrase(language, f"digits_exact{keys}", most=action.most)
        case "digits":
            return phrase(language, f"digits_open{keys}")
        case "count" if action.most == 1:
            return phrase(language, f"count_one{keys}")
        case "phone" | "date" | "time" | "amount" | "count" | "address":
            return phrase(language, f"{action.expects}{keys}")
        case "member" | "name" | "text":
            return phrase(language, action.expects)
        case "rest" | "wait":
            return ""  # the question itself says what is wanted


def _sentences(language: str, *parts: str) -> str:
    return ("" if language == "ja" else " ").join(part.strip() for part in parts if part)


def _key(key: str | None, language: str) -> str:
    return {"*": phrase(language, "key_star"), "#": phrase(language, "key_hash")}.get(key or "", key or "")
