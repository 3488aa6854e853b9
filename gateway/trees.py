"""``denwaban trees``: the library of trees from the command line. A hub that runs takes up what is published here.

  list                            every tree, and what callers meet
  export TREE [--version N]       the file of the draft, or of a version
  import FILE [--tree TREE]       a file as a new tree, or as the draft of one that there is
  publish TREE [--share N]        check the draft and its tests, and let callers meet it
  share TREE VERSION N            give a version N percent of new conversations; 100 makes it the live one
  rollback TREE                   drop the candidate, or go back to the version before

TREE is a tree's name, its id, or how its id begins. Exit code 0: done; 1: refused, and why; 2: misuse.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
import tempfile
from collections.abc import Callable, Coroutine, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from conversation import gate, manuscript
from conversation.errors import Changed, NothingBefore, RecordError, UnknownTree
from conversation.library import Kept, Library
from conversation.store import Store
from conversation.versions import Version, Versions
from gateway.errors import Complaint
from gateway.keys import master_key
from gateway.settings import Settings
from gateway.words import loader
from ivr.errors import BrokenTree
from ivr.source import read
from ivr.tree import Tree

BUSY = 5.0
"""Seconds that another process may hold an SQLite database."""


def main(argv: Sequence[str], settings: Settings) -> int:
    options = _parser().parse_args(argv)
    if options.dev:
        settings = settings.model_copy(update={"dev": True})
    try:
        return asyncio.run(_run(options, settings))
    except BrokenTree as broken:
        print(*broken.problems, sep="\n", file=sys.stderr)
    except (Complaint, RecordError) as error:
        print(f"denwaban trees: {error}", file=sys.stderr)
    return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="denwaban trees", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--dev", action="store_true", help="the master key is the trial's")
    parser.add_argument("--json", action="store_true", help="for programs")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    commands.add_parser("list", help="every tree, and what callers meet")
    export = commands.add_parser("export", help="print the file of a draft or version")
    bring = commands.add_parser("import", help="a file as a new tree, or as the draft of one that there is")
    publish = commands.add_parser("publish", help="check a draft and let callers meet it")
    share = commands.add_parser("share", help="give a version a share of new conversations")
    back = commands.add_parser("rollback", help="drop the candidate, or go back to the version before")
    for command in (export, publish, share, back):
        command.add_argument("tree", metavar="TREE")
    export.add_argument("--version", type=int, metavar="N")
    bring.add_argument("file", type=Path, metavar="FILE")
    bring.add_argument("--tree", metavar="TREE", help="whose draft it becomes")
    publish.add_argument("--note", default="", help="what is new")
    publish.add_argument("--share", type=_percent, default=100, metavar="N", help="percent of new conversations")
    share.add_argument("version", type=int, metavar="VERSION")
    share.add_argument("share", type=_percent, metavar="N")
    return parser


def _percent(text: str) -> int:
    if not (text.isascii() and text.isdigit() and 1 <= int(text) <= 100):
        raise argparse.ArgumentTypeError("a whole number from 1 to 100")
    return int(text)


async def _run(options: argparse.Namespace, settings: Settings) -> int:
    # Nothing is spooled: what this command cannot write now, it says.
    with tempfile.TemporaryDirectory(prefix="denwaban-trees") as folder:
        store = Store.open(
            settings.database_url,
            master_key(settings),
            site=settings.site,
            spool=Path(folder) / "spool",
            busy=BUSY,
            deadline=BUSY,
            reserved=64 << 10,
        )
        try:
            desk = Desk(store, loader(settings), options.json)
            return await _command(desk, options)
        finally:
            await store.close()


def _command(desk: Desk, options: argparse.Namespace) -> Coroutine[Any, Any, int]:
    match options.command:
        case "list":
            return desk.list()
        case "export":
            return desk.export(options.tree, options.version)
        case "import":
            return desk.bring_in(options.file, options.tree)
        case "publish":
            return desk.publish(options.tree, options.share, options.note)
        case "share":
            return desk.share(options.tree, options.version, options.share)
        case _:
            return desk.roll_back(options.tree)


class Desk:
    """load: makes a tree for this house. as_json: print for programs."""

    def __init__(self, store: Store, load: Callable[[str], Tree], as_json: bool) -> None:
        clock = lambda: datetime.now(UTC)  # noqa: E731 -- the one place of this command that knows the time
        self._library, self._versions = Library(store, clock), Versions(store, clock)
        self._load, self._as_json = load, as_json

    async def list(self) -> int:
        trees, versions = await self._library.trees(), await self._versions.of()
        if self._as_json:
            print(json.dumps([_told(one, versions) for one in trees], ensure_ascii=False))
            return 0
        for one in trees:
            print(f"{one.id[:8]}  {one.name}  draft {one.draft.revision}{_standing(one, versions)}")
        if not trees:
            print("there are no trees yet: start a hub, or bring one in with denwaban trees import FILE")
        return 0

    async def export(self, name: str, version: int | None) -> int:
        tree = await self._named(name)
        source = await (
            self._versions.source(tree.id, version) if version is not None else self._source_of_draft(tree.id)
        )
        print(source, end="" if source.endswith("\n") else "\n")
        return 0

    async def bring_in(self, file: Path, name: str | None) -> int:
        try:
            source = file.read_text("utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise Complaint(f"{file} cannot be read: {error}") from None
        data = read(source)
        manuscript.sound(data)
        title = data.get("name")
        title = title if isinstance(title, str) else ""
        if name is None:
            made = await self._library.make(source, title, None)
            return self._say(
                {"tree": made, "revision": 1}, f"{made[:8]} is a new tree; denwaban trees publish {made[:8]}"
            )
        tree = await self._named(name)
        try:
            saved = await self._library.save(tree.id, tree.draft.revision, source, title, None, None)
        except Changed:
            raise Complaint("somebody saved the draft at the same moment; try again") from None
        told = f"{tree.id[:8]} has a new draft, revision {saved.revision}"
        return self._say({"tree": tree.id, "revision": saved.revision}, told)

    async def publish(self, name: str, share: int, note: str) -> int:
        tree = await self._named(name)
        draft = await self._library.draft(tree.id)
        verdict = gate.examine(self._load, draft.source, await self._library.tests(tree.id))
        if verdict.tree is None:
            raise BrokenTree(*verdict.problems)
        failed = [one for one in verdict.outcomes if not one.passed]
        if failed:
            for one in failed:
                print(f"{one.name}:\n{one.diff}", file=sys.stderr)
            raise Complaint(f"{len(failed)} tests do not go as they are written; nothing was published")
        try:
            version = await self._versions.publish(
                tree.id, draft.revision, draft.source, verdict.tree.digest, share=share, note=note[:500], by=None
            )
        except Changed:
            raise Complaint("somebody saved the draft at the same moment; look at it and try again") from None
        return await self._now(tree, version)

    async def share(self, name: str, version: int, share: int) -> int:
        tree = await self._named(name)
        self._load(await self._versions.source(tree.id, version))
        await self._versions.show(tree.id, version, share, None)
        return await self._now(tree, version)

    async def roll_back(self, name: str) -> int:
        tree = await self._named(name)
        try:
            back, version = await self._versions.roll_back(tree.id, None)
        except NothingBefore:
            raise Complaint(f"{tree.name} is not on the air, or nothing was before it") from None
        return self._say({"tree": back, "version": version}, f"{back[:8]}: version {version} is live")

    async def _now(self, tree: Kept, version: int) -> int:
        share = next(one.share for one in await self._versions.of(tree.id) if one.version == version)
        told = f"{tree.name}: version {version} is what {share} % of new conversations begin on"
        return self._say({"tree": tree.id, "version": version, "share": share}, told)

    async def _source_of_draft(self, tree: str) -> str:
        return (await self._library.draft(tree)).source

    async def _named(self, name: str) -> Kept:
        found = [one for one in await self._library.trees() if name in (one.name, one.id)]
        found = found or [one for one in await self._library.trees() if len(name) >= 4 and one.id.startswith(name)]
        if len(found) != 1:
            raise UnknownTree(f"{len(found) or 'no'} trees are called {name}; denwaban trees list shows their ids")
        return found[0]

    def _say(self, data: dict[str, Any], told: str) -> int:
        print(json.dumps(data, ensure_ascii=False) if self._as_json else told)
        return 0


def _told(tree: Kept, versions: Sequence[Version]) -> dict[str, Any]:
    ours = [one for one in versions if one.tree == tree.id]
    return {
        "tree": tree.id,
        "name": tree.name,
        "revision": tree.draft.revision,
        "versions": [{"version": one.version, "share": one.share, "live": one.live} for one in ours],
    }


def _standing(tree: Kept, versions: Sequence[Version]) -> str:
    on_air = [one for one in versions if one.tree == tree.id and one.share]
    return "".join(f"  version {one.version} {'live' if one.live else 'candidate'} {one.share} %" for one in on_air)
