"""The ready trees that an admin may start from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources

from ivr import demo
from ivr.source import read


@dataclass(frozen=True, slots=True)
class Template:
    """title, about: by language."""

    id: str
    title: Mapping[str, str]
    about: Mapping[str, str]

    @property
    def source(self) -> str:
        """The tree as YAML."""
        return demo.text(self.id)


@cache
def templates() -> tuple[Template, ...]:
    """In the order in which they are shown."""
    listed = read(resources.files("ivr").joinpath("templates.yaml").read_text("utf-8"))
    return tuple(Template(name, words["title"], words["about"]) for name, words in listed.items())


def template(name: str) -> Template | None:
    """The one of that id; a name from outside finds nothing but these."""
    return next((one for one in templates() if one.id == name), None)
