"""What the live board reads. Every query goes by an index whose size follows what is open, not history."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Connection, exists, func, select

from monitor.cases.state import CaseState, Verdict
from monitor.store.database import Database, ask
from monitor.store.tables import OPEN, RELEASED, case_versions, check_numbers, deliveries, notes, sources
from monitor.store.versions import STATE, states

V = case_versions.c


def _of(stations: Sequence[str] | None) -> ColumnElement[bool]:
    return V.station.in_(stations) if stations is not None else V.station.is_not(None)


def open_cases(database: Database, stations: Sequence[str] | None = None) -> list[CaseState]:
    """Cases in custody without a release, the nearest deadline first; those without a deadline last.

    `stations` limits them to these codes; None means all.
    """
    query = select(*STATE).where(OPEN, _of(stations)).order_by(V.deadline_at.is_(None), V.deadline_at, V.id)
    with database.read() as connection:
        return states(connection.execute(query))


def recent_releases(
    database: Database, stations: Sequence[str] | None, until: int, limit: int = 5
) -> list[CaseState]:
    """The last releases from custody that have come to pass by `until`, newest first."""
    query = (
        select(*STATE)
        .where(RELEASED, V.released_at <= until)
        .where(V.verdict != Verdict.IMPLAUSIBLE.value, _of(stations))
        .order_by(V.released_at.desc())
        .limit(limit)
    )
    with database.read() as connection:
        return states(connection.execute(query))


def released_between(
    database: Database, stations: Sequence[str] | None, since: int, until: int
) -> list[CaseState]:
    """Cases released from custody in the half-open span [since, until), implausible ones included."""
    query = select(*STATE).where(
        RELEASED,
        V.released_at >= since,
        V.released_at < until,
        _of(stations),
    )
    with database.read() as connection:
        return states(connection.execute(query))


UNCONFIRMED = (
    V.known_to.is_(None),
    V.verdict == Verdict.NOT_HELD.value,
    V.confirmed_at.is_(None),
    V.gross_kg > V.limit_kg,
    ~exists().where(check_numbers.c.station == V.station, check_numbers.c.check_no == V.case_no),
)
"""Weighed over the limit, and no confirmation followed, nor does another case name its check number."""


def unconfirmed_overweight(database: Database, stations: Sequence[str], since: int) -> list[CaseState]:
    """Cases weighed over their limit without a confirmation, last told of since then, newest first.

    `stations` are those that confirm on the spot (site type 21): elsewhere nobody is held, and a dynamic
    scale alone confirms nothing.
    """
    query = (
        select(*STATE)
        .where(*UNCONFIRMED, V.last_at >= since, V.station.in_(stations))
        .order_by(V.last_at.desc(), V.id.desc())
    )
    with database.read() as connection:
        return states(connection.execute(query))


def failed_payments(connection: Connection, since: int) -> dict[int, str]:
    """The station of each case of which a payment failed since then."""
    statement = (
        "SELECT case_id, station FROM case_versions WHERE known_to IS NULL AND last_at >= ?"
        " AND pay_failed_at >= ?"
    )
    return {row[0]: row[1] for row in ask(connection, statement, (since, since))}


@dataclass(frozen=True, slots=True)
class FeedSeen:
    """When a source last delivered anything, and for which stations; instants in microseconds."""

    source: str
    last_at: int
    last_name: str


def feeds_seen(database: Database) -> dict[str, FeedSeen]:
    """The last completed delivery of each source, by the source's name."""
    its = deliveries.alias()
    # From the end of an index: every push is a delivery, and the board asks at every refresh.
    newest = (
        select(its.c.id)
        .where(its.c.source_id == sources.c.id, its.c.status == "done")
        .order_by(its.c.received_at.desc())
        .limit(1)
        .correlate(sources)
        .scalar_subquery()
    )
    query = (
        select(sources.c.name, deliveries.c.received_at, deliveries.c.name.label("file"))
        .select_from(sources)
        .join(deliveries, deliveries.c.id == newest)
    )
    with database.read() as connection:
        return {name: FeedSeen(name, at, file) for name, at, file in connection.execute(query)}


def data_version(database: Database) -> tuple[int, int, int]:
    """Changes whenever anything shown may have changed; cheap enough to ask every few seconds."""
    with database.read() as connection:
        return (
            connection.execute(select(func.coalesce(func.max(V.id), 0))).scalar_one(),
            connection.execute(select(func.coalesce(func.max(notes.c.id), 0))).scalar_one(),
            connection.execute(select(func.coalesce(func.max(deliveries.c.received_until), 0))).scalar_one(),
        )
