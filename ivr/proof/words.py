"""The words of a tree: in every language, heard within reason, with the names that stand in them."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from functools import cache
from typing import Any

from ivr import problems
from ivr.errors import Problem
from ivr.nodes import (
    AskNode,
    CallbackNode,
    IdentifyNode,
    LinkNode,
    MenuNode,
    Node,
    QuestionNode,
    Recorded,
    Text,
    WebhookNode,
)
from ivr.phrases import languages
from ivr.proof.ground import Ground
from ivr.texts import open_names

SPOKEN = (
    "say", "menu", "question", "ask", "link", "agent", "callback", "voicemail", "transfer", "goodbye", "wait",
    "spoken", "label",
)  # fmt: skip
"""Every field of a node that holds words."""
HEARD = tuple(field for field in SPOKEN if field not in ("wait", "spoken", "label"))
PER_SECOND = {"ja": 7.0, "en": 15.0}
"""Morae of Japanese, signs of English. People speak 7.84 syllables of Japanese and 6.19 of English a second
(Pellegrino, Coupé and Marsico, A cross-language perspective on speech information rate, Language 87(3), 2011); who
announces is a little slower, and 15 signs are 150 English words a minute."""
KANJI = 2.0
"""Morae of a Chinese character, and of a figure, as they are mostly read."""
PAUSES = {"。": 0.4, "、": 0.2, ".": 0.4, ",": 0.2, "?": 0.4, "？": 0.4}
"""Seconds."""
NAME = 8
"""Signs that are said for a name in braces."""
LONG = 20.0
"""Seconds of a prompt beyond which callers forget how it began."""


def texts(node: Node) -> Iterator[tuple[str, Text]]:
    """Every text of a node, with the field that it stands in."""
    for field in _fields(type(node), SPOKEN):
        text = getattr(node, field)
        if text:
            yield field, text
    for option in node.options if isinstance(node, MenuNode | QuestionNode | AskNode) else ():
        yield f"options.{option.id}.label", option.label


@cache
def _fields(kind: type[Any], wanted: tuple[str, ...]) -> tuple[str, ...]:
    """Those of these fields that this kind of node has; pydantic is slow to say that it has none."""
    return tuple(field for field in wanted if field in kind.model_fields)


def plain(words: Any) -> str:
    return words.text if isinstance(words, Recorded) else str(words)


def spoken_names(ground: Ground, name: str) -> Iterator[tuple[str, str]]:
    """(field, variable) of every name in braces."""
    for field, text in texts(ground.tree.nodes[name]):
        for words in text.values():
            for variable in sorted(open_names(plain(words))):
                yield field, variable


def sent(ground: Ground, name: str) -> tuple[str, ...]:
    """Variables that the node hands on."""
    match ground.tree.nodes[name]:
        case WebhookNode(send=send):
            return send
        case IdentifyNode(identify=identify):
            return tuple(identify.values())
        case CallbackNode(date=date, time=time):
            return tuple(one for one in (date, time) if one)
        case _:
            return ()


def mentioned(ground: Ground, name: str) -> set[str]:
    """Variables that the node says or hands on, and that should have been given by then."""
    # A call back without a day is one for soon.
    handed_on = () if isinstance(ground.tree.nodes[name], CallbackNode) else sent(ground, name)
    return {variable for _, variable in spoken_names(ground, name)} | set(handed_on)


def in_every_language(ground: Ground) -> Iterator[Problem]:
    tree = ground.tree
    for language in sorted(set(tree.languages) - languages()):
        yield problems.found("language_unknown", "", ("languages",), language=language)
    for name, node in tree.nodes.items():
        for field, text in texts(node):
            for language in tree.languages:
                if language not in text:
                    yield ground.found("no_text", name, field, language=language)
            for language in text:
                if language not in tree.languages:
                    yield ground.found("language_unspoken", name, field, language=language)
        if isinstance(node, LinkNode):
            for language in tree.languages:
                if language not in tree.sms:
                    yield ground.found("no_sms", name, language=language)
        for option in node.options if isinstance(node, MenuNode | QuestionNode | AskNode) else ():
            if option.language and option.language not in tree.languages:
                yield ground.found("language_unspoken", name, option.id, language=option.language)
            for language in tree.languages if isinstance(node, QuestionNode) else ():
                if not option.words.get(language):
                    yield ground.found("no_examples", name, option.id, language=language)


def too_long(ground: Ground) -> Iterator[Problem]:
    for name, node in ground.tree.nodes.items():
        for language in ground.tree.languages:
            lasts = heard(node, language)
            if lasts > LONG:
                yield ground.found("long", name, language=language, seconds=round(lasts), most=round(LONG))


def heard(node: Node, language: str) -> float:
    """Seconds of what the voice says on coming to a node, the keys of its options included."""
    spoken = node.spoken if isinstance(node, MenuNode | QuestionNode | AskNode) else None
    if spoken and language in spoken:
        return seconds(plain(spoken[language]), language)
    found = [getattr(node, field) for field in _fields(type(node), HEARD)]
    words = [plain(text[language]) for text in found if text and language in text]
    total = sum(seconds(one, language) for one in words)
    if isinstance(node, MenuNode | QuestionNode | AskNode):
        labels = [plain(option.label.get(language, "")) for option in node.options]
        total += sum(
            seconds(f"{label}は1を、" if language == "ja" else f"for {label}, press 1; ", language) for label in labels
        )
    return total


def seconds(text: str, language: str) -> float:
    """How long it takes to say this."""
    pause = sum(PAUSES.get(sign, 0.0) for sign in text)
    for name in open_names(text):
        text = text.replace(f"{{{name}}}", "ア" * NAME if language == "ja" else "a" * NAME)
    if language != "ja":
        return len(text) / PER_SECOND.get(language, PER_SECOND["en"]) + pause
    return sum(_morae(sign) for sign in text) / PER_SECOND["ja"] + pause


def _morae(sign: str) -> float:
    if sign in "ゃゅょャュョァィゥェォぁぃぅぇぉ":
        return 0.0
    if "ぁ" <= sign <= "ヿ":
        return 1.0
    category = unicodedata.category(sign)
    if category in ("Lo", "Nd"):
        return KANJI
    return 0.7 if category in ("Ll", "Lu") else 0.0
