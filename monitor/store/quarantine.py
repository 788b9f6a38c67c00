"""What did not become an event: kept with its reason until it is retried, superseded or settled."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from itertools import chain
from typing import Any, NamedTuple

import orjson
from sqlalchemy import Connection, func, select, text

from monitor.cases.event import digest
from monitor.store.bulk import append_rows
from monitor.store.database import ask, ask_among
from monitor.store.log import CaseKey
from monitor.store.tables import deliveries, quarantine, sources

OPEN = "open"
RETRIED = "retried"
SUPERSEDED = "superseded"
_IS_OPEN = "quarantine.status = 'open'"


class Quarantined(NamedTuple):
    """A cell (or with `column` None a row, or with `row` 0 a file or sheet) that was refused.

    `reason` and `accepted` are text keys with `params`; `raw` is the row by column name, personal values
    replaced by their digests.
    """

    sheet: str | None
    row: int
    column: str | None
    value: str | None
    reason: str
    accepted: str
    params: dict[str, str]
    activity: str | None
    station: str | None
    case_no: str | None
    raw: dict[str, str] | None


class Tally(NamedTuple):
    """How many entries of a source have a reason and a status."""

    source: str
    reason: str
    status: str
    n: int


class QuarantineRow(NamedTuple):
    """A quarantined cell or row as stored. `settled_by`: None where a later delivery superseded it; earlier
    programs did not keep when (`settled_at` None)."""

    quarantine_id: int
    delivery_id: int
    source: str
    file: str
    received_at: int
    status: str
    settled_at: int | None
    settled_by: str | None
    item: Quarantined


def put_in_quarantine(
    connection: Connection,
    delivery_id: int,
    source: int,
    items: Sequence[Quarantined],
    alike: Counter[bytes],
    at: int,
    *,
    repeats: bool = False,
) -> None:
    """Keep what was refused. The same refusal of a later export is the same entry, not another one.

    `alike` counts equal refusals within one delivery: each of those is an entry of its own. An entry that a
    corrected row had settled is open again when its row comes back as it was, unless the very delivery came
    before (`repeats`); one that a person settled stays so. `at`: when that was (microseconds).
    """
    rows: dict[bytes, dict[str, Any]] = {}
    for item in items:
        raw = None if item.raw is None else orjson.dumps(item.raw, option=orjson.OPT_SORT_KEYS).decode()
        key = digest(
            source, item.station, item.case_no, item.column, item.value, item.reason, item.activity, raw
        )
        alike[key] += 1
        if alike[key] > 1:
            key = digest(key.hex(), alike[key])
        rows[key] = {
            "digest": key,
            "delivery_id": delivery_id,
            "source_id": source,
            "sheet": item.sheet,
            "row": item.row,
            "column": item.column,
            # PostgreSQL takes any character in a text but this one.
            "value": item.value and item.value.replace("\0", "␀"),
            "reason": item.reason,
            "accepted": item.accepted,
            "params": orjson.dumps(item.params).decode(),
            "activity": item.activity,
            "station": item.station,
            "case_no": item.case_no,
            "raw": raw,
            "status": OPEN,
        }
    query = "SELECT digest FROM quarantine WHERE digest {among}"
    known = {key for (key,) in ask_among(connection, query, rows)}
    new = [tuple(row.values()) for key, row in rows.items() if key not in known]
    if new:
        append_rows(connection, "quarantine", list(next(iter(rows.values()))), new)
    if not repeats:
        ask_among(connection, _REOPENED, known, (at, SUPERSEDED))
        again = "UPDATE quarantine SET status = ?, settled_at = NULL, settled_by = NULL"
        ask_among(connection, f"{again} WHERE status = ? AND digest {{among}}", known, (OPEN, SUPERSEDED))


_REOPENED = (
    "INSERT INTO quarantine_reopened (quarantine_id, settled_at, reopened_at) SELECT id, settled_at, ? "
    "FROM quarantine WHERE status = ? AND settled_at IS NOT NULL AND digest {among}"
)


def supersede(
    connection: Connection,
    source: int,
    cases: Collection[CaseKey],
    landed: Iterable[tuple[str, str, str]],
    delivery_id: int,
    at: int,
) -> None:
    """Close open entries whose event has meanwhile come by the same source, in a corrected row received `at`.

    `landed` holds (station, case number, activity) of events of these cases.
    """
    if len(cases) <= _FEW_CASES:
        if not cases:
            return
        # By the index of open entries: a push must not look through all that waits.
        pairs = ", ".join(["(?, ?)"] * len(cases))
        query = f"WITH told (station, case_no) AS (VALUES {pairs}) {_WAITING} {_OF_CASES} {_OTHERS}"
        waiting = ask(connection, query, (*chain.from_iterable(cases), source, delivery_id))
    else:
        waiting = ask(connection, f"{_WAITING} {_OTHERS}", (source, delivery_id))
    if not waiting:
        return
    come = set(landed)
    ids = [key for key, *about in waiting if tuple(about) in come]
    settle(connection, ids, SUPERSEDED, at=at, by=None)


_FEW_CASES = 500
_WAITING = "SELECT q.id, q.station, q.case_no, q.activity FROM quarantine q"
_OF_CASES = "JOIN told ON told.station = q.station AND told.case_no = q.case_no"
_OTHERS = (
    "WHERE q.status = 'open' AND q.source_id = ? AND q.delivery_id <> ? "
    "AND q.case_no IS NOT NULL AND q.activity IS NOT NULL"
)


def settle(connection: Connection, ids: Iterable[int], status: str, *, at: int, by: str | None) -> None:
    """Close entries: retried `by` a person, or superseded by a later delivery (None).

    A retry also names those that its own landing has just superseded: it says who closed them.
    """
    closing = (OPEN, SUPERSEDED if status == RETRIED else OPEN)
    closed = "UPDATE quarantine SET status = ?, settled_at = ?, settled_by = ? WHERE status IN (?, ?)"
    ask_among(connection, f"{closed} AND id {{among}}", ids, (status, at, by, *closing))


def quarantine_rows(
    connection: Connection,
    *,
    status: str | None = OPEN,
    source: str | None = None,
    delivery_id: int | None = None,
    ids: Sequence[int] | None = None,
    reason: str | None = None,
    settled: bool = False,
    limit: int | None = None,
) -> list[QuarantineRow]:
    """Entries, oldest first. With `settled` those that are not open any more, the last first; those of which
    no time is known stand behind them."""
    q = quarantine.c
    query = (
        select(
            quarantine,
            sources.c.name.label("source"),
            deliveries.c.name.label("file"),
            deliveries.c.received_at,
        )
        .join(deliveries, deliveries.c.id == q.delivery_id)
        .join(sources, sources.c.id == q.source_id)
        .order_by(q.id)
    )
    if settled:
        query = query.where(q.status != OPEN).order_by(None)
        query = query.order_by(q.settled_at.desc().nulls_last(), q.id.desc())
    elif status is not None:
        # Written out where it is `open`: a value that is sent apart does not open the index of open entries.
        query = query.where(text(_IS_OPEN) if status == OPEN else q.status == status)
    if reason is not None:
        query = query.where(q.reason == reason)
    if source is not None:
        query = query.where(sources.c.name == source)
    if delivery_id is not None:
        query = query.where(q.delivery_id == delivery_id)
    if ids is not None:
        query = query.where(q.id.in_(ids))
    if limit is not None:
        query = query.limit(limit)
    return [_row(row) for row in connection.execute(query)]


def quarantine_tally(connection: Connection) -> list[Tally]:
    """How many entries there are of each source, reason and status."""
    q = quarantine.c
    query = (
        select(sources.c.name, q.reason, q.status, func.count())
        .join(sources, sources.c.id == q.source_id)
        .group_by(sources.c.name, q.reason, q.status)
        .order_by(sources.c.name, q.reason, q.status)
    )
    return [Tally(*row) for row in connection.execute(query)]


def _row(row: Any) -> QuarantineRow:
    item = Quarantined(
        row.sheet,
        row.row,
        row.column,
        row.value,
        row.reason,
        row.accepted,
        orjson.loads(row.params),
        row.activity,
        row.station,
        row.case_no,
        orjson.loads(row.raw) if row.raw else None,
    )
    return QuarantineRow(
        row.id,
        row.delivery_id,
        row.source,
        row.file,
        row.received_at,
        row.status,
        row.settled_at,
        row.settled_by,
        item,
    )
