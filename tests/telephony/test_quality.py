from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from telephony.quality import mos


def test_a_perfect_call_has_the_score_that_g107_gives_it() -> None:
    assert mos(0.0, 0.0) == 4.41


def test_loss_and_delay_beyond_177_ms_spoil_a_call() -> None:
    assert mos(0.0, 0.02) > mos(0.05, 0.02) > mos(0.2, 0.02) >= 1.0
    assert mos(0.0, 0.15) - mos(0.0, 0.17) < mos(0.0, 0.25) - mos(0.0, 0.27)


@given(st.floats(-1, 2), st.floats(0, 10))
def test_a_score_is_always_between_one_and_four_and_a_half(lost: float, delay: float) -> None:
    assert 1.0 <= mos(lost, delay) <= 4.5
