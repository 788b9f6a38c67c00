"""Deliveries: what came, from whom, and what became of every row of it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from operator import add, attrgetter
from typing import Any, NamedTuple

import orjson
from sqlalchemy import Connection, select

from monitor.cases.event import SECOND, Micros
from monitor.store.database import ask
from monitor.store.log import source_id
from monitor.store.tables import deliveries, sources


@dataclass(slots=True)
class Counts:
    """What the rows of a delivery became.

    rows_read = rows_landed + rows_unchanged + rows_quarantined + rows_aside, and
    mapped = events + duplicates + revisions. `refusals` counts the cells and rows sent to quarantine;
    `cases` the cases that gained an event.
    """

    rows_read: int = 0
    rows_landed: int = 0
    rows_unchanged: int = 0
    rows_quarantined: int = 0
    rows_aside: int = 0
    rows_hidden: int = 0
    mapped: int = 0
    events: int = 0
    duplicates: int = 0
    revisions: int = 0
    refusals: int = 0
    cases: int = 0

    def plus(self, other: Counts) -> Counts:
        """Both together."""
        return Counts(*map(add, _numbers(self), _numbers(other)))


_COUNTS = tuple(Counts.__dataclass_fields__)
_numbers = attrgetter(*_COUNTS)

_BEGUN = (
    "source_id", "name", "sha256", "bytes", "actor", "origin", "backfill", "status", "received_at",
    "received_until", "stations",
)  # fmt: skip
_OPEN = (
    f"INSERT INTO deliveries ({', '.join((*_BEGUN, *_COUNTS))}) "
    f"VALUES ({', '.join(['?'] * len(_BEGUN) + ['0'] * len(_COUNTS))}) RETURNING id"
)
_CHANGING = (*_COUNTS, "received_until", "stations", "status", "finished_at", "problem", "params")
_RECORD = f"UPDATE deliveries SET {', '.join(f'{name} = ?' for name in _CHANGING)} WHERE id = ?"


class Sender(NamedTuple):
    """Who brought a delivery and from where; until there is sign-in, the local user."""

    actor: str
    origin: str


class Opened(NamedTuple):
    """A delivery that has begun: `received_at` of its first row; each next row is one microsecond later."""

    delivery_id: int
    source_id: int
    received_at: int


def next_receipt(connection: Connection, now: int) -> int:
    """The instant of receipt for what comes now. It never goes back, whatever the clock does."""
    [(last,)] = ask(connection, "SELECT max(received_until) FROM deliveries")
    return now if last is None else max(now, last + 1)


def open_delivery(
    connection: Connection,
    *,
    source: str,
    name: str,
    sha256: str | None,
    size: int | None,
    sender: Sender,
    backfill: bool,
    now: Micros | int,
) -> Opened:
    """Begin a delivery; its counts are zero and its status `loading` until it is finished."""
    key = source_id(connection, source)
    received_at = next_receipt(connection, now)
    values = (
        key, name, sha256, size, *sender, backfill, "loading", received_at, received_at, "",
    )  # fmt: skip
    [(delivery_id,)] = ask(connection, _OPEN, values)
    return Opened(delivery_id, key, received_at)


def record_counts(
    connection: Connection,
    delivery_id: int,
    counts: Counts,
    *,
    received_until: int,
    stations: Iterable[str],
    status: str = "loading",
    finished_at: int | None = None,
    problem: str | None = None,
    params: dict[str, str] | None = None,
) -> None:
    """Write how far a delivery has come, or how it ended: `done`, or `failed` with its problem."""
    told = None if params is None else orjson.dumps(params).decode()
    values = (
        *_numbers(counts), received_until, " ".join(sorted(stations)), status, finished_at, problem, told,
        delivery_id,
    )  # fmt: skip
    ask(connection, _RECORD, values)


ABANDONED_MICROS = 1800 * SECOND
"""A delivery that has brought nothing for so long has lost its process: parts are written within seconds."""


def enter_interrupted(connection: Connection, now: int) -> int:
    """Enter deliveries whose process was killed as failed; what is counted of them has landed. Returns how
    many.

    One that is alive against all expectation enters how it ended once it ends, over this.
    """
    statement = (
        "UPDATE deliveries SET status = 'failed', problem = 'interrupted', finished_at = ? "
        "WHERE status = 'loading' AND received_until < ? RETURNING id"
    )
    return len(ask(connection, statement, (now, now - ABANDONED_MICROS)))


class DeliveryRow(NamedTuple):
    """A delivery as the Data page and the command line show it."""

    delivery_id: int
    source: str
    name: str
    actor: str
    origin: str
    backfill: bool
    status: str
    received_at: int
    finished_at: int | None
    stations: tuple[str, ...]
    counts: Counts
    problem: str | None
    params: dict[str, str]


def recent_deliveries(connection: Connection, limit: int = 50) -> list[DeliveryRow]:
    """The newest deliveries first."""
    query = (
        select(deliveries, sources.c.name.label("source"))
        .join(sources, sources.c.id == deliveries.c.source_id)
        .order_by(deliveries.c.id.desc())
        .limit(limit)
    )
    return [_delivery(row) for row in connection.execute(query)]


def delivery(connection: Connection, delivery_id: int) -> DeliveryRow | None:
    """One delivery by its id."""
    query = (
        select(deliveries, sources.c.name.label("source"))
        .join(sources, sources.c.id == deliveries.c.source_id)
        .where(deliveries.c.id == delivery_id)
    )
    row = connection.execute(query).first()
    return None if row is None else _delivery(row)


def already_delivered(connection: Connection, source: str, sha256: str) -> int | None:
    """The delivery that brought these very bytes before, completely, or None."""
    [(first,)] = ask(connection, _DELIVERED, (sha256, source))
    return None if first is None else int(first)


_DELIVERED = (
    "SELECT min(id) FROM deliveries WHERE sha256 = ? AND status = 'done' "
    "AND source_id = (SELECT id FROM sources WHERE name = ?)"
)


def _delivery(row: Any) -> DeliveryRow:
    return DeliveryRow(
        row.id,
        row.source,
        row.name,
        row.actor,
        row.origin,
        row.backfill,
        row.status,
        row.received_at,
        row.finished_at,
        tuple(row.stations.split()),
        Counts(**{name: getattr(row, name) for name in _COUNTS}),
        row.problem,
        orjson.loads(row.params) if row.params else {},
    )
