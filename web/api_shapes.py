"""What goes over the editor's API, in and out. Times are ISO 8601 in UTC."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from conversation.changes import Change
from conversation.gate import LONGEST_TEST, Outcome
from conversation.library import Draft, Saved
from conversation.users import Account, Role
from ivr.errors import Problem
from ivr.problems import reasons
from ivr.source import LARGEST

Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=80)]
TestName = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=120, pattern=r"^[^\x00-\x1f\x7f]+$")
]
Language = Annotated[str, Field(pattern=r"^[a-z]{2}$")]
Percent = Annotated[int, Field(ge=1, le=100)]
Coordinate = Annotated[float, Field(ge=-1e6, le=1e6, allow_inf_nan=False)]


class Given(BaseModel):
    """What comes in: nothing unknown in it."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Shown(BaseModel):
    """What goes out."""

    model_config = ConfigDict(frozen=True)


class Words(Shown):
    ja: str
    en: str


class Reason(Shown):
    ja: str | None
    en: str


class ProblemShape(Shown):
    """node: empty for the whole tree. path: nodes from the start, or fields of the file. place: where it stands in the
    file. level: ``problem``, ``warning`` or ``note``; only problems refuse a tree."""

    node: str
    path: list[str]
    place: list[str]
    reason: Reason
    kind: str
    level: str


class FieldShape(Shown):
    path: list[str]
    before: Any
    after: Any


class ChangeShape(Shown):
    """node: empty for the top of the file."""

    node: str
    kind: Literal["added", "removed", "changed"]
    fields: list[FieldShape]


class Failure(Shown):
    """An answer of 4xx or 5xx. What stands beside these two depends on ``error``."""

    model_config = ConfigDict(extra="allow", frozen=True)

    error: str
    message: Words
    problems: list[ProblemShape] | None = None


class Me(Shown):
    """csrf: the header X-CSRF of every request that changes something. may: what the role allows."""

    id: str
    name: str
    role: Role
    language: str
    csrf: str
    may: list[str]


class TemplateShape(Shown):
    id: str
    title: Words
    about: Words
    nodes: int


class SavedShape(Shown):
    """saved_by: a user's name; empty for the command line."""

    revision: int
    saved_at: datetime
    saved_by: str


class Standing(Shown):
    """share: percent of new conversations."""

    version: int
    share: int


class TreeShape(Shown):
    id: str
    name: str
    draft: SavedShape
    live: Standing | None
    candidate: Standing | None
    versions: int


class NewTree(Given):
    """From a ready tree, or from a file."""

    template: str | None = None
    source: Annotated[str, Field(max_length=LARGEST)] | None = None
    name: Name | None = None


class Made(Shown):
    id: str


class Place(Given):
    x: Coordinate
    y: Coordinate


Layout = Annotated[dict[Annotated[str, Field(max_length=200)], Place], Field(max_length=5000)]


class DraftShape(SavedShape):
    """source: the YAML. tree: the same, as read: every scalar a text."""

    source: str
    tree: dict[str, Any]
    layout: dict[str, Place]
    problems: list[ProblemShape]


class Text(Given):
    """A tree, as JSON or as YAML."""

    tree: dict[str, Any] | None = None
    source: Annotated[str, Field(max_length=LARGEST)] | None = None


class NewDraft(Text):
    """revision: the one that this is made from. Neither tree nor source: the layout alone."""

    revision: int
    layout: Layout | None = None


class SavedDraft(SavedShape):
    source: str
    problems: list[ProblemShape]


class Problems(Shown):
    problems: list[ProblemShape]


class Compared(Shown):
    changes: list[ChangeShape]


class VersionShape(Shown):
    """share: percent of new conversations, 0 for none. ready: the centre has learnt it, and its prompts are made."""

    version: int
    digest: str
    at: datetime
    by: str
    note: str
    share: int
    live: bool
    ready: bool


class Publishing(Given):
    revision: int
    share: Percent
    note: Annotated[str, Field(max_length=500, pattern=r"^[^\x00]*$")] = ""


class Published(Shown):
    """ready: new calls get it already; otherwise they do as soon as its prompts are made."""

    version: int
    ready: bool


class Sharing(Given):
    version: int
    share: Percent


class Shared(Shown):
    ready: bool


class RolledBack(Shown):
    """What is live now; of another tree, perhaps."""

    tree: str
    version: int
    ready: bool


class TestShape(Given):
    name: TestName
    text: Annotated[str, Field(min_length=1, max_length=LONGEST_TEST, pattern=r"^[^\x00]*$")]


class Ran(Shown):
    name: str
    passed: bool
    diff: str


class Trying(Text):
    """Neither tree nor source: the draft. number: who calls; empty: withheld. at: as ``2026-11-24 10:00``."""

    language: Language
    number: Annotated[str, Field(max_length=32)] = "09012345678"
    at: Annotated[str, Field(max_length=16)] | None = None
    lines: Annotated[list[Annotated[str, Field(max_length=400)]], Field(max_length=200)]


class OptionShape(Shown):
    key: str | None
    label: str


class TurnShape(Shown):
    """spoken: how the voice words it."""

    who: Literal["caller", "us", "note"]
    text: str
    node: str
    spoken: str = ""
    options: list[OptionShape] = []


class Tried(Shown):
    golden: str
    turns: list[TurnShape]
    node: str
    finished: bool
    expects: str | None


class Heard(Shown):
    text: str


class Example(Shown):
    option: str
    example: str


class ConfusingShape(Shown):
    node: str
    language: str
    first: Example
    second: Example
    likeness: float


class AccountShape(Shown):
    id: str
    name: str
    role: Role
    created_at: datetime
    state: Literal["invited", "active", "closed"]


class NewAccount(Given):
    name: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=60)]
    role: Role


class Invited(Shown):
    """link: shown only now."""

    id: str
    link: str


class AccountChange(Given):
    role: Role | None = None
    closed: bool | None = None


def problem_shapes(problems: Iterable[Problem]) -> list[ProblemShape]:
    return [
        ProblemShape(
            node=one.node,
            path=list(one.path),
            place=list(one.place),
            reason=Reason(**reasons(one)),
            kind=one.kind,
            level=one.level,
        )
        for one in problems
    ]


def change_shapes(changes: Iterable[Change]) -> list[ChangeShape]:
    return [
        ChangeShape(
            node=one.node,
            kind=one.kind,
            fields=[FieldShape(path=list(f.path), before=f.before, after=f.after) for f in one.fields],
        )
        for one in changes
    ]


def saved_shape(saved: Saved) -> SavedShape:
    return SavedShape(revision=saved.revision, saved_at=saved.at, saved_by=saved.by)


def layout_shape(draft: Draft) -> dict[str, Place]:
    return {name: Place(x=x, y=y) for name, (x, y) in draft.layout.items()}


def account_shape(account: Account) -> AccountShape:
    return AccountShape(
        id=account.id, name=account.name, role=account.role, created_at=account.created_at, state=account.state
    )


def ran_shape(outcome: Outcome) -> Ran:
    return Ran(name=outcome.name, passed=outcome.passed, diff=outcome.diff)
