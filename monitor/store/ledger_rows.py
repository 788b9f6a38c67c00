"""Rows that were in a full ledger and are gone from a later one: a finding, and nothing else."""

from __future__ import annotations

from sqlalchemy import Connection, and_, select

from monitor.store.database import ask_among
from monitor.store.log import CaseKey, case_ids
from monitor.store.tables import absences, case_versions

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
    back = f"UPDATE absences SET back_delivery_id = ? WHERE {_GONE}"
    ask_among(connection, back, seen_ids, (delivery_id, source))
    within = select(V.case_id).where(
        and_(V.known_to.is_(None), V.station.in_(stations), V.first_at.between(*span))
    )
    missing = [key for key in connection.execute(within).scalars() if key not in seen_ids]
    theirs = {key for (key,) in ask_among(connection, _TOLD, missing, (source,))}
    already = f"SELECT case_id FROM absences WHERE {_GONE}"
    theirs.difference_update(key for (key,) in ask_among(connection, already, missing, (source,)))
    new = [{"case_id": key, "source_id": source, "delivery_id": delivery_id} for key in theirs]
    if new:
        connection.execute(absences.insert(), new)


_GONE = "source_id = ? AND back_delivery_id IS NULL AND case_id {among}"
_TOLD = "SELECT DISTINCT case_id FROM events WHERE source_id = ? AND case_id {among}"
