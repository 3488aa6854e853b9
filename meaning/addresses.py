"""Postal addresses as they are said or written: the area by name or postal code, then block, number and building.

A Japanese area is looked for in the public postal data, by how it is written or, where recognisers have written it
otherwise, by how it sounds. English addresses are taken as they are written.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import date

from ivr import slots
from ivr.actions import Limits
from meaning.digits import spoken
from meaning.lexicon import lexicon
from meaning.normal import kana
from meaning.numerals import counted, figures, in_a_row
from meaning.postal import City, alike, areas, book, sound
from meaning.vocabulary import vocabulary

__all__ = ["areas", "codes", "prepare", "rest", "understood"]

_LONGEST_CITY = 18
_CODE = r"(\d{3})[\-‐−–ー の]{0,2}(\d{4})(?!\d)"
_NUMERAL = re.compile(
    r"[〇一二三四五六七八九十百]+(?=丁目|番|号|階|室|[のノ\-‐−–ー]\s?[\d〇一二三四五六七八九十]|$)|"
    r"(?<=[のノ\-‐−–ー番])[〇一二三四五六七八九十百]+(?![一-龥])"
)
_OF_A_BUILDING = r"(?!\d|\s*(?:階|室|号室|号館|号棟|番館|番町|棟|[Ff](?![a-z])))"
_JOINT = "のノ‐−–ー-"
_PART = re.compile(rf"[\s、,]*(\d{{1,5}}){_OF_A_BUILDING}\s*(丁目|番地|番|号)?(?:[、{_JOINT}](?=\s*\d))?")
_JAPANESE = re.compile(r"[ぁ-ゖァ-ヺ一-龥]")


@dataclass(frozen=True, slots=True)
class _Area:
    """name: as people write it. left: what was said after it."""

    name: str
    codes: tuple[str, ...]
    has_town: bool
    left: str


def prepare() -> None:
    """Read the postal data now (about two seconds) and not while a caller waits."""
    book()


def understood(text: str, language: str, digits: str = "") -> str | None:
    """``1000001|東京都千代田区千代田1-1``, without what was not said; None when no area is sure. digits: the ear's."""
    said = _bare(text, language)
    if language == "ja":
        said = in_a_row(counted(said, vocabulary("ja").house_counters))
    if language != "ja" and not _JAPANESE.search(said):
        return _english(text, said)
    code, words = _with_code(said, language)
    if not words:
        code = code or (digits if len(digits) == 7 else "")
        return f"{code}|" if code else None
    area = _area(words)
    if code:
        return _of_code(code, area, words)
    if area is None:
        return None
    if not area.has_town and area.left and not _rest_after(area.left):
        return None if re.search(r"\d", area.left) else f"|{area.name}"
    code = area.codes[0] if len(area.codes) == 1 and area.has_town else ""
    return f"{code}|{area.name}{_rest_after(area.left)}"


def rest(text: str, language: str) -> str | None:
    """What follows an area: 一丁目二番三号 is 1-2-3; a building keeps its name."""
    said = _bare(text, language)
    return (_block(said) if language == "ja" or _JAPANESE.search(said) else said) or None


def codes(area: str) -> tuple[str, ...]:
    """The postal codes of an area as people write it; those of its whole municipality are none of them."""
    found = _area(_plain(area))
    return found.codes if found is not None and found.has_town else ()


def _of_code(code: str, area: _Area | None, words: str) -> str | None:
    """A code and words: they must not contradict each other."""
    named = areas(code)
    if area is not None:
        agree = code in area.codes or any(one.startswith(area.name) for one in named)
        return f"{code}|{area.name}{_rest_after(area.left)}" if agree or not named else None
    if not named:
        return None
    whole = named[0] if len(named) == 1 else ""
    # 100-0001 千代田1-1: what is left of the area may be said again, from any part of it on.
    for start in range(len(whole)):
        if alike(words).startswith(alike(whole[start:])):
            return f"{code}|{whole}{_rest_after(words[len(whole) - start :])}"
    if whole and re.match(r"[のは、 ]*[\d〇一二三四五六七八九十]", words):
        return f"{code}|{whole}{_rest_after(words.lstrip('のは、 '))}"
    return None


def _area(words: str) -> _Area | None:
    joined = re.sub(r"[\s、,]+", "", _head(words)) + words[len(_head(words)) :]
    return _by_sight(joined) or _by_sound(joined)


def _head(words: str) -> str:
    """What comes before the first figure."""
    found = re.search(r"\d", words)
    return words[: found.start()] if found else words


def _by_sight(words: str) -> _Area | None:
    key = alike(words[: _LONGEST_CITY + 12])
    cities = book().written
    for size in range(min(_LONGEST_CITY, len(key)), 1, -1):
        if found := cities.get(key[:size]):
            areas_found = [_in_city(city, words[size:]) for city in found]
            told = [area for area in areas_found if area.has_town] or areas_found
            return told[0] if len({area.name for area in told}) == 1 else None
    return None


def _in_city(city: City, left: str) -> _Area:
    left = re.sub(r"^(?:の|大字|字)+", "", left)
    key = alike(left[:40])
    best = ""
    found: list[str] = []
    for town, _, code in city.each():
        if len(town) < len(best) or not town or not key.startswith(alike(town)):
            continue
        if len(town) > len(best):
            best, found = town, []
        found.append(code)
    if not best:
        return _Area(city.name, tuple(code for town, _, code in city.each() if not town), False, left)
    return _Area(city.name + best, tuple(dict.fromkeys(found)), True, left[len(best) :])


def _by_sound(words: str) -> _Area | None:
    """Where every sign before the number sounds like one area, and like no other."""
    head = _head(re.sub(r"[〇一二三四五六七八九十]+(?=丁目|番|の|号)", lambda one: "1" * len(one[0]), words))
    read = sound(kana(head.rstrip("の")))
    if len(read) < 4:
        return None
    found: list[_Area] = []
    for size in range(2, len(read) + 1):
        for city in book().sounds.get(read[:size], ()):
            for town, town_sound, code in city.each():
                if town_sound == read[size:]:
                    left = words[len(head) :] if town or size == len(read) else ""
                    found.append(_Area(city.name + town, (code,), bool(town), left))
    names = {area.name for area in found}
    if len(names) != 1:
        return None
    return _Area(
        found[0].name, tuple(dict.fromkeys(c for one in found for c in one.codes)), found[0].has_town, found[0].left
    )


def _rest_after(left: str) -> str:
    block = _block(left)
    return block if re.search(r"\d", block) else ""


def _block(said: str) -> str:
    """Block, number and house joined by hyphens; what follows them as it is."""
    said = _spelt(said).lstrip("のは、 ")
    numbers: list[str] = []
    at, is_chome = 0, False
    while (found := _PART.match(said, at)) and (not numbers or said[at - 1] in f"目地番号、{_JOINT}"):
        numbers.append(found[1])
        is_chome = len(numbers) == 1 and found[2] == "丁目"
        at = found.end()
    block = "-".join(numbers) + ("丁目" if is_chome else "")
    left = re.sub(r"\s+", " ", said[at:]).strip(f" 、,。{_JOINT}")
    return f"{block} {left}".strip() if block else left


def _spelt(said: str) -> str:
    """Numbers in kanji or kana as figures, where they are numbers and no names (六本木)."""
    said = in_a_row(counted(said, vocabulary("ja").house_counters))
    return _NUMERAL.sub(lambda found: figures(found[0], "ja"), said)


def _with_code(said: str, language: str) -> tuple[str, str]:
    """(postal code or nothing, the other words)."""
    mark = vocabulary(language).postal_code.pattern
    if found := re.search(rf"(?:{mark})?\s*(?<!\d)(?<![\d\-]){_CODE}", said):
        return found[1] + found[2], (said[: found.start()] + " " + said[found.end() :]).strip(" 、,。の|")
    marked = re.match(mark, said)
    runs = spoken(said[marked.end() :] if marked else said, language)
    if (
        runs
        and len(runs[0]) == 7
        and (marked or not re.search(r"[一-龥]{2}", re.sub(r"[〇一二三四五六七八九]", "", said)))
    ):
        return runs[0], ""
    return "", said.strip("| ")


def _english(text: str, said: str) -> str | None:
    code, words = _with_code(said, "en")
    if not words:
        return f"{code}|" if code else None
    if not (re.search(r"\d", words) and re.search(r"[A-Za-z]{2}", words)):
        return None
    return f"{code}|{words.strip(' ,')}"


def _bare(text: str, language: str) -> str:
    """The words with their own signs, without fillers and without what stands around an address."""
    words = vocabulary(language)
    said = slots.typed("text", text, Limits(), date.min) or ""
    said = re.sub(lexicon(language).fillers.pattern, " ", said, flags=re.IGNORECASE).strip(" 、。,.")
    said = re.sub(rf"^{words.before['addresses'].pattern}", "", said, flags=re.IGNORECASE)
    said = re.sub(words.after["addresses"].pattern, "", said, flags=re.IGNORECASE)
    return _plain(said).strip(" 、。,.")


def _plain(said: str) -> str:
    """Figures and letters of one width; 髙 and 﨑 stay."""
    return "".join(unicodedata.normalize("NFKC", c) if unicodedata.east_asian_width(c) in "FH" else c for c in said)
