"""Where the hours of a report went, of the week and of twelve weeks."""

from __future__ import annotations

from dataclasses import replace

from monitor.metrics.ask import Ask, By
from monitor.metrics.clocks_bc import ClockRate, clock_rates
from monitor.metrics.held_after_removal import HeldAfterRemoval, held_after_removal
from monitor.metrics.hours import hours
from monitor.metrics.overload_rate import OverloadRate, overload_rate
from monitor.metrics.stages import StageShare, stages
from monitor.metrics.throughput import hours_of_week
from monitor.reports.weekly.frame import HoursPart, HoursTold
from monitor.reports.weekly.period import BACK
from monitor.reports.weekly.source import Source

BY_HOUR = 4
"""Weeks whose confirmations and releases are shown by hour of the week."""


def hours_part(source: Source) -> HoursPart:
    """Where the hours went."""
    week, twelve = source.ask(), source.ask(weeks=BACK)
    return HoursPart(
        _hours(source, week),
        _hours(source, twelve),
        _stages(source, week),
        _stages(source, twelve),
        _stages(source, replace(week, by=(By.AUTHORITY,))),
        _held(source, week),
        _held(source, twelve),
        tuple(hours_of_week(source.engine, source.ask(weeks=BY_HOUR))),
        _clocks(source, week),
        _clocks(source, twelve),
        _overload(source, week),
        _overload(source, twelve),
    )


def _hours(source: Source, ask: Ask) -> HoursTold | None:
    found = hours(source.engine, ask)
    if found is None:
        return None
    return HoursTold(found.n, found.held, found.untimed, found.median, found.p90, found.longest)


def _stages(source: Source, ask: Ask) -> tuple[StageShare, ...]:
    return tuple(stages(source.engine, ask, source.rules.gates))


def _held(source: Source, ask: Ask) -> HeldAfterRemoval | None:
    return next(iter(held_after_removal(source.engine, ask)), None)


def _clocks(source: Source, ask: Ask) -> tuple[ClockRate, ...]:
    return (
        *clock_rates(source.engine, ask, "b", source.rules.limit_b),
        *clock_rates(source.engine, ask, "c", source.rules.limit_c),
    )


def _overload(source: Source, ask: Ask) -> OverloadRate | None:
    return next(iter(overload_rate(source.engine, ask)), None)
