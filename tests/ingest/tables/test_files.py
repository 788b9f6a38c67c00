"""What is no readable file at all, and JSON lines."""

from __future__ import annotations

import gzip
import os
import string
from pathlib import Path

import pytest
import yaml

from ingest.tables.delimited import RefusedRow
from ingest.tables.fault import TableError
from ingest.tables.json_lines import open_json_lines
from ingest.tables.limits import Limits
from ingest.tables.open import Kind, kind_of, open_tables

ROOT = Path(__file__).parents[3]


def refusal(path: Path, limits: Limits | None = None) -> TableError:
    with pytest.raises(TableError) as caught:
        for sheet in open_tables(path, limits or Limits()):
            list(sheet.rows)
    return caught.value


def test_a_missing_file_a_folder_and_a_pipe_are_not_files(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    for path in (tmp_path / "missing.csv", tmp_path, pipe):
        assert (refusal(path).code, refusal(path).params) == ("not_a_file", {"file": path.name})


@pytest.mark.parametrize("content", [b"", b"\xef\xbb\xbf", b" \r\n\r\n", gzip.compress(b"", mtime=0)])
def test_a_file_that_holds_nothing_is_empty(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "a.csv").write_bytes(content)
    assert refusal(tmp_path / "a.csv").code == "empty_file"


@pytest.mark.parametrize(
    ("content", "found"),
    [
        (b"%PDF-1.7 ...", "PDF"),
        (b"\x89PNG\r\n\x1a\n", "PNG"),
        (b"<?xml version='1.0'?><rows/>", "XML"),
        (b"MIME-Version: 1.0\nContent-Type: multipart/related", "MHTML"),
        (b"abc\x01\x02\x03", "binary"),
        (b"\x00\x01\x02\x03\x00\x00\x07\xff" * 100, "binary"),
        (gzip.compress(gzip.compress(b"a,b\n", mtime=0), mtime=0), "gzip in gzip"),
        (b'{"case_no": "A1"}\n', "JSON"),
    ],
)
def test_what_is_no_table_is_named(tmp_path: Path, content: bytes, found: str) -> None:
    (tmp_path / "ledger.xlsx").write_bytes(content)
    error = refusal(tmp_path / "ledger.xlsx")
    assert (error.code, error.params) == ("unknown_format", {"found": found})


def test_a_truncated_gzip_is_refused_before_any_row_is_read(tmp_path: Path) -> None:
    packed = gzip.compress(os.urandom(20_000).hex().encode() + b"\n")
    (tmp_path / "a").write_bytes(packed[: len(packed) // 2])
    with pytest.raises(TableError, match="truncated_gzip"):
        next(open_tables(tmp_path / "a"))


def test_a_gzip_bomb_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(gzip.compress(b"a,b\n" * 10_000_000, 9))
    assert refusal(tmp_path / "a").code == "zip_bomb"
    assert refusal(tmp_path / "a", Limits(ratio=10_000, unpacked_bytes=30_000_000)).code == "zip_bomb"


def test_a_format_that_is_read_whole_has_its_own_limit(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"<table><tr><td>" + b"x" * 2000)
    assert refusal(tmp_path / "a", Limits(whole_bytes=1000)).code == "file_too_large"


def test_json_lines_come_as_objects_and_a_broken_line_alone_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a"
    path.write_text('{"a": 1.5}\n\n{"a": \n[1]\n{"a": 1, "a": 2}\n{"a": NaN}\n{"a": "晋"}\n', encoding="gbk")
    assert kind_of(path) is Kind.JSON_LINES
    found = [(n, row.fault.code if isinstance(row, RefusedRow) else row) for n, row in open_json_lines(path)]
    assert found == [
        (1, {"a": 1.5}),
        (3, "broken_json"),
        (4, "not_an_object"),
        (5, "broken_json"),
        (6, "broken_json"),
        (7, {"a": "晋"}),
    ]


def test_json_nested_beyond_reason_refuses_its_line(tmp_path: Path) -> None:
    path = tmp_path / "a"
    path.write_text('{"a":' + "[" * 50_000 + "\n" + '{"a": 1}\n')
    assert [isinstance(row, RefusedRow) for _, row in open_json_lines(path)] == [True, False]


def test_a_line_longer_than_any_record_refuses_itself(tmp_path: Path) -> None:
    path = tmp_path / "a"
    path.write_text('{"a":"' + "x" * 1_000_000 + '"}\n{"a": 1}\n')
    (_, long), (_, good) = open_json_lines(path)
    assert isinstance(long, RefusedRow) and long.fault.code == "cell_too_long"
    assert good == {"a": 1}


CODES = {
    "not_a_file": {"file"},
    "empty_file": {"file"},
    "unknown_format": {"found"},
    "wrong_encoding": {"encoding", "byte"},
    "truncated_xlsx": set(),
    "truncated_xls": set(),
    "truncated_gzip": {"unpacked_bytes"},
    "zip_bomb": {"packed_bytes", "limit_mb", "limit_ratio"},
    "file_too_large": {"limit_mb"},
    "too_many_columns": {"row", "columns", "limit"},
    "too_many_rows": {"limit"},
    "cell_too_long": {"row", "column", "length", "limit"},
    "open_quote": {"row"},
    "broken_json": {"row", "position"},
    "xml_doctype": set(),
    "broken_xml": {"line"},
    "attribute_twice": {"row"},
    "not_an_object": {"row"},
    "broken_html": set(),
    "encrypted": {"kind"},
    "timeout": {"seconds"},
    "too_much_memory": {"limit_mb"},
    "child_died": {"signal"},
}


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_fault_of_a_file_has_its_words_with_the_values_it_carries(language: str) -> None:
    reasons = yaml.safe_load((ROOT / "config/texts" / f"{language}.yaml").read_text("utf-8"))["reasons"]
    for code, params in CODES.items():
        named = {name for _, name, _, _ in string.Formatter().parse(reasons[code]) if name}
        assert named == params, code
