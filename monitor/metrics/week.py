"""The running week's 24-hour rate and hours to release, from the cases it concerns."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo

from sqlalchemy import text

from monitor.cases.event import SECOND
from monitor.store.database import Database


@dataclass(frozen=True, slots=True)
class WeekFigures:
    """k of n released on time, and the median hours to release of the same cases.

    n: custody cases whose deadline lies in the ISO week and has come by now, whether released yet or not.
    `beside` counts by name what is outside of n (undetermined, implausible) and, within n, withdrawn.
    `median_hours` is gross, over the `timed` of them whose times are exact, those still held counted as the
    product-limit estimate does; None where fewer than half of them are released.
    """

    week: str
    k: int
    n: int
    beside: Mapping[str, int]
    median_hours: float | None
    timed: int


_BESIDE = ("undetermined", "implausible", "withdrawn")
_MOMENT, _WEEK = 8_070_605_040_302_010, "the week asked for"
"""Stand in the statement where the moment and the week will: Ibis writes values, not parameters."""
_COLUMNS = {
    "station": "string", "verdict": "string", "known_to": "int64", "deadline_week": "string",
    "deadline_at": "int64", "deadline_until": "int64", "released_at": "int64", "withdrawn_at": "int64",
}  # fmt: skip
"""They stand in the index of deadlines; those of the hours are looked up, a case at a time."""
_OF_HOURS = {"confirmed_at": "int64", "confirmed_until": "int64", "released_until": "int64"}


@cache
def _statement(dialect: str) -> str:
    """The expressions of the 24-hour rate and of the hours over the current versions, as the database's own
    SQL: cases by station, place, whole minutes (None outside of n, and where not timed) and whether released.

    The board asks it every few seconds: by index and without the lake, so that its cost follows the week. It
    is put into words once per kind of database; a server that starts does not wait for Ibis.
    """
    import ibis
    from ibis import _

    from monitor.metrics.compliance import has_come_at, place_at
    from monitor.metrics.hours import in_minutes
    from monitor.metrics.known import number
    from monitor.metrics.rate_cases import INSIDE, with_hours

    versions = ibis.table(_COLUMNS | _OF_HOURS, name="case_versions")
    due = versions.filter(_.known_to.isnull(), _.deadline_week.notnull(), _.deadline_week == _WEEK)
    placed = due.filter(has_come_at(_MOMENT)).mutate(place=place_at(_MOMENT))
    inside = _.place.isin(INSIDE)
    timed = in_minutes(with_hours(placed, _MOMENT)).mutate(minutes=inside.ifelse(_.minutes, None))
    counted = timed.group_by("station", "place", "minutes", "released").agg(
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
    week = week_span(now, zone)[0]
    # Where weeks are busy there is a row for nearly every case: of these a Counter makes four times the work.
    counted: defaultdict[str, int] = defaultdict(int)
    released: defaultdict[int, int] = defaultdict(int)
    held: defaultdict[int, int] = defaultdict(int)
    with database.read() as connection:
        statement = text(_statement(connection.dialect.name)).bindparams(week=week, now=now)
        rows = connection.execute(statement).all()
    for station, place, minutes, let_go, cases, withdrawn in rows:
        if stations is None or station in stations:
            counted[place] += cases
            counted["withdrawn"] += withdrawn
            if minutes is not None:
                (released if let_go else held)[minutes] += cases
    k, n = counted["on_time"], counted["on_time"] + counted["late"]
    timed = sum(released.values()) + sum(held.values())
    beside = {name: counted[name] for name in _BESIDE if counted[name]}
    return WeekFigures(week, k, n, beside, _median(released, held), timed)


def _median(released: Mapping[int, int], held: Mapping[int, int]) -> float | None:
    from monitor.metrics.hours import by_age
    from monitor.metrics.survival import median_of

    return median_of(by_age(released, held))
