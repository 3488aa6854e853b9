"""Telephone numbers (ITU-T E.164): valid or not, of which kind, as they are written, said and hidden."""

from __future__ import annotations

import re

import phonenumbers

from ivr.events import NumberClass
from meaning.digits import spoken as spoken_digits
from meaning.lexicon import LANGUAGES

_JAPAN = 81
# 総務省 電気通信番号計画: told by prefix, as that decides what can be sent there.
_CLASSES: tuple[tuple[re.Pattern[str], NumberClass], ...] = (
    (re.compile(r"120\d{6}|800\d{7}"), "toll_free"),
    (re.compile(r"[6789]0\d{8}"), "mobile"),
    (re.compile(r"50\d{8}"), "ip"),
    (re.compile(r"570\d{6}"), "navi"),
    (re.compile(r"20\d{8,11}|990\d{6}|1\d0\d*"), "unknown"),
    (re.compile(r"[1-9]\d{8}"), "landline"),
)


def normalise(text: str, country: str = "JP") -> str | None:
    """The number in E.164 (``+819012345678``), or None when the text, written or spoken, is no valid number."""
    candidates = [text] if re.search(r"\d{2}", text) else []
    candidates += [digits for language in LANGUAGES for digits in spoken_digits(text, language)]
    for candidate in candidates:
        number = _parsed(candidate, country)
        if number is not None:
            return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    return None


def number_class(e164: str | None) -> NumberClass:
    """What kind of number it is; ``withheld`` when there is none."""
    if not e164:
        return "withheld"
    number = _parsed(e164, "JP")
    if number is None:
        return "unknown"
    if number.country_code != _JAPAN:
        return "international"
    national = str(number.national_number)
    return next((kind for form, kind in _CLASSES if form.fullmatch(national)), "unknown")


def national(e164: str) -> str:
    """Digits as one dials them in Japan (``09012345678``); a foreign number stays in E.164."""
    number = _parsed(e164, "JP")
    if number is None or number.country_code != _JAPAN:
        return e164
    return re.sub(r"\D", "", phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.NATIONAL))


def spoken(e164: str) -> str:
    """As it is written and read out, in groups: ``090-1234-5678``. The voice says it digit by digit."""
    number = _parsed(e164, "JP")
    if number is None:
        return e164
    form = phonenumbers.PhoneNumberFormat
    return phonenumbers.format_number(number, form.NATIONAL if number.country_code == _JAPAN else form.INTERNATIONAL)


def masked(e164: str) -> str:
    """With all but its first group and its last four digits hidden: ``090-****-5678``."""
    written = spoken(e164)
    digits = [at for at, sign in enumerate(written) if sign.isdigit()]
    first = re.match(r"\+?\d+", written)
    shown = set(range(first.end() if first else 0)) if len(digits) > 7 else set()
    shown |= set(digits[-4:] if len(digits) > 7 else digits[-2:])
    return "".join("*" if sign.isdigit() and at not in shown else sign for at, sign in enumerate(written))


def _parsed(text: str, country: str) -> phonenumbers.PhoneNumber | None:
    if len(text) > 40:
        return None
    try:
        number = phonenumbers.parse(text, country)
    except phonenumbers.NumberParseException:
        return None
    return number if phonenumbers.is_valid_number(number) else None
