from __future__ import annotations

from importlib import resources

import pytest
import yaml

from meaning.errors import UnknownLanguage
from meaning.lexicon import LANGUAGES, lexicon

OF_ONE_LANGUAGE = {"teens", "tens", "ordinals"}
"""Japanese has no words for them of its own: 十二 is ten and two, 二番目 the key itself."""


def test_every_language_has_words_for_the_same_things() -> None:
    keys = []
    for language in LANGUAGES:
        data = yaml.safe_load(resources.files("meaning.words").joinpath(f"{language}.yaml").read_text("utf-8"))
        keys.append(set(data) - OF_ONE_LANGUAGE)
        assert set(data["commands"]) == {"repeat", "slower", "back", "person", "restart", "ja", "en"}
        assert set(data["corrections"]) == {"lead", "mark", "led"}
        assert set(data["digits"]) == set("0123456789")
    assert all(found == keys[0] for found in keys)


def test_no_pattern_matches_nothing_at_all() -> None:
    for language in LANGUAGES:
        words = lexicon(language)
        for pattern in (words.yes, words.no, words.unclear, words.doubt, words.light, words.backchannels):
            assert pattern.fullmatch("") is None


def test_a_language_without_words_is_refused_by_name() -> None:
    with pytest.raises(UnknownLanguage, match="'tlh'"):
        lexicon("tlh")
