from __future__ import annotations

import pytest

from gateway import bench_slots
from gateway.settings import Settings
from ivr import slots

KINDS = {*slots.KINDS, "yesno"} - {"text"}
"""What was said freely is right as it is."""


@pytest.mark.parametrize("language", bench_slots.LANGUAGES)
def test_every_kind_has_at_least_25_answers_to_be_measured_on(language: str) -> None:
    held = list(bench_slots.cases(language))
    assert {case.ask.expects for case in held} == KINDS
    for kind in KINDS:
        assert len({case.said for case in held if case.ask.expects == kind}) >= 25


@pytest.mark.parametrize("language", bench_slots.LANGUAGES)
def test_every_wanted_value_is_one_that_the_question_would_take(language: str) -> None:
    for case in bench_slots.cases(language):
        ask = case.ask
        if case.wanted is None or ask.expects == "yesno" or case.wanted.endswith("|"):
            continue
        assert slots.amiss(ask.expects, case.wanted, ask.least, ask.most, ask.limits, case.today) is None, case


async def test_typed_answers_are_counted_by_kind_and_language() -> None:
    made = await bench_slots.run(Settings(), spoken=False)
    assert made.keys() == {"typed"}
    for language in bench_slots.LANGUAGES:
        figures = made["typed"][language]
        assert figures["kinds"].keys() == KINDS
        assert 0 <= figures["wrong"] <= 1 - figures["right"] <= 0.1
        for kind in figures["kinds"].values():
            assert len(kind["missed"]) == round(kind["cases"] * (1 - kind["right"]))
