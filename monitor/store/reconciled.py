"""What lines of statements and payments came to, kept as it was known from when to when."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from sqlalchemy import Connection

from monitor.cases.event import digest
from monitor.store.bulk import append_rows
from monitor.store.database import ask, ask_among


class Settled(NamedTuple):
    """What one line, one payment, or both together came to. `subject` is the line's identity, else that of
    the payment; `posted`: a line is among it. `at` (microseconds), local date and ISO week place it. What
    went back counts below zero."""

    subject: str
    kind: str
    posted: bool
    station: str
    case_no: str | None
    at: int
    date: str
    week: str
    amount_fen: int | None

    @property
    def content(self) -> bytes:
        """Two with the same content are the same."""
        return digest(*self)


_COLUMNS = ("known_from", *Settled._fields, "content")


def write_outcomes(connection: Connection, found: Iterable[Settled], now: int) -> int:
    """Put what was found in the place of what stood: changed ones get a new version. Returns how many did."""
    query = "SELECT id, subject, content FROM outcomes WHERE known_to IS NULL"
    standing = {subject: (key, bytes(content)) for key, subject, content in ask(connection, query)}
    rows: list[tuple[object, ...]] = []
    closed: list[int] = []
    for one in found:
        key, content = standing.pop(one.subject, (None, None))
        fresh = one.content
        if content == fresh:
            continue
        if key is not None:
            closed.append(key)
        rows.append((now, *one, fresh))
    closed += [key for key, _ in standing.values()]
    ask_among(connection, "UPDATE outcomes SET known_to = ? WHERE id {among}", closed, (now,))
    append_rows(connection, "outcomes", _COLUMNS, rows)
    return len(rows) + len(standing)


def outcomes_at(connection: Connection, as_of: int) -> list[Settled]:
    """All of them as they were known at a moment."""
    names = ", ".join(Settled._fields)
    query = f"SELECT {names} FROM outcomes WHERE known_from <= ? AND (known_to IS NULL OR known_to > ?)"
    return [
        Settled(*row)._replace(posted=bool(row[2]))
        for row in ask(connection, f"{query} ORDER BY subject", (as_of, as_of))
    ]
