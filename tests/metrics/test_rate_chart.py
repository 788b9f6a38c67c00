"""Which chart the rate gets, and limits that begin anew with a stated week."""

from __future__ import annotations

from typing import NoReturn

import pytest

from monitor.metrics.control_chart import Rebasing, Rule, Side
from monitor.metrics.hours_in_order import CaseHours
from monitor.metrics.late_gaps import LateGap
from monitor.metrics.rate_chart import Kind, rate_chart


def never() -> NoReturn:
    raise AssertionError("read although it is not needed")


def weeks(*counts: tuple[int, int]) -> list[tuple[str, int, int]]:
    return [(f"2024-W{index:02d}", k, n) for index, (k, n) in enumerate(counts, 1)]


def gaps(*on_time: int) -> list[LateGap]:
    """The stretch before the first late case, these, and the one that runs on."""
    closed = [LateGap(number, count, True, f"2024-W{number:02d}") for number, count in enumerate(on_time, 1)]
    return [LateGap(0, 3, True, "2024-W01"), *closed, LateGap(len(on_time) + 1, 4, False, "2024-W40")]


def cases(*hours: float) -> list[CaseHours]:
    return [CaseHours("S", str(place), f"2024-W{place:02d}", one) for place, one in enumerate(hours, 1)]


def test_large_weeks_get_a_p_chart_without_reading_single_cases() -> None:
    found = rate_chart(weeks((40, 50), (41, 50), (39, 50)), never, never)
    assert (found.kind, found.stretches[0].centre) == (Kind.SHARE, pytest.approx(0.8))
    assert found.weeks == ("2024-W01", "2024-W02", "2024-W03")


def test_small_weeks_get_the_cases_between_late_ones() -> None:
    found = rate_chart(weeks(*[(9, 10)] * 6), lambda: gaps(9, 8, 10, 9, 9, 90), never)
    assert found.kind is Kind.GAPS
    assert [point.value for point in found.chart.points] == [9, 8, 10, 9, 9, 90]
    # The centre is the mean of them all: 22.5 and its limit lie above the usual ones and below 90? By hand:
    # share 1/23.5, 1 - 0.00135 quantile of the geometric distribution = 152 trials, so 90 is ordinary.
    assert found.chart.signals == ()


def test_a_long_stretch_without_late_ones_is_told_once_limits_come_from_those_before() -> None:
    usual = [2, 20, 5, 11, 0, 30, 7, 3, 14, 1, 9, 22, 4, 6, 12, 0, 17, 8, 2, 10]
    found = rate_chart(weeks(*[(9, 10)] * 6), lambda: gaps(*usual, 90), never)
    [signal] = found.chart.signals
    assert (signal.rule, signal.side, signal.at) == (Rule.OUTSIDE, Side.ABOVE, 20)
    assert found.stretches[0].base == 20


def test_hardly_any_late_one_leaves_the_hours_of_single_cases() -> None:
    hours = [5.0, 6.0, 5.5, 7.0, 6.5, 5.0, 6.0, 5.5, 7.0, 6.5, 6.0, 23.9]
    found = rate_chart(
        weeks(*[(4, 4)] * 3), lambda: [LateGap(0, 12, False, "2024-W03")], lambda: cases(*hours)
    )
    assert (found.kind, len(found.chart.points)) == (Kind.HOURS, 12)


def test_too_little_for_any_chart_draws_none() -> None:
    empty = rate_chart(weeks((4, 4)), lambda: [LateGap(0, 4, False, "2024-W01")], lambda: cases(5, 6, 7, 8))
    assert (empty.kind, empty.chart.points) == (Kind.NONE, ())
    assert rate_chart([], never, list).kind is Kind.NONE
    # Thousands of cases and none late: there is nothing to find in their hours one by one.
    assert rate_chart(weeks((9000, 9000)), lambda: [LateGap(0, 9000, False, "x")], never).kind is Kind.NONE


def test_limits_begin_anew_with_the_stated_week_and_its_reason_stands_there() -> None:
    counts = weeks(*[(35, 50)] * 13, *[(45, 50)] * 10)
    before = rate_chart(counts, never, never)
    assert [(s.rule, s.since) for s in before.chart.signals if s.rule is Rule.SHIFT] == [(Rule.SHIFT, 13)]
    said = Rebasing("2024-W14", "扫码缴款", "local", 0)
    after = rate_chart(counts, never, never, [said])
    assert [(one.first, one.until, one.centre, one.rebased) for one in after.stretches] == [
        (0, 13, pytest.approx(0.7), None),
        (13, 23, pytest.approx(0.9), said),
    ]
    assert after.chart.signals == ()
    assert after.chart.points[12].centre != after.chart.points[13].centre


def test_a_rebasing_beyond_the_points_waits_for_them() -> None:
    said = Rebasing("2024-W30", "later", "local", 0)
    assert len(rate_chart(weeks((40, 50), (41, 50)), never, never, [said]).stretches) == 1


def test_after_a_rebasing_a_single_case_is_drawn_and_not_judged() -> None:
    hours = [5.0, 6.0, 5.5, 7.0, 6.5, 5.0, 6.0, 5.5, 7.0, 6.5, 6.0, 23.9]
    none = [LateGap(0, 12, False, "2024-W03")]
    said = [Rebasing("2024-W12", "x", "local", 0)]
    found = rate_chart(weeks(*[(4, 4)] * 3), lambda: none, lambda: cases(*hours), said)
    assert [point.judged for point in found.chart.points][-2:] == [True, False]
