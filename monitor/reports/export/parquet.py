"""Events and cases as Parquet, in row groups: memory does not follow their number.

An instant is told four times, each for another reader: `*_us`, microseconds since 1970 in UTC, to count with;
`*_until_us`, the last possible instant where only a day is known, else null; `*_utc`, a timestamp, null where
only a day is known, so that no hour is claimed; `*_on`, the date where the station stands. Events have it
as text besides (`occurred_at`, `recorded_at`), as CSV has, and are read again by that. Other heads are those
of CSV; masses are integer kilograms, money integer minor units, and a key of data that holds values of
several kinds is text.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any, BinaryIO, NamedTuple, get_type_hints
from zoneinfo import ZoneInfo

import pyarrow as pa
import pyarrow.parquet as pq

from monitor.cases.event import SECOND
from monitor.cases.plate import masked_plate
from monitor.cases.state import CaseState
from monitor.store.cases import each_case

from .told import Export, each_told, keys_told, moment, zone_of

ROW_GROUP = 20_000
"""Rows held while they are gathered, and rows that a reader has to hold at least."""
INSTANT = pa.timestamp("us", tz="UTC")
TYPES = {"string": pa.string(), "integer": pa.int64(), "float": pa.float64(), "boolean": pa.bool_()}
EVENT_HEADS = {
    "station": pa.string(),
    "case_no": pa.string(),
    "activity": pa.string(),
    "occurred_at": pa.string(),
    "occurred_us": pa.int64(),
    "occurred_until_us": pa.int64(),
    "occurred_utc": INSTANT,
    "occurred_on": pa.date32(),
    "recorded_at": pa.string(),
    "recorded_us": pa.int64(),
    "revision": pa.int64(),
    "event_id": pa.string(),
    "source": pa.string(),
}
"""Heads before those of the data, which have the names of its keys."""


class _Instant(NamedTuple):
    us: int | None
    until_us: int | None
    utc: int | None
    on: date | None


_BLANK = _Instant(None, None, None, None)
INSTANT_HEADS = dict(zip(_Instant._fields, (pa.int64(), pa.int64(), INSTANT, pa.date32()), strict=True))


def write_events_parquet(file: BinaryIO, export: Export) -> None:
    """Every valid event, a row an event; read again by the page `xes`."""
    kinds: dict[str, str] = {}
    for told in keys_told(export).values():
        for key, kind in told.items():
            kinds[key] = kind if kinds.get(key, kind) == kind else "string"
    for key in EVENT_HEADS:
        # a datum that is called as a head is called has no column of its own, as in CSV
        kinds.pop(key, None)
    heads = EVENT_HEADS | {key: TYPES[kinds[key]] for key in sorted(kinds)}
    texts = frozenset(key for key, kind in kinds.items() if kind == "string")
    write_rows(file, heads, _event_rows(export, sorted(kinds), texts))


def write_cases_parquet(file: BinaryIO, export: Export) -> None:
    """Every case with all that is known of it now, a row a case. Lists are JSON."""
    columns = _case_columns()
    write_rows(
        file, {name: kind for told in columns for name, kind in told.heads.items()},
        _case_rows(export, columns),
    )  # fmt: skip


def _event_rows(export: Export, keys: Sequence[str], texts: frozenset[str]) -> Iterator[list[object]]:
    for case in each_told(export):
        zone = zone_of(export, case.key[0])
        for one in case.events:
            event = one.event
            at = _instant(event.occurred_at, event.occurred_until, zone)
            data = one.data
            yield [
                *case.key, event.activity, one.occurred, *at, one.recorded, event.recorded_at,
                event.revision, one.event_id, event.source,
                *(str(data[key]) if key in texts and key in data else data.get(key) for key in keys),
            ]  # fmt: skip


class _CaseColumn(NamedTuple):
    """What a field of a state becomes: heads with their types, and their values."""

    heads: dict[str, pa.DataType]
    values: Callable[[CaseState, Export, ZoneInfo], Iterable[object]]


def _case_columns() -> list[_CaseColumn]:
    hints = get_type_hints(CaseState)
    columns = []
    for name in CaseState._fields:
        if name.endswith("_until"):
            continue
        if name.endswith("_at"):
            stem = name.removesuffix("_at")
            heads = {f"{stem}_{part}": kind for part, kind in INSTANT_HEADS.items()}
            columns.append(_CaseColumn(heads, _instant_of(name, f"{stem}_until")))
            continue
        told = str(hints[name])
        kind = "boolean" if "bool" in told else "integer" if "int" in told else "string"
        if name in ("days", "pauses", "findings"):
            kind = "string"
        columns.append(_CaseColumn({name: TYPES[kind]}, _value_of(name)))
    return columns


def _instant_of(name: str, until: str) -> Callable[[CaseState, Export, ZoneInfo], _Instant]:
    def values(state: CaseState, export: Export, zone: ZoneInfo) -> _Instant:
        at: int | None = getattr(state, name)
        if at is None:
            return _BLANK
        end: int | None = getattr(state, until, None)
        if end is None and at in state.days:
            end = _end_of_day(at, zone)
        return _instant(at, end, zone)

    return values


def _value_of(name: str) -> Callable[[CaseState, Export, ZoneInfo], Iterable[object]]:
    def values(state: CaseState, export: Export, zone: ZoneInfo) -> Iterable[object]:
        value = getattr(state, name)
        if name == "plate" and not export.plates:
            value = masked_plate(value)
        elif name == "days":
            value = " ".join(moment(day, zone)[:10] for day in value) or None
        elif isinstance(value, tuple):
            value = json.dumps(value, ensure_ascii=False) if value else None
        return (value,)

    return values


def _case_rows(export: Export, columns: Sequence[_CaseColumn]) -> Iterator[list[object]]:
    for state in each_case(export.database, export.chosen, export.now):
        zone = zone_of(export, state.station)
        yield [value for column in columns for value in column.values(state, export, zone)]


def _instant(at: int, until: int | None, zone: ZoneInfo) -> _Instant:
    local = datetime.fromtimestamp(at // SECOND, UTC).astimezone(zone)
    return _Instant(at, until, at if until is None else None, local.date())


def _end_of_day(at: int, zone: ZoneInfo) -> int:
    local = datetime.fromtimestamp(at // SECOND, UTC).astimezone(zone)
    begin = datetime(local.year, local.month, local.day, tzinfo=zone)
    following = (begin + timedelta(days=1)).replace(tzinfo=zone)
    return round(following.timestamp()) * SECOND - 1


def write_rows(file: BinaryIO, heads: dict[str, pa.DataType], rows: Iterator[list[object]]) -> None:
    """Write rows under these heads, a row group at a time."""
    schema = pa.schema(list(heads.items()))
    # data of the same file as a whole: what was written stays with it, nothing of it is held here
    with pq.ParquetWriter(file, schema, compression="zstd") as writer:
        some: list[list[Any]] = []
        for row in rows:
            some.append(row)
            if len(some) == ROW_GROUP:
                writer.write_batch(_batch(some, schema), row_group_size=ROW_GROUP)
                some = []
        if some:
            writer.write_batch(_batch(some, schema), row_group_size=ROW_GROUP)


def _batch(rows: list[list[Any]], schema: pa.Schema) -> pa.RecordBatch:
    columns = zip(*rows, strict=True)
    arrays = [pa.array(column, field.type) for column, field in zip(columns, schema, strict=True)]
    return pa.RecordBatch.from_arrays(arrays, schema=schema)
