"""The trees that come with the product."""

from __future__ import annotations

from importlib import resources
from importlib.resources.abc import Traversable


def path(name: str = "demo") -> Traversable:
    """``demo``: a contact centre in Japanese and English. ``busy``: what is said when all lines are taken. The others
    are those of ``ivr.templates``."""
    return resources.files("ivr").joinpath("trees", f"{name}.yaml")


def text(name: str = "demo") -> str:
    return path(name).read_text("utf-8")
