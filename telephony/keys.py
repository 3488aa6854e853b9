"""One key press counts once, however many ways it is told in.

A telephone may tell the same press by RFC 4733 events, by SIP INFO and by its tones in the sound, some phones by all
three at once. The rule: a report is the echo of a press counted before if that press is recent, of the same digit, and
has not yet been told by this way; otherwise it is a new press. So ``11`` told twice in two ways is two presses.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Method = Literal["rfc4733", "info", "inband"]
DIGITS = frozenset("0123456789*#ABCD")
ECHO_WITHIN = 0.7
"""Seconds that one way may lag behind another."""


@dataclass(slots=True)
class _Press:
    digit: str
    at: float
    told_by: set[Method]


class Keys:
    """One a call. Times are monotonic seconds, given."""

    def __init__(self) -> None:
        self._recent: list[_Press] = []

    def report(self, digit: str, method: Method, at: float) -> str | None:
        """The digit if this is a new press, else None (an echo, or no key at all)."""
        digit = digit.upper()
        if digit not in DIGITS:
            return None
        self._recent = [press for press in self._recent if at - press.at <= ECHO_WITHIN]
        for press in self._recent:
            if press.digit == digit and method not in press.told_by:
                press.told_by.add(method)
                return None
        self._recent.append(_Press(digit, at, {method}))
        return digit
