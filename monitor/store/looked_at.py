"""Findings about decisions that people have looked at, with their reasons."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from sqlalchemy import Connection, select

from monitor.store.database import Database, ask
from monitor.store.tables import looked_at

L = looked_at.c

FindingKey = tuple[str, str, str]
"""Station, case number and the finding's code."""


class LookedAt(NamedTuple):
    """`actor` has looked at a finding at an instant (microseconds UTC), or (`done` False) opened it again."""

    done: bool
    reason: str
    at: int
    actor: str


def changed_since(connection: Connection, finding: FindingKey, at: int) -> bool:
    """Whether something else became known of the finding's case after an instant."""
    station, case_no, _ = finding
    statement = (
        "SELECT 1 FROM cases c JOIN case_versions v ON v.case_id = c.id"
        " WHERE c.station = ? AND c.case_no = ? AND v.known_from > ? LIMIT 1"
    )
    return bool(ask(connection, statement, (station, case_no, at)))


def append_look(connection: Connection, finding: FindingKey, said: LookedAt, origin: str) -> None:
    """Append what was said of a finding."""
    station, case_no, code = finding
    connection.execute(
        looked_at.insert().values(
            station=station, case_no=case_no, code=code, origin=origin, **said._asdict()
        )
    )


def looks_of(
    database: Database, as_of: int, stations: Iterable[str] | None = None
) -> dict[FindingKey, LookedAt]:
    """The last word on each finding, as it was known at `as_of`; None is every station."""
    query = select(L.station, L.case_no, L.code, L.done, L.reason, L.at, L.actor).where(L.at <= as_of)
    if stations is not None:
        query = query.where(L.station.in_(list(stations)))
    with database.read() as connection:
        rows = connection.execute(query.order_by(L.id)).all()
    return {(row.station, row.case_no, row.code): LookedAt(*row[3:]) for row in rows}
