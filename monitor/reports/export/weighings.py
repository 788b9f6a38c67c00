"""First weighings that are no case (`monitor.store.weighings`), as CSV or Parquet, a row a weighing.

The page `weighings-exported` reads both again; weighings of cases are events and come with those. Heads after
`at` are the keys of the data; masses are integer kilograms. Parquet tells the instant once more for other
programs: `at_us` in microseconds UTC, `at_utc` as a timestamp.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import BinaryIO

from monitor.cases.activity import Activity
from monitor.store.weighing_list import Lain, WeighingFilter, each_lain

from .told import Export, Value, kind_of, moment, shown, zone_of

HEADS = ("station", "check_no", "activity", "at")
FIRST = Activity.WEIGHED.value


def weighings_csv(export: Export) -> Iterator[bytes]:
    """CSV that spreadsheets open."""
    from .table import csv_parts

    keys = sorted(_kinds(export))
    rows = ([*_head(export, one), *(data.get(key) for key in keys)] for one, data in _each(export))
    return csv_parts([*HEADS, *keys], rows)


def write_weighings_parquet(file: BinaryIO, export: Export) -> None:
    """Parquet in row groups."""
    import pyarrow as pa

    from .parquet import INSTANT, TYPES, write_rows

    kinds = _kinds(export)
    keys = sorted(kinds)
    heads = {**dict.fromkeys(HEADS, pa.string()), "at_us": pa.int64(), "at_utc": INSTANT}
    heads |= {key: TYPES[kinds[key]] for key in keys}

    def rows() -> Iterator[list[object]]:
        for one, data in _each(export):
            yield [*_head(export, one), one.at, one.at, *_columns(data, keys, kinds)]

    write_rows(file, heads, rows())


def _columns(data: dict[str, Value], keys: Sequence[str], kinds: dict[str, str]) -> Iterator[Value | None]:
    for key in keys:
        value = data.get(key)
        yield str(value) if value is not None and kinds[key] == "string" else value


def _head(export: Export, one: Lain) -> tuple[str, ...]:
    return one.station, one.check_no, FIRST, moment(one.at, zone_of(export, one.station))


def _kinds(export: Export) -> dict[str, str]:
    """Key of the data → kind of its values, of the whole export: the columns have to be named first."""
    kinds: dict[str, str] = {}
    for _, data in _each(export):
        for key, value in data.items():
            kind = kind_of(value)
            kinds[key] = kind if kinds.get(key, kind) == kind else "string"
    return kinds


def _each(export: Export) -> Iterator[tuple[Lain, dict[str, Value]]]:
    chosen = WeighingFilter(export.chosen.stations, export.chosen.since, export.chosen.until)
    for one in each_lain(export.database, chosen):
        yield one, shown(one.data, export.plates)
