"""Case versions as the lake holds them: the columns of the table, and what metrics group and sum by.

Everything that needs a zone or the union of spans is worked out here once; no metric does it again.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import orjson
import pyarrow as pa
import pyarrow.compute as pc
from sqlalchemy import BigInteger, Boolean, Integer

from monitor.cases.clock import paused_within
from monitor.cases.state import Pause
from monitor.lake.local_time import ZoneOf, dates, hours_of_week, local_times, months, weeks
from monitor.store.tables import case_versions

STORED = tuple(column.name for column in case_versions.c)
"""The columns of `case_versions`, in the table's order: what a row given to `case_table` holds."""

DERIVED = (
    pa.field("month", pa.string()),
    pa.field("first_date", pa.string()),
    pa.field("first_week", pa.string()),
    pa.field("placed_date", pa.string()),
    pa.field("placed_week", pa.string()),
    pa.field("start_hour", pa.int16()),
    pa.field("released_hour", pa.int16()),
    pa.field("paused_us", pa.int64()),
    pa.field("paused_since", pa.int64()),
)
"""`month`: YYYY-MM of the clock's start, else of the first event, in the station's zone; it names the file.
`first_date`, `first_week`: local ones of the first event. `placed_date`, `placed_week`: of the deadline, else
of the first event: where a rate counts the case. `start_hour`, `released_hour`: hour of the local week, 0
(Monday 00:00) to 167, of instants known to the hour. `paused_us`: microseconds of [start, release] under
suspension, of closed spans where there is no release yet; `paused_since`: since when it is suspended.
"""

SCHEMA = pa.schema(
    [
        pa.field(
            column.name,
            pa.bool_()
            if isinstance(column.type, Boolean)
            else pa.int64()
            if isinstance(column.type, BigInteger | Integer) or column.name in ("id", "case_id")
            else pa.string(),
        )
        for column in case_versions.c
    ]
    + list(DERIVED)
)
"""Of every Parquet file of case versions and of what metrics read."""

_AT = {name: place for place, name in enumerate(STORED)}


def case_table(rows: Sequence[Sequence[Any]], zone_of: ZoneOf) -> pa.Table:
    """Rows of `case_versions` (all columns, in order) as a table of `SCHEMA`."""
    columns: list[Sequence[Any]] = list(zip(*rows, strict=True)) if rows else [[] for _ in STORED]
    arrays = [
        pa.array(_plain(values, field), field.type) for values, field in zip(columns, SCHEMA, strict=False)
    ]
    stations = columns[_AT["station"]]
    starts = columns[_AT["confirmed_at"]]
    first = columns[_AT["first_at"]]
    exact_starts = _exact(starts, columns[_AT["confirmed_until"]])
    exact_ends = _exact(columns[_AT["released_at"]], columns[_AT["released_until"]])
    begun = [first_at if start is None else start for start, first_at in zip(starts, first, strict=True)]
    local_first = local_times(stations, first, zone_of)
    first_date, first_week = dates(local_first), weeks(local_first)
    arrays += [
        months(local_times(stations, begun, zone_of)),
        first_date,
        first_week,
        pc.coalesce(arrays[_AT["deadline_date"]], first_date),
        pc.coalesce(arrays[_AT["deadline_week"]], first_week),
        hours_of_week(local_times(stations, exact_starts, zone_of)),
        hours_of_week(local_times(stations, exact_ends, zone_of)),
    ]
    pauses = columns[_AT["pauses"]]
    paused = [_paused(*row) for row in zip(pauses, starts, columns[_AT["released_at"]], strict=True)]
    arrays.append(pa.array([total for total, _ in paused], pa.int64()))
    arrays.append(pa.array([since for _, since in paused], pa.int64()))
    return pa.table(arrays, schema=SCHEMA)


def _plain(values: Sequence[Any], field: pa.Field) -> Sequence[Any]:
    """SQLite gives 0 and 1 to who reads past SQLAlchemy."""
    if not pa.types.is_boolean(field.type):
        return values
    return [None if value is None else bool(value) for value in values]


def _exact(values: Sequence[int | None], untils: Sequence[int | None]) -> list[int | None]:
    return [value if until is None else None for value, until in zip(values, untils, strict=True)]


def _paused(pauses: str | None, start: int | None, released: int | None) -> tuple[int, int | None]:
    if pauses is None or start is None:
        return 0, None
    spans = tuple(Pause(*span) for span in orjson.loads(pauses))
    if released is not None:
        return paused_within(spans, start, released), None
    closed = tuple(span for span in spans if span.until is not None)
    since = min((span.since for span in spans if span.until is None), default=None)
    until = max((span.until for span in closed if span.until is not None), default=start)
    if since is not None:
        # What lies after the beginning of the one that runs on is counted with it, not twice.
        until = min(until, since)
    return paused_within(closed, start, max(start, until)), since
