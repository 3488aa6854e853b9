"""The tree: read from YAML within limits, refused with node, path and reason when anything is wrong with it."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo

from pydantic import Field, ValidationError, field_validator
from pydantic_core import PydanticCustomError

from ivr.check import check
from ivr.errors import BrokenTree, Problem
from ivr.expand import expand
from ivr.hours import OpeningHours
from ivr.nodes import Forbidden, Language, Name, Node, NodeId, Patience, Recorded, Strict, Text
from ivr.problems import catalogue, found, refusing
from ivr.source import read
from ivr.texts import fill

Url = Annotated[str, Field(max_length=500, pattern=r"^https?://[^\s{}@#]+$")]


class Thresholds(Strict):
    """How sure a spoken answer must be, 0..1: ``accept`` to be taken, ``confirm`` to be asked about."""

    accept: Annotated[float, Field(ge=0, le=1)] = 0.6
    confirm: Annotated[float, Field(ge=0, le=1)] = 0.3


class Reach(Strict):
    """How far a person may be from any question: questions heard, and seconds said."""

    questions: Annotated[int, Field(ge=1, le=50)] = 6
    seconds: Annotated[float, Field(ge=5, le=900)] = 90


class Subtree(Strict):
    """A part for several places. exits: how it can end; a node of it leads there by ``@`` and the exit's name."""

    start: NodeId
    exits: Annotated[tuple[Name, ...], Field(min_length=1, max_length=12)]
    nodes: Annotated[dict[NodeId, Node], Field(min_length=1, max_length=200)]


class TreeFile(Strict):
    """The file. start: first node. home: where starting over leads. person: where a person or a message is.

    matter: the question whose answer is what the call is about. sms: the message that brings the link, with ``{url}``.
    reach: how far a person may be at most; ``nobody`` for a tree that is meant to do without.
    forbid: what callers cannot say anywhere in it. webhooks: name to address. subtrees: parts, by name.
    """

    name: Annotated[str, Field(min_length=1, max_length=80)]
    languages: Annotated[tuple[Language, ...], Field(min_length=1, max_length=20)]
    timezone: str = "Asia/Tokyo"
    start: NodeId
    home: NodeId | None = None
    person: NodeId
    matter: NodeId | None = None
    patience: Patience = 6.0
    thresholds: Thresholds = Thresholds()
    reach: Reach | Literal["nobody"] = Reach()
    forbid: Forbidden = ()
    webhooks: Annotated[dict[Name, Url], Field(max_length=40)] = Field(default={})
    subtrees: Annotated[dict[Name, Subtree], Field(max_length=40)] = Field(default={})
    sms: dict[Language, Annotated[str, Field(min_length=1, max_length=600, pattern=r"\{url\}")]] = Field(default={})
    hours: dict[Name, OpeningHours] = Field(default={})
    nodes: Annotated[dict[NodeId, Node], Field(min_length=1, max_length=2000)]

    @field_validator("timezone")
    @classmethod
    def _known_zone(cls, name: str) -> str:
        try:
            ZoneInfo(name)
        except (KeyError, ValueError, OSError):
            raise PydanticCustomError("no_such_zone", "no such time zone") from None
        return name


@dataclass(frozen=True, slots=True)
class Tree:
    """A sound tree. file: with its subtrees and surveys laid out (``ivr.expand``). source: as read; digest: its SHA-256
    in hex. values: what was known at loading."""

    file: TreeFile
    source: str
    digest: str
    values: Mapping[str, str] = field(default_factory=dict)
    # What is made of the file over and over. Each text is kept beside its words, so that no other gets its id.
    _words: dict[tuple[int, str], tuple[Text, str]] = field(default_factory=dict, init=False, repr=False, compare=False)
    asks: dict[tuple[str, str, int], Any] = field(default_factory=dict, init=False, repr=False, compare=False)

    @property
    def name(self) -> str:
        return self.file.name

    @property
    def languages(self) -> tuple[str, ...]:
        return self.file.languages

    @property
    def timezone(self) -> str:
        return self.file.timezone

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.file.timezone)

    @property
    def nodes(self) -> Mapping[str, Node]:
        return self.file.nodes

    @property
    def sms_texts(self) -> Mapping[str, str]:
        """Language to the message that brings the link; ``{url}`` stands for it."""
        return {language: fill(text, self.values) for language, text in self.file.sms.items()}

    def known(self, language: str | None) -> str:
        """The language if the tree speaks it, else the tree's first."""
        return language if language in self.languages else self.languages[0]

    def words(self, text: Text, language: str) -> str:
        """The words in the language, load-time values filled in, variables still in braces."""
        made = self._words.get((id(text), language))
        if made is None:
            words = text[language]
            joined = fill(_joined(words.text if isinstance(words, Recorded) else words), self.values)
            made = self._words[(id(text), language)] = (text, joined)
        return made[1]

    def audio(self, text: Text, language: str) -> str | None:
        words = text[language]
        return words.audio if isinstance(words, Recorded) else None


def load(text: str, *, values: Mapping[str, str] | None = None) -> Tree:
    """The tree in this YAML. values: what is filled in for ``{sms_sender}`` and the like.

    Raises BrokenTree for anything from broken YAML to a dead end.
    """
    file = _file(text)
    laid_out = expand(file)
    problems = refusing(check(laid_out, file=file))
    if problems:
        raise BrokenTree(*problems)
    return Tree(laid_out, text, hashlib.sha256(text.encode()).hexdigest(), dict(values or {}))


def examine(text: str, *, today: date | None = None) -> tuple[Problem, ...]:
    """Everything to be told of this YAML, warnings and notes included, worst first. Raises nothing.

    today: in the tree's zone; without it the hours of the coming year are not looked at.
    """
    try:
        file = _file(text)
        return check(expand(file), file=file, today=today)
    except BrokenTree as broken:
        return broken.problems


def _file(text: str) -> TreeFile:
    try:
        return TreeFile.model_validate(read(text))
    except ValidationError as error:
        raise BrokenTree(*_problems(error)) from None


def _joined(words: str) -> str:
    """Lines folded by YAML are joined with a space, which Japanese does not have."""
    return re.sub(r"(?<=[。、？！])\s+", "", words.strip())


def _problems(error: ValidationError) -> Iterator[Problem]:
    errors = error.errors(include_url=False, include_input=False)
    for one in errors:
        place = one["loc"]
        if any(other["loc"][: len(place)] == place and len(other["loc"]) > len(place) for other in errors):
            continue  # a list is told to be too short when what stands in it is wrong
        path = [str(part) for part in place]
        node = path[1] if len(path) > 1 and path[0] == "nodes" else ""
        if len(path) > 2 and path[0] == "nodes":
            del path[2]  # the kind, which pydantic puts between a node and its fields
        yield _problem(one["type"], node, path, one["msg"], one.get("ctx", {}))


def _problem(kind: str, node: str, path: list[str], why: str, values: Mapping[str, Any]) -> Problem:
    """One of pydantic's, in our words where we have some."""
    words = catalogue()
    named = next((one for one in (kind, f"field_{kind}") if one in words), "field_other")
    return found(
        named,
        node,
        path,
        why=why.removeprefix("Value error, "),
        **{k: v for k, v in values.items() if k not in ("error", "kind", "node", "path", "why")},
    )
