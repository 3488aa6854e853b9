"""``denwaban check TREE``: whether a tree can be used, and if not, the path that fails.

Exit code 0: sound, warnings or not; 1: problems; 2: the file cannot be read.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime
from pathlib import Path

from gateway.settings import Settings
from ivr import demo, problems
from ivr.errors import Problem
from ivr.nodes import Recorded
from ivr.proof.ground import Ground
from ivr.proof.words import texts
from ivr.templates import template
from ivr.tree import Tree, examine, load


def main(argv: Sequence[str], settings: Settings) -> int:
    parser = argparse.ArgumentParser(prog="denwaban check", description=__doc__)
    parser.add_argument("tree", nargs="?", metavar="TREE", help="YAML file or ready tree; default: the settings'")
    parser.add_argument("--sounds", type=Path, metavar="FOLDER", help="recorded files; default: beside the tree")
    parser.add_argument("--language", choices=problems.LANGUAGES, default="en", help="of what is told; default: en")
    parser.add_argument("--notes", action="store_true", help="tell too what a channel does without")
    parser.add_argument("--json", action="store_true", help="for programs: everything, in every language")
    options = parser.parse_args(argv)
    name = options.tree or str(settings.tree or "demo")
    try:
        source = read(name)
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) else "not UTF-8"
        print(f"denwaban check: {name}: {why}", file=sys.stderr)
        return 2
    is_file = Path(name).exists()
    sounds = options.sounds or (Path(name).parent if is_file else None)
    found = examined(source, sounds=sounds)
    refused = problems.refusing(found)
    tree = None if refused else load(source)
    if options.json:
        print(json.dumps(_data(found, tree), ensure_ascii=False))
        return 1 if refused else 0
    for one in found:
        if one.level != "note" or options.notes:
            print(problems.line(one, options.language))
    print(f"{name}: {_summary(found, tree)}")
    return 1 if refused else 0


def examined(source: str, *, sounds: Path | None = None, today: date | None = None) -> tuple[Problem, ...]:
    """Everything to be told of a tree. sounds: folder of its recorded files. today: default is this day."""
    found = examine(source, today=today or datetime.now(UTC).date())
    if sounds is None or problems.refusing(found):
        return found
    return (*missing_sounds(load(source), sounds), *found)


def missing_sounds(tree: Tree, folder: Path) -> Iterator[Problem]:
    """Recorded files that a tree names and that are not in the folder."""
    ground, told = Ground(tree.file), set()
    for name, node in tree.nodes.items():
        for field, text in texts(node):
            for words in text.values():
                if isinstance(words, Recorded) and words.audio not in told and not _is_within(folder, words.audio):
                    told.add(words.audio)
                    yield ground.found("no_audio", name, field, audio=words.audio)


def read(name: str) -> str:
    """The source of a tree, by file or by the name of one of ours. Raises OSError, UnicodeDecodeError."""
    if (name == "busy" or template(name)) and not Path(name).exists():
        return demo.text(name)
    return Path(name).read_text("utf-8")


def _is_within(folder: Path, audio: str) -> bool:
    file = (folder / audio).resolve()
    return file.is_file() and file.is_relative_to(folder.resolve())


def _data(found: Sequence[Problem], tree: Tree | None) -> dict[str, object]:
    told = {"sound": tree is not None, "problems": [problems.data(one) for one in found]}
    if tree is None:
        return told
    return told | {"name": tree.name, "digest": tree.digest, "nodes": len(tree.nodes)}


def _summary(found: Sequence[Problem], tree: Tree | None) -> str:
    warnings = sum(one.level == "warning" for one in found)
    notes = sum(one.level == "note" for one in found)
    more = [f"{count} {what}{'s' * (count != 1)}" for count, what in ((warnings, "warning"), (notes, "note")) if count]
    if tree is None:
        refused = len(found) - warnings - notes
        return ", ".join([f"{refused} problem{'s' * (refused != 1)}", *more])
    return "; ".join(
        [f"sound; {len(tree.nodes)} nodes, {' and '.join(tree.languages)}", *([", ".join(more)] if more else [])]
    )
