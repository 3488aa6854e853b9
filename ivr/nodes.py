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

from ivr.events import Command

KINDS = (
    "say", "menu", "question", "ask", "link", "agent", "callback", "voicemail", "hours", "decide", "webhook",
    "identify", "transfer", "survey", "subtree", "goodbye",
)  # fmt: skip

NodeId = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,39}$")]
Target = Annotated[str, Field(pattern=r"^@?[a-z][a-z0-9_]{0,39}$")]
"""A node of the same tree or, within a subtree, ``@`` and one of its exits."""
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
    next: Target | None = None
    language: Language | None = None


Choices = Annotated[tuple[Choice, ...], Field(min_length=1, max_length=12)]


class SayNode(Strict):
    """Says something and goes on."""

    say: Text
    next: Target

    @property
    def targets(self) -> Iterator[tuple[str, str]]:
        yield "next", self.next


Forbidden = Annotated[tuple[Command, ...], Field(max_length=8)]
"""What may not be said here, of what can be said anywhere else."""


class _Choosing(Strict):
    """spoken: how the voice words the whole question, keys included. save: the variable that takes the option's id."""

    options: Choices
    next: Target | None = None
    spoken: Text | None = None
    label: Text | None = None
    save: Name | None = None
    patience: Patience | None = None
    forbid: Forbidden = ()

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


Slot = Literal[
    "digits", "phone", "member", "date", "time", "amount", "count", "name", "address", "text", "yesno", "choice"
]  # fmt: skip
Bound = Annotated[str, Field(max_length=16, pattern=r"^[a-z0-9:+-]+$")]
Pattern = Annotated[str, Field(max_length=40, pattern=r"^[9AX0-9A-Z]+(-[9AX0-9A-Z]+)*$")]


class AskNode(Strict):
    """One slot: a value of a kind (see ivr.slots), ``yesno``, whose ``yes`` and ``no`` lead on, or one of options.

    label: what the value is called. read_back: repeat the value and have it confirmed: when it was spoken, when it was
    spoken and is not sure, always (unless it was typed on a screen), or never.
    least, most: digits of ``digits`` and ``phone``. lowest, highest: of dates (``today``, ``+30d``, ``-120y``,
    ``2026-04-01``), times, amounts and counts. pattern: of a member number, ``9`` a digit, ``A`` a letter, ``X`` one
    of both. check: the last digit is a check digit. optional: silence passes over it.
    """

    ask: Text
    slot: Slot
    label: Text | None = None
    spoken: Text | None = None
    save: Name | None = None
    least: Annotated[int, Field(ge=1, le=32)] = 1
    most: Annotated[int, Field(ge=1, le=32)] = 32
    lowest: Bound | None = None
    highest: Bound | None = None
    pattern: Pattern | None = None
    check: Literal["mod10", "mod11"] | None = None
    read_back: Literal["spoken", "unsure", "always", "never"] = "spoken"
    options: Annotated[tuple[Choice, ...], Field(max_length=12)] = ()
    next: Target | None = None
    yes: Target | None = None
    no: Target | None = None
    patience: Patience | None = None
    forbid: Forbidden = ()
    optional: bool = False

    @property
    def is_value(self) -> bool:
        """A value that the caller gives, rather than a choice among what is offered to all."""
        return self.slot not in ("yesno", "choice")

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
    next: Target
    refused: Target | None = None
    failed: Target | None = None

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


class AgentNode(Strict):
    """Finds a person of a queue. busy, closed, failed: where it goes on when nobody is to be had; default is busy."""

    agent: Text
    queue: Name = "main"
    busy: Target
    closed: Target | None = None
    failed: Target | None = None

    @property
    def targets(self) -> Iterator[tuple[str, str]]:
        yield "busy", self.busy
        yield "closed", self.closed or self.busy
        yield "failed", self.failed or self.busy


class CallbackNode(Strict):
    """Offers to call back, and takes the number. date, time: variables that say when, if the tree has asked for them.

    queue: whose callback it is. refused, failed: default is ``next``.
    """

    callback: Text
    queue: Name = "main"
    date: Name | None = None
    time: Name | None = None
    next: Target
    refused: Target | None = None
    failed: Target | None = None

    @property
    def targets(self) -> Iterator[tuple[str, str]]:
        yield "next", self.next
        yield "refused", self.refused or self.next
        yield "failed", self.failed or self.next


Place = Annotated[str, Field(pattern=r"^[A-Za-z0-9_]+(\.[A-Za-z0-9_]+){0,7}$")]


class WebhookNode(Strict):
    """Calls a webhook of the tree. send: variables that go with it. save: variable to the place in the answer's JSON
    (``order.state``). wait: what is said meanwhile. failed: there was no answer, or not one with all of these."""

    webhook: Name
    send: Annotated[tuple[Name, ...], Field(max_length=20)] = ()
    save: Annotated[
        dict[Name, Annotated[str, Field(pattern=r"^[A-Za-z0-9_]+(\.[A-Za-z0-9_]+){0,7}$")]], Field(max_length=20)
    ] = {}
    wait: Text | None = None
    next: Target
    failed: Target

    @property
    def targets(self) -> Iterator[tuple[str, str]]:
        yield "next", self.next
        yield "failed", self.failed


class IdentifyNode(Strict):
    """Is there one customer with all of this? identify: column of the customer table to the variable that was given.

    The number that seems to call may help to find the customer, and never is proof by itself.
    """

    identify: Annotated[dict[Name, Name], Field(min_length=1, max_length=8)]
    next: Target
    failed: Target

    @property
    def targets(self) -> Iterator[tuple[str, str]]:
        yield "next", self.next
        yield "failed", self.failed


class TransferNode(Strict):
    """Puts the call through to an outside number, or a name of the settings' list. failed: nobody answered there."""

    transfer: Text
    to: Annotated[str, Field(pattern=r"^(\+?[0-9]{2,15}|[a-z][a-z0-9_]{0,39})$")]
    failed: Target

    @property
    def targets(self) -> Iterator[tuple[str, str]]:
        yield "failed", self.failed


class SurveyQuestion(Strict):
    """answer: ``yesno``, ``scale`` from 1 to 5, or ``text`` in own words. label: what the answer is called."""

    id: Name
    ask: Text
    label: Text
    answer: Literal["yesno", "scale", "text"] = "scale"


class SurveyNode(Strict):
    """A few questions on how it was; each may be passed over by silence. Loaded as a row of ``ask`` nodes."""

    survey: Annotated[tuple[SurveyQuestion, ...], Field(min_length=1, max_length=6)]
    next: Target

    @property
    def targets(self) -> Iterator[tuple[str, str]]:
        yield "next", self.next


class SubtreeNode(Strict):
    """Goes through a part that is written once and used in several places. exits: of the part, to nodes here."""

    subtree: Name
    exits: Annotated[dict[Name, Target], Field(min_length=1, max_length=12)]

    @property
    def targets(self) -> Iterator[tuple[str, str]]:
        yield from self.exits.items()


class HoursNode(Strict):
    """Branches on the opening hours of that name."""

    hours: Name
    open: Target
    closed: Target

    @property
    def targets(self) -> Iterator[tuple[str, str]]:
        yield "open", self.open
        yield "closed", self.closed


class Case(Strict):
    when: Annotated[str, Field(min_length=1, max_length=200)]
    next: Target


class DecideNode(Strict):
    """The first case whose condition holds (see ivr.expressions), or ``otherwise``."""

    decide: Annotated[tuple[Case, ...], Field(min_length=1, max_length=20)]
    otherwise: Target

    @property
    def targets(self) -> Iterator[tuple[str, str]]:
        for case in self.decide:
            yield case.when, case.next
        yield "otherwise", self.otherwise


class GoodbyeNode(Strict):
    """Says goodbye and ends. screen: once a link was sent, only the voice ends, and the screen goes on there."""

    goodbye: Text
    outcome: Name = "resolved"
    screen: Target | None = None

    @property
    def targets(self) -> Iterator[tuple[str, str]]:
        if self.screen:
            yield "screen", self.screen


def kind_of(node: Any) -> str | None:
    """The kind of a node, still a mapping or already a model; None when it has no single one."""
    has = node.keys() if isinstance(node, dict) else getattr(type(node), "model_fields", {}).keys()
    found = [kind for kind in KINDS if kind in has]
    if "hours" in found and "voicemail" in found:
        found.remove("hours")  # a voicemail names the hours of its call-back
    return found[0] if len(found) == 1 else None


Node = Annotated[
    Annotated[SayNode, Tag("say")]
    | Annotated[MenuNode, Tag("menu")]
    | Annotated[QuestionNode, Tag("question")]
    | Annotated[AskNode, Tag("ask")]
    | Annotated[LinkNode, Tag("link")]
    | Annotated[AgentNode, Tag("agent")]
    | Annotated[CallbackNode, Tag("callback")]
    | Annotated[VoicemailNode, Tag("voicemail")]
    | Annotated[HoursNode, Tag("hours")]
    | Annotated[DecideNode, Tag("decide")]
    | Annotated[WebhookNode, Tag("webhook")]
    | Annotated[IdentifyNode, Tag("identify")]
    | Annotated[TransferNode, Tag("transfer")]
    | Annotated[SurveyNode, Tag("survey")]
    | Annotated[SubtreeNode, Tag("subtree")]
    | Annotated[GoodbyeNode, Tag("goodbye")],
    Discriminator(
        kind_of,
        custom_error_type="node_kind",
        custom_error_message="a node has exactly one of: {kinds}",
        custom_error_context={"kinds": " ".join(KINDS)},
    ),
]
Choosing = MenuNode | QuestionNode
Asking = MenuNode | QuestionNode | AskNode
