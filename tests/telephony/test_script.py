from __future__ import annotations

import pytest

from telephony.errors import BadScript
from telephony.script import Report, Spans, Step, parse


@pytest.mark.parametrize(
    ("text", "step"),
    [
        ("say:a.wav", Step("say", "a.wav")),
        ("keys:0901#", Step("keys", "0901#")),
        ("text:はい:そうです", Step("text", "はい:そうです")),
        ("hangup", Step("hangup")),
    ],
)
def test_a_step_is_a_verb_and_what_it_needs(text: str, step: Step) -> None:
    assert parse(text) == step


@pytest.mark.parametrize("text", ["sing:la", "wait", "wait:x", "hear:-1", "key:", "key:z", "say:", ""])
def test_a_step_that_makes_no_sense_is_refused(text: str) -> None:
    with pytest.raises(BadScript):
        parse(text)


def test_a_span_of_sound_ends_with_its_last_loud_frame() -> None:
    spans = Spans(loud=100, gap=0.1)
    levels = [0, 0, 500, 500, 0, 500, 0, 0, 0, 0, 0, 0, 0]
    told = [spans.feed(level, n * 0.02) for n, level in enumerate(levels)]
    assert told[2] == "began"
    ended = [tuple(round(moment, 2) for moment in span) for span in told if isinstance(span, tuple)]
    assert ended == [(0.04, 0.12)]


def test_a_reply_is_timed_from_the_last_voiced_sample_to_the_next_sound() -> None:
    report = Report(said=[(1.0, 2.0), (8.0, 9.0)], heard=[(0.1, 0.9), (2.75, 5.0)])
    assert report.replies() == [0.75, None]
