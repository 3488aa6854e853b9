import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.bench_figures import judged, percentile, shares, spread

VALUES = st.lists(st.floats(0, 1e6), min_size=1, max_size=50)


@pytest.mark.parametrize(
    ("values", "share", "wanted"),
    # Nearest rank, worked by hand.
    [([15, 20, 35, 40, 50], 0.3, 20), ([15, 20, 35, 40, 50], 0.4, 20), ([15, 20, 35, 40, 50], 0.5, 35),
     ([15, 20, 35, 40, 50], 1.0, 50), ([7], 0.5, 7), (list(range(1, 101)), 0.95, 95), ([3, 1, 2], 0.95, 3)],
)  # fmt: skip
def test_a_percentile_is_a_value_that_was_measured(values, share, wanted):
    assert percentile(values, share) == wanted


@given(VALUES, st.floats(0.01, 1))
def test_no_less_than_its_share_of_values_is_at_or_below_a_percentile(values, share):
    found = percentile(values, share)
    assert sum(value <= found for value in values) >= share * len(values) - 1e-9


def test_nothing_has_no_percentile():
    with pytest.raises(ValueError, match="nothing"):
        percentile([], 0.5)


def test_what_was_never_measured_reaches_no_goal():
    assert spread([]) == {"count": 0}
    assert judged([], p95=1.0)["reached"] is False


def test_a_goal_is_reached_at_its_very_value_and_every_goal_counts():
    assert judged([0.1, 0.2], p95=0.2)["reached"]
    assert not judged([0.1, 0.3], p50=0.1, p95=0.2)["reached"]


def test_steps_that_some_turns_lack_are_spread_over_those_that_have_them():
    made = shares([{"a": 1.0, "b": 2.0}, {"a": 3.0}])
    assert (made["a"]["count"], made["b"]["count"]) == (2, 1)
