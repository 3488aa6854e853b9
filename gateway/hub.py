"""The hub: record, inbox, engine, channels and screens in one process, and the socket that line workers connect to."""

from __future__ import annotations

import logging
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

from gateway.errors import Complaint
from gateway.settings import Settings
from ivr import demo
from ivr.errors import BrokenTree
from ivr.tree import Tree, load
from meaning import phone

log = logging.getLogger("denwaban.hub")


def now() -> datetime:
    return datetime.now(UTC)


class Trees:
    """The live tree, the one for a busy centre, and any that an unfinished conversation began with."""

    def __init__(self, settings: Settings) -> None:
        self._values = {
            "sms_sender": phone.spoken_form(settings.sms_sender),
            "centre_number": phone.spoken_form(settings.centre_number),
            "link_domain": urlsplit(settings.url).netloc,
        }
        self._current = self._load(settings.tree or demo.DEMO)
        self.busy = self._load(demo.BUSY)
        self._known = {tree.digest: tree for tree in (self._current, self.busy)}

    def current(self) -> Tree:
        return self._current

    def by_digest(self, digest: str) -> Tree | None:
        return self._known.get(digest)

    def from_source(self, source: str) -> Tree:
        tree = load(source, values=self._values)
        self._known[tree.digest] = tree
        return tree

    def _load(self, path: Path) -> Tree:
        try:
            return load(path.read_text("utf-8"), values=self._values)
        except BrokenTree as broken:
            first = broken.problems[0]
            raise Complaint(
                f"{path.name} is broken at {first.node or 'the top'}: {first.reason} "
                f"({len(broken.problems)} problems; denwaban check {path.name} lists them)"
            ) from broken
        except OSError as error:
            raise Complaint(f"{path} cannot be read: {error.strerror}") from error


class Figures:
    """Counts for /metrics, by kind alone."""

    def __init__(self) -> None:
        self.events: Counter[tuple[str, str]] = Counter()

    def text(self, gauges: dict[str, float]) -> str:
        lines = ["# TYPE denwaban_events_total counter"]
        lines += [
            f'denwaban_events_total{{kind="{kind}",channel="{channel}"}} {count}'
            for (kind, channel), count in sorted(self.events.items())
        ]
        for name, value in gauges.items():
            lines += [f"# TYPE denwaban_{name} gauge", f"denwaban_{name} {value:g}"]
        return "\n".join(lines) + "\n"
