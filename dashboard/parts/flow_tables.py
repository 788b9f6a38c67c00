"""The numbers of each figure of the Flow page, head and rows: codes, not words, for other programs."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from dashboard.parts.figure_files import Table
from dashboard.views.flow import FlowView
from dashboard.views.snapshot import Failure
from monitor.metrics.rate_chart import Kind
from monitor.reports.case_list import Cell


def stages(view: FlowView) -> Table:
    """Whole, or told apart as the page is."""
    head = ["by", "cell", "stage", "hours", "share", "cases", "n", "median_hours", "p90_hours"]
    part = view.stages
    if isinstance(part, Failure):
        return head, []
    rows: list[Sequence[Cell]] = [
        ["", "", s.stage.value, s.hours, s.share, s.cases, s.n, s.median, s.p90] for s in part.stages
    ]
    rows += [
        [
            "authority",
            s.cell["authority"] or "",
            s.stage.value,
            s.hours,
            s.share,
            s.cases,
            s.n,
            s.median,
            s.p90,
        ]
        for s in part.apart
    ]
    rows += [
        [view.asked.by, s.slot, s.stage.value, s.hours, None, s.cases, None, None, None] for s in part.slots
    ]
    return head, rows


def hours(view: FlowView) -> Table:
    """Cases by whole hours since confirmation, and the smooth course where the test has one."""
    head = ["hour", "on_time", "late", "still_held", "smooth"]
    if isinstance(view.hours, Failure) or view.hours.hours is None:
        return head, []
    smooth = dict(view.hours.test.curve)
    return head, [
        [one.low, one.on_time, one.late, one.held, smooth.get(float(one.low))]
        for one in view.hours.hours.bins
    ]


def rate(view: FlowView) -> Table:
    """k of n by week, and the points of the control chart with their limits."""
    head = ["row", "week", "k", "n", "value", "centre", "low", "high", "judged", "limits_anew"]
    part = view.weekly
    if isinstance(part, Failure):
        return head, []
    points = part.chart.chart.points
    anew = {one.first: one.rebased.reason for one in part.chart.stretches if one.rebased is not None}
    is_share = part.chart.kind is Kind.SHARE
    rows: list[Sequence[Cell]] = []
    for index, (week, (k, n)) in enumerate(zip(part.weeks, part.counts, strict=True)):
        point = points[index] if is_share and index < len(points) else None
        limits: list[Cell] = [None] * 5
        if point is not None:
            limits = [point.centre, point.low, point.high, int(point.judged), anew.get(index)]
        rows.append(["week", week, k, n, k / n, *limits])
    if not is_share:
        rows += [
            [part.chart.kind.value, part.chart.weeks[index], None, None, point.value, point.centre,
             point.low, point.high, int(point.judged), anew.get(index)]
            for index, point in enumerate(points)
        ]  # fmt: skip
    return head, rows


def week(view: FlowView) -> Table:
    """Confirmations and releases of the 168 hours of a week; 0 is Monday 00:00."""
    head = ["hour_of_week", "confirmed", "released"]
    if isinstance(view.week_hours, Failure):
        return head, []
    return head, [[one.hour, one.arrivals, one.releases] for one in view.week_hours]


def ages(view: FlowView) -> Table:
    """Vehicles in custody; masked plates."""
    head = ["station", "case_no", "plate", "hours", "past_limit"]
    part = view.ages
    if isinstance(part, Failure):
        return head, []
    rows: list[Sequence[Cell]] = []
    for one in part.ages:
        known = part.known.get((one.station, one.case_no))
        past = None if one.past_limit is None else int(one.past_limit)
        rows.append([one.station, one.case_no, None if known is None else known.plate, one.hours, past])
    return head, rows


TABLES: dict[str, Callable[[FlowView], Table]] = {
    "stages": stages,
    "hours": hours,
    "rate": rate,
    "week": week,
    "ages": ages,
}
