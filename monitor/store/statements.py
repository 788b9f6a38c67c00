"""Lines of the treasury's statements: every version of each is kept, the last one received holds."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, NamedTuple

import orjson
from sqlalchemy import Connection

from monitor.cases.event import Event
from monitor.store.bulk import append_columns
from monitor.store.database import ask, ask_among
from monitor.store.log import CaseKey, source_ids

_COLUMNS = (
    "source_id", "identity", "content", "line", "station", "posted_at", "posted_until", "data",
    "received_at", "delivery_id", "sheet", "row",
)  # fmt: skip
_LINE = "SELECT " + ", ".join(f'"{name}"' for name in _COLUMNS) + " FROM statement_lines"


class Line(NamedTuple):
    """A version of a line. Instants in microseconds UTC, a `*_until` beside one of which only the day is
    known; amounts in fen. `station` is empty where the statement names none, `refund`: money that went back.
    """

    identity: str
    source: str
    line: str
    station: str
    payment_code: str | None
    decision_no: str | None
    amount_fen: int
    refund: bool
    paid_at: int | None
    paid_until: int | None
    posted_at: int
    posted_until: int | None
    channel: str | None
    account: str | None
    received_at: int


def line_versions(connection: Connection, identities: Iterable[bytes]) -> dict[bytes, list[Event]]:
    """Every version of some lines, in the form in which versions of events are told apart."""
    names = {key: name for name, key in source_ids(connection).items()}
    found: dict[bytes, list[Event]] = {}
    for row in ask_among(connection, f"{_LINE} WHERE identity {{among}}", identities):
        source, identity, content, line, _, posted, until, data, received, delivery, sheet, number = row
        event = Event(
            bytes(identity), bytes(content), "", posted, until, None, None, received, received,
            names[source], line, data, delivery, sheet, number, True,
        )  # fmt: skip
        found.setdefault(event.identity, []).append(event)
    return found


def add_lines(connection: Connection, source_id: int, lines: Sequence[tuple[CaseKey, Event]]) -> None:
    """Append versions of lines; each key is its station (or empty) and its number."""
    if not lines:
        return
    rows = [
        (
            source_id, one.identity, one.content, line, station, one.occurred_at, one.occurred_until,
            one.data, one.received_at, one.delivery_id, one.sheet, one.row,
        )
        for (station, line), one in lines
    ]  # fmt: skip
    append_columns(connection, "statement_lines", _COLUMNS, list(zip(*rows, strict=True)))


def lines_in_order(connection: Connection) -> Iterator[Line]:
    """Every version of every line, those of one line together and in the order of receipt."""
    names = {key: name for name, key in source_ids(connection).items()}
    for row in ask(connection, f"{_LINE} ORDER BY identity, received_at"):
        yield _line(row, names)


class LinePlace(NamedTuple):
    """Where a line stands: the file of the delivery that brought it last, its sheet and row."""

    delivery_id: int
    file: str
    sheet: str | None
    row: int


def line_places(connection: Connection, identities: Iterable[bytes]) -> dict[bytes, LinePlace]:
    """Where some lines stand by their last version."""
    query = (
        "SELECT s.identity, s.delivery_id, d.name, s.sheet, s.\"row\" FROM statement_lines s "
        "JOIN deliveries d ON d.id = s.delivery_id WHERE s.identity {among} ORDER BY s.id"
    )
    rows = ask_among(connection, query, identities)
    return {bytes(identity): LinePlace(*place) for identity, *place in rows}


def last_line(connection: Connection) -> int:
    """The highest id of a version; 0 where there is none."""
    [(found,)] = ask(connection, "SELECT coalesce(max(id), 0) FROM statement_lines")
    return int(found)


def _line(row: tuple[Any, ...], names: dict[int, str]) -> Line:
    source, identity, _, line, station, posted, until, data, received, *_ = row
    told: dict[str, Any] = orjson.loads(data)
    return Line(
        bytes(identity).hex(), names[source], line, station, told.get("payment_code"),
        told.get("decision_no"), told["amount_fen"], told.get("direction") == "refund", told.get("paid_at"),
        told.get("paid_until"), posted, until, told.get("channel"), told.get("payee_account"), received,
    )  # fmt: skip
