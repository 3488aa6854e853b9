from __future__ import annotations

from importlib import resources

import pytest
import yaml

from gateway.bench_intents import LANGUAGES, NONE, curve, phrases_of, question
from meaning.callers import topics
from meaning.intents import Found
from meaning.normal import folded


def _phrases(name: str) -> dict[str, list[str]]:
    return yaml.safe_load(resources.files("gateway.bench_data").joinpath(f"{name}.yaml").read_text("utf-8"))


def _found(*scores: tuple[str, float]) -> Found:
    return Found(None, (), scores)


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_held_out_phrase_is_known_to_the_product_or_stands_among_the_examples(language: str) -> None:
    held_out = {folded(phrase, language) for lines in _phrases(f"intents_{language}").values() for phrase in lines}
    known = {folded(phrase, language) for lines in topics(language).values() for phrase in lines}
    examples = {folded(text, language) for lines in _phrases(f"intent_examples_{language}").values() for text in lines}
    assert not (held_out - {""}) & known
    assert not (held_out - {""}) & examples


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_phrases_are_enough_and_of_the_matters_that_have_examples(language: str) -> None:
    phrases, examples = _phrases(f"intents_{language}"), _phrases(f"intent_examples_{language}")
    assert set(phrases) - {NONE} == set(examples)
    assert len(examples) >= 12
    assert all(len(set(lines)) >= 20 for name, lines in phrases.items() if name != NONE)
    assert len(set(phrases[NONE])) >= 60
    ask = question(examples, language)
    assert ask.expects == "open"
    assert [option.id for option in ask.options] == list(examples)
    assert sum(wanted is None for wanted, _ in phrases_of(phrases)) == len(phrases[NONE])


def test_the_threshold_lets_one_stranger_in_ten_pass_and_ask_backs_stay_within_their_share() -> None:
    strangers = [(None, _found(("a", 0.05 * n), ("b", 0.0))) for n in range(10)]  # 0 to 0.45
    known = [
        ("a", _found(("a", 0.9), ("b", 0.1))),
        ("b", _found(("a", 0.8), ("b", 0.7))),  # taken wrongly
        ("a", _found(("a", 0.42), ("b", 0.1))),  # taken: above the second highest stranger
        ("b", _found(("a", 0.395), ("b", 0.2))),  # next below: asked about, and it is one of the two
        ("b", _found(("a", 0.01), ("b", 0.0))),  # never reached
        ("a", _found()),
    ]
    made = curve([*known, *strangers])
    at = made["at_false_acceptance"]
    assert at["threshold"] == pytest.approx(0.4)
    assert at["right"] == pytest.approx(2 / 6, abs=0.001)
    assert at["right_with_ask_backs"] == pytest.approx(3 / 6, abs=0.001)
    assert at["asked"] == pytest.approx(2 / 16, abs=0.001)
    assert made["best"] == pytest.approx(2 / 6, abs=0.001)
    assert (made["phrases"], made["strangers"]) == (6, 10)
