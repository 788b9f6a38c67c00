"""What the titles of the Flow page may say: a fixed sentence per rule, else the neutral one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from dashboard.views.said import At, Code, Said
from monitor.metrics.bunching import LEAST_CASES, Answer
from monitor.metrics.control_chart import Rule, Side
from monitor.metrics.nothing import FIELDS, why_nothing
from monitor.metrics.rate_chart import Kind

if TYPE_CHECKING:
    from datetime import date

    from monitor.metrics.bunching import Bunching
    from monitor.metrics.control_chart import Chart, Signal
    from monitor.metrics.extent import Extent
    from monitor.metrics.open_ages import OpenAge
    from monitor.metrics.rate_chart import RateChart
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
        return Said("flow.hours.too_few", {"n": test.cases, "least": LEAST_CASES})
    key = "flow.hours.piled_note" if test.answer is Answer.PILED else "flow.hours.not_shown"
    return Said(
        key,
        {
            "n": test.observed,
            "expected": f"{test.expected:.0f}",
            "low": f"{test.expected_low or 0:.0f}",
            "high": f"{test.expected_high or 0:.0f}",
            "detectable": f"{test.detectable or 0:.0f}",
        },
    )


def last_signal(chart: Chart) -> Signal | None:
    """The rule that fired last; where several did at one point, the run before the single point. Of points
    near a limit, one among them that lies beyond it says more."""
    order = {Rule.SHIFT: 2, Rule.OUTSIDE: 1, Rule.NEAR: 0}
    last = max(chart.signals, key=lambda one: (one.at, order[one.rule]), default=None)
    if last is None or last.rule is not Rule.NEAR:
        return last
    beyond = [
        one
        for one in chart.signals
        if one.rule is Rule.OUTSIDE and one.side is last.side and last.since <= one.at <= last.at
    ]
    return beyond[-1] if beyond else last


def current_signal(found: RateChart) -> Signal | None:
    """The last signal of the stretch that goes on: what lies before limits began anew is settled."""
    if not found.stretches:
        return None
    last = last_signal(found.chart)
    return last if last is not None and last.at >= found.stretches[-1].first else None


def is_better(kind: Kind, signal: Signal) -> bool:
    """Whether a signal is good news: a higher rate, longer stretches on time, or fewer hours."""
    return (signal.side is Side.ABOVE) is not (kind is Kind.HOURS)


def rate_finding(found: RateChart) -> Said:
    """Better or worse by a rule of the chart; ordinary variation; or too few to say."""
    if not any(point.judged for point in found.chart.points):
        return Said("flow.rate.few")
    signal = current_signal(found)
    name = {Kind.SHARE: "rate", Kind.GAPS: "gaps", Kind.HOURS: "single"}[found.kind]
    if signal is None:
        return Said(f"flow.{name}.ordinary")
    way = "better" if is_better(found.kind, signal) else "worse"
    if signal.rule is Rule.NEAR:
        ends = {"first": week_number(found.weeks[signal.since]), "last": week_number(found.weeks[signal.at])}
        return Said(f"flow.{name}.{way}_near", ends)
    kind = "since" if signal.rule is Rule.SHIFT else "week"
    return Said(f"flow.{name}.{way}_{kind}", {"week": week_number(found.weeks[signal.since])})


def week_number(week: str) -> int:
    """The number of an ISO week (YYYY-Www)."""
    return int(week.rsplit("W", 1)[-1])


def signal_notes(found: RateChart, values: Sequence[str], most: int = 4) -> list[Said]:
    """The last signals, one sentence each; `values` says what each point is."""
    told = []
    for signal in found.chart.signals[-most:]:
        side = "above" if signal.side is Side.ABOVE else "below"
        fields: Mapping[str, str | int] = {
            "first": week_number(found.weeks[signal.since]),
            "last": week_number(found.weeks[signal.at]),
            "n": sum(point.judged for point in found.chart.points[signal.since : signal.at + 1]),
            "value": values[signal.at],
        }
        told.append(Said(f"flow.signal.{signal.rule.value}.{side}", fields))
    return told


def nothing_finding(extent: Extent | None, since: date, until: date, today: date, as_of: int) -> Said:
    """Why a period holds nothing: nothing came at all, not yet then, still to come, before or after the
    data."""
    why = why_nothing(extent, since, until, today, as_of)
    told = why.day if why.at is None else At(why.at)
    return Said(f"flow.nothing.{why.code}", {} if told is None else {FIELDS[why.code]: told})


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
