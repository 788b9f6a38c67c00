"""CSV in every encoding and dialect met, and rows that are broken on their own."""

from __future__ import annotations

import codecs
import gzip
from pathlib import Path

import pytest

from ingest.tables.delimited import RefusedRow, delimiter_of, stream_csv
from ingest.tables.fault import TableError
from ingest.tables.limits import Limits
from ingest.tables.open import open_tables

TEXT = "案号,车牌\r\nA1,晋D12345\r\n"
ROWS = [(1, ["案号", "车牌"]), (2, ["A1", "晋D12345"])]


def write(tmp_path: Path, content: bytes | str) -> Path:
    path = tmp_path / "ledger"
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (TEXT.encode("utf-8"), "utf-8"),
        (TEXT.encode("utf-8-sig"), "utf-8-sig"),
        (codecs.BOM_UTF16_LE + TEXT.encode("utf-16-le"), "utf-16"),
        (codecs.BOM_UTF16_BE + TEXT.encode("utf-16-be"), "utf-16"),
        (TEXT.encode("utf-16-le"), "utf-16-le"),
        (TEXT.encode("utf-16-be"), "utf-16-be"),
        (TEXT.encode("gbk"), "gbk"),
    ],
)
@pytest.mark.parametrize("packed", [False, True])
def test_the_encoding_is_found_and_named(tmp_path: Path, content: bytes, name: str, packed: bool) -> None:
    stream = stream_csv(write(tmp_path, gzip.compress(content) if packed else content))
    assert (stream.encoding, stream.delimiter, list(stream.rows)) == (name, ",", ROWS)


def test_a_character_outside_gbk_makes_it_gb18030(tmp_path: Path) -> None:
    stream = stream_csv(write(tmp_path, "司机,㐂𠮷\n".encode("gb18030")))
    assert (stream.encoding, list(stream.rows)) == ("gb18030", [(1, ["司机", "㐂𠮷"])])


def test_chinese_that_comes_late_in_an_ascii_file_still_decides_the_encoding(tmp_path: Path) -> None:
    # past any sample that could be taken, and across the boundary of what is read at once
    for size in (300_000, 1024 * 1024 // 4 * 4 - 5):
        content = b"a,b\n" * (size // 4) + "注,超\n".encode("gbk")
        stream = stream_csv(write(tmp_path, content))
        assert stream.encoding == "gbk"
        assert list(stream.rows)[-1][1] == ["注", "超"]


def test_a_broken_byte_in_utf8_is_named_by_its_position_not_read_as_gbk(tmp_path: Path) -> None:
    good = "案号,车牌,称重时间\n".encode() * 50
    with pytest.raises(TableError) as caught:
        stream_csv(write(tmp_path, good + b"\xe6\x99\n" + good))
    assert caught.value.code == "wrong_encoding"
    assert caught.value.params == {"encoding": "UTF-8", "byte": str(len(good) + 1)}


def test_gbk_appended_to_utf8_is_refused(tmp_path: Path) -> None:
    with pytest.raises(TableError, match="wrong_encoding"):
        stream_csv(write(tmp_path, TEXT.encode() * 200 + "备注".encode("gbk")))


def test_a_byte_that_fits_no_encoding_is_named_by_its_position(tmp_path: Path) -> None:
    with pytest.raises(TableError) as caught:
        stream_csv(write(tmp_path, "案号\n".encode("gbk") + b"\xff\xff\n"))
    assert caught.value.params == {"encoding": "GB18030", "byte": "6"}


def test_utf16_cut_in_the_middle_of_a_character_is_refused(tmp_path: Path) -> None:
    with pytest.raises(TableError, match="wrong_encoding"):
        stream_csv(write(tmp_path, (codecs.BOM_UTF16_LE + TEXT.encode("utf-16-le"))[:-1]))


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_delimiter_is_found_below_title_rows(delimiter: str) -> None:
    head = "襄垣站, 二〇二四年七月\n" + "".join(
        delimiter.join(row) + "\n" for row in (["案号", "毛重", "备注"], ["A1", "49", ""]) * 3
    )
    assert delimiter_of(head) == delimiter


def test_decimal_commas_do_not_hide_a_semicolon(tmp_path: Path) -> None:
    stream = stream_csv(write(tmp_path, "a;b;c\n1,5;2,5;3,5\n4,5;5,5;6,5\n"))
    assert (stream.delimiter, list(stream.rows)[1][1]) == (";", ["1,5", "2,5", "3,5"])


def test_excels_own_separator_line_is_obeyed_and_not_a_row(tmp_path: Path) -> None:
    stream = stream_csv(write(tmp_path, "sep=|\na,b,c|d\n"))
    assert list(stream.rows) == [(1, ["a,b,c", "d"])]


def test_quoted_cells_hold_delimiters_line_ends_and_quotes(tmp_path: Path) -> None:
    stream = stream_csv(write(tmp_path, 'a,"x,""y""\nz"\nb,c\n'))
    assert list(stream.rows) == [(1, ["a", 'x,"y"\nz']), (2, ["b", "c"])]


def test_a_million_character_cell_refuses_its_row_alone(tmp_path: Path) -> None:
    rows = list(stream_csv(write(tmp_path, "a,b\n1," + "x" * 1_000_000 + "\n2,y\n")).rows)
    assert (rows[0], rows[2]) == ((1, ["a", "b"]), (3, ["2", "y"]))
    refused = rows[1][1]
    assert isinstance(refused, RefusedRow)
    assert refused.fault.params == {"row": "2", "column": "2", "length": "1000000", "limit": "32767"}
    assert refused.cells == ["1", "x" * 100]


def test_a_long_quoted_cell_over_many_lines_is_one_refused_row(tmp_path: Path) -> None:
    rows = list(stream_csv(write(tmp_path, 'a,b\n1,"' + "long\n" * 20_000 + '"\n2,y\n')).rows)
    assert isinstance(rows[1][1], RefusedRow)
    assert rows[2:] == [(3, ["2", "y"])]


def test_a_quote_never_closed_costs_its_own_row_and_no_other(tmp_path: Path) -> None:
    rows = list(stream_csv(write(tmp_path, 'a,b\n1,"open\n2,y\n3,z\n')).rows)
    assert isinstance(rows[1][1], RefusedRow)
    assert rows[1][1].fault.code == "open_quote"
    assert rows[2:] == [(3, ["2", "y"]), (4, ["3", "z"])]


def test_text_after_a_closing_quote_is_kept(tmp_path: Path) -> None:
    assert list(stream_csv(write(tmp_path, 'a,b\n"x"y,2\n3,4\n')).rows)[1:] == [
        (2, ["xy", "2"]),
        (3, ["3", "4"]),
    ]


def test_a_thousand_columns_in_the_head_refuse_the_file_and_later_the_row(tmp_path: Path) -> None:
    wide = ",".join("x" * 1000)
    with pytest.raises(TableError, match="too_many_columns"):
        list(stream_csv(write(tmp_path, wide + "\n")).rows)
    rows = list(stream_csv(write(tmp_path, "a,b\n" * 60 + wide + "\nc,d\n")).rows)
    assert isinstance(rows[60][1], RefusedRow)
    assert rows[61] == (62, ["c", "d"])


def test_the_row_limit_holds(tmp_path: Path) -> None:
    path = write(tmp_path, "a,b\n" * 11)
    assert len(list(stream_csv(path, Limits(rows=11)).rows)) == 11
    with pytest.raises(TableError, match="too_many_rows"):
        list(stream_csv(path, Limits(rows=10)).rows)


def test_a_sheet_of_csv_cuts_what_is_blank_at_the_end_and_keeps_what_is_between(tmp_path: Path) -> None:
    sheet = next(open_tables(write(tmp_path, "a,b,\n,,\n1,２,\n,,\n\n")))
    rows = [(row.number, [cell.value for cell in row.cells]) for row in sheet.rows]
    assert rows == [(1, ["a", "b"]), (2, []), (3, ["1", "２"])]
    assert (sheet.kind, sheet.encoding, sheet.delimiter) == ("delimited", "utf-8", ",")


def test_a_refused_row_reaches_the_sheet_as_its_fault(tmp_path: Path) -> None:
    sheet = next(open_tables(write(tmp_path, "a,b\n1," + "x" * 40_000 + "\n")))
    faults = [row.fault and row.fault.code for row in sheet.rows]
    assert faults == [None, "cell_too_long"]
