"""Keys and names of options: told apart, left their usual meaning, and said as they are."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterator

from ivr.errors import Problem
from ivr.nodes import AskNode, Choice, MenuNode, QuestionNode
from ivr.proof.ground import Ground
from ivr.proof.words import plain

MANY = 5
"""Options of a menu beyond which callers forget the first."""
EVERYWHERE = {"0": "person", "9": "repeat", "*": "repeat", "#": "hand in"}
_KEY_WORDS = {"米印": "*", "こめじるし": "*", "シャープ": "#", "いげた": "#", "star": "*", "pound": "#", "hash": "#"}
_KEY = r"(?:\[?(?P<key>[0-9#*])\]?|(?P<name>米印|こめじるし|シャープ|いげた|star|pound|hash))"
_JAPANESE = re.compile(rf"(?P<what>[^、。，．,.？！?!は]+)は、?{_KEY}(?:番)?(?=[、。,をで]|と|\s|$)")
_FIRST = re.compile(rf"(?P<what>[^.,;。、]{{1,80}}?),? (?:please )?press (?:the )?{_KEY}\b", re.IGNORECASE)
_LAST = re.compile(rf"press (?:the )?{_KEY} (?:key )?(?:for|to) (?P<what>[^.,;。、]{{1,80}})", re.IGNORECASE)
_BEFORE = re.compile(r"^(?:for|to)(?: the| an?)? ", re.IGNORECASE)
_SMALL = str.maketrans("ぁぃぅぇぉっゃゅょゎ", "あいうえおつやゆよわ")

Choosing = MenuNode | QuestionNode | AskNode


def of_options(ground: Ground) -> Iterator[Problem]:
    for name, node in ground.tree.nodes.items():
        if not isinstance(node, Choosing) or not node.options:
            continue
        yield from _twice(ground, name, node)
        yield from _taken(ground, name, node)
        yield from _alike(ground, name, node)
        yield from _spoken(ground, name, node)
        if isinstance(node, MenuNode) and sum(not option.language for option in node.options) > MANY:
            yield ground.found("many_options", name, count=len(node.options), most=MANY)
        if any(option.key for option in node.options):
            for option in node.options:
                if not option.key:
                    yield ground.found("no_key", name, option.id, option=option.id)


def _twice(ground: Ground, name: str, node: Choosing) -> Iterator[Problem]:
    for key in _more_than_once(option.key for option in node.options if option.key):
        yield ground.found("key_twice", name, key=key)
    for one in _more_than_once(option.id for option in node.options):
        yield ground.found("option_twice", name, option=one)


def _more_than_once(used: Iterator[str]) -> list[str]:
    return sorted(one for one, count in Counter(used).items() if count > 1)


def _taken(ground: Ground, name: str, node: Choosing) -> Iterator[Problem]:
    """Keys that mean something else everywhere else."""
    for option in node.options:
        leads_to_person = option.key == "0" and (option.next or node.next) == ground.tree.person
        if option.key in EVERYWHERE and not leads_to_person:
            yield ground.found(f"key_{EVERYWHERE[option.key].split()[0]}", name, option.id, key=option.key)


def _alike(ground: Ground, name: str, node: Choosing) -> Iterator[Problem]:
    """Options that nobody could tell apart by ear."""
    for language in ground.tree.languages:
        labels: dict[str, str] = {}
        for option in node.options:
            heard = _ear(plain(option.label.get(language, "")))
            if heard and heard in labels:
                yield ground.found(
                    "labels_alike", name, option.id, first=labels[heard], option=option.id, language=language
                )
            labels.setdefault(heard, option.id)
        said: dict[str, list[str]] = defaultdict(list)
        for option in node.options:
            for words in dict.fromkeys(_ear(one) for one in option.words.get(language, ())):
                said[words].append(option.id)
        for words, options in said.items():
            other = labels.get(words)
            if len(options) > 1:
                shown = _as_written(node, options[0], words, language)
                yield ground.found("words_shared", name, options[1], first=options[0], option=options[1], words=shown)
            elif other and other not in options:
                shown = _as_written(node, options[0], words, language)
                yield ground.found("words_shared", name, options[0], first=other, option=options[0], words=shown)


def _as_written(node: Choosing, option: str, heard: str, language: str) -> str:
    found = next(one for one in node.options if one.id == option)
    return next((words for words in found.words.get(language, ()) if _ear(words) == heard), heard)


def _ear(words: str) -> str:
    """Words as they sound: width, case, kana script, long vowels and small kana make no difference."""
    plain_words = unicodedata.normalize("NFKC", words).casefold()
    kept = "".join(sign for sign in plain_words if sign.isalnum() and sign != "ー")
    hiragana = "".join(chr(ord(sign) - 0x60) if "ァ" <= sign <= "ヶ" else sign for sign in kept)
    return hiragana.translate(_SMALL)


def _spoken(ground: Ground, name: str, node: Choosing) -> Iterator[Problem]:
    """The tree's own wording of the keys against the keys themselves."""
    for language, text in (node.spoken or {}).items():
        told = list(keys_told(plain(text), language))
        if not told:
            continue
        keys = {option.key: option for option in node.options if option.key}
        for what, key in told:
            meant = _meant(node, what, language)
            if meant is not None and meant.key and meant.key != key:
                yield ground.found(
                    "spoken_key_of_other", name, "spoken", language=language, key=key, option=meant.id, right=meant.key
                )
            elif key not in keys and key not in EVERYWHERE:
                yield ground.found("spoken_key_unknown", name, "spoken", language=language, key=key)
        said = {key for _, key in told}
        for option in node.options:
            if option.key and option.key not in said and not option.language:
                yield ground.found("key_unsaid", name, "spoken", language=language, key=option.key, option=option.id)


def keys_told(text: str, language: str) -> Iterator[tuple[str, str]]:
    """(what for, key) of every key that a prompt tells."""
    patterns = (_JAPANESE, _FIRST) if language == "ja" else (_LAST, _FIRST)
    found: dict[int, tuple[str, str]] = {}
    for pattern in patterns:
        for one in pattern.finditer(text):
            place = one.start("key") if one["key"] else one.start("name")
            found.setdefault(place, (one["what"].strip(), one["key"] or _KEY_WORDS[one["name"].lower()]))
    yield from found.values()


def _meant(node: Choosing, what: str, language: str) -> Choice | None:
    """The option whose label these words are, but for ``For`` or ``To an`` before it; None when they are no label."""
    heard = {_ear(what), _ear(_BEFORE.sub("", what))}
    return next((one for one in node.options if _ear(plain(one.label.get(language, ""))) in heard), None)
