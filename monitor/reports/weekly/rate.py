"""The 24-hour rate of a report: weeks, stations, chart by size, funnel, every late case."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from monitor.metrics.ask import By
from monitor.metrics.compliance import Compliance, compliance
from monitor.metrics.control_chart import Rebasing, Rule, Signal
from monitor.metrics.funnel import funnel
from monitor.metrics.hours_in_order import hours_in_order
from monitor.metrics.late_cases import late_cases
from monitor.metrics.late_gaps import late_gaps
from monitor.metrics.open_ages import open_ages
from monitor.metrics.rate_chart import RateChart, rate_chart
from monitor.metrics.small_numbers import wilson
from monitor.reports.weekly.frame import ChartTold, Measure, RatePart, StationRate
from monitor.reports.weekly.period import BACK, CHARTED
from monitor.reports.weekly.source import Source
from monitor.store.rebasings import rebasings_of

POOLED = (1, 4, BACK)


def share(k: int, n: int) -> Measure:
    """A share with Wilson's interval."""
    interval = wilson(k, n)
    return Measure(k, n, k / n if n else None, *(interval or (None, None)))


def rate_part(source: Source) -> RatePart:
    """Everything of the rate."""
    weeks = compliance(source.engine, source.ask(By.WEEK, weeks=BACK))
    ages = open_ages(source.engine, replace(source.ask(), since=None, until=None))
    return RatePart(
        _only(compliance(source.engine, source.ask())),
        _only(compliance(source.engine, source.ask(weeks=4))),
        _only(compliance(source.engine, source.ask(weeks=BACK))),
        tuple((row.period or "", row.k, row.n, row.net_k) for row in weeks),
        _chart(source),
        _stations(source),
        tuple(late_cases(source.engine, source.ask(), source.rules.gates)),
        len(ages),
        sum(1 for one in ages if one.past_limit),
    )


def _only(rows: list[Compliance]) -> Compliance | None:
    return rows[0] if rows else None


def _stations(source: Source) -> tuple[StationRate, ...]:
    rows = compliance(source.engine, source.ask(By.STATION, By.WEEK, weeks=BACK))
    by_station: dict[str, list[Compliance]] = {}
    for row in rows:
        if row.n:
            by_station.setdefault(row.station or "", []).append(row)

    def pooled(own: Iterable[Compliance], weeks: int) -> tuple[int, int]:
        inside = [row for row in own if (row.period or "") in source.names[-weeks:]]
        return sum(row.k for row in inside), sum(row.n for row in inside)

    told = {station: {weeks: pooled(own, weeks) for weeks in POOLED} for station, own in by_station.items()}
    units = {
        unit.name: unit
        for unit in funnel(
            [(station, *counts[BACK]) for station, counts in sorted(told.items())],
            source.configuration.board.target.share,
        )
    }
    return tuple(
        StationRate(
            station,
            share(*counts[1]),
            sum(row.net_k for row in by_station[station] if row.period == source.week.name),
            share(*counts[4]),
            share(*counts[BACK]),
            next((weeks for weeks in POOLED if counts[weeks][1] >= source.few), None),
            units.get(station),
        )
        for station, counts in sorted(told.items())
    )


def _chart(source: Source) -> ChartTold:
    # Cases of a week that was not over had not had all their chances: the chart ends before it.
    until = source.week.after if source.as_of >= source.week.ends(source.zone) else source.week.monday
    asked = source.ask(By.WEEK, weeks=CHARTED, until=until)
    single = replace(asked, by=())
    rows = [(row.period or "", row.k, row.n) for row in compliance(source.engine, asked) if row.n]
    of_one = source.stations[0] if source.stations is not None and len(source.stations) == 1 else None
    said = [
        Rebasing(one.week, one.reason, one.actor, one.at)
        for one in rebasings_of(source.database, of_one, source.as_of)
    ]
    chart = rate_chart(
        rows,
        lambda: late_gaps(source.engine, single),
        lambda: hours_in_order(source.engine, single),
        said,
    )
    signal = _current(chart)
    return ChartTold(
        chart.kind.value,
        chart.weeks,
        chart.chart.points,
        None if signal is None else signal.rule.value,
        None if signal is None else signal.side.value,
        tuple((one.rebased.since, one.rebased.reason) for one in chart.stretches if one.rebased is not None),
    )


def _current(found: RateChart) -> Signal | None:
    """The last signal of the stretch that goes on: what lies before limits began anew is settled."""
    order = {Rule.SHIFT: 2, Rule.OUTSIDE: 1, Rule.NEAR: 0}
    last = max(found.chart.signals, key=lambda one: (one.at, order[one.rule]), default=None)
    if last is None or not found.stretches:
        return None
    return last if last.at >= found.stretches[-1].first else None
