"""``denwaban talk TREE``: type instead of speak, and keep the conversation as a golden one.

What you type:
  1   #   0901234...   keys               wait              say nothing
  tap OPTION           on the screen      hang up           the call ends
  fill VALUE           on the screen      call              call again
  open                 open the link      arrive            reach the page by its code
  fail                 the next link cannot be sent         at 2026-11-24 20:00
  quit                                    anything else     is spoken, and understood as on a call
"""

from __future__ import annotations

import argparse
import itertools
import re
import sys
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

from gateway.check import read
from gateway.settings import Settings
from ivr import engine
from ivr.actions import Action, Ask, IssueCode, Record, SendLink, StartAfresh
from ivr.errors import BrokenTree
from ivr.events import (
    Caller,
    Chose,
    CodeIssued,
    Event,
    Filled,
    Joined,
    Left,
    LinkFailed,
    LinkSent,
    PageArrived,
    Pressed,
    Recorded,
    Spoke,
    Transcribed,
    Waited,
)
from ivr.golden import CLOCK, Writer
from ivr.questions import present
from ivr.state import State
from ivr.tree import Tree, load
from meaning import phone
from meaning.sense import Sense

CODE, MATCH = "471902", "47"
"""What the trial says instead of what would be drawn at random, so that what is saved can be replayed."""
SECONDS_A_LETTER = 0.15
"""How long a typed message would take to say, about."""


def main(argv: Sequence[str], settings: Settings) -> int:
    parser = argparse.ArgumentParser(
        prog="denwaban talk", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("tree", nargs="?", metavar="TREE", help="YAML file, demo or busy; default: the settings'")
    parser.add_argument("--language", help="default: the tree's first")
    parser.add_argument("--number", default="09012345678", help="who calls; empty: withheld")
    parser.add_argument("--at", help="when, as 2026-11-24 10:00; default: now")
    parser.add_argument("--save", type=Path, metavar="FILE", help="write the golden conversation there")
    parser.add_argument("--title", default="A conversation that was typed.", help="first line of what is saved")
    options = parser.parse_args(argv)
    name = options.tree or str(settings.tree or "demo")
    try:
        tree = load(read(name), values=_values(settings))
        at = datetime.strptime(options.at, CLOCK).replace(tzinfo=tree.zone) if options.at else datetime.now(UTC)
    except BrokenTree as broken:
        print(*broken.problems, sep="\n", file=sys.stderr)
        return 1
    except (OSError, ValueError) as error:
        print(f"denwaban talk: {error}", file=sys.stderr)
        return 2
    language = tree.known(options.language or settings.language)
    writer = Writer(options.title, Path(name).stem, language, tree)
    talk = Talk(tree, language, _caller(options.number), at, writer)
    talk.run(sys.stdin)
    if options.save:
        options.save.write_text(writer.text, "utf-8")
    return 0


class Talk:
    """One who types, and everything around the engine played in a plain way: links arrive, codes are made."""

    def __init__(self, tree: Tree, language: str, caller: Caller, at: datetime, writer: Writer) -> None:
        self.tree, self.language, self.caller, self.at, self.writer = tree, language, caller, at, writer
        self.state: State = engine.begin(tree, language)
        asks = (prompt for prompt in engine.prompts(tree) if isinstance(prompt, Ask))
        self.sense = Sense(asks)
        self.fails = False
        self.counted = itertools.count(1)

    def run(self, lines: Iterator[str]) -> None:
        self.post(Joined(at=self.at, channel="voice", caller=self.caller))
        for line in lines:
            words = line.strip()
            if words == "quit" or self.state.finished:
                break
            try:
                told = list(self.events(words))
            except ValueError as error:
                print(f"  ({error})")
                continue
            for event in told:
                self.post(event)
            if self.state.finished:
                break

    def post(self, event: Event) -> None:
        self.state, actions = engine.step(self.tree, self.state, event)
        for line in self.writer.told(event, actions):
            print(line)
        for follows in self.follow(actions):
            self.post(follows)

    def events(self, words: str) -> Iterator[Event]:
        """What the typed line means. Raises ValueError with what to type instead."""
        at, shown = self.at, engine.showing(self.tree, self.state)
        command, _, rest = words.partition(" ")
        match command, rest.strip():
            case ("wait" | "", ""):
                if self.state.stage == "recording":
                    yield Recorded(at=at, channel="voice", recording=f"r{next(self.counted)}", seconds=0)
                else:
                    yield Waited(at=at, channel="voice", seconds=present_patience(self.tree, self.state))
            case "hang", "up":
                yield Left(at=at, channel="voice")
            case "call", "":
                yield Joined(at=at, channel="voice", caller=self.caller, resumed=True)
            case "open", "":
                yield Joined(at=at, channel="page")
            case "arrive", "":
                yield PageArrived(at=at, channel="system", page="p1", match=MATCH)
            case "fail", "":
                self.fails = True
            case "tap", option if option:
                yield Chose(at=at, channel="page", node=shown.node, option=option)
            case "fill", value if value:
                yield Filled(at=at, channel="page", node=shown.node, value=value)
            case "at", clock if clock:
                self.at = datetime.strptime(clock, CLOCK).replace(tzinfo=self.tree.zone)
            case _ if self.state.stage == "recording":
                recording, seconds = f"r{next(self.counted)}", round(len(words) * SECONDS_A_LETTER, 1)
                yield Recorded(at=at, channel="voice", recording=recording, seconds=seconds)
                yield Transcribed(at=at, channel="system", recording=recording, text=words)
            case _ if re.fullmatch(r"[0-9*#-]+", words):
                for digit in words.replace("-", ""):
                    yield Pressed(at=at, channel="voice", digit=digit)
            case _:
                yield self.spoke(words)

    def spoke(self, words: str) -> Spoke:
        ask = present(self.tree, self.state)
        if ask is None:
            raise ValueError("nothing is asked")
        meant = self.sense.understand(ask, words, today=self.at.astimezone(self.tree.zone).date())
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
            engine="typed",
        )

    def follow(self, actions: Sequence[Action]) -> Iterator[Event]:
        """What the world around the engine reports back."""
        for action in actions:
            match action:
                case SendLink() if self.fails:
                    self.fails = False
                    yield LinkFailed(at=self.at, channel="system", reason="provider")
                case SendLink(to=to):
                    yield LinkSent(at=self.at, channel="system", to_masked=f"{to[:5]}****{to[-4:]}")
                case IssueCode():
                    yield CodeIssued(at=self.at, channel="system", code=CODE, seconds=300)
                case Record():
                    print("  (type the message; an empty line is silence)")
                case StartAfresh():
                    self.state = engine.begin(self.tree, self.language)
                    yield Joined(at=self.at, channel="voice", caller=self.caller)


def present_patience(tree: Tree, state: State) -> float:
    ask = present(tree, state)
    return ask.patience if ask else 0.0


def _caller(number: str) -> Caller:
    if not number:
        return Caller(number_class="withheld")
    e164 = phone.normalise(number)
    return Caller(number=e164, number_class=phone.number_class(e164)) if e164 else Caller()


def _values(settings: Settings) -> dict[str, str]:
    from gateway.hub import values  # a hub is heavy to import, and only its words are wanted here

    return values(settings)
