"""Parquet: rows of texts under the heads of its columns, some thousands at a time, whatever its row groups.

What the file says of its own size is checked before anything is unpacked. Where it lies, the bound on the
child's memory holds.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple

from .fault import TableError
from .limits import DEFAULT, MEBIBYTE, Limits
from .number import plain_number
from .source import source_of

# Arrow's own allocators reserve address space by the gigabyte, which the child is bounded in.
os.environ.setdefault("ARROW_DEFAULT_MEMORY_POOL", "system")

import pyarrow as pa
import pyarrow.parquet as pq

ROWS = 2_000
"""Rows unpacked at a time."""


class ParquetTable(NamedTuple):
    """Heads, those of them whose cells hold no single value (with what they hold), and numbered rows."""

    heads: tuple[str, ...]
    nested: dict[str, str]
    rows: Iterator[tuple[int, list[str]]]


@contextmanager
def open_parquet(path: Path, limits: Limits = DEFAULT) -> Iterator[ParquetTable]:
    """The table. Cells of columns that hold lists, structures or bytes are blank. Instants with a zone come
    with their offset, others as they stand; rows are numbered from 1.

    Raises `TableError`: `broken_parquet`, `encrypted`, `too_many_columns`, `too_many_rows`, `zip_bomb`; while
    rows are read `broken_parquet`, and what came before it is good.
    """
    source = source_of(path, limits)
    with source.seekable() as file:
        with _damage_named():
            table = _opened(file)
            _bounded(table.metadata, source.size, limits)
            schema = table.schema_arrow
        nested = {field.name: told for field in schema if (told := _nested(field.type)) is not None}
        plain = [field.name for field in schema if field.name not in nested]
        yield ParquetTable(tuple(schema.names), nested, _rows(table, plain))


def _opened(file: BinaryIO) -> pq.ParquetFile:
    # a footer of a few bytes can claim gigabytes of it
    return pq.ParquetFile(
        file, pre_buffer=False, buffer_size=MEBIBYTE,
        thrift_string_size_limit=16 * MEBIBYTE, thrift_container_size_limit=1_000_000,
    )  # fmt: skip


def _bounded(told: pq.FileMetaData, size: int, limits: Limits) -> None:
    if told.num_columns > limits.columns:
        params = {"row": "1", "columns": str(told.num_columns), "limit": str(limits.columns)}
        raise TableError("too_many_columns", params)
    if told.num_rows > limits.rows:
        raise TableError("too_many_rows", {"limit": str(limits.rows)})
    groups = [told.row_group(place) for place in range(told.num_row_groups)]
    unpacked = sum(group.total_byte_size for group in groups)
    if unpacked > limits.unpacked_bytes:
        params = {
            "packed_bytes": str(size),
            "limit_mb": str(limits.unpacked_bytes // MEBIBYTE),
            "limit_ratio": str(limits.ratio),
        }
        raise TableError("zip_bomb", params)


def _rows(table: pq.ParquetFile, plain: list[str]) -> Iterator[tuple[int, list[str]]]:
    names = table.schema_arrow.names
    number = 0
    with _damage_named():
        for batch in table.iter_batches(ROWS, columns=plain, use_threads=False):
            blank = [""] * batch.num_rows
            read = dict(zip(batch.schema.names, batch.columns, strict=True))
            columns = [_texts(read[name]) if name in read else blank for name in names]
            for number, cells in enumerate(zip(*columns, strict=True), number + 1):  # noqa: B020
                yield number, list(cells)


def _texts(column: pa.Array) -> list[str]:
    kind = column.type
    if pa.types.is_dictionary(kind):
        column = column.dictionary_decode()
        kind = column.type
    if pa.types.is_timestamp(kind) and kind.unit == "ns":
        column = column.cast(pa.timestamp("us", kind.tz), safe=False)
    return ["" if value is None else _text(value) for value in column.to_pylist()]


def _text(value: Any) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, datetime):
        # of the same instant one text, whatever zone the column names
        return (value if value.tzinfo is None else value.astimezone(UTC)).isoformat()
    if hasattr(value, "isoformat"):
        return str(value.isoformat())
    return plain_number(str(value))


def _nested(kind: pa.DataType) -> str | None:
    if pa.types.is_dictionary(kind):
        kind = kind.value_type
    single = (
        pa.types.is_string, pa.types.is_large_string, pa.types.is_string_view, pa.types.is_boolean,
        pa.types.is_integer, pa.types.is_floating, pa.types.is_decimal, pa.types.is_date,
        pa.types.is_timestamp, pa.types.is_time, pa.types.is_null,
    )  # fmt: skip
    return None if any(is_one(kind) for is_one in single) else str(kind)[:100]


@contextmanager
def _damage_named() -> Iterator[None]:
    try:
        yield
    except pa.ArrowMemoryError as error:
        raise MemoryError from error
    except (pa.ArrowException, OSError, ValueError, OverflowError) as error:
        told = str(error)
        if "encrypt" in told.lower():
            raise TableError("encrypted", {"kind": "Parquet"}) from error
        raise TableError("broken_parquet") from error
