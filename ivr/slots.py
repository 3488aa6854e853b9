"""The kinds of values that a caller can give, and what each looks like.

==========  ==============================================  =======================================
kind        canonical value                                 keys
==========  ==============================================  =======================================
digits      ``0012``                                        as they are
phone       ``09012345678``, national                       as they are
member      ``AB123456``, in capitals                       as they are, when the pattern is figures
date        ``2026-11-03``                                  20261103, 5081103 (令和), 1103
time        ``09:30``                                       0930
amount      ``12000``, whole yen, no leading zero           as they are
count       ``3``                                           as they are
name        ``タカハシ タロウ`` or ``髙橋 太郎|タカハシ タロウ``      none
address     ``1000001|東京都千代田区千代田1-1``, code may lack  1000001, the postal code
rest        ``1丁目1番``                                     none
text        what was said or written                        none
==========  ==============================================  =======================================

Pure: ``today`` is given. What speech may mean is for ``meaning``; here is what keys and fields mean, which values are
allowed, and how a value is read back.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Literal

from ivr import dates
from ivr.actions import Limits
from ivr.phrases import grouped, phrase

Kind = Literal[
    "digits", "phone", "member", "date", "time", "amount", "count", "name", "address", "rest", "text"
]  # fmt: skip
KINDS: tuple[Kind, ...] = (
    "digits", "phone", "member", "date", "time", "amount", "count", "name", "address", "rest", "text",
)  # fmt: skip
Why = Literal[
    "bad_digits", "not_mobile", "bad_date", "too_early", "too_late", "bad_time", "bad_number", "too_small", "too_large",
    "bad_member", "bad_check", "bad_name", "bad_address", "bad_text",
]  # fmt: skip
LONGEST = 400
"""Signs of a value."""
_KATAKANA = re.compile(r"[ァ-ヺー・ ]+")


def keys(kind: str, least: int, most: int, limits: Limits) -> tuple[int, int]:
    """How many keys make a value, least and most; (0, 0) when it cannot be keyed."""
    match kind:
        case "digits":
            return least, most
        case "phone":
            return max(least, 10), min(most, 11)
        case "member":
            figures = limits.pattern.replace("-", "")
            return (len(figures), len(figures)) if set(figures) == {"9"} else (0, 0)
        case "date":
            return 4, 8
        case "time":
            return 3, 4
        case "amount" | "count":
            return 1, len(limits.highest) or 10
        case "address":
            return 7, 7
        case _:
            return 0, 0


def keyed(kind: str, digits: str, limits: Limits, today: date) -> str | None:
    """The canonical value of these keys, or None. An address is its postal code alone: ``1000001|``."""
    if not (digits.isascii() and digits.isdecimal()):
        return None
    bounds = resolved(kind, limits, today)
    match kind:
        case "date":
            found = dates.keyed_date(digits, today, lambda one: not _outside(one.isoformat(), bounds))
            return found.isoformat() if found else None
        case "time":
            return dates.clock(int(digits[:-2]), int(digits[-2:])) if len(digits) in (3, 4) else None
        case "amount" | "count":
            return str(int(digits))
        case "address":
            return f"{digits}|" if len(digits) == 7 else None
        case _:
            return digits


def typed(kind: str, text: str, limits: Limits, today: date) -> str | None:
    """The canonical value of what was typed into a field, or None. Full-width signs and usual separators are taken."""
    plain = " ".join(unicodedata.normalize("NFKC", text[:LONGEST]).split())
    # 髙 and 﨑 are names' own signs: only width is made plain in what is kept as people write it.
    written = " ".join("".join(_narrow(c) for c in text[:LONGEST]).split())
    match kind:
        case "digits":
            return _bare(plain) or None
        case "phone":
            return national(plain)
        case "member":
            return re.sub(r"[ \-‐−–ー]", "", plain).upper() or None
        case "date":
            found = dates.typed_date(plain) or (keyed("date", plain, limits, today) if plain.isdecimal() else None)
            return found.isoformat() if isinstance(found, date) else found
        case "time":
            return dates.typed_time(plain)
        case "amount" | "count":
            figures = re.sub(r"[,円¥ ]|yen", "", plain, flags=re.IGNORECASE)
            return str(int(figures)) if figures.isascii() and figures.isdecimal() else None
        case "name":
            return _name(written)
        case "address":
            return _address(written, plain)
        case _:
            return written or None


def amiss(kind: str, value: str, least: int, most: int, limits: Limits, today: date) -> Why | None:
    """What is wrong with a canonical value. least, most: of digits."""
    limits = resolved(kind, limits, today)
    match kind:
        case "digits":
            return None if _is_digits(value, least, most) else "bad_digits"
        case "phone":
            return None if _is_digits(value, least, most) and value.startswith("0") else "bad_digits"
        case "member":
            if not fits(value, limits.pattern):
                return "bad_member"
            return None if checks(value, limits.check) else "bad_check"
        case "date":
            return _between(value, limits, "bad_date", ("too_early", "too_late"), dates.is_date)
        case "time":
            return _between(value, limits, "bad_time", ("too_early", "too_late"), dates.is_time)
        case "amount" | "count":
            if not _is_digits(value, 1, 15):
                return "bad_number"
            if limits.lowest and int(value) < int(limits.lowest):
                return "too_small"
            return "too_large" if limits.highest and int(value) > int(limits.highest) else None
        case "name":
            return None if 0 < len(value) <= 80 else "bad_name"
        case "address":
            code, _, words = value.partition("|")
            return None if words and code in ("", code[:7]) and len(value) <= 200 else "bad_address"
        case _:
            return None if 0 < len(value) <= LONGEST else "bad_text"


def spoken(kind: str, value: str, language: str) -> str:
    """The value as it is shown and read back."""
    match kind:
        case "phone":
            return grouped(value)
        case "date" if dates.is_date(value):
            return dates.spoken_date(date.fromisoformat(value), language)
        case "time" if dates.is_time(value):
            return dates.spoken_time(int(value[:2]), int(value[3:]), language)
        case "amount" if value.isdecimal():
            return phrase("word_yen", language, {"amount": f"{int(value):,}"})
        case "address":
            code, _, words = value.partition("|")
            return f"〒{code[:3]}-{code[3:]} {words}" if code else words
        case "name":
            kanji, bar, reading = value.partition("|")
            return f"{kanji}（{reading}）" if bar else kanji
        case _:
            return value


def resolved(kind: str, limits: Limits, today: date) -> Limits:
    """Limits whose bounds are canonical values: trees write ``today``, ``+30d``, ``-120y`` for dates."""
    if kind != "date":
        return limits
    return replace(limits, lowest=dates.bound(limits.lowest, today), highest=dates.bound(limits.highest, today))


def is_bound(kind: str, bound: str) -> bool:
    """Whether a tree may write this as a bound."""
    if not bound:
        return True
    match kind:
        case "date":
            return bound == "today" or bool(re.fullmatch(r"[+-]\d{1,4}d|[+-]\d{1,3}y", bound)) or dates.is_date(bound)
        case "time":
            return dates.is_time(bound)
        case "amount" | "count":
            return _is_digits(bound, 1, 15)
        case _:
            return False


def fits(value: str, pattern: str) -> bool:
    """Whether a member number has the form of the pattern; hyphens in the pattern are for reading."""
    signs = pattern.replace("-", "")
    if not signs:
        return bool(re.fullmatch(r"[A-Z0-9]{1,32}", value))
    kinds = {"9": "0123456789", "A": "ABCDEFGHIJKLMNOPQRSTUVWXYZ", "X": "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"}
    return len(value) == len(signs) and all(c in kinds.get(sign, sign) for c, sign in zip(value, signs, strict=True))


def checks(value: str, check: str) -> bool:
    """Whether the last digit is the check digit of those before it; letters do not count.

    mod10: Luhn (ISO/IEC 7812-1, annex B). mod11: weights 2 to 7 from the right, over and over; 0 for a rest of 0 or 1
    (平成26年総務省令第85号第5条).
    """
    figures = [int(c) for c in value if c.isdecimal()]
    if not check:
        return True
    if len(figures) < 2:
        return False
    *body, last = figures
    if check == "mod10":
        doubled = [d * 2 - 9 * (d > 4) if place % 2 == 0 else d for place, d in enumerate(reversed(body))]
        return (sum(doubled) + last) % 10 == 0
    rest = sum(d * (2 + place % 6) for place, d in enumerate(reversed(body))) % 11
    return last == (0 if rest <= 1 else 11 - rest)


def national(value: str) -> str:
    """Digits as they are keyed in Japan: full-width made plain, spaces and hyphens gone, +81 made 0."""
    plain = _bare(unicodedata.normalize("NFKC", value[:64]))
    return "0" + plain[3:] if plain.startswith("+81") else plain


def _between(value: str, limits: Limits, bad: Why, sides: tuple[Why, Why], right: Callable[[str], bool]) -> Why | None:
    if not right(value):
        return bad
    outside = _outside(value, limits)
    return sides[outside > 0] if outside else None


def _outside(value: str, limits: Limits) -> int:
    """-1 below, 1 above, 0 within; dates and times compare as texts."""
    if limits.lowest and value < limits.lowest:
        return -1
    return 1 if limits.highest and value > limits.highest else 0


# -- signs -------------------------------------------------------------------------------------------------------------


def _is_digits(value: str, least: int, most: int) -> bool:
    return value.isascii() and value.isdecimal() and least <= len(value) <= most


def _bare(plain: str) -> str:
    return "".join(c for c in plain if c not in " -‐−–ー()\t\u3000")


def _narrow(sign: str) -> str:
    """Full-width Latin letters, figures and spaces, and half-width katakana, made plain; every other sign is kept."""
    code = ord(sign)
    if 0xFF01 <= code <= 0xFF5E or 0xFF61 <= code <= 0xFF9F or code == 0x3000:
        return unicodedata.normalize("NFKC", sign)
    return sign


def _name(written: str) -> str | None:
    """``漢字|カナ``, ``カナ``, or letters. Hiragana readings become katakana."""
    kanji, bar, reading = (part.strip() for part in written.partition("|"))
    if not bar:
        kana = katakana(kanji)
        return (kana if _KATAKANA.fullmatch(kana) else kanji) or None
    kana = katakana(reading)
    if not kanji:
        return kana if _KATAKANA.fullmatch(kana) else None
    return f"{kanji}|{kana}" if _KATAKANA.fullmatch(kana) else None


def katakana(text: str) -> str:
    """Hiragana as katakana; half-width marks joined to their signs."""
    joined = unicodedata.normalize("NFC", text.replace("\uff9e", "\u3099").replace("\uff9f", "\u309a"))
    return "".join(chr(ord(c) + 0x60) if "ぁ" <= c <= "ゖ" else c for c in joined)


def _address(written: str, plain: str) -> str | None:
    """With a postal code in front, with or without 〒, or without one."""
    code, _, words = written.partition("|")
    if _is_digits(_bare(code), 7, 7):
        return f"{_bare(code)}|{words.strip()}"
    found = re.match(r"〒?\s*(\d{3})\s*[-‐−–ー]?\s*(\d{4})(?!\d)\s*", plain)
    if found:
        rest = re.sub(r"^〒?\s*[\d０-９]{3}\s*[-‐−–ー－]?\s*[\d０-９]{4}\s*", "", written)
        return f"{found[1]}{found[2]}|{rest.strip()}"
    return f"|{written.lstrip('|').strip()}" if written.strip("| ") else None
