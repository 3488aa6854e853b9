"""What can be wrong with a tree, in the words of ``problems.yaml``: kind to level and words in every language."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache
from importlib import resources
from typing import Any, cast

import yaml

from ivr.errors import Level, Problem
from ivr.texts import fill

LANGUAGES = ("ja", "en")


@cache
def catalogue() -> Mapping[str, Mapping[str, str]]:
    """Kind of problem to ``level`` (default: problem) and words by language."""
    # Not read by ivr.source: its own refusals are worded here.
    text = resources.files("ivr").joinpath("problems.yaml").read_text("utf-8")
    found: dict[str, dict[str, str]] = yaml.load(text, yaml.BaseLoader)  # noqa: S506 -- every scalar stays text
    return found


def found(kind: str, node: str = "", path: Iterable[str] = (), /, **values: object) -> Problem:
    """A problem of this kind, with what stands in the braces of its words."""
    texts = {name: str(value) for name, value in values.items()}
    words = catalogue()[kind]
    level = cast(Level, words.get("level", "problem"))
    return Problem(node, tuple(path), fill(words["en"], texts), kind, level, tuple(texts.items()))


def said(problem: Problem, language: str) -> str:
    """What is wrong, in the language; in English where its kind has no words."""
    words = catalogue().get(problem.kind, {}).get(language)
    return fill(words, dict(problem.values)) if words else problem.reason


def reasons(problem: Problem) -> dict[str, str]:
    """What is wrong, by language."""
    return {language: said(problem, language) for language in LANGUAGES}


def line(problem: Problem, language: str = "en") -> str:
    """One line for a terminal."""
    words = catalogue()
    where = problem.node or words["word_tree"][language]
    mark = "" if problem.level == "problem" else words[f"word_{problem.level}"][language]
    path = f" ({' > '.join(problem.path)})" if problem.path else ""
    return f"{mark}{where}: {said(problem, language)}{path}"


def data(problem: Problem) -> dict[str, Any]:
    """JSON-ready: what ``denwaban check --json`` and the editor's API give."""
    return {
        "kind": problem.kind,
        "level": problem.level,
        "node": problem.node,
        "path": list(problem.path),
        "place": list(problem.place),
        "reason": reasons(problem),
    }


def refusing(problems: Iterable[Problem]) -> tuple[Problem, ...]:
    """Those for which a tree is refused."""
    return tuple(problem for problem in problems if problem.level == "problem")
