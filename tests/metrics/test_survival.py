"""The product-limit estimate, by a published example."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.metrics.survival import held_over_time, median_of, time_by_which

REMISSION = [
    (6, 3, 1), (7, 1, 0), (9, 0, 1), (10, 1, 1), (11, 0, 1), (13, 1, 0), (16, 1, 0), (17, 0, 1), (19, 0, 1),
    (20, 0, 1), (22, 1, 0), (23, 1, 0), (25, 0, 1), (32, 0, 2), (34, 0, 1), (35, 0, 1),
]  # fmt: skip
"""Weeks in remission under 6-MP, Freireich et al. (1963)."""


def test_it_is_that_of_the_published_example() -> None:
    steps = held_over_time(REMISSION)
    assert [(step.hours, step.at_risk) for step in steps] == [
        (6, 21), (7, 17), (10, 15), (13, 12), (16, 11), (22, 7), (23, 6),
    ]  # fmt: skip
    assert [round(step.held, 4) for step in steps] == [0.8571, 0.8067, 0.7529, 0.6902, 0.6275, 0.5378, 0.4482]


def test_a_quantile_is_the_first_age_by_which_so_many_were_released() -> None:
    steps = held_over_time(REMISSION)
    assert time_by_which(steps, 0.5) == 23
    assert time_by_which(steps, 0.25) == 13
    assert time_by_which(steps, 0.6) is None


def test_without_held_ones_it_is_the_share_itself() -> None:
    steps = held_over_time([(1, 1, 0), (2, 2, 0), (5, 1, 0)])
    assert [step.held for step in steps] == [0.75, 0.25, 0.0]
    assert steps[-1].low == steps[-1].high == 0.0
    assert time_by_which(steps, 1.0) == 5


@given(st.lists(st.tuples(st.integers(0, 4), st.integers(0, 4)), max_size=12))
def test_the_median_alone_is_that_of_the_curve(told: list[tuple[int, int]]) -> None:
    counts = [(float(hours), released, held) for hours, (released, held) in enumerate(told)]
    assert median_of(counts) == time_by_which(held_over_time(counts), 0.5)


def test_ages_out_of_order_are_refused() -> None:
    with pytest.raises(ValueError, match="ascend"):
        held_over_time([(2, 1, 0), (1, 1, 0)])


def test_intervals_are_those_of_a_second_implementation() -> None:
    from statsmodels.duration.survfunc import SurvfuncRight

    times = [hours for hours, released, held in REMISSION for _ in range(released + held)]
    status = [one for _, released, held in REMISSION for one in [1] * released + [0] * held]
    other = SurvfuncRight(times, status)
    steps = held_over_time(REMISSION)
    assert [step.held for step in steps] == pytest.approx(list(other.surv_prob[: len(steps)]))
    # Greenwood on the log-minus-log scale: back from the interval to the standard error of the share.
    from math import log

    for step, error in zip(steps, other.surv_prob_se, strict=False):
        spread = log(log(step.low) / log(step.high)) / 2 / 1.959963984540054
        assert spread * step.held * abs(log(step.held)) == pytest.approx(error)
