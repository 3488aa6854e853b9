"""Typing instead of speaking: what a typed line means, and what follows, for trying a tree.

  1   #   0901234...   keys               wait              say nothing
  tap OPTION           on the screen      hang up           the call ends
  fill VALUE           on the screen      call              call again
  open                 open the link      arrive            reach the page by its code
  fail                 the next link cannot be sent         at 2026-11-24 20:00
  anything else        is spoken, and understood as on a call

While the tree waits for somebody else, one plays that part too: ``reply state=sent`` or ``fail`` for a webhook,
``known`` or ``unknown`` for the customer table, ``connected``, ``busy``, ``closed`` or ``failed`` for a person,
``booked`` or ``failed`` for a callback, ``area`` with its words for a postal code. Pure but for what the sense learns.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from importlib import resources
from typing import Literal

import yaml

from asr.speech import Hypothesis
from channels import wording
from channels.answers import understood
from ivr import engine
from ivr.actions import (
    Acknowledge,
    Action,
    Ask,
    Book,
    Call,
    Enqueue,
    FindArea,
    Finish,
    Identify,
    IssueCode,
    Record,
    RefusePage,
    Say,
    SendLink,
    StartAfresh,
    Transfer,
    TrustPage,
)
from ivr.events import (
    AreaFound,
    Booked,
    Caller,
    CallFailed,
    Chose,
    CodeIssued,
    Connected,
    Event,
    Filled,
    Identified,
    Joined,
    Left,
    LinkFailed,
    LinkSent,
    NotBooked,
    NotConnected,
    NotIdentified,
    PageArrived,
    Pressed,
    Recorded,
    Replied,
    Spoke,
    Transcribed,
    Waited,
)
from ivr.golden import CLOCK, Writer
from ivr.state import State
from ivr.tree import Tree
from meaning import phone
from meaning.sense import Sense

CODE, MATCH = "471902", "47"
"""What a trial says instead of what would be drawn at random, so that what is saved can be replayed."""
SECONDS_A_LETTER = 0.15
"""How long a typed message would take to say, about."""
CUSTOMER = "c1"
WAITS = frozenset({"area", "calling", "identifying", "queueing", "transferring", "booking"})
"""Stages of a conversation in which somebody else is waited for."""
ENDS: dict[str, Literal["busy", "closed", "failed"]] = {"busy": "busy", "closed": "closed", "failed": "failed"}


class NotUnderstood(ValueError):
    """The typed line means nothing now; the text says what to type instead."""


@dataclass(frozen=True, slots=True)
class Told:
    """What the one who types is told. spoken: how the voice words it; options: (key, label)."""

    who: Literal["us", "note"]
    text: str
    node: str
    spoken: str = ""
    options: tuple[tuple[str | None, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Exchange:
    """One event, what it brought, and the lines of the golden conversation that this added."""

    event: Event
    actions: tuple[Action, ...]
    lines: tuple[str, ...]


def caller(number: str) -> Caller:
    """number: as anybody writes it; empty: withheld."""
    if not number:
        return Caller(number_class="withheld")
    e164 = phone.normalise(number)
    return Caller(number=e164, number_class=phone.number_class(e164)) if e164 else Caller()


class Typing:
    """language: of the conversation. words: the language in which notes are. writer: takes the conversation down."""

    def __init__(
        self,
        tree: Tree,
        language: str,
        who: Caller,
        at: datetime,
        writer: Writer,
        sense: Sense,
        *,
        words: str = "en",
        areas: Callable[[str], tuple[str, ...]] | None = None,
    ) -> None:
        self.tree, self.language, self.at, self.writer = tree, language, at, writer
        self.state: State = engine.begin(tree, language)
        self._caller, self._sense, self._words, self._areas = who, sense, words, areas
        self._fails = False
        self._awaited: Action | None = None
        self._counted = itertools.count(1)

    def begin(self) -> Iterator[Exchange]:
        """The call comes in."""
        yield from self._post(Joined(at=self.at, channel="voice", caller=self._caller))

    def type(self, line: str) -> Iterator[Exchange]:
        """Raises NotUnderstood, before anything happened."""
        if self.state.finished:
            raise self._no("over")
        for event in list(self._events(" ".join(line.split()))):
            yield from self._post(event)

    def told(self, exchange: Exchange) -> Iterator[Told]:
        for action in exchange.actions:
            yield self._told(action)

    def _post(self, event: Event) -> Iterator[Exchange]:
        self.state, actions = engine.step(self.tree, self.state, event)
        yield Exchange(event, actions, self.writer.told(event, actions))
        for follows in list(self._follow(actions)):
            yield from self._post(follows)

    # -- what a line means ------------------------------------------------------------------------------------

    def _events(self, words: str) -> Iterator[Event]:
        played = list(self._played(words))
        if played:
            yield from played
            return
        at, node = self.at, engine.showing(self.tree, self.state).node
        command, _, rest = words.partition(" ")
        match command, rest:
            case ("wait" | "", ""):
                if self.state.stage == "recording":
                    yield Recorded(at=at, channel="voice", recording=self._recording(), seconds=0)
                else:
                    ask = engine.present(self.tree, self.state)
                    yield Waited(at=at, channel="voice", seconds=ask.patience if ask else 0.0)
            case "hang", "up":
                yield Left(at=at, channel="voice")
            case "call", "":
                yield Joined(at=at, channel="voice", caller=self._caller, resumed=True)
            case "open", "":
                yield Joined(at=at, channel="page")
            case "arrive", "":
                yield PageArrived(at=at, channel="system", page="p1", match=MATCH)
            case "fail", "":
                self._fails = True
            case "tap", option if option:
                yield Chose(at=at, channel="page", node=node, option=option)
            case "fill", value if value:
                yield Filled(at=at, channel="page", node=node, value=value)
            case "at", clock if clock:
                self.at = self._clock(clock)
            case _ if self.state.stage == "recording":
                recording, seconds = self._recording(), round(len(words) * SECONDS_A_LETTER, 1)
                yield Recorded(at=at, channel="voice", recording=recording, seconds=seconds)
                yield Transcribed(at=at, channel="system", recording=recording, text=words)
            case _ if re.fullmatch(r"[0-9*#-]+", words):
                for digit in words.replace("-", ""):
                    yield Pressed(at=at, channel="voice", digit=digit)
            case _:
                yield self._spoke(words)

    def _played(self, words: str) -> Iterator[Event]:
        """The part of whoever is waited for."""
        command, _, rest = words.partition(" ")
        at, end = self.at, ENDS.get(command)
        match self._awaited if self.state.stage in WAITS else None, command:
            case FindArea(code=code), "area":
                yield AreaFound(at=at, channel="system", code=code, areas=(rest,) if rest else ())
            case Call(node=node), "reply":
                yield Replied(at=at, channel="system", node=node, values=self._pairs(rest))
            case Call(node=node), "fail" | "failed":
                yield CallFailed(at=at, channel="system", node=node, reason="unreachable")
            case Identify(node=node), "known":
                values = self._pairs(rest)
                yield Identified(at=at, channel="system", node=node, customer=CUSTOMER, values=values)
            case Identify(node=node), "unknown":
                yield NotIdentified(at=at, channel="system", node=node, reason="no_match")
            case ((Enqueue(node=node) | Transfer(node=node)), "connected"):
                yield Connected(at=at, channel="system", node=node)
            case ((Enqueue(node=node) | Transfer(node=node)), _) if end:
                yield NotConnected(at=at, channel="system", node=node, reason=end)
            case Book(node=node), "booked":
                yield Booked(at=at, channel="system", node=node)
            case Book(node=node), "failed":
                yield NotBooked(at=at, channel="system", node=node, reason="number")

    def _spoke(self, words: str) -> Spoke:
        ask = engine.present(self.tree, self.state)
        if ask is None:
            raise self._no("nothing_asked")
        # Nobody doubts what was typed, and no list was weighed against it.
        meant = understood(
            self._sense,
            ask,
            Hypothesis(text=words, confidence=1.0),
            earlier=engine.before(self.tree, self.state),
            today=self.at.astimezone(self.tree.zone).date(),
        )
        sure = dict(meant.scores).get(meant.choice or "", 1.0 if meant.choice or meant.value else 0.0)
        return Spoke(
            at=self.at,
            channel="voice",
            text=words,
            confidence=round(sure, 2),
            choice=meant.choice,
            value=meant.value,
            close=meant.close,
            command=meant.command,
            values=meant.values,
            nearest=meant.nearest,
            engine="typed",
        )

    def _clock(self, text: str) -> datetime:
        try:
            return datetime.strptime(text, CLOCK).replace(tzinfo=self.tree.zone)
        except ValueError:
            raise self._no("clock") from None

    def _pairs(self, text: str) -> tuple[tuple[str, str], ...]:
        pairs = [pair.partition("=") for pair in text.split()]
        if not all(name and equals and value for name, equals, value in pairs):
            raise self._no("pairs")
        return tuple((name, value.replace("_", " ")) for name, _, value in pairs)

    def _recording(self) -> str:
        return f"r{next(self._counted)}"

    def _no(self, name: str) -> NotUnderstood:
        return NotUnderstood(note(self._words, name))

    # -- what follows -----------------------------------------------------------------------------------------

    def _follow(self, actions: tuple[Action, ...]) -> Iterator[Event]:
        """What the world around the engine reports back by itself."""
        for action in actions:
            match action:
                case SendLink() if self._fails:
                    self._fails = False
                    yield LinkFailed(at=self.at, channel="system", reason="provider")
                case SendLink(to=to):
                    yield LinkSent(at=self.at, channel="system", to_masked=f"{to[:5]}****{to[-4:]}")
                case IssueCode():
                    yield CodeIssued(at=self.at, channel="system", code=CODE, seconds=300)
                case FindArea(code=code) if self._areas is not None:
                    yield AreaFound(at=self.at, channel="system", code=code, areas=self._areas(code))
                case FindArea() | Call() | Identify() | Enqueue() | Transfer() | Book():
                    self._awaited = action
                case StartAfresh():
                    self.state = engine.begin(self.tree, self.language)
                    yield Joined(at=self.at, channel="voice", caller=self._caller)
                case _:
                    pass

    def _told(self, action: Action) -> Told:
        node = self.state.node
        match action:
            case Say():
                return Told("us", action.text, action.node, action.text)
            case Ask():
                spoken = " ".join(utterance.text for utterance in wording.ask(action))
                options = tuple((option.key, option.label) for option in action.options)
                return Told("us", action.text, action.node, spoken, options)
            case Acknowledge():
                return self._note("taken", action.node, label=action.label)
            case SendLink():
                return self._note("link", node, to=action.to)
            case IssueCode():
                return self._note("code", node)
            case TrustPage():
                return self._note("trust", node)
            case RefusePage():
                return self._note("refuse", node)
            case Record():
                return self._note("record", action.node, seconds=f"{action.longest:g}")
            case FindArea():
                return self._note("area", node, code=action.code)
            case Call():
                wanted = " ".join(getattr(self.tree.nodes[action.node], "save", {})) or "-"
                return self._note("call", action.node, webhook=action.webhook, wanted=wanted)
            case Identify():
                known = " ".join(f"{column}={value}" for column, value in action.known)
                return self._note("identify", action.node, known=known)
            case Enqueue():
                return self._note("enqueue", action.node, queue=action.queue)
            case Transfer():
                return self._note("transfer", action.node, to=action.to)
            case Book():
                return self._note("book", action.node, to=f"{action.to} {action.when}".strip())
            case StartAfresh():
                return self._note("afresh", node)
            case Finish():
                return self._note("stays" if action.stays else "finish", node, outcome=action.outcome)

    def _note(self, name: str, node: str, **values: object) -> Told:
        return Told("note", note(self._words, name, **values), node)


@cache
def catalogue() -> dict[str, dict[str, str]]:
    """Language to note id to note."""
    data = yaml.safe_load(resources.files("channels").joinpath("typing.yaml").read_text("utf-8"))
    return {language: dict(notes) for language, notes in data.items()}


def note(language: str, name: str, **values: object) -> str:
    notes = catalogue().get(language) or catalogue()["en"]
    return notes[name].format_map(values)
