"""What the ear is told to expect while a question is open. Pure."""

from __future__ import annotations

from asr.speech import Hint
from ivr.actions import Ask

# How people call for what works at every question; an ear with a closed list must know these too.
COMMANDS: dict[str, tuple[tuple[str, str], ...]] = {
    "ja": (
        ("command:repeat", "もう一度"),
        ("command:person", "オペレーター"),
        ("command:person", "担当者と話したい"),
        ("command:back", "戻る"),
    ),
    "en": (("command:repeat", "repeat that"), ("command:person", "operator"), ("command:back", "go back")),
}
YES_NO: dict[str, tuple[tuple[str, str], ...]] = {
    "ja": (
        ("yes", "はい"),
        ("yes", "お願いします"),
        ("no", "いいえ"),
        ("no", "いえ"),
        ("no", "いや"),
        ("no", "違います"),
    ),
    "en": (("yes", "yes"), ("yes", "yes please"), ("no", "no"), ("no", "no thank you")),
}
LONGEST_LIST = 24


def hint(ask: Ask) -> Hint:
    language = ask.language if ask.language in COMMANDS else "ja"
    match ask.expects:
        case "choice":
            phrases = tuple((o.id, w) for o in ask.options for w in (o.label, *o.words[:1]))[: LONGEST_LIST - 4]
            return Hint(language=ask.language, mode="choice", phrases=phrases + COMMANDS[language][:4])
        case "yesno":
            return Hint(language=ask.language, mode="choice", phrases=YES_NO[language] + COMMANDS[language][:2])
        case "digits" | "phone":
            return Hint(language=ask.language, mode="digits", most_digits=ask.most or 15)
        case "open":
            phrases = tuple((o.id, w) for o in ask.options for w in (o.label, *o.words))
            listed = ("、" if language == "ja" else ", ").join(o.label for o in ask.options)
            return Hint(language=ask.language, mode="free", phrases=phrases, prompt=listed)
