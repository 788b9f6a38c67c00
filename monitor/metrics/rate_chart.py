"""The control chart of the 24-hour rate, chosen by size, with limits that begin anew where somebody said so.

p-chart: at least half of the complete weeks expect five cases of either kind. Else a g-chart: on-time cases
between late ones. Else, where even late ones are too few, XmR on the logarithm of hours per case. What is too
little for all three is not drawn.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING, TypeVar

from monitor.metrics.control_chart import (
    Chart,
    Point,
    Rebasing,
    Signal,
    gap_chart,
    hours_chart,
    is_judged,
    share_chart,
)

if TYPE_CHECKING:
    from monitor.metrics.hours_in_order import CaseHours
    from monitor.metrics.late_gaps import LateGap

BASE_WEEKS = 13
"""The centre of a p-chart comes from so many complete weeks at the beginning of a stretch."""
BASE_POINTS = 20
"""The centre of the two others comes from so many points."""
LEAST_GAPS = 5
LEAST_HOURS, MOST_HOURS = 12, 300
"""Cases between which single hours are charted; with more, and hardly one late, nothing is left to find."""

Item = TypeVar("Item")


class Kind(StrEnum):
    """Which chart."""

    SHARE = "p"
    GAPS = "g"
    HOURS = "xmr"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Stretch:
    """Points [first, until) with limits of their own, from the `base` points at its beginning. `rebased`: who
    let them begin anew there; None for the first."""

    first: int
    until: int
    base: int
    centre: float
    rebased: Rebasing | None


@dataclass(frozen=True, slots=True)
class RateChart:
    """The chart with its stretches; `weeks` is the ISO week of each point. Empty for `Kind.NONE`."""

    kind: Kind
    chart: Chart
    weeks: tuple[str, ...]
    stretches: tuple[Stretch, ...]


NOTHING = RateChart(Kind.NONE, Chart((), ()), (), ())


def kind_of(weeks: Sequence[tuple[str, int, int]], gaps: int, timed: int) -> Kind:
    """Which chart these complete weeks (week, k, n), closed gaps and timed cases allow."""
    k, n = sum(k for _, k, _ in weeks), sum(n for _, _, n in weeks)
    if n and 2 * sum(is_judged(one, k / n) for _, _, one in weeks) >= len(weeks):
        return Kind.SHARE
    if gaps >= LEAST_GAPS:
        return Kind.GAPS
    return Kind.HOURS if LEAST_HOURS <= timed <= MOST_HOURS else Kind.NONE


def rate_chart(
    weeks: Sequence[tuple[str, int, int]],
    gaps: Callable[[], Sequence[LateGap]],
    hours: Callable[[], Sequence[CaseHours]],
    rebasings: Sequence[Rebasing] = (),
) -> RateChart:
    """The chart of complete weeks (week, k, n); gaps and hours are read only where they are needed."""
    weeks = [week for week in weeks if week[2]]
    kind = kind_of(weeks, 0, 0)
    if kind is Kind.SHARE:
        return _drawn(kind, weeks, [week for week, _, _ in weeks], _share, BASE_WEEKS, rebasings)
    closed = [one for one in gaps() if one.number and one.ended] if weeks else []
    kind = kind_of(weeks, len(closed), 0)
    if kind is Kind.GAPS:
        return _drawn(kind, closed, [one.week for one in closed], _gaps, BASE_POINTS, rebasings)
    if sum(n for _, _, n in weeks) > MOST_HOURS:
        return NOTHING
    timed = list(hours())
    kind = kind_of(weeks, len(closed), len(timed))
    if kind is Kind.HOURS:
        return _drawn(kind, timed, [one.week for one in timed], _hours, BASE_POINTS, rebasings)
    return NOTHING


def _share(weeks: Sequence[tuple[str, int, int]], base: Sequence[tuple[str, int, int]]) -> Chart:
    centre = sum(k for _, k, _ in base) / sum(n for _, _, n in base)
    return share_chart([(k, n) for _, k, n in weeks], centre)


def _gaps(gaps: Sequence[LateGap], base: Sequence[LateGap]) -> Chart:
    return gap_chart([one.on_time for one in gaps], [one.on_time for one in base])


def _hours(cases: Sequence[CaseHours], base: Sequence[CaseHours]) -> Chart:
    if len(base) < 2:
        # One case has no range: it is drawn, and not judged.
        chart = hours_chart([one.hours for one in cases] * 2)
        return Chart(tuple(replace(point, judged=False) for point in chart.points[: len(cases)]), ())
    return hours_chart([one.hours for one in cases], [one.hours for one in base])


def _drawn(
    kind: Kind,
    items: Sequence[Item],
    weeks: Sequence[str],
    chart_of: Callable[[Sequence[Item], Sequence[Item]], Chart],
    most_base: int,
    rebasings: Sequence[Rebasing],
) -> RateChart:
    begins: dict[int, Rebasing | None] = {0: None}
    for one in sorted(rebasings, key=lambda one: one.since):
        at = next((place for place, week in enumerate(weeks) if week >= one.since), None)
        if at is not None:
            begins[at] = one
    ordered = sorted(begins)
    points: list[Point] = []
    signals: list[Signal] = []
    stretches: list[Stretch] = []
    for first, until in zip(ordered, [*ordered[1:], len(items)], strict=True):
        own = items[first:until]
        base = own[:most_base]
        chart = chart_of(own, base)
        points += chart.points
        signals += [replace(s, since=s.since + first, at=s.at + first) for s in chart.signals]
        stretches.append(Stretch(first, until, len(base), chart.points[0].centre, begins[first]))
    return RateChart(kind, Chart(tuple(points), tuple(signals)), tuple(weeks), tuple(stretches))
