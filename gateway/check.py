"""``denwaban check TREE``: whether a tree can be used, and if not, the path that fails.

Exit code 0: sound; 1: problems; 2: the file cannot be read.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from gateway.settings import Settings
from ivr import demo
from ivr.errors import BrokenTree
from ivr.tree import load


def main(argv: Sequence[str], settings: Settings) -> int:
    parser = argparse.ArgumentParser(prog="denwaban check", description=__doc__)
    parser.add_argument("tree", nargs="?", metavar="TREE", help="YAML file, demo or busy; default: the settings'")
    parser.add_argument("--json", action="store_true", help="for programs")
    options = parser.parse_args(argv)
    name = options.tree or str(settings.tree or "demo")
    try:
        source = read(name)
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) else "not UTF-8"
        print(f"denwaban check: {name}: {why}", file=sys.stderr)
        return 2
    try:
        tree = load(source)
    except BrokenTree as broken:
        if options.json:
            print(json.dumps({"sound": False, "problems": [asdict(p) for p in broken.problems]}, ensure_ascii=False))
        else:
            for problem in broken.problems:
                print(problem)
            print(f"{name}: {len(broken.problems)} problems")
        return 1
    if options.json:
        found = {"sound": True, "name": tree.name, "digest": tree.digest, "nodes": len(tree.nodes), "problems": []}
        print(json.dumps(found, ensure_ascii=False))
    else:
        print(f"{name}: sound; {len(tree.nodes)} nodes, {' and '.join(tree.languages)}")
    return 0


def read(name: str) -> str:
    """The source of a tree, by file or by the name of one of ours. Raises OSError, UnicodeDecodeError."""
    if name in ("demo", "busy") and not Path(name).exists():
        return demo.text(name)
    return Path(name).read_text("utf-8")
