"""``denwaban talk TREE``: type instead of speak, and keep the conversation as a golden one.

What you type:
  1   #   0901234...   keys               wait              say nothing
  tap OPTION           on the screen      hang up           the call ends
  fill VALUE           on the screen      call              call again
  open                 open the link      arrive            reach the page by its code
  fail                 the next link cannot be sent         at 2026-11-24 20:00
  quit                                    anything else     is spoken, and understood as on a call

While the tree waits for somebody else, you play that part too, as the note says: reply NAME=VALUE or fail for a
webhook, known or unknown for the customer table, connected, busy, closed or failed for a person, and so on.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from pathlib import Path

from channels.typing import Exchange, NotUnderstood, Typing, caller
from gateway.check import read
from gateway.settings import Settings
from ivr import engine
from ivr.actions import Ask
from ivr.errors import BrokenTree
from ivr.golden import CLOCK, Writer
from ivr.tree import load
from meaning import addresses
from meaning.sense import Sense


def main(argv: Sequence[str], settings: Settings) -> int:
    parser = argparse.ArgumentParser(
        prog="denwaban talk", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("tree", nargs="?", metavar="TREE", help="YAML file or ready tree; default: the settings'")
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
    sense = Sense(prompt for prompt in engine.prompts(tree) if isinstance(prompt, Ask))
    talk(Typing(tree, language, caller(options.number), at, writer, sense, areas=addresses.areas), sys.stdin)
    if options.save:
        options.save.write_text(writer.text, "utf-8")
    return 0


def talk(typing: Typing, lines: Iterable[str]) -> None:
    """Until the conversation or the lines are over."""
    _show(typing, typing.begin())
    for line in lines:
        if line.strip() == "quit" or typing.state.finished:
            break
        try:
            _show(typing, typing.type(line))
        except NotUnderstood as error:
            print(f"  ({error})")


def _show(typing: Typing, exchanges: Iterable[Exchange]) -> None:
    for exchange in exchanges:
        print(*exchange.lines, sep="\n", end="\n" if exchange.lines else "")
        for told in typing.told(exchange):
            if told.who == "note":
                print(f"  ({told.text})")


def _values(settings: Settings) -> dict[str, str]:
    from gateway.words import values  # what trees may name is known without a hub

    return values(settings)
