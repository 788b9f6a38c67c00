"""The running week's 24-hour rate and hours to release, from the cases it concerns."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from monitor.cases.event import HOUR, SECOND
from monitor.cases.state import Verdict
from monitor.metrics.small_numbers import median
from monitor.store.board import due_in_week, spans_released
from monitor.store.database import Database


@dataclass(frozen=True, slots=True)
class WeekFigures:
    """k of n released on time, and the median hours of the week's releases.

    n: custody cases whose deadline lies in the ISO week and has come by now, whether released yet or not.
    `beside` counts by name what is outside of n (undetermined, implausible) and, within n, withdrawn.
    `median_hours` is gross, over the `released` releases of the week whose times are exact.
    """

    week: str
    k: int
    n: int
    beside: Mapping[str, int]
    median_hours: float | None
    released: int


_OUTSIDE = (Verdict.UNDETERMINED.value, Verdict.IMPLAUSIBLE.value)


def week_span(now: int, zone: ZoneInfo) -> tuple[str, int, int]:
    """The ISO week (YYYY-Www) that holds an instant in a zone, and its half-open span in microseconds."""
    local = datetime.fromtimestamp(now // SECOND, UTC).astimezone(zone)
    year, week, weekday = local.isocalendar()
    monday = datetime.combine(local.date() - timedelta(days=weekday - 1), datetime.min.time(), zone)
    after = datetime.combine(monday.date() + timedelta(days=7), datetime.min.time(), zone)
    return f"{year:04d}-W{week:02d}", round(monday.timestamp()) * SECOND, round(after.timestamp()) * SECOND


def week_figures(database: Database, stations: Sequence[str] | None, now: int, zone: ZoneInfo) -> WeekFigures:
    """The figures of the week that holds `now`, for these stations or (None) for all."""
    week, monday, after = week_span(now, zone)
    k = n = withdrawn = 0
    beside: dict[str, int] = {}
    for group in due_in_week(database, stations, week, now):
        if group.to_come or group.verdict in _OUTSIDE:
            name = Verdict.IMPLAUSIBLE.value if group.to_come else group.verdict
            beside[name] = beside.get(name, 0) + group.cases
            continue
        n += group.cases
        k += group.cases if group.verdict == Verdict.ON_TIME else 0
        withdrawn += group.cases if group.withdrawn else 0
    if withdrawn:
        beside["withdrawn"] = withdrawn
    hours = [span / HOUR for span in spans_released(database, stations, monday, min(after, now + 1))]
    return WeekFigures(week, k, n, beside, median(hours), len(hours))
