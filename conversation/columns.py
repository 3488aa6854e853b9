"""The columns of the customer list: what they are called, and when two values of one are the same. Pure.

====================  =======================================================================================
column                the same when equal
====================  =======================================================================================
number                as national digits: ``+81 90-1234-5678`` is ``09012345678``
member                as capitals and figures without separators
birthday              as a day, however it is written: ``昭和55年4月1日`` is ``1980-04-01``
name, kana            without spaces; kana as katakana
postal_code           as seven figures
any other             without spaces and hyphens, of whatever width and case
====================  =======================================================================================
"""

from __future__ import annotations

import re
import unicodedata
from datetime import date

from ivr import dates, slots

ID = "customer_id"
GIVEN = ("name", "kana", "rank")
"""Columns that a tree may name once the customer is known, as ``customer_name`` and so on."""
NO_PROOF = frozenset({"number", "rank"})
"""Columns that prove nothing, even together: a number is on every letter that somebody wrote."""
_NAME = re.compile(r"[a-z][a-z0-9_]{0,39}")
_JAPANESE = {
    "顧客id": ID, "顧客番号": ID, "お客様id": ID, "お客様番号": ID, "お客さま番号": ID,
    "氏名": "name", "名前": "name", "お名前": "name", "顧客名": "name",
    "カナ": "kana", "フリガナ": "kana", "ふりがな": "kana", "氏名カナ": "kana", "カナ氏名": "kana",
    "電話番号": "number", "電話": "number", "会員番号": "member", "生年月日": "birthday", "誕生日": "birthday",
    "郵便番号": "postal_code", "住所": "address", "ランク": "rank", "会員ランク": "rank", "区分": "rank",
}  # fmt: skip
_NUMBER = re.compile(r"0[0-9]{9,10}|\+[1-9][0-9]{6,14}")
_KANA = re.compile(r"[ァ-ヺー・a-z0-9.]+")


def named(heading: str) -> str | None:
    """The name of the column under this heading, in English or Japanese; None when it can be no name."""
    plain = re.sub(r"[\s-]+", "_", unicodedata.normalize("NFKC", heading).strip().casefold())
    name = _JAPANESE.get(plain.replace("_", ""), plain)
    return name if _NAME.fullmatch(name) else None


def same(column: str, value: str) -> str | None:
    """What equal values of a column have in common; None when it is no value of this column.

    value: as in a list, or as a caller gave it (``ivr.slots``).
    """
    plain = unicodedata.normalize("NFKC", value[: slots.LONGEST]).strip()
    match column:
        case "number":
            number = slots.national(plain)
            return number if _NUMBER.fullmatch(number) else None
        case "member":
            return _bare(plain).upper() or None
        case "birthday":
            return _day(plain)
        case "name":
            return _bare(plain.partition("|")[0] or plain) or None
        case "kana":
            kana = slots.katakana(_bare(plain.rpartition("|")[2]))
            return kana if _KANA.fullmatch(kana) else None
        case "postal_code":
            code = _bare(plain.partition("|")[0]).removeprefix("〒")
            return code if re.fullmatch(r"[0-9]{7}", code) else None
        case "address":
            return _bare(plain.partition("|")[2] or plain) or None
        case _:
            return _bare(plain) or None


def masked(column: str, value: str) -> str:
    """Enough to recognise a customer by, too little to learn about one."""
    if column == "number":
        return f"{value[:3]}-****-{value[-4:]}" if len(value) >= 10 else "*" * len(value)
    return value[:1] + "***" if value else ""


def _day(plain: str) -> str | None:
    figures = plain.isascii() and plain.isdecimal() and len(plain) in (7, 8)
    # Seven or eight figures name a year: which day it is today does not matter.
    found = dates.keyed_date(plain, date.max, lambda _: True) if figures else dates.typed_date(plain)
    return found.isoformat() if found else None


def _bare(plain: str) -> str:
    return re.sub(r"[\s\-‐−–]+", "", plain).casefold()
