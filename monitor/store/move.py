"""Moving everything from one database to another, for example from SQLite to PostgreSQL."""

from __future__ import annotations

from typing import NamedTuple

from sqlalchemy import Connection, Table, func, select

from monitor.store.bulk import append_rows
from monitor.store.casebook import TermsOf
from monitor.store.database import Database
from monitor.store.refold import refold
from monitor.store.tables import metadata

_ROWS = 5_000


class NotMoved(Exception):
    """Why nothing was moved; the target is left as it was.

    `code` is `not_empty` (the target holds rows in `table`), `unequal` (other rows arrived in `table` than
    left) or `differs` (folding again gives another state of `rows` cases).
    """

    def __init__(self, code: str, table: str, rows: int) -> None:
        super().__init__(code, table, rows)
        self.code = code
        self.table = table
        self.rows = rows


class Moved(NamedTuple):
    """Rows moved by table, and cases folded again in the target, each with the state that it had."""

    rows: dict[str, int]
    cases: int


def move(source: Database, target: Database, terms: TermsOf) -> Moved:
    """Copy every table in one consistent read and one write, then count and fold everything again.

    Both have the newest layout, and the target is empty: two logs are never mixed. Raises NotMoved.
    """
    with source.read() as read, target.write() as write:
        for table in metadata.sorted_tables:
            held = _count(write, table)
            if held:
                raise NotMoved("not_empty", table.name, held)
        rows = {table.name: _copy(read, write, table) for table in metadata.sorted_tables}
        follow_ids(write)
        for table in metadata.sorted_tables:
            if not _count(read, table) == _count(write, table) == rows[table.name]:
                raise NotMoved("unequal", table.name, rows[table.name])
        again = refold(write, terms, repair=False)
        if again.differing:
            raise NotMoved("differs", "case_versions", len(again.differing))
    return Moved(rows, again.cases)


def follow_ids(connection: Connection) -> None:
    """Let PostgreSQL number on from the highest id of each table: it does not see ids given to it."""
    if connection.dialect.name != "postgresql":
        return
    for table in metadata.sorted_tables:
        counter = table.autoincrement_column
        if counter is None:
            continue
        highest = select(func.coalesce(func.max(counter), 0) + 1).scalar_subquery()
        connection.execute(
            select(func.setval(func.pg_get_serial_sequence(table.name, counter.name), highest, False))
        )


def _copy(read: Connection, write: Connection, table: Table) -> int:
    copied = 0
    columns = [column.name for column in table.columns]
    found = read.execute(
        select(table).order_by(*table.primary_key.columns), execution_options={"yield_per": _ROWS}
    )
    for part in found.partitions():
        append_rows(write, table.name, columns, [tuple(row) for row in part])
        copied += len(part)
    return copied


def _count(connection: Connection, table: Table) -> int:
    return int(connection.execute(select(func.count()).select_from(table)).scalar_one())
