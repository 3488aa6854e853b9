"""Text made comparable: one width, one case, no punctuation, no fillers; and how Japanese is read."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

import jaconv
import pyopenjtalk

from meaning.lexicon import lexicon

LONGEST = 400
"""Characters that are looked at: an utterance is shorter, and no text may cost more than that."""
_READ = 120
"""Characters that are read aloud in the mind; the engine's time grows faster than the text."""
_APOSTROPHE = re.compile(r"['’`´]")


def plain(text: str) -> str:
    """NFKC, lower case, control signs gone, spaces single; punctuation stays."""
    wide = unicodedata.normalize("NFKC", text[:LONGEST]).lower()
    kept = "".join(" " if unicodedata.category(sign)[0] in "CZ" else sign for sign in wide)
    return re.sub(" +", " ", kept).strip()


def folded(text: str, language: str) -> str:
    """``plain`` without fillers and punctuation; Japanese also without spaces. Digits are never changed."""
    kept = without_fillers(plain(text), language)
    kept = _APOSTROPHE.sub("", kept)
    spaced = "".join(sign if sign.isalnum() or sign in "ー々〇#*+-" else " " for sign in kept)
    if language == "ja":
        return re.sub(r"[ \-]+", "", spaced)
    return re.sub(r"[ \-]+", " ", spaced.replace("uh-huh", "uhhuh").replace("uh-uh", "uhuh")).strip()


def without_fillers(text: str, language: str) -> str:
    """``plain`` text without えっと, um and the like."""
    cut = lexicon(language).fillers.sub(" ", text)
    return re.sub(" +", " ", cut).strip(" 、。,.")


def core(text: str, language: str) -> str:
    """``folded`` without the politeness and endings that every sentence has; the whole if nothing else was in it."""
    whole, words = folded(text, language), lexicon(language)
    gap = " " if language != "ja" else ""
    cut = words.endings.sub(gap, words.polite.sub(gap, whole))
    return re.sub(" +", " ", cut).strip() or whole


@lru_cache(maxsize=4096)
def kana(text: str) -> str:
    """The reading in katakana, as it sounds: ヲ is オ, ヅ is ズ; latin letters are read by their names."""
    if not text:
        return ""
    read = jaconv.hira2kata(str(pyopenjtalk.g2p(text[:_READ], kana=True)))
    kept = re.sub(r"[^ァ-ヴー]", "", read)
    return kept.translate(_SOUNDS)


_SOUNDS = str.maketrans({"ヲ": "オ", "ヅ": "ズ", "ヂ": "ジ", "ヶ": "ケ"})
