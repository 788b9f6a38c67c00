"""Rows that were in a full ledger and are gone from a later one: a finding, and nothing else."""

from __future__ import annotations

from sqlalchemy import Connection, and_, select, update

from monitor.store.log import CaseKey, case_ids, chunks
from monitor.store.tables import absences, case_versions, deliveries, events

V = case_versions.c


def note_absences(
    connection: Connection,
    delivery_id: int,
    source: int,
    stations: set[str],
    seen: set[CaseKey],
    span: tuple[int, int] | None,
) -> None:
    """Note cases of this source whose row this full ledger no longer has, and those whose row is back.

    Only cases of the ledger's stations that began within the time it covers are expected in it: a ledger of
    July says nothing of June.
    """
    if span is None:
        return
    seen_ids = set(case_ids(connection, seen).values())
    for chunk in chunks(seen_ids):
        connection.execute(
            update(absences)
            .where(
                absences.c.case_id.in_(chunk),
                absences.c.source_id == source,
                absences.c.back_delivery_id.is_(None),
            )
            .values(back_delivery_id=delivery_id)
        )
    within = select(V.case_id).where(
        and_(V.known_to.is_(None), V.station.in_(stations), V.first_at.between(*span))
    )
    missing = [key for key in connection.execute(within).scalars() if key not in seen_ids]
    for chunk in chunks(missing):
        theirs = set(
            connection.execute(
                select(events.c.case_id)
                .join(deliveries, deliveries.c.id == events.c.delivery_id)
                .where(events.c.case_id.in_(chunk), events.c.source_id == source)
                .distinct()
            ).scalars()
        )
        already = set(
            connection.execute(
                select(absences.c.case_id).where(
                    absences.c.case_id.in_(chunk),
                    absences.c.source_id == source,
                    absences.c.back_delivery_id.is_(None),
                )
            ).scalars()
        )
        new = [{"case_id": key, "source_id": source, "delivery_id": delivery_id} for key in theirs - already]
        if new:
            connection.execute(absences.insert(), new)
