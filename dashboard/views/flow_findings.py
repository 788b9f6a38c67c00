"""What the titles of the Flow page may say: a fixed sentence per rule, else the neutral one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from dashboard.views.said import Code, Said
from monitor.metrics.bunching import Answer
from monitor.metrics.control_chart import Rule, Side

if TYPE_CHECKING:
    from monitor.metrics.bunching import Bunching
    from monitor.metrics.control_chart import Chart, Signal
    from monitor.metrics.open_ages import OpenAge
    from monitor.metrics.stages import StageShare
    from monitor.metrics.throughput import HourOfWeek

LARGE_SHARE = 0.3
"""A stage with at least this share of the hours may stand in the title."""
NIGHT = frozenset({20, 21, 22, 23, 0, 1, 2, 3, 4, 5, 6, 7})
"""Hours of the day that count as night."""
NIGHT_LEAST = 60
"""Releases below which nothing is said of the night."""


def target_finding(interval: tuple[float, float] | None, n: int, few: int, target: float) -> Said:
    """Whether the rate meets its target: only where the whole interval lies on one side of it."""
    fields: Mapping[str, str | int] = {"target": round(100 * target)}
    if interval is None or n < few:
        return Said("flow.target.few", fields)
    low, high = interval
    if low >= target:
        return Said("flow.target.met", fields)
    return Said("flow.target.missed" if high < target else "flow.target.open", fields)


def stages_finding(stages: Sequence[StageShare], few: int) -> Said:
    """The stage with the most hours, where it has many of them and the cases are enough."""
    first = max(stages, key=lambda one: one.share or 0.0, default=None)
    if first is None or first.n < few or (first.share or 0.0) < LARGE_SHARE:
        return Said("flow.stages.neutral")
    return Said(
        "flow.stages.mostly",
        {"stage": Code("flow.stage", first.stage.value), "percent": round(100 * (first.share or 0.0))},
    )


def hours_finding(test: Bunching) -> Said:
    """Whether releases pile up before the limit, by the test alone."""
    if test.answer is Answer.PILED:
        return Said("flow.hours.piled", {"n": test.observed})
    return Said("flow.hours.neutral")


def hours_note(test: Bunching) -> Said:
    """What the test says, with its interval; where it cannot say anything, that."""
    if test.answer is Answer.TOO_FEW or test.expected is None:
        return Said("flow.hours.too_few", {"n": test.cases})
    key = "flow.hours.piled_note" if test.answer is Answer.PILED else "flow.hours.not_shown"
    return Said(
        key,
        {
            "n": test.observed,
            "expected": f"{test.expected:.0f}",
            "low": f"{test.expected_low or 0:.0f}",
            "high": f"{test.expected_high or 0:.0f}",
        },
    )


def last_signal(chart: Chart) -> Signal | None:
    """The rule that fired last; where several did at one point, the run before the single point."""
    order = {Rule.SHIFT: 2, Rule.OUTSIDE: 1, Rule.NEAR: 0}
    return max(chart.signals, key=lambda one: (one.at, order[one.rule]), default=None)


def rate_finding(chart: Chart | None, weeks: Sequence[str]) -> Said:
    """Better or worse by a rule of the chart; ordinary variation; or too few to say."""
    if chart is None or not any(point.judged for point in chart.points):
        return Said("flow.rate.few")
    signal = last_signal(chart)
    if signal is None:
        return Said("flow.rate.ordinary")
    way = "better" if signal.side is Side.ABOVE else "worse"
    kind = "since" if signal.rule is Rule.SHIFT else "week"
    return Said(f"flow.rate.{way}_{kind}", {"week": int(weeks[signal.since].rsplit("W", 1)[-1])})


def night_counts(hours: Sequence[HourOfWeek]) -> tuple[int, int, int, int]:
    """Confirmations at night and in all, releases at night and in all."""
    night = [one for one in hours if one.hour % 24 in NIGHT]
    return (
        sum(one.arrivals for one in night),
        sum(one.arrivals for one in hours),
        sum(one.releases for one in night),
        sum(one.releases for one in hours),
    )


def week_hours_finding(hours: Sequence[HourOfWeek]) -> Said:
    """Few releases at night although vehicles come in then: less than half of the share of confirmations."""
    arrived, arrivals, released, releases = night_counts(hours)
    if arrivals < NIGHT_LEAST or releases < NIGHT_LEAST:
        return Said("flow.week.neutral")
    coming, going = arrived / arrivals, released / releases
    return Said("flow.week.night" if coming >= 0.35 and going < coming / 2 else "flow.week.neutral")


def ages_finding(ages: Sequence[OpenAge]) -> Said:
    """How many vehicles stand there and the longest of them."""
    if not ages:
        return Said("flow.ages.none")
    longest = ages[0].hours
    if longest is None:
        return Said("flow.ages.unknown", {"n": len(ages)})
    minutes = int(longest * 60)
    return Said("flow.ages.some", {"n": len(ages), "longest": f"{minutes // 60}:{minutes % 60:02d}"})
