"""Charts, against published examples and by hand."""

from __future__ import annotations

from math import comb, exp, log

import pytest

from monitor.metrics.control_chart import (
    Point,
    Rule,
    Side,
    gap_chart,
    gaps_between_late,
    hours_chart,
    is_judged,
    moving_range,
    share_chart,
    share_limits,
    signals_of,
)


def points(values: list[float], centre: float = 0.0, limit: float = 3.0) -> list[Point]:
    return [Point(value, centre, centre - limit, centre + limit) for value in values]


def test_a_moving_range_is_that_of_the_handbooks_example() -> None:
    # NIST/SEMATECH e-Handbook 6.3.2.2, batches of flowrate.
    flow = [49.6, 47.6, 49.9, 51.3, 47.8, 51.2, 52.6, 52.4, 53.6, 52.1]
    found = moving_range(flow)
    assert found.centre == pytest.approx(50.81)
    assert found.mean_range == pytest.approx(1.8778, abs=1e-4)
    assert found.high == pytest.approx(55.8041, abs=1e-3)
    assert found.low == pytest.approx(45.8159, abs=1e-3)


def test_one_value_has_no_range() -> None:
    with pytest.raises(ValueError, match="two values"):
        moving_range([1.0])


def test_a_point_outside_the_limits_is_a_signal_and_one_on_the_limit_is_none() -> None:
    (signal,) = signals_of(points([0.5, -0.5, 3.01, 0.5, -0.5, 3.0]))
    assert (signal.rule, signal.side, signal.at) == (Rule.OUTSIDE, Side.ABOVE, 2)


def test_eight_in_a_row_on_one_side_are_one_signal_told_at_the_last() -> None:
    (signal,) = signals_of(points([-1, *[0.5] * 9, -1]))
    assert (signal.rule, signal.since, signal.at) == (Rule.SHIFT, 1, 9)
    assert signals_of(points([-1, *[0.5] * 7, -1])) == ()


def test_a_point_on_the_centre_breaks_a_run_and_one_not_judged_does_not() -> None:
    broken = points([*[0.5] * 4, 0.0, *[0.5] * 4])
    assert signals_of(broken) == ()
    unjudged = [*points([0.5] * 4), Point(0.5, 0.0, None, None, judged=False), *points([0.5] * 4)]
    assert [signal.rule for signal in signals_of(unjudged)] == [Rule.SHIFT]


def test_three_of_four_near_a_limit_on_one_side() -> None:
    (signal,) = signals_of(points([0.1, 2.0, -0.1, 2.0, 2.0]))
    assert (signal.rule, signal.side, signal.since, signal.at) == (Rule.NEAR, Side.ABOVE, 1, 4)
    assert signals_of(points([2.0, -2.0, 2.0, 0.1])) == ()


def test_hours_are_judged_by_their_logarithms() -> None:
    hours = [10.0, 12.0, 9.0, 11.0, 10.0, 12.0, 9.0, 11.0, 60.0]
    chart = hours_chart(hours, base=hours[:8])
    assert chart.points[0].centre == pytest.approx(exp(sum(map(log, hours[:8])) / 8))
    assert [(signal.rule, signal.at) for signal in chart.signals] == [(Rule.OUTSIDE, 8)]
    assert chart.points[0].low is not None and chart.points[0].low > 0


def tail(n: int, p: float, low: int, high: int) -> float:
    return sum(comb(n, k) * p**k * (1 - p) ** (n - k) for k in range(low, high + 1))


@pytest.mark.parametrize(("n", "centre"), [(30, 0.8), (50, 0.9), (100, 0.5), (12, 0.6)])
def test_limits_of_a_share_are_the_widest_that_keep_each_tail(n: int, centre: float) -> None:
    low, high = (round(share * n) for share in share_limits(n, centre))
    assert tail(n, centre, 0, low - 1) <= 0.00135 < tail(n, centre, 0, low)
    assert tail(n, centre, high + 1, n) <= 0.00135
    assert high == n or tail(n, centre, high, n) > 0.00135


def test_a_week_of_too_few_is_shown_and_not_judged() -> None:
    assert not is_judged(20, 0.8)  # four expected late
    assert is_judged(25, 0.8)
    chart = share_chart([(20, 25), (0, 3), (5, 25), (0, 0)], 0.8)
    assert [point.judged for point in chart.points] == [True, False, True, False]
    assert [(signal.rule, signal.side, signal.at) for signal in chart.signals] == [
        (Rule.OUTSIDE, Side.BELOW, 2)
    ]


def test_gaps_are_counted_between_late_releases_alone() -> None:
    on_time = [True, False, True, True, False, False, True]
    assert gaps_between_late(on_time) == [2, 0]
    assert gaps_between_late([True] * 5) == []


def test_the_upper_limit_of_a_gap_is_exact() -> None:
    # Mean gap 9: a late release in ten. Smallest g with 0.9^(g+1) <= 0.00135 is 62.
    chart = gap_chart([9, 9, 9, 63], base=[9, 9, 9])
    assert chart.points[0].high == 62
    assert 0.9**63 <= 0.00135 < 0.9**62
    assert [(signal.rule, signal.at) for signal in chart.signals] == [(Rule.OUTSIDE, 3)]
    assert chart.points[0].low is None


def test_no_gap_no_chart() -> None:
    with pytest.raises(ValueError, match="gap"):
        gap_chart([])
