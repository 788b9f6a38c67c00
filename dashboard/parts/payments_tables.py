"""The numbers of each figure of the Payments page, head and rows: codes, not words, for other programs."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from dashboard.parts.figure_files import Table
from dashboard.parts.payments import cost_rows
from dashboard.views.payments import PaymentsView
from dashboard.views.snapshot import Failure
from monitor.metrics.payment_spread import SHARES
from monitor.reports.case_list import Cell


def channels(view: PaymentsView) -> Table:
    """Each channel of an authority: the period, then its weeks."""
    head = ["authority", "channel", "week", "k", "n"]
    part = view.channels
    if isinstance(part, Failure):
        return head, []
    rows: list[Sequence[Cell]] = []
    for one in part.lines:
        rows.append([one.authority or "", one.channel, "", one.k, one.n])
        rows += [
            [one.authority or "", one.channel, week, k, n]
            for (week, _, _), (k, n) in zip(part.weeks, one.weeks, strict=True)
        ]
    return head, rows


def times(view: PaymentsView) -> Table:
    """Quantiles in minutes; every payment where they are few."""
    head = ["authority", "channel", "n", *(f"minutes_p{share * 100:.0f}" for share in SHARES), "minutes"]
    part = view.times
    if isinstance(part, Failure):
        return head, []
    rows: list[Sequence[Cell]] = []
    for one in part.spreads:
        start: list[Cell] = [one.cell["authority"] or "", one.cell["channel"], one.n]
        if one.at is not None:
            rows.append([*start, *one.at, None])
        rows += [[*start, *[None] * len(SHARES), minutes] for minutes in one.each]
    return head, rows


def hours(view: PaymentsView) -> Table:
    """By hour of the code: all, working days (`work`) and others (`off`), each authority."""
    head = ["authority", "days", "hour", "paid", "unpaid", "minutes_median"]
    part = view.hours
    if isinstance(part, Failure):
        return head, []
    return head, [
        [row.authority or "", row.days or "", hour, one.n, one.unpaid, one.paid_median]
        for row in part.rows
        for hour, one in sorted(row.hours.items())
    ]


def failures(view: PaymentsView) -> Table:
    """Failures by channel, then the hours without a success."""
    head = ["row", "channel", "station", "date", "hour", "k", "n", "cases"]
    part = view.failures
    if isinstance(part, Failure):
        return head, []
    rows: list[Sequence[Cell]] = [
        ["channel", one.channel or "", None, None, None, one.k, one.n, None] for one in part.failures
    ]
    rows += [
        ["hour", None, one.station, one.date, one.hour, one.failures, one.failures, one.cases]
        for one in part.outages
    ]
    return head, rows


def cost(view: PaymentsView) -> Table:
    """Hours and their estimate; the day rate it is by."""
    head = ["waited_for", "hours", "cases", "n", "estimate_fen", "day_rate_fen", "rate_confirmed"]
    part = view.cost
    if isinstance(part, Failure) or part.cost is None:
        return head, []
    whole = part.cost
    return head, [
        [name, waited, cases, whole.n, fen, whole.day_rate_fen, int(whole.rate_confirmed)]
        for name, waited, cases, fen in cost_rows(part)
    ]


TABLES: dict[str, Callable[[PaymentsView], Table]] = {
    "channels": channels,
    "times": times,
    "hours": hours,
    "failures": failures,
    "cost": cost,
}
