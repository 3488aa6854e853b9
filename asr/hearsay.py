"""What a speech model writes that no one said: loops, and the sentences it learned from the ends of videos."""

from __future__ import annotations

import re
import unicodedata

_NEVER_SAID = (
    "ご視聴ありがとうございました",
    "ご視聴ありがとうございます",
    "ご清聴ありがとうございました",
    "最後までご視聴いただきありがとうございました",
    "チャンネル登録をお願いします",
    "チャンネル登録よろしくお願いします",
    "高評価とチャンネル登録をお願いします",
    "おやすみなさい",
    "字幕作成者",
    "thank you for watching",
    "thanks for watching",
    "please subscribe",
    "subtitles by the amara org community",
    "see you in the next video",
)
_ONLY_WHEN_UNSURE = ("you", "bye", "thank you", "ありがとうございました", "はい", "うん", "ん", "the", "so")
_NOISE_MARK = re.compile(r"[\[(（【♪*][^\])）】♪*]*[\])）】♪*]")
_MARKS = re.compile(r"[\W_]+")


def plain(text: str) -> str:
    """For comparing: width and case folded, marks and spaces gone."""
    return _MARKS.sub("", unicodedata.normalize("NFKC", text).lower())


_NEVER = frozenset(plain(text) for text in _NEVER_SAID)
_UNSURE = frozenset(plain(text) for text in _ONLY_WHEN_UNSURE)


def was_said(text: str, confidence: float, no_speech: float) -> bool:
    """Whether to believe that someone said this. confidence and no_speech: 0..1, by the model itself."""
    bare = plain(_NOISE_MARK.sub("", text))
    if not bare or bare in _NEVER:
        return False
    if no_speech > 0.6 and confidence < 0.4:
        return False
    return not (bare in _UNSURE and (no_speech > 0.5 or confidence < 0.2))


def collapse(text: str) -> str:
    """A loop said once: 住所変更 住所変更 住所変更 -> 住所変更. Repeated digits may well be meant."""
    text = text.strip()
    whole = re.fullmatch(r"(.{4,}?)(?:[\s、。,.]*\1)+.{0,40}", text, re.DOTALL)
    if whole and _is_tail(text, whole.group(1)) and not _digits_only(text):
        return whole.group(1).strip(" 、。,.")
    tail = re.match(r"^(.*?)((.{2,40}?)(?:\s*\3){2,})", text, re.DOTALL)
    if tail and len(tail.group(2)) > 10 and not _digits_only(tail.group(2)):
        return (tail.group(1) + tail.group(3)).strip()
    return text


def _is_tail(text: str, unit: str) -> bool:
    """Whether what is left after whole repeats of unit is the beginning of one more."""
    bare, one = plain(text), plain(unit)
    return bool(one) and (one * (len(bare) // len(one) + 1)).startswith(bare)


def _digits_only(text: str) -> bool:
    return not re.search(r"[^\d\s\-−ー.,、]", text)
