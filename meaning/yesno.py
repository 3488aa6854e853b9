"""Yes or no, in the forms that people use for it. What may be either is neither: it is asked again."""

from __future__ import annotations

from typing import Literal

from meaning.lexicon import lexicon
from meaning.normal import folded
from meaning.tiling import tiles

YesNo = Literal["yes", "no"]
_LONGEST = 80
_LOOSE = 12
"""Signs of unknown words that may come after a clear first one: はい、それで進めて…"""


def yesno(text: str, language: str) -> YesNo | None:
    """``yes``, ``no``, or None when the text says neither, both, or what can be taken either way (大丈夫です)."""
    words = lexicon(language)
    whole = folded(text, language)
    if len(whole) > _LONGEST:
        return None
    kinds = {"doubt": words.doubt, "no": words.no, "yes": words.yes, "unclear": words.unclear, "light": words.light}
    said = [(kind, phrase) for kind, phrase in tiles(whole, kinds) if kind != "light"]
    sides: set[YesNo] = set()
    for kind, _ in said:
        if kind == "yes":
            sides.add("yes")
        elif kind == "no":
            sides.add("no")
        elif kind == "doubt":
            return None
    if len(sides) != 1:
        return None
    unknown = sum(len(phrase) for kind, phrase in said if not kind)
    if unknown and (said[0][0] not in ("yes", "no") or unknown > _LOOSE):
        return None
    return sides.pop()
