"""What the ear is told to expect while a question is open. Pure."""

from __future__ import annotations

from dataclasses import replace

from asr.speech import Hint
from ivr.actions import Ask

# How people call for what works at every question; an ear with a closed list must know these too.
COMMANDS: dict[str, tuple[tuple[str, str], ...]] = {
    "ja": (
        ("command:repeat", "もう一度"),
        ("command:person", "オペレーター"),
        ("command:person", "担当者と話したい"),
        ("command:back", "戻る"),
        ("command:slower", "ゆっくり"),
        ("command:restart", "最初から"),
    ),
    "en": (
        ("command:repeat", "repeat that"),
        ("command:person", "operator"),
        ("command:back", "go back"),
        ("command:slower", "more slowly"),
        ("command:restart", "start over"),
    ),
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
# The words that such answers are made of: a model that writes down what it hears is led to them. No whole answer is
# among them, for a model may write its prompt into a sigh.
PROMPTS: dict[str, dict[str, str]] = {
    "ja": {
        "member": "会員番号、英字と数字、エー、ビー、シー、ハイフン。",
        "date": "令和、平成、昭和、何年何月何日、今日、明日、明後日、来週の火曜日、今月末。",
        "time": "午前何時、午後何時、何時半、何時何分、正午、夕方。",
        "amount": "何円、何百円、何千円、何万円。",
        "count": "一人、二人、何名、一つ、二つ、何個、何枚。",
        "name": "お名前は、苗字と名前、と申します。",
        "address": "郵便番号、都道府県、市区町村、何丁目、何番地、何号、号室。",
        "rest": "何丁目、何番地、何番、何号、マンション、ハイツ、コーポ、号室。",
        "text": "",
    },
    "en": {
        "member": "Membership number, letters and digits, hyphen.",
        "date": "Today, tomorrow, next Tuesday, the third, the end of the month, day, month and year.",
        "time": "In the morning, in the afternoon, half past, a quarter to, o'clock, a.m., p.m., noon.",
        "amount": "Yen, hundred, thousand, ten thousand.",
        "count": "One, two, three of us, people, pieces.",
        "name": "My name is, first name and last name.",
        "address": "Postal code, prefecture, city, ward, town, block, apartment.",
        "rest": "Block, number, building, apartment, room.",
        "text": "",
    },
}
LONGEST_LIST = 24
LISTED = 4
"""Commands beside the options of a menu: every entry of a closed list costs the ear time."""


def hint(ask: Ask, *, slow: bool = False) -> Hint:
    """slow: the caller takes time."""
    return replace(_hint(ask), slow=slow)


def _hint(ask: Ask) -> Hint:
    language = ask.language if ask.language in COMMANDS else "ja"
    match ask.expects:
        case "choice":
            phrases = tuple((o.id, w) for o in ask.options for w in (o.label, *o.words[:1]))[: LONGEST_LIST - LISTED]
            return Hint(language=ask.language, mode="choice", phrases=phrases + COMMANDS[language][:LISTED])
        case "yesno":
            return Hint(language=ask.language, mode="choice", phrases=YES_NO[language] + COMMANDS[language][:2])
        case "wait":
            return Hint(language=ask.language, mode="choice", phrases=COMMANDS[language])
        case "digits" | "phone":
            return Hint(language=ask.language, mode="digits", most_digits=ask.most or 15)
        case "open":
            phrases = tuple((o.id, w) for o in ask.options for w in (o.label, *o.words))
            listed = ("、" if language == "ja" else ", ").join(o.label for o in ask.options)
            return Hint(language=ask.language, mode="free", phrases=phrases, prompt=listed)
        case "member" if ask.most:
            return Hint(language=ask.language, mode="digits", most_digits=ask.most)
        case "member" | "date" | "time" | "amount" | "count" | "name" | "address" | "rest" | "text":
            return Hint(language=ask.language, mode="free", prompt=PROMPTS[language][ask.expects])
