"""Deliveries: what came, from whom, and what became of every row of it."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, NamedTuple

import orjson
from sqlalchemy import Connection, func, select, update

from monitor.cases.event import Micros
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
    last = connection.execute(select(func.max(deliveries.c.received_until))).scalar_one_or_none()
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
    result = connection.execute(
        deliveries.insert()
        .values(
            source_id=key,
            name=name,
            sha256=sha256,
            bytes=size,
            actor=sender.actor,
            origin=sender.origin,
            backfill=backfill,
            status="loading",
            received_at=received_at,
            received_until=received_at,
            stations="",
            **asdict(Counts()),
        )
        .returning(deliveries.c.id)
    )
    return Opened(result.scalar_one(), key, received_at)


def record_counts(
    connection: Connection,
    delivery_id: int,
    counts: Counts,
    *,
    received_until: int,
    stations: set[str],
    status: str = "loading",
    finished_at: int | None = None,
    problem: str | None = None,
    params: dict[str, str] | None = None,
) -> None:
    """Write how far a delivery has come, or how it ended: `done`, or `failed` with its problem."""
    connection.execute(
        update(deliveries)
        .where(deliveries.c.id == delivery_id)
        .values(
            **asdict(counts),
            received_until=received_until,
            stations=" ".join(sorted(stations)),
            status=status,
            finished_at=finished_at,
            problem=problem,
            params=None if params is None else orjson.dumps(params).decode(),
        )
    )


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


_COUNTS = tuple(Counts.__dataclass_fields__)


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
    query = (
        select(func.min(deliveries.c.id))
        .join(sources, sources.c.id == deliveries.c.source_id)
        .where(sources.c.name == source, deliveries.c.sha256 == sha256, deliveries.c.status == "done")
    )
    return connection.execute(query).scalar_one_or_none()


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
