"""Facts about a database as a whole."""

from __future__ import annotations

from sqlalchemy import Connection, delete, select

from monitor.store.tables import marks

SIMULATED = "simulated"
"""Set where the data is made up; every page then says so."""


def mark_of(connection: Connection, name: str) -> str | None:
    """The value of a mark, or None where it is not set."""
    return connection.execute(select(marks.c.value).where(marks.c.name == name)).scalar_one_or_none()


def set_mark(connection: Connection, name: str, value: str) -> None:
    """Set a mark, whatever it was."""
    connection.execute(delete(marks).where(marks.c.name == name))
    connection.execute(marks.insert().values(name=name, value=value))
