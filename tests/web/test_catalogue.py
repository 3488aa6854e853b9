from __future__ import annotations

import re
import string
from importlib.resources import files
from typing import get_args

import pytest

from ivr.events import NumberClass
from web.catalogue import LANGUAGES, preferred, words
from web.errors import BrokenCatalogue


def _places(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


def test_every_language_has_the_same_words() -> None:
    first, *others = (words(language) for language in LANGUAGES)
    for other in others:
        assert other.ids == first.ids


def test_every_language_fills_the_same_values_into_the_same_words() -> None:
    for id in words("ja").ids:
        assert _places(words("ja")(id)) == _places(words("en")(id)), id


def test_every_word_that_a_template_or_module_names_is_there() -> None:
    sources = [*files("web").joinpath("templates").iterdir(), *files("web").iterdir()]
    texts = [source.read_text("utf-8") for source in sources if source.name.endswith((".html", ".py"))]
    # A full id; those made of parts ("tell.left_" ~ channel) are read by the timeline's own tests.
    pattern = r"\b(?:words|say|also)\(['\"]([a-z_]+(?:\.[a-z_]+)?)['\"][,)]"
    named = {id for text in texts for id in re.findall(pattern, text)}
    assert len(named) > 60
    assert named <= words("ja").ids


def test_every_class_of_number_has_a_name() -> None:
    for number_class in get_args(NumberClass):
        assert words("ja")(f"number_class.{number_class}")


def test_an_unknown_id_is_an_error_and_an_unknown_member_of_a_group_is_other() -> None:
    with pytest.raises(BrokenCatalogue):
        words("ja")("no.such")
    assert words("en").one_of("reason", "weather") == "other"


def test_what_is_filled_in_is_not_read_as_a_pattern() -> None:
    assert words("en")("tell.spoke", text="{to} {0}") == "Said “{to} {0}”"


@pytest.mark.parametrize(
    ("header", "language"),
    [
        ("", "ja"),
        ("en-GB,en;q=0.9", "en"),
        ("ja,en-US;q=0.8", "ja"),
        ("fr,en;q=0.4,ja;q=0.3", "en"),
        ("de", "ja"),
        ("en;q=much", "ja"),
        ("en;q=0", "ja"),
    ],
)
def test_the_language_that_the_browser_wants_most_and_we_have(header: str, language: str) -> None:
    assert preferred(header) == language
