"""Weeks with which the limits of a weekly chart begin anew, as people have said and why."""

from __future__ import annotations

from typing import NamedTuple

from sqlalchemy import Connection, func, select

from monitor.store.database import Database
from monitor.store.tables import rebasings

ALL_STATIONS = ""
"""In the place of a station's code: the chart of all stations together."""

R = rebasings.c


class Rebased(NamedTuple):
    """`actor` said at an instant (microseconds UTC) that limits begin anew with an ISO week, or no longer."""

    week: str
    in_force: bool
    reason: str
    at: int
    actor: str


def append_rebasing(connection: Connection, station: str, said: Rebased, origin: str) -> None:
    """Append what was said of a station's chart."""
    connection.execute(rebasings.insert().values(station=station, origin=origin, **said._asdict()))


def rebasings_of(database: Database, station: str | None, as_of: int) -> list[Rebased]:
    """Those in force for the chart of a station, or (None) of all stations, as was known at `as_of`; by
    week."""
    query = (
        select(R.week, R.in_force, R.reason, R.at, R.actor)
        .where(R.station == (ALL_STATIONS if station is None else station), R.at <= as_of)
        .order_by(R.id)
    )
    with database.read() as connection:
        last = {row.week: Rebased(*row) for row in connection.execute(query)}
    return [last[week] for week in sorted(last) if last[week].in_force]


def rebasing_version(database: Database) -> int:
    """Changes whenever somebody has said something of a chart."""
    with database.read() as connection:
        last: int = connection.execute(select(func.coalesce(func.max(R.id), 0))).scalar_one()
    return last
