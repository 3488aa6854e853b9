"""An answer taken back: いや、そうじゃなくて…, "no, I meant Tuesday". What comes after the words that say so."""

from __future__ import annotations

from meaning.lexicon import Lexicon, lexicon
from meaning.normal import plain

_LONGEST = 120
_MOST_LEADS = 6
_BETWEEN = " 、。,.!！…・ー~〜;:"


def split(text: str, language: str) -> str | None:
    """The words after the correction, "" if there are none; None when the text is no correction.

    Not for yes/no questions, where いいえ and 違います are the answer. Raises UnknownLanguage.
    """
    words = lexicon(language)
    rest = plain(text)
    if len(rest) > _LONGEST:
        return None
    rest, led = _after_leads(rest, words)
    found = words.corrections["mark"].match(rest)
    if found is None and led:
        found = words.corrections["led"].match(rest)
    if found is None:
        return None
    meant, _ = _after_leads(rest[found.end() :].lstrip(_BETWEEN), words)
    again = words.corrections["mark"].match(meant)  # いえ違います、そうじゃなくて…
    return meant[again.end() :].lstrip(_BETWEEN) if again else meant


def _after_leads(text: str, words: Lexicon) -> tuple[str, bool]:
    """The text without the leads that it begins with, and whether there were any."""
    rest, led = text.lstrip(_BETWEEN), False
    for _ in range(_MOST_LEADS):
        # それ and the like begin a mark as often as they lead to one.
        if words.corrections["mark"].match(rest):
            break
        found = words.corrections["lead"].match(rest)
        if found is None or not found.end():
            break
        rest, led = rest[found.end() :].lstrip(_BETWEEN), True
    return rest, led
