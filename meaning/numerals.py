"""Spoken numbers as figures, within a text: 二十三日 and にじゅうさんにち are 23日, "twelve thousand" is 12000.

What comes out is for searching, not for showing: Japanese is all in hiragana but for kanji, without spaces.
"""

from __future__ import annotations

import re
from functools import cache

import jaconv

from meaning import english_numbers
from meaning.normal import plain
from meaning.vocabulary import Renamed, Vocabulary, vocabulary

_KANJI = {sign: value for value, sign in enumerate("〇一二三四五六七八九")} | {"零": 0, "壱": 1, "弐": 2}
_UNITS = {"十": 10, "百": 100, "千": 1000}
_MYRIADS = {"万": 10**4, "億": 10**8, "兆": 10**12}
_SOUNDS = {
    "0": "ぜろ れい", "1": "いち いっ", "2": "に", "3": "さん", "4": "し よん よ", "5": "ご", "6": "ろく ろっ",
    "7": "なな しち", "8": "はち はっ", "9": "きゅう く", "十": "じゅう じゅっ じっ",
    "百": "ひゃく びゃく ぴゃく ひゃっ", "千": "せん ぜん", "万": "まん", "億": "おく", "兆": "ちょう",
}  # fmt: skip
_KANA = {sound: sign for sign, sounds in _SOUNDS.items() for sound in sounds.split()}
_PARTICLES = ("に", "し", "ご", "よ", "く")
"""What also ends or follows other words: dropped from the front of a numeral that makes no sense with it."""
_NUMERAL = re.compile(r"[\d〇零一二三四五六七八九十百千万億兆壱弐]+(?:\.\d+[万億兆千百]?)?")
_KANA_RUN = "(?:" + "|".join(sorted((re.escape(word) for word in _KANA), key=len, reverse=True)) + ")+"
_MOST_FIGURES = 18


def figures(text: str, language: str, *, kana: bool = True) -> str:
    """The text with its numbers as figures. kana: those spelt by their sound too, which may be no numbers."""
    words = vocabulary(language)
    return _japanese(text, words, kana) if language == "ja" else english_numbers.figures(text, words)


def bare(text: str, language: str) -> str | None:
    """The figures of a text that is one whole number and nothing else of weight."""
    words = vocabulary(language)
    said = figures(text, language)
    if language == "ja":
        left = words.bare.sub("", said.replace(" ", ""))
        spelt = None if re.fullmatch(r"\d+", left) else _kana_number(left)
        return str(spelt) if spelt is not None else left if re.fullmatch(r"\d{1,18}", left) else None
    for thing in sorted(words.things, key=len, reverse=True):
        said = re.sub(rf"(?<!\w){thing}(?!\w)", str(words.things[thing]), said)
    # Digits may be said one by one; longer numbers side by side are two.
    found = re.fullmatch(r"\d{1,18}|\d(?: \d){1,17}", " ".join(words.bare.sub("", said).split()))
    return found[0].replace(" ", "") if found else None


# -- Japanese ----------------------------------------------------------------------------------------------------------


def _japanese(text: str, words: Vocabulary, kana: bool) -> str:
    said = jaconv.kata2hira(re.sub(r"(?<!\d) | (?!\d)", "", plain(text)))
    said = re.sub(r"(?<=\d),(?=\d{3}(?!\d))", "", said)
    said = re.sub(r"(?<=[ゅ])ー", "う", said).replace("とーか", "とおか").replace("よーか", "ようか")
    for thing, value in words.things.items():
        said = said.replace(thing, f"{value}つ")
    for pattern, becomes in words.written:
        said = pattern.sub(becomes, said)
    said = _NUMERAL.sub(lambda found: _kanji_number(found[0]), said)
    return _spelt(said, words) if kana else said


def _spelt(said: str, words: Vocabulary) -> str:
    """Numbers in kana before their counters, and days by their own names."""
    names = "|".join(sorted(words.days, key=len, reverse=True))
    before, after = r"(?:(?<=[月のはがで、。])|^)", r"(?=$|[後前ごにのでがは、。よねを]|まえ|です|だ$|から|まで)"
    return re.sub(f"{before}({names}){after}", lambda found: f"{words.days[found[1]]}日", counted(said, words.counters))


def counted(said: str, counters: Renamed) -> str:
    """Numbers in kana as figures where one of these counters follows."""
    return _before(counters).sub(lambda found: _with_counter(found[1], found[2], counters), said)


@cache
def _before(counters: Renamed) -> re.Pattern[str]:
    return re.compile(rf"({_KANA_RUN}|\d+)({'|'.join(f'(?:{pattern.pattern})' for pattern, _ in counters)})")


def _with_counter(run: str, counter: str, counters: Renamed) -> str:
    written = next((becomes for pattern, becomes in counters if pattern.match(counter)), "") or counter
    if run.isdecimal():
        return run + written
    dropped = ""
    while (value := _kana_number(run)) is None and run.startswith(_PARTICLES) and len(run) > 1:
        dropped, run = dropped + run[0], run[1:]
    return f"{dropped}{run}{counter}" if value is None else f"{dropped}{value}{written}"


def in_a_row(said: str) -> str:
    """Numbers in kana as figures where の joins them, as house numbers are said: いちのにのさん."""
    numeral = rf"(?:{_KANA_RUN}|\d+)"
    return re.sub(
        rf"{numeral}(?:の{numeral})+(?![ぁ-んァ-ヺ一-龥])",
        lambda row: re.sub(_KANA_RUN, lambda one: _figured(one[0]), row[0]),
        said,
    )


def _figured(run: str) -> str:
    """By its units, or sign by sign: ひゃくごじゅう, ぜろぜろよんさん."""
    value, signs = _kana_number(run), _signs(run) or ""
    return str(value) if value is not None else signs if signs.isdecimal() else run


def _kana_number(run: str) -> int | None:
    """A number in kana with its units, or None when the words do not make one."""
    signs = _signs(run)
    return _structured(signs) if signs and not re.search(r"\d\d", signs) else None


def _signs(run: str) -> str | None:
    """The numerals of words in kana: 百5十 for ひゃくごじゅう; None when there are other words among them."""
    signs, at = "", 0
    while at < len(run):
        word = next((run[at : at + size] for size in (4, 3, 2, 1) if run[at : at + size] in _KANA), None)
        if word is None:
            return None
        signs += _KANA[word]
        at += len(word)
    return signs


def _kanji_number(run: str) -> str:
    """二〇二六 is 2026 sign by sign, 二千二十六 and 2千26 by their units, 1.5万 is 15000."""
    if run.isascii():
        return run
    figured = "".join(str(_KANJI[sign]) if sign in _KANJI else sign for sign in run)
    if not any(sign in _UNITS or sign in _MYRIADS for sign in figured):
        return figured
    value = _structured(figured)
    return figured if value is None else str(value)


def _structured(figured: str) -> int | None:
    """Figures with 十百千万億兆 among them; None when their order makes no number."""
    total, room = 0.0, 10**16
    for part, myriad in re.findall(r"([\d.十百千]*)([万億兆]|$)", figured):
        if not part and not myriad:
            continue
        scale = _MYRIADS.get(myriad, 1)
        within = _thousands(part) if part else 1.0
        if within is None or scale >= room:
            return None
        total, room = total + within * scale, scale
    whole = round(total)
    return whole if abs(total - whole) < 1e-6 and len(str(whole)) <= _MOST_FIGURES else None


def _thousands(part: str) -> float | None:
    total, room, number = 0.0, 10**4, ""
    for sign in part:
        if sign in _UNITS:
            if _UNITS[sign] >= room:
                return None
            total += (float(number) if number else 1.0) * _UNITS[sign]
            room, number = _UNITS[sign], ""
        else:
            number += sign
    if not number:
        return total
    if number.count(".") > 1 or (room < 10**4 and float(number) >= room):
        return None
    return total + float(number)
