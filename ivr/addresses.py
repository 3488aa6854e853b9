"""Postal addresses, given in two steps: the area, by its postal code or by name, then what follows it.

A Japanese address is sure once it has a number in it; an area alone has none.
"""

from __future__ import annotations

import unicodedata
from itertools import takewhile

from ivr import retries
from ivr.actions import FindArea
from ivr.events import AreaFound
from ivr.turn import Turn


def is_whole(value: str) -> bool:
    """Whether the words of a canonical address reach down to a house number. English addresses are written whole."""
    words = unicodedata.normalize("NFKC", value.partition("|")[2])
    return any(c.isdecimal() for c in words) or (bool(words) and words.isascii())


def begin(turn: Turn, value: str) -> None:
    """An area, or a postal code alone: ask on."""
    code, _, area = value.partition("|")
    if area:
        turn.become(stage="rest", held=value, tries=0)
        return turn.ask()
    turn.become(stage="area", held=value, tries=0)
    turn.do(FindArea(code=code))
    return turn.ask()


def found(turn: Turn, event: AreaFound) -> None:
    """The postal code was looked up. Several areas may share one: what they begin with alike is sure."""
    if turn.state.stage != "area" or turn.state.held != f"{event.code}|":
        return None
    area = _alike(event.areas)
    turn.become(stage="rest" if area else "asking", held=f"{event.code}|{area}" if area else "")
    if turn.state.locked:
        return None
    if not area:
        return retries.failed(turn, "no_area")
    return turn.ask()


def _alike(areas: tuple[str, ...]) -> str:
    """What all of them begin with."""
    return "".join(column[0] for column in takewhile(lambda column: len(set(column)) == 1, zip(*areas, strict=False)))
