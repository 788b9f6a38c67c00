"""The running week's 24-hour rate and hours to release, from the cases it concerns."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo

from sqlalchemy import text

from monitor.cases.event import HOUR, SECOND
from monitor.metrics.small_numbers import median
from monitor.store.board import spans_released
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


_BESIDE = ("undetermined", "implausible", "withdrawn")
_MOMENT, _WEEK = 8_070_605_040_302_010, "the week asked for"
"""Stand in the statement where the moment and the week will: Ibis writes values, not parameters."""
_COLUMNS = {
    "station": "string", "verdict": "string", "known_to": "int64", "deadline_week": "string",
    "deadline_at": "int64", "deadline_until": "int64", "released_at": "int64", "withdrawn_at": "int64",
}  # fmt: skip


@cache
def _statement(dialect: str) -> str:
    """The expression of the 24-hour rate over the current versions, as the database's own SQL.

    The board asks it every few seconds: by index and without the lake, so that its cost follows the week. It
    is put into words once per kind of database; every column it names stands in the index of deadlines.
    A server that starts does not wait for Ibis.
    """
    import ibis
    from ibis import _

    from monitor.metrics.compliance import LATE, ON_TIME, has_come_at, place_at
    from monitor.metrics.known import number

    versions = ibis.table(_COLUMNS, name="case_versions")
    due = versions.filter(_.known_to.isnull(), _.deadline_week.notnull(), _.deadline_week == _WEEK)
    placed = due.filter(has_come_at(_MOMENT)).mutate(place=place_at(_MOMENT))
    inside = _.place.isin([ON_TIME, LATE])
    counted = placed.group_by("station", "place").agg(
        cases=_.count(), withdrawn=number(inside & _.withdrawn_at.notnull())
    )
    told = str(ibis.to_sql(counted, dialect="postgres" if dialect == "postgresql" else dialect))
    return told.replace(str(_MOMENT), ":now").replace(f"'{_WEEK}'", ":week")


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
    counted: Counter[str] = Counter()
    with database.read() as connection:
        asked = text(_statement(connection.dialect.name)).bindparams(week=week, now=now)
        for row in connection.execute(asked):
            if stations is None or row.station in stations:
                counted[row.place] += row.cases
                counted["withdrawn"] += row.withdrawn
    k, n = counted["on_time"], counted["on_time"] + counted["late"]
    beside = {name: counted[name] for name in _BESIDE if counted[name]}
    hours = [span / HOUR for span in spans_released(database, stations, monday, min(after, now + 1))]
    return WeekFigures(week, k, n, beside, median(hours), len(hours))
