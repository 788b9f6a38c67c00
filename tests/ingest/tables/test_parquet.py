"""Parquet: what its cells become as text, and files that are refused."""

from __future__ import annotations

import gzip
from datetime import UTC, date, datetime, time
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from ingest.tables.child import run_isolated
from ingest.tables.fault import TableError
from ingest.tables.limits import MEBIBYTE, Limits
from ingest.tables.open import Kind, kind_of, open_tables
from ingest.tables.parquet import open_parquet

MOMENT = datetime(2024, 7, 1, 0, 30, 15, 250_000, tzinfo=UTC)


def put(folder: Path, table: pa.Table, **options: object) -> Path:
    path = folder / "table.parquet"
    pq.write_table(table, path, **options)
    return path


def read(path: Path, limits: Limits | None = None) -> list[list[str]]:
    with open_parquet(path, limits or Limits()) as table:
        return [cells for _, cells in table.rows]


def rows_of(path: Path) -> list[list[str]]:
    """For a child process: `open_parquet` with the rows it gives."""
    return read(path)


def test_each_kind_of_value_is_told_as_text(tmp_path: Path) -> None:
    here = MOMENT.astimezone(ZoneInfo("Asia/Shanghai"))
    table = pa.table(
        {
            "text": pa.array(["检测认定", None]),
            "code": pa.array(["a", None]).dictionary_encode(),
            "whole": pa.array([52_300, None]),
            "float": pa.array([12_345_678_901.5, None]),
            "tiny": pa.array([1e-7, None]),
            "decimal": pa.array([Decimal("1.50"), None]),
            "flag": pa.array([True, None]),
            "utc": pa.array([MOMENT, None], pa.timestamp("us", "UTC")),
            "zoned": pa.array([here, None], pa.timestamp("ns", "Asia/Shanghai")),
            "naive": pa.array([datetime(2024, 7, 1, 8, 30), None], pa.timestamp("ms")),  # noqa: DTZ001
            "day": pa.array([date(2024, 7, 1), None]),
            "clock": pa.array([time(8, 30), None]),
            "nothing": pa.nulls(2),
        }
    )
    first, second = read(put(tmp_path, table))
    assert first == [
        "检测认定", "a", "52300", "12345678901.5", "0.0000001", "1.50", "true",
        "2024-07-01T00:30:15.250000+00:00", "2024-07-01T00:30:15.250000+00:00", "2024-07-01T08:30:00",
        "2024-07-01", "08:30:00", "",
    ]  # fmt: skip
    assert second == [""] * 13


@pytest.mark.parametrize("packed", [False, True])
def test_rows_are_numbered_from_one_across_row_groups(tmp_path: Path, packed: bool) -> None:
    path = put(tmp_path, pa.table({"n": list(range(5_000))}), row_group_size=700)
    if packed:
        path.write_bytes(gzip.compress(path.read_bytes()))
    assert kind_of(path) is Kind.PARQUET
    with open_parquet(path) as table:
        assert table.heads == ("n",)
        assert [(number, int(cells[0])) for number, cells in table.rows] == [(n + 1, n) for n in range(5_000)]


def test_columns_without_single_values_are_named_and_blank(tmp_path: Path) -> None:
    table = pa.table({"a": ["1"], "list": [[1, 2]], "struct": [{"b": 1}], "bytes": [b"x"], "z": ["2"]})
    with open_parquet(put(tmp_path, table)) as opened:
        assert set(opened.nested) == {"list", "struct", "bytes"}
        assert list(opened.rows) == [(1, ["1", "", "", "", "2"])]


@pytest.mark.parametrize("cut", [8, 100, -1, -9])
def test_a_file_that_is_cut_is_named_as_that(tmp_path: Path, cut: int) -> None:
    path = put(tmp_path, pa.table({"n": list(range(5_000))}))
    path.write_bytes(path.read_bytes()[:cut])
    with pytest.raises(TableError, match="broken_parquet"):
        read(path)


def test_what_stands_before_damaged_pages_is_read(tmp_path: Path) -> None:
    words = [f"{n * 7919 % 10_007:05d}" for n in range(20_000)]
    path = put(
        tmp_path, pa.table({"n": words}), row_group_size=5_000, compression="none", use_dictionary=False
    )
    content = bytearray(path.read_bytes())
    third = pq.ParquetFile(path).metadata.row_group(2).column(0).data_page_offset
    content[third : third + 60] = b"\xff" * 60
    path.write_bytes(content)
    got = []
    with open_parquet(path) as table, pytest.raises(TableError, match="broken_parquet"):
        for number, _ in table.rows:
            got.append(number)
    assert len(got) >= 8_000


def test_more_columns_rows_or_bytes_than_the_limits_allow_are_refused(tmp_path: Path) -> None:
    path = put(tmp_path, pa.table({"a": ["x" * 50] * 3, "b": ["1"] * 3}))
    for limits, code in (
        (Limits(columns=1), "too_many_columns"),
        (Limits(rows=2), "too_many_rows"),
        (Limits(unpacked_bytes=10), "zip_bomb"),
    ):
        with pytest.raises(TableError, match=code):
            read(path, limits)


def test_the_child_s_memory_bounds_what_a_page_unpacks_to(tmp_path: Path) -> None:
    # a page of one value of 120 MB that packs to some kilobytes
    huge = pa.array([b"\0" * (120 * MEBIBYTE)], pa.large_binary()).cast(pa.large_string())
    path = put(tmp_path, pa.table({"a": huge}), compression="zstd", use_dictionary=False)
    assert path.stat().st_size < MEBIBYTE
    with pytest.raises(TableError, match="too_much_memory"):
        list(run_isolated(rows_of, path, limits=Limits(memory_bytes=450 * MEBIBYTE)))


def test_it_is_no_sheet(tmp_path: Path) -> None:
    with pytest.raises(TableError, match="unknown_format"):
        list(open_tables(put(tmp_path, pa.table({"a": ["1"]}))))


def test_an_encrypted_file_is_named_as_that(tmp_path: Path) -> None:
    path = tmp_path / "table.parquet"
    path.write_bytes(b"PARE" + b"\1" * 100 + b"PARE")
    with pytest.raises(TableError, match="encrypted"):
        kind_of(path)
