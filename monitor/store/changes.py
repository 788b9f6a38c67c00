"""Which cases and weighings changed since the lake was last brought up to them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from sqlalchemy import Connection

from monitor.store.bulk import append_rows
from monitor.store.database import Database, ask, ask_among


class Changes(NamedTuple):
    """What changed, and the last entry that says so. `months` are those of weighings that are no case."""

    case_ids: list[int]
    months: list[str]
    last_id: int


def note_changed(connection: Connection, case_ids: Iterable[int]) -> None:
    """Note cases whose versions or events changed, in the transaction that changes them."""
    append_rows(connection, "changes", ("case_id",), [(case_id,) for case_id in case_ids])


def note_weighed(connection: Connection, months: Iterable[str]) -> None:
    """Note local months (YYYY-MM) whose compact weighings changed."""
    append_rows(connection, "changes", ("month",), [(month,) for month in sorted(set(months))])


def changes(connection: Connection) -> Changes:
    """What was noted and not yet taken."""
    rows = ask(connection, "SELECT id, case_id, month FROM changes ORDER BY id")
    return Changes(
        sorted({row[1] for row in rows if row[1] is not None}),
        sorted({row[2] for row in rows if row[2] is not None}),
        rows[-1][0] if rows else 0,
    )


def taken(connection: Connection, last_id: int) -> None:
    """Forget what was noted up to an entry: the lake holds it now."""
    ask(connection, "DELETE FROM changes WHERE id <= ?", (last_id,))


def versions_of(connection: Connection, case_ids: Iterable[int], columns: str) -> list[tuple[object, ...]]:
    """Every version of some cases, by case and by when it became known."""
    statement = f"SELECT {columns} FROM case_versions WHERE case_id {{among}} ORDER BY case_id, known_from"
    return ask_among(connection, statement, case_ids)


def anything_changed(database: Database) -> bool:
    """Whether anything was noted that was not yet taken."""
    with database.read() as connection:
        return bool(ask(connection, "SELECT 1 FROM changes LIMIT 1"))
