"""HTML tables that call themselves .xls."""

from __future__ import annotations

from pathlib import Path

import pytest

from ingest.tables.fault import TableError
from ingest.tables.open import open_tables
from ingest.tables.sheet import MergedRange, Sheet


def sheets(tmp_path: Path, text: str, encoding: str = "gbk") -> list[tuple[Sheet, list[list[object]]]]:
    path = tmp_path / "ledger.xls"
    path.write_bytes(text.encode(encoding))
    return [(s, [[cell.value for cell in row.cells] for row in s.rows]) for s in open_tables(path)]


def test_spans_are_merges_and_cells_stand_in_the_column_where_they_are_drawn(tmp_path: Path) -> None:
    [(sheet, rows)] = sheets(
        tmp_path,
        "<html><head><meta charset=utf-8></head><table><caption>襄垣站</caption>"
        "<thead><tr><th rowspan=2>案号<th colspan=2>称重</tr><tr><th>毛重<th>限重</tr></thead>"
        "<tbody><tr><td>A1<td>50&nbsp;<td>49<br>吨</tbody></table>",
    )
    assert (sheet.name, sheet.kind, sheet.encoding) == ("襄垣站", "html", "gbk")
    assert rows == [["案号", "称重"], [None, "毛重", "限重"], ["A1", "50", "49\n吨"]]
    assert sheet.merges == (MergedRange(1, 2, 0, 0), MergedRange(1, 1, 1, 2))


def test_rows_that_are_not_drawn_are_read_and_marked(tmp_path: Path) -> None:
    path = tmp_path / "a"
    path.write_text("<table><tr><td>a<tr style='display:none'><td>b</table>")
    assert [row.hidden for row in next(open_tables(path)).rows] == [False, True]


def test_every_table_is_a_sheet_and_one_inside_a_cell_stays_out_of_its_text(tmp_path: Path) -> None:
    found = sheets(
        tmp_path, "<table><tr><td>外<table><tr><td>内</table></table><table><tr><td>二</table>", "utf-8"
    )
    assert [rows for _, rows in found] == [[["外"]], [["内"]], [["二"]]]


def test_an_entity_of_another_file_is_not_read(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("secret words")
    text = f"<!DOCTYPE html [<!ENTITY e SYSTEM 'file://{secret}'>]><html><table><tr><td>&e;</table></html>"
    assert "secret words" not in str(sheets(tmp_path, text))


def test_a_page_without_tables_is_no_table(tmp_path: Path) -> None:
    with pytest.raises(TableError) as caught:
        sheets(tmp_path, "<html><body>登录已过期</body></html>")
    assert caught.value.params == {"found": "HTML"}


@pytest.mark.parametrize("content", ["<b>" * 50_000, "x" * 11_000_000])
def test_a_page_the_parser_would_cut_off_silently_is_refused(tmp_path: Path, content: str) -> None:
    with pytest.raises(TableError, match="broken_html"):
        sheets(tmp_path, f"<table><tr><td>{content}<tr><td>y</table>")


def test_a_million_character_cell_refuses_its_row_alone(tmp_path: Path) -> None:
    path = tmp_path / "a"
    path.write_text(f"<table><tr><td>{'x' * 1_000_000}<tr><td>y</table>")
    sheet = next(open_tables(path))
    assert [row.fault and row.fault.code for row in sheet.rows] == ["cell_too_long", None]


def test_a_cell_that_spans_a_million_columns_takes_no_memory(tmp_path: Path) -> None:
    [(_, rows)] = sheets(tmp_path, "<table><tr><td colspan=1000000>标题<tr><td>a</table>")
    assert rows[0] == ["标题"]
