"""What tests read back of a database."""

from __future__ import annotations

from typing import Any

from sqlalchemy import func, select, true

from monitor.cases.state import CaseState
from monitor.store.database import Database
from monitor.store.log import CaseKey
from monitor.store.refold import refold
from monitor.store.tables import case_versions, events
from monitor.store.versions import STATE, state_of
from tests.factories import CASE, STATION, terms

V = case_versions.c


def current(database: Database) -> dict[CaseKey, CaseState]:
    """The state of every case as it stands."""
    with database.read() as connection:
        rows = connection.execute(select(*STATE).where(V.known_to.is_(None))).all()
    return {(state.station, state.case_no): state for state in map(state_of, rows)}


def state_now(database: Database, case_no: str = CASE) -> CaseState:
    return current(database)[(STATION, case_no)]


def known_at(database: Database, moment: int, case_no: str = CASE) -> CaseState | None:
    """The state of a case as of an instant: the filter every question "as of" uses."""
    query = select(*STATE).where(
        V.case_no == case_no, V.known_from <= moment, (V.known_to.is_(None)) | (V.known_to > moment)
    )
    with database.read() as connection:
        rows = connection.execute(query).all()
    assert len(rows) <= 1
    return state_of(rows[0]) if rows else None


def spans(database: Database, case_no: str = CASE) -> list[tuple[int, int | None]]:
    """From when to when each version of a case was known."""
    with database.read() as connection:
        query = select(V.known_from, V.known_to).where(V.case_no == case_no).order_by(V.known_from)
        return [(begin, end) for begin, end in connection.execute(query)]


def count(database: Database, table: Any = events, where: Any = None) -> int:
    with database.read() as connection:
        query = select(func.count()).select_from(table).where(true() if where is None else where)
        found: int = connection.execute(query).scalar_one()
        return found


def differing(database: Database, under: Any = None) -> list[CaseKey]:
    """Cases whose stored versions are not what folding them again gives."""
    its_terms = terms()
    with database.read() as connection:
        return refold(connection, under or (lambda station: its_terms), repair=False).differing
