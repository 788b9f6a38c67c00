"""What came in and what did not, as it stood at a moment: for reports that can be made again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import Connection, and_, case, exists, func, or_, select

from monitor.store.quarantine import SUPERSEDED
from monitor.store.tables import deliveries, quarantine, quarantine_reopened, sources

D, Q, R = deliveries.c, quarantine.c, quarantine_reopened.c


@dataclass(frozen=True, slots=True)
class Refused:
    """Cells and rows refused by reason, and how many of them a person had put right (`settled`), a later
    delivery had superseded, and one superseded of which the time is not known (`untimed`)."""

    by_reason: Mapping[str, int]
    settled: int
    superseded: int
    untimed: int


def refused_between(
    connection: Connection, since: int, until: int, as_of: int, stations: tuple[str, ...] | None
) -> Refused:
    """Of deliveries received in [since, until). An entry without a station belongs to every question."""
    among = [D.received_at >= since, D.received_at < until, D.received_at <= as_of]
    if stations is not None:
        among.append(or_(Q.station.is_(None), Q.station.in_(stations)))
    known, person = Q.settled_at <= as_of, Q.settled_by.is_not(None)
    # What came back since had been superseded at that moment all the same.
    superseded_then = exists().where(
        R.quarantine_id == Q.id, R.settled_at <= as_of, R.reopened_at > as_of
    )
    ways = (
        and_(known, person),
        or_(and_(known, Q.status == SUPERSEDED), superseded_then),
        and_(Q.settled_at.is_(None), Q.status == SUPERSEDED),
    )
    query = (
        select(Q.reason, func.count(), *(func.sum(case((way, 1), else_=0)) for way in ways))
        .join(deliveries, D.id == Q.delivery_id)
        .where(*among)
        .group_by(Q.reason)
        .order_by(Q.reason)
    )
    rows = list(connection.execute(query))
    settled, superseded, untimed = (sum(int(row[place]) for row in rows) for place in (2, 3, 4))
    return Refused({row[0]: int(row[1]) for row in rows}, settled, superseded, untimed)


def last_heard(connection: Connection, as_of: int) -> dict[str, int]:
    """When each source had last delivered anything, by its name."""
    query = (
        select(sources.c.name, func.max(D.received_at).label("last_at"))
        .join(deliveries, D.source_id == sources.c.id)
        .where(D.status == "done", D.received_at <= as_of)
        .group_by(sources.c.name)
        .order_by(sources.c.name)
    )
    return {row.name: row.last_at for row in connection.execute(query)}


def history_loaded(connection: Connection, as_of: int) -> list[int]:
    """When deliveries of history were received, ascending."""
    query = select(D.received_at).where(D.backfill, D.status == "done", D.received_at <= as_of)
    return sorted(at for (at,) in connection.execute(query))
