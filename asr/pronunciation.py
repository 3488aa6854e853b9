"""How a text is to be said, so that a caller can write down what is read out.

Phone numbers, member numbers and codes are said digit by digit in short groups; amounts, dates and counted things
stay as they are, for the voice reads them well. Nothing has to be marked up in a tree.
"""

from __future__ import annotations

import re
import unicodedata

_HYPHEN = "-‐‑‒–—−ー"
_NUMBER = re.compile(
    rf"(?<![\d.,A-Za-z])(?:\+(?=\d))?\d+(?:(?:\)?[{_HYPHEN}]\(?|[()])\d+)*(?![\d]|[.,]\d|[A-Za-z])",
)
_COUNTED = {
    "ja": re.compile(
        r"\s*(?:円|年|月|日|時|分|秒|週|歳|才|件|人|名|様|個|回|本|枚|台|点|冊|階|位|倍|割|度|度目|種類|つ|か所|箇所|ヶ月|か月|カ月|ヵ月|"
        r"万|億|兆|千|百|ポイント|マイル|パーセント|ドル|ユーロ|キロ|メートル|グラム|リットル|ミリ|センチ|%|㎡|km|kg|m\b|g\b)"
    ),
    "en": re.compile(
        r"\s*(?:yen|dollars?|euros?|pounds?|cents?|percent|%|people|persons?|calls?|times|days?|weeks?|months?|years?|"
        r"hours?|minutes?|seconds?|items?|orders?|points?|miles?|kilomet|met(?:er|re)s?|km\b|kg\b|grams?|st\b|nd\b|rd\b|th\b)",
        re.IGNORECASE,
    ),
}
_MONEY = re.compile(r"[¥$€£]\s*$")
_TIME = re.compile(r"(?<!\d)([01]?\d|2[0-4]):([0-5]\d)(?!\d|:)")
_URL = re.compile(r"https?://", re.IGNORECASE)
_DOT = re.compile(r"(?<=[A-Za-z0-9])\.(?=[A-Za-z][A-Za-z0-9\-]*)")
_ENGLISH = re.compile(r"[A-Za-z][A-Za-z']*[,;:]? +(?:[A-Za-z0-9'][A-Za-z0-9'\-]*[,;:]? *){2,}[.!?]?")
"""Three words of Latin letters or more."""
_PEOPLE = re.compile(r"(?<=[るたい])方は")
_SLASH = re.compile(r"(?<=[A-Za-z0-9])/(?=[A-Za-z0-9])")
_HIDDEN = re.compile(rf"[{_HYPHEN}]?[*•●]{{2,}}[{_HYPHEN}]?")
_RANGE = re.compile(r"(?<=[\d時分日月])\s*[〜~]\s*(?=\d)|(?<=\d)-(?=\d{1,2}[時分日月])")


def japanese(text: str) -> str:
    """The text as OpenJTalk reads it rightly: digit strings as groups joined by a minus sign, signs as words."""
    text = _clean(unicodedata.normalize("NFKC", text))
    text = _URL.sub("", text)
    text = _HIDDEN.sub("、", text)
    text = _TIME.sub(lambda found: f"{int(found[1])}時" + (f"{int(found[2])}分" if int(found[2]) else ""), text)
    text = _RANGE.sub("から", text)
    text = _NUMBER.sub(lambda found: _say(found, "ja", "−"), text)
    # OpenJTalk takes 方 for ほう and 米印 for ベーイン at times; in a telephone menu they are always these.
    text = _PEOPLE.sub("かたは", text).replace("米印", "こめじるし")
    text = text.replace("#", "シャープ").replace("*", "こめじるし").replace("@", "アットマーク").replace("&", "アンド")
    return _SLASH.sub("スラッシュ", _DOT.sub("ドット", text)).strip()


def english(text: str) -> str:
    """The text as an English voice reads it rightly: digit strings as single digits with a comma between groups."""
    text = _clean(unicodedata.normalize("NFKC", text))
    text = _URL.sub("", text)
    text = _HIDDEN.sub(", ", text)
    text = _NUMBER.sub(lambda found: _say(found, "en", ", "), text)
    text = text.replace("#", " pound ").replace("*", " star ").replace("@", " at ").replace("&", " and ")
    return re.sub(r" {2,}", " ", _SLASH.sub(" slash ", _DOT.sub(" dot ", text))).strip()


def parts(text: str, language: str) -> list[tuple[str, str]]:
    """(language, text) pieces: an English sentence within Japanese is for the English voice, single words are not."""
    if language != "ja":
        return [(language, text)]
    pieces: list[tuple[str, str]] = []
    at = 0
    for found in _ENGLISH.finditer(text):
        pieces += [("ja", text[at : found.start()]), ("en", found[0])]
        at = found.end()
    pieces.append(("ja", text[at:]))
    kept = [piece for piece in pieces if any(sign.isalnum() for sign in piece[1])]
    return kept or [(language, text)]


def groups(digits: str) -> list[str]:
    """Digits as people write them down: telephone numbers by their usual groups, others by threes and fours."""
    if digits.startswith("0") and len(digits) == 11:
        sizes = [3, 4, 4]
    elif digits.startswith(("0120", "0570", "0800", "0990")) and len(digits) == 10:
        sizes = [4, 3, 3]
    elif digits.startswith(("03", "06")) and len(digits) == 10:
        sizes = [2, 4, 4]
    elif digits.startswith("0") and len(digits) == 10:
        sizes = [3, 3, 4]
    elif len(digits) == 4:
        sizes = [2, 2]
    elif len(digits) % 4 == 0:
        sizes = [4] * (len(digits) // 4)
    else:
        threes, rest = divmod(len(digits), 3)
        sizes = [3] * threes
        if rest > threes:
            sizes.append(rest)
        for spread in range(1, rest + 1 if rest <= threes else 1):
            sizes[-spread] = 4
    out, at = [], 0
    for size in sizes:
        out.append(digits[at : at + size])
        at += size
    return out


def _clean(text: str) -> str:
    """Without control characters, private signs and pictures, which engines choke on or take for commands."""
    kept = (" " if unicodedata.category(c)[0] in "CZ" or unicodedata.category(c) == "So" else c for c in text)
    return re.sub(r" +", " ", "".join(kept)).strip()


def _say(found: re.Match[str], language: str, joint: str) -> str:
    parts = re.findall(r"\d+", found[0])
    if not _is_code(found, parts, language):
        return found[0]
    pieces: list[str] = []
    for part in parts if len(parts) > 1 else groups(parts[0]):
        pieces += groups(part) if len(part) > 4 else [part]
    plus = {"ja": "プラス", "en": "plus "}[language] if found[0].startswith("+") else ""
    return plus + joint.join(pieces if language == "ja" else (" ".join(piece) for piece in pieces))


def _is_code(found: re.Match[str], parts: list[str], language: str) -> bool:
    """Whether the number is to be said digit by digit, and is no amount, date or count."""
    total = sum(map(len, parts))
    if _COUNTED[language].match(found.string, found.end()) or _MONEY.search(found.string[: found.start()]):
        return False
    if parts[0].startswith("0") and total > 1:
        return True
    if len(parts) > 1:
        return total >= 6 or len(parts) > 2
    return total >= (4 if language == "ja" else 5)
