from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from asr.segmenter import PACES, Edge, Pace, Segmenter, pace

FRAME = 0.02


def edges(segmenter: Segmenter, *stretches: tuple[float, bool]) -> list[tuple[float, Edge]]:
    """(seconds since the beginning, edge) over stretches of (seconds, is_speech)."""
    found, at = [], 0
    for seconds, is_speech in stretches:
        for _ in range(round(seconds / FRAME)):
            at += 1
            if edge := segmenter.feed(FRAME, is_speech):
                found.append((round(at * FRAME, 2), edge))
    return found


def names(found: list[tuple[float, Edge]]) -> list[Edge]:
    return [edge for _, edge in found]


def test_a_word_starts_pauses_and_ends_by_the_seconds_of_its_pace():
    pace = Pace(start=0.1, pause=0.24, end=0.6)
    found = edges(Segmenter(pace), (0.5, True), (1.0, False))
    assert found == [(0.1, Edge.STARTED), (0.74, Edge.PAUSED), (1.1, Edge.ENDED)]


def test_one_frame_alone_is_no_beginning():
    assert edges(Segmenter(), (0.02, True), (2.0, False)) == []


def test_a_frame_lost_at_the_beginning_does_not_delay_it_by_more_than_itself_and_its_shadow():
    found = edges(Segmenter(Pace(start=0.1)), (0.06, True), (0.02, False), (0.5, True))
    assert found == [(0.14, Edge.STARTED)]


def test_speech_after_a_pause_is_the_same_utterance():
    found = edges(Segmenter(), (0.4, True), (0.4, False), (0.4, True), (1.0, False))
    assert names(found) == [Edge.STARTED, Edge.PAUSED, Edge.RESUMED, Edge.PAUSED, Edge.ENDED]


def test_a_click_in_the_final_silence_does_not_put_off_the_end():
    quiet = edges(Segmenter(), (0.4, True), (1.0, False))
    clicked = edges(Segmenter(), (0.4, True), (0.4, False), (0.04, True), (1.0, False))
    assert clicked == quiet


def test_an_utterance_is_cut_at_its_longest():
    found = edges(Segmenter(Pace(longest=15.0)), (20.0, True))
    assert found[:2] == [(0.04, Edge.STARTED), (15.0, Edge.ENDED)]


def test_after_the_end_the_next_utterance_begins_afresh():
    segmenter = Segmenter()
    first = edges(segmenter, (0.4, True), (1.0, False))
    again = edges(segmenter, (0.4, True), (1.0, False))
    assert again == first


def test_whoever_reads_out_a_number_may_breathe_between_its_groups():
    found = edges(Segmenter(PACES["digits"]), (0.6, True), (1.0, False), (0.6, True), (2.1, False))
    assert names(found).count(Edge.ENDED) == 1


def test_a_speaker_who_pauses_long_is_waited_for_longer_from_then_on():
    segmenter = Segmenter(Pace(end=0.6, slowest=1.6))
    edges(segmenter, (0.4, True), (0.5, False), (0.4, True), (2.0, False))
    assert segmenter.end == pytest.approx(0.9)
    found = edges(segmenter, (0.4, True), (0.8, False), (0.4, True), (2.0, False))
    assert names(found).count(Edge.ENDED) == 1


def test_what_was_learned_of_a_slow_speaker_is_kept_at_the_next_question_but_never_beyond_its_slowest():
    segmenter = Segmenter(Pace(end=0.6, slowest=1.6))
    edges(segmenter, (0.4, True), (0.5, False), (0.4, True), (2.0, False))
    segmenter.expect(PACES["digits"])
    assert segmenter.end == pytest.approx(1.8)
    for _ in range(9):
        edges(segmenter, (0.4, True), (segmenter.end - 0.1, False), (0.4, True), (3.0, False))
    assert segmenter.end == PACES["digits"].slowest


def test_a_relay_operator_gets_more_time():
    slower = PACES["free"].slower(2.5)
    assert slower.end == 2.5 * PACES["free"].end
    assert names(edges(Segmenter(slower), (0.5, True), (1.3, False), (0.5, True))).count(Edge.ENDED) == 0


@pytest.mark.parametrize("wrong", [{"start": 0.0}, {"pause": 0.7, "end": 0.6}, {"resume": 0.0}, {"slowest": 0.1}])
def test_a_pace_that_makes_no_sense_is_refused(wrong: dict[str, float]):
    with pytest.raises(ValueError, match="a pace needs"):
        Pace(**wrong)


STEPS = st.lists(st.tuples(st.floats(0.005, 1.0), st.booleans()), max_size=300)
NEXT = {
    None: {Edge.STARTED},
    Edge.STARTED: {Edge.PAUSED, Edge.ENDED},
    Edge.PAUSED: {Edge.RESUMED, Edge.ENDED},
    Edge.RESUMED: {Edge.PAUSED, Edge.ENDED},
    Edge.ENDED: {Edge.STARTED},
}


@given(STEPS)
def test_edges_follow_each_other_as_drawn_whatever_is_fed(steps: list[tuple[float, bool]]):
    segmenter, last = Segmenter(), None
    for seconds, is_speech in steps:
        if edge := segmenter.feed(seconds, is_speech):
            assert edge in NEXT[last]
            last = edge
        assert segmenter.speaking == (last in (Edge.STARTED, Edge.PAUSED, Edge.RESUMED))


@given(STEPS)
def test_silence_always_ends_it(steps: list[tuple[float, bool]]):
    segmenter = Segmenter()
    for seconds, is_speech in steps:
        segmenter.feed(seconds, is_speech)
    for _ in range(round((segmenter.end + FRAME) / FRAME) + 1):
        segmenter.feed(FRAME, False)
    assert not segmenter.speaking


def test_a_caller_who_takes_time_is_waited_for_longer_in_every_mode():
    for mode, usual in PACES.items():
        assert pace(mode) == usual
        assert pace(mode, slow=True).end > usual.end
    assert pace("some day") == PACES["free"]
