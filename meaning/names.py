"""Names of people: what stands around them is cut off, and Japanese ones get their reading, family name first.

How a name sounds is sure, how it is written is not: of a spoken name only the reading is kept; of one that the
customer has written, both (髙橋 太郎|タカハシ タロウ). Readings come from the analyser that the synthesiser uses too.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Sequence
from datetime import date
from functools import cache
from typing import Any

import jaconv

from ivr import slots
from ivr.actions import Limits
from meaning.lexicon import lexicon
from meaning.vocabulary import vocabulary

_LONGEST = 40
_KANA = re.compile(r"[ぁ-ゖァ-ヺー ]+")
_KATAKANA = re.compile(r"[ァ-ヺー]+")
_LATIN = re.compile(r"[A-Za-zÀ-ɏ][A-Za-zÀ-ɏ'’.\-]*(?: [A-Za-zÀ-ɏ][A-Za-zÀ-ɏ'’.\-]*){0,4}")
_WITH_READING = re.compile(r"(?P<written>[^|()（）]+)(?:\||[(（])(?P<reading>[ぁ-ゖァ-ヺー ]+)[)）]?")
_SEPARATORS = re.compile(r"[ \u3000・、,]+")
_TITLE = re.compile(r"(?:さん|様|さま|氏)$")
_analysing = threading.Lock()


def understood(text: str, language: str, *, is_written: bool = False) -> str | None:
    """The name in its canonical form (``ivr.slots``), or None. is_written: the customer chose the signs."""
    # Only width is made plain: 髙 and 﨑 are names' own signs.
    said = slots.typed("text", text, Limits(), date.min) or ""
    said = re.sub(lexicon(language).fillers.pattern, " ", said, flags=re.IGNORECASE).strip(" 、。,.!?！？")
    if found := _WITH_READING.fullmatch(said):
        return _joined(_SEPARATORS.sub(" ", found["written"]).strip(), _split_kana(found["reading"]))
    if language == "ja" and not _LATIN.fullmatch(said):
        is_introduced = vocabulary("ja").introduces.search(said) is not None
        return _japanese(_stripped(said, "ja"), is_written, is_introduced)
    return _latin(_stripped(said, "en"))


def _stripped(said: str, language: str) -> str:
    words = vocabulary(language)
    said = said if language == "ja" else " ".join(said.replace(",", " ").split())
    plain = said if language == "ja" else re.sub(r"['’]", "", said).lower()
    before = words.before["names"].match(plain)
    shift = len(said) - len(plain)
    kept = said[(before.end() + shift if before and before.end() else 0) :]
    for _ in range(2):
        after = re.search(rf"{words.after['names'].pattern}$", kept if language == "ja" else kept.lower())
        kept = (kept[: after.start()] if after else kept).strip(" 、。,.!?！？")
    return kept


def _japanese(name: str, is_written: bool, is_introduced: bool) -> str | None:
    name = _TITLE.sub("", name)
    if not name or len(name) > _LONGEST or re.search(r"[\d#*]", name):
        return None
    parts = [part for part in _SEPARATORS.split(name) if part]
    read = _split(parts[0], is_introduced) if len(parts) == 1 else [(part, _reading(part)) for part in parts[:3]]
    if not read or not all(reading for _, reading in read):
        return None
    reading = " ".join(one for _, one in read if one)
    written = " ".join(part for part, _ in read)
    return reading if _KANA.fullmatch(name) or not is_written else _joined(written, reading)


def _latin(name: str) -> str | None:
    if not _LATIN.fullmatch(name) or len(name) > _LONGEST:
        return None
    if vocabulary("en").unfit["name"].search(re.sub(r"['’]", "", name).lower()):
        return None
    return name if name != name.lower() else " ".join(part.capitalize() for part in name.split())


def _joined(written: str, reading: str | None) -> str | None:
    return f"{written}|{reading}" if written and reading else None


def _split(name: str, is_introduced: bool) -> list[tuple[str, str | None]] | None:
    """The name with its reading, as family and given name when the analyser knows the first; None if it is no name."""
    found = _analysed(name)
    if found[0][2] != "姓" and _KANA.fullmatch(name):
        found = _of_two(name) or found
    kinds = [kind for _, _, kind in found]
    if not _is_name(kinds, name, is_introduced):
        return None
    if len(found) == 1 or kinds[0] != "姓":
        return [(name, _reading_of(found))]
    family = found[0][0]
    return [(family, _reading_of(found[:1])), (name[len(family) :], _reading_of(found[1:]))]


def _of_two(kana: str) -> list[tuple[str, str, str]] | None:
    """A family name, and a given one after it, where both are known; いまいくら is none."""
    kana = str(jaconv.hira2kata(kana))
    if _is_known(kana, "姓"):
        return [(kana, kana, "姓")]
    for size in range(len(kana) - 2, 1, -1):
        family, given = kana[:size], kana[size:]
        if _is_known(family, "姓") and _is_known(given, "名"):
            return [(family, family, "姓"), (given, given, "名")]
    return None


def _is_known(katakana: str, kind: str) -> bool:
    if kind == "姓" and katakana in vocabulary("ja").families:
        return True
    return any(
        [word[2] for word in _analysed(spelling)] == [kind] for spelling in (katakana, str(jaconv.kata2hira(katakana)))
    )


def _is_name(kinds: Sequence[str], name: str, is_introduced: bool) -> bool:
    if kinds[0] == "姓":
        return True
    is_noun = all(kind in ("姓", "名", "名詞") for kind in kinds)
    # 林 and 星 are nouns to the analyser when they stand alone; アレックス is one, and ほんとう too.
    is_unusual = len(name) == 1 or _KATAKANA.fullmatch(name) is not None or is_introduced
    return is_noun and (is_unusual or "姓" in kinds or "名" in kinds)


def _reading(part: str) -> str | None:
    return str(jaconv.hira2kata(part)) if _KANA.fullmatch(part) else _reading_of(_analysed(part))


def _reading_of(words: Sequence[tuple[str, str, str]]) -> str | None:
    """In katakana, as it is spelt; None for signs that nobody can read."""
    reading = "".join(reading for _, reading, _ in words)
    return reading if _KATAKANA.fullmatch(reading) else None


def _split_kana(kana: str) -> str:
    parts = [part for part in _SEPARATORS.split(kana) if part]
    if len(parts) == 1 and (read := _split(parts[0], True)) is not None:
        return " ".join(str(jaconv.hira2kata(part)) for part, _ in read)
    return str(jaconv.hira2kata(" ".join(parts)))


def _analysed(name: str) -> list[tuple[str, str, str]]:
    """(as written, reading, ``姓`` ``名`` ``名詞`` or another part of speech) of each word."""
    signs = vocabulary("ja").name_signs
    known = "".join(signs.get(sign, sign) for sign in name)
    with _analysing:  # one analyser, one text at a time
        words = [(word.surface(), word.reading_form(), word.part_of_speech()) for word in _analyser()(known)]
    found: list[tuple[str, str, str]] = []
    at = 0
    for surface, reading, part in words:
        kind = part[3] if part[2] == "人名" and part[3] in ("姓", "名") else part[0]
        written = str(jaconv.hira2kata(surface)) if _KANA.fullmatch(surface) else reading
        found.append((name[at : at + len(surface)], written, kind))
        at += len(surface)
    return found


@cache
def _analyser() -> Any:
    from sudachipy import Dictionary, SplitMode

    tokenizer = Dictionary().tokenizer(mode=SplitMode.A)
    return tokenizer.tokenize
