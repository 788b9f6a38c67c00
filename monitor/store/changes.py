"""Which cases and weighings changed, in the order in which they did: what a lake follows.

Nothing is taken out when a lake has followed: each lake remembers the entry that it stands at, so that two
machines may have a lake each beside one database. What lies far behind is forgotten (`forget_old`).
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from sqlalchemy import Connection

from monitor.store.bulk import append_columns, append_rows
from monitor.store.database import Database, ask, ask_among

KEPT = 100_000
"""Entries that stay however old they are. A lake that is further behind is written anew, which then costs
hardly more than to follow."""


class Entry(NamedTuple):
    """An entry, whole: in another database, or in one that was put back, its number says something else."""

    id: int
    case_id: int | None
    month: str | None


START = Entry(0, None, None)
"""Before the first entry."""


class Changes(NamedTuple):
    """What changed, and the last entry that says so. `months` are those of weighings that are no case."""

    case_ids: list[int]
    months: list[str]
    newest: Entry


def note_changed(connection: Connection, case_ids: Iterable[int]) -> None:
    """Note cases whose versions or events changed, in the transaction that changes them."""
    append_columns(connection, "changes", ("case_id",), [list(case_ids)])


def note_weighed(connection: Connection, months: Iterable[str]) -> None:
    """Note local months (YYYY-MM) whose compact weighings changed."""
    append_rows(connection, "changes", ("month",), [(month,) for month in sorted(set(months))])


def newest_entry(connection: Connection) -> Entry:
    """The last entry; `START` where there is none."""
    rows = ask(connection, "SELECT id, case_id, month FROM changes ORDER BY id DESC LIMIT 1")
    return Entry(*rows[0]) if rows else START


def changes_since(connection: Connection, entry: Entry) -> Changes | None:
    """What was noted after an entry; None where that entry is not there, so that none can tell all of it."""
    if not _is_there(connection, entry):
        return None
    cases = ask(
        connection,
        "SELECT DISTINCT case_id FROM changes WHERE id > ? AND case_id IS NOT NULL ORDER BY case_id",
        (entry.id,),
    )
    months = ask(
        connection,
        "SELECT DISTINCT month FROM changes WHERE id > ? AND month IS NOT NULL ORDER BY month",
        (entry.id,),
    )
    return Changes([row[0] for row in cases], [row[0] for row in months], newest_entry(connection))


def _is_there(connection: Connection, entry: Entry) -> bool:
    if entry == START:
        first = ask(connection, "SELECT id FROM changes ORDER BY id LIMIT 1")
        return not first or first[0][0] == 1
    rows = ask(connection, "SELECT id, case_id, month FROM changes WHERE id = ?", (entry.id,))
    return [tuple(entry)] == rows


def forget_old(database: Database, kept: int = KEPT) -> None:
    """Take out all but the newest entries, once there are twice as many. New ids go on from the newest."""
    with database.read() as connection:
        first = ask(connection, "SELECT id FROM changes ORDER BY id LIMIT 1")
        newest = newest_entry(connection).id
    if first and newest - first[0][0] >= 2 * kept:
        with database.write() as connection:
            ask(connection, "DELETE FROM changes WHERE id <= ?", (newest - kept,))


def versions_of(connection: Connection, case_ids: Iterable[int], columns: str) -> list[tuple[object, ...]]:
    """Every version of some cases, by case and by when it became known."""
    statement = f"SELECT {columns} FROM case_versions WHERE case_id {{among}} ORDER BY case_id, known_from"
    return ask_among(connection, statement, case_ids)


class Changed(NamedTuple):
    """Some of the cases that changed after an entry, and the entry up to which they are told."""

    case_ids: list[int]
    upto: Entry


def next_changed(connection: Connection, entry: Entry, most: int) -> Changed | None:
    """The cases of the next `most` entries; None where the entry is not there, as in `changes_since`."""
    if not _is_there(connection, entry):
        return None
    rows = ask(
        connection,
        "SELECT id, case_id, month FROM changes WHERE id > ? ORDER BY id LIMIT ?",
        (entry.id, most),
    )
    told = dict.fromkeys(row[1] for row in rows if row[1] is not None)
    return Changed(list(told), Entry(*rows[-1]) if rows else entry)
