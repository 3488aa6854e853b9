from __future__ import annotations

from importlib import resources

import pytest
import yaml

from meaning.errors import UnknownLanguage
from meaning.lexicon import LANGUAGES
from meaning.vocabulary import vocabulary

OF_ONE_LANGUAGE = {"short_weekdays"}
"""English says mon and fri; Japanese has no short form that is safe to take for a day."""


def test_every_language_has_words_for_the_same_values() -> None:
    keys = []
    for language in LANGUAGES:
        text = resources.files("meaning.words").joinpath(f"{language}.yaml").read_text("utf-8")
        keys.append(set(yaml.safe_load(text)["values"]) - OF_ONE_LANGUAGE)
    assert all(found == keys[0] for found in keys)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_form_names_parts_that_its_table_can_tell(language: str) -> None:
    words = vocabulary(language)
    known = {
        "dates": "year years short era eyear month name months day end feast slash "
        "weekday weeks coming past n unit sign days",
        "times": "part after hour minute minute2 half quarter sign clock",
        "amounts": "number",
        "counts": "number",
    }
    for kind, forms in words.forms.items():
        assert forms
        assert {part for form, _ in forms for part in form.groupindex} <= set(known[kind].split())
        assert any(is_sure for _, is_sure in forms)


@pytest.mark.parametrize("language", LANGUAGES)
def test_tables_point_at_the_same_things_in_every_language(language: str) -> None:
    tables = vocabulary(language).tables
    assert set(tables["weekdays"].values()) == set(range(7))
    assert set(tables["units"].values()) == {"day", "week", "month"}
    assert set(tables["signs"].values()) == {1, -1}
    assert set(tables["parts"].values()) <= {"am", "pm", "noon", "night"}
    assert set(tables["letters"]) == set("ABCDEFGHIJKLMNOPQRSTUVWXYZ")


def test_a_language_without_words_is_refused_by_name() -> None:
    with pytest.raises(UnknownLanguage, match="'tlh'"):
        vocabulary("tlh")
