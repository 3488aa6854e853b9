"""The message that brings the link. It has to fit one SMS."""

from __future__ import annotations

from collections.abc import Mapping

from deflect.errors import SmsTooLong
from deflect.links import TOKEN_LENGTH

UCS2 = 70
"""UTF-16 units of one message in UCS-2 (3GPP TS 23.038, 23.040)."""
GSM7 = 160
"""Septets of one message in the GSM 7-bit default alphabet."""
_BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿"
    "abcdefghijklmnopqrstuvwxyzäöñüà"
)
_EXTENDED = frozenset("^{}\\[~]|€\f")


def length(text: str) -> tuple[int, int]:
    """(units that the text takes, units that one message has)."""
    if all(letter in _BASIC or letter in _EXTENDED for letter in text):
        return len(text) + sum(letter in _EXTENDED for letter in text), GSM7
    return len(text.encode("utf-16-be")) // 2, UCS2


def write(text: str, url: str) -> str:
    """The message: the tree's text with the link in it."""
    return text.replace("{url}", url)


def check(texts: Mapping[str, str], url: str) -> None:
    """Raises SmsTooLong when a language's text, with a link in it, does not fit one message. url: with ``{token}``."""
    for language, text in texts.items():
        units, most = length(write(text, url.replace("{token}", "x" * TOKEN_LENGTH)))
        if units > most:
            raise SmsTooLong(
                f"the SMS text in {language!r} takes {units} of {most} units with a link at {_domain(url)}: "
                "shorten it or the base URL"
            )


def _domain(url: str) -> str:
    return url.partition("//")[2].partition("/")[0]
