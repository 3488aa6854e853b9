"""The kinds of nodes that a tree is made of, as they stand in its file.

A node's kind is the one key of ``KINDS`` that it has::

    greeting:
      say: {ja: お電話ありがとうございます。, en: Thank you for calling.}
      next: matter
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Discriminator, Field, Tag

KINDS = ("say", "menu", "question", "ask", "link", "voicemail", "hours", "decide", "goodbye")

NodeId = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,39}$")]
Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,39}$")]
Language = Annotated[str, Field(pattern=r"^[a-z]{2}$")]
Key = Annotated[str, Field(pattern=r"^[0-9#*]$")]
Line = Annotated[str, Field(min_length=1, max_length=600)]
Patience = Annotated[float, Field(ge=2, le=60)]


class Strict(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Recorded(Strict):
    """Words with a recorded file that the voice plays instead of speaking them."""

    text: Line
    audio: Annotated[str, Field(min_length=1, max_length=200, pattern=r"^[^/\\][^\\]*\.wav$")]


Text = Annotated[dict[Language, Line | Recorded], Field(min_length=1)]
"""The same words in each language of the tree."""


class Choice(Strict):
    """One answer of a menu, a question or a choice. next: default is the node's own. language: switch to it."""

    id: Name
    key: Key | None = None
    label: Text
    words: dict[Language, Annotated[tuple[Line, ...], Field(max_length=60)]] = Field(default={})
    next: NodeId | None = None
    language: Language | None = None


Choices = Annotated[tuple[Choice, ...], Field(min_length=1, max_length=12)]


class SayNode(Strict):
    """Says something and goes on."""

    say: Text
    next: NodeId

    @property
    def targets(self) -> Iterator[tuple[str, str]]:
        yield "next", self.next


class _Choosing(Strict):
    """spoken: how the voice words the whole question, keys included. save: the variable that takes the option's id."""

    options: Choices
    next: NodeId | None = None
    spoken: Text | None = None
    label: Text | None = None
    save: Name | None = None
    patience: Patience | None = None

    @property
    def targets(self) -> Iterator[tuple[str, str]]:
        for option in self.options:
            if option.next or self.next:
                yield option.id, option.next or self.next or ""


class MenuNode(_Choosing):
    """One of a few named things."""

    menu: Text


class QuestionNode(_Choosing):
    """An open question; the options are the matters known, their words examples of how people put them."""

    question: Text


class AskNode(Strict):
    """One slot. digits and phone: least..most digits; yesno: ``yes`` and ``no`` lead on; choice: options.

    label: what the value is called. read_back: repeat the value and have it confirmed: when it was spoken, always
    (unless it was typed on a screen), or never.
    """

    ask: Text
    slot: Literal["digits", "phone", "yesno", "choice"]
    label: Text | None = None
    spoken: Text | None = None
    save: Name | None = None
    least: Annotated[int, Field(ge=1, le=32)] = 1
    most: Annotated[int, Field(ge=1, le=32)] = 32
    read_back: Literal["spoken", "always", "never"] = "spoken"
    options: Annotated[tuple[Choice, ...], Field(max_length=12)] = ()
    next: NodeId | None = None
    yes: NodeId | None = None
    no: NodeId | None = None
    patience: Patience | None = None

    @property
    def targets(self) -> Iterator[tuple[str, str]]:
        if self.slot == "yesno":
            for answer, target in (("yes", self.yes or self.next), ("no", self.no or self.next)):
                if target:
                    yield answer, target
        elif self.slot == "choice":
            for option in self.options:
                if option.next or self.next:
                    yield option.id, option.next or self.next or ""
        elif self.next:
            yield "next", self.next


class LinkNode(Strict):
    """Offers to go on on the screen of a phone. refused and failed: default is ``next``."""

    link: Text
    next: NodeId
    refused: NodeId | None = None
    failed: NodeId | None = None

    @property
    def targets(self) -> Iterator[tuple[str, str]]:
        yield "sent", self.next
        if self.refused:
            yield "refused", self.refused
        if self.failed:
            yield "failed", self.failed


class VoicemailNode(Strict):
    """Says that it will be recorded, and takes a message. hours: when somebody calls back. longest: seconds."""

    voicemail: Text
    hours: Name | None = None
    longest: Annotated[float, Field(ge=10, le=600)] = 120

    @property
    def targets(self) -> Iterator[tuple[str, str]]:
        yield from ()


class HoursNode(Strict):
    """Branches on the opening hours of that name."""

    hours: Name
    open: NodeId
    closed: NodeId

    @property
    def targets(self) -> Iterator[tuple[str, str]]:
        yield "open", self.open
        yield "closed", self.closed


class Case(Strict):
    when: Annotated[str, Field(min_length=1, max_length=200)]
    next: NodeId


class DecideNode(Strict):
    """The first case whose condition holds (see ivr.expressions), or ``otherwise``."""

    decide: Annotated[tuple[Case, ...], Field(min_length=1, max_length=20)]
    otherwise: NodeId

    @property
    def targets(self) -> Iterator[tuple[str, str]]:
        for case in self.decide:
            yield case.when, case.next
        yield "otherwise", self.otherwise


class GoodbyeNode(Strict):
    """Says goodbye and ends. screen: once a link was sent, only the voice ends, and the screen goes on there."""

    goodbye: Text
    outcome: Name = "resolved"
    screen: NodeId | None = None

    @property
    def targets(self) -> Iterator[tuple[str, str]]:
        if self.screen:
            yield "screen", self.screen


def kind_of(node: Any) -> str | None:
    """The kind of a node, still a mapping or already a model; None when it has no single one."""
    has = node.keys() if isinstance(node, dict) else getattr(type(node), "model_fields", {}).keys()
    found = [kind for kind in KINDS if kind in has]
    if "hours" in found and len(found) == 2:
        found.remove("hours")  # a voicemail names the hours of its call-back
    return found[0] if len(found) == 1 else None


Node = Annotated[
    Annotated[SayNode, Tag("say")]
    | Annotated[MenuNode, Tag("menu")]
    | Annotated[QuestionNode, Tag("question")]
    | Annotated[AskNode, Tag("ask")]
    | Annotated[LinkNode, Tag("link")]
    | Annotated[VoicemailNode, Tag("voicemail")]
    | Annotated[HoursNode, Tag("hours")]
    | Annotated[DecideNode, Tag("decide")]
    | Annotated[GoodbyeNode, Tag("goodbye")],
    Discriminator(
        kind_of,
        custom_error_type="node_kind",
        custom_error_message="a node has exactly one of: " + " ".join(KINDS),
    ),
]
Choosing = MenuNode | QuestionNode
Asking = MenuNode | QuestionNode | AskNode
