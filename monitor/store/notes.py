"""What people said of a case: acknowledged, or a note."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from sqlalchemy import Connection

from monitor.store.database import Database, ask_among
from monitor.store.log import CaseKey, case_ids
from monitor.store.tables import notes

ACKNOWLEDGED = "acknowledged"
NOTE = "note"


class Note(NamedTuple):
    """Said by `actor` at an instant (microseconds UTC); an acknowledgement may carry no text."""

    kind: str
    at: int
    actor: str
    text: str


def append_note(
    connection: Connection, key: CaseKey, kind: str, *, at: int, actor: str, origin: str, text: str
) -> None:
    """Append to a case. Raises LookupError where the case is not known."""
    found = case_ids(connection, [key])
    if key not in found:
        raise LookupError(f"no case {key[1]} at {key[0]}")
    connection.execute(
        notes.insert().values(case_id=found[key], kind=kind, at=at, actor=actor, origin=origin, text=text)
    )


def notes_of(database: Database, keys: Iterable[CaseKey]) -> dict[CaseKey, list[Note]]:
    """The notes of each case, oldest first; cases without any are left out."""
    found: dict[CaseKey, list[Note]] = {}
    with database.read() as connection:
        ids = {key: case for case, key in case_ids(connection, keys).items()}
        query = "SELECT case_id, kind, at, actor, text FROM notes WHERE case_id {among} ORDER BY id"
        for case_id, *note in ask_among(connection, query, ids):
            found.setdefault(ids[case_id], []).append(Note(*note))
    return found
