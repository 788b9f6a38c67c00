"""Heads below title rows, over two rows and with units; and what is said where none can be found."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
import xlsxwriter

from ingest.mapping.page import SourcePage
from ingest.tables.fault import TableError

from .conftest import Deliver, instant
from .usual_case import HEAD, ROW, as_csv, assert_the_usual_case, changed


def test_title_rows_above_the_head_are_set_aside(deliver: Deliver) -> None:
    told = deliver(
        "ledger-template", [["襄垣县放行台账"], [], ["填报单位:城西站", None, "2024年7月"], HEAD, ROW]
    )
    assert_the_usual_case(told)
    assert told.aside == ["title", "blank", "title", "head"]


def test_the_unit_comes_from_the_head_the_title_or_the_row_under_the_head(deliver: Deliver) -> None:
    tonnes = changed(总重=52.3, 限重=49, 复检总重=48.9)
    bare = [name.replace("(kg)", "") for name in HEAD]
    in_head = [name.replace("(kg)", "（吨）") for name in HEAD]
    under = [None, None, None, None, None, "吨", "吨", None, None, "(吨)", None]
    assert_the_usual_case(deliver("ledger-template", [in_head, tonnes]))
    assert_the_usual_case(deliver("ledger-template", [["单位：吨、元"], bare, tonnes]))
    assert_the_usual_case(deliver("ledger-template", [bare, under, tonnes]))


def test_a_unit_that_cannot_be_told_refuses_the_cells_and_says_so_once(deliver: Deliver) -> None:
    bare = [name.replace("总重(kg)", "总重") for name in HEAD]
    told = deliver("ledger-template", [bare, ROW])
    assert [(r.reason, r.column, r.activity) for r in told.refusals] == [
        ("unit_unknown", "复检总重", "reweighed"),
        ("unit_unknown", "总重", None),
    ]
    assert [one.activity for one in told.candidates] == ["confirmed", "released"]
    assert {w.reason for w in told.warnings} == {"column_without_unit"}


def test_a_title_that_names_two_units_of_mass_names_none(deliver: Deliver) -> None:
    bare = [name.replace("总重(kg)", "总重") for name in HEAD]
    told = deliver("ledger-template", [["单位:吨、公斤"], bare, ROW])
    assert {r.reason for r in told.refusals} == {"unit_unknown"}


def test_two_row_heads_address_a_column_as_group_and_name(
    deliver: Deliver, page_from: Callable[[str], SourcePage]
) -> None:
    page = page_from(TWO_ROWS)
    top = ["站点", "案号", "初检", None, "复检", None]
    below = [None, None, "时间", "总重(吨)", "时间", "总重(吨)"]
    row = ["城西", "A1", "2024-07-01 08:30", "52.3", "2024-07-01 15:00", "48.9"]
    for content in ([top, below, row], as_csv(top, below, row)):
        told = deliver(page, content)
        assert told.refusals == []
        assert told.data("confirmed") == {"gross_kg": 52_300}
        assert told.data("reweighed") == {"gross_kg": 48_900}
        assert told.event("reweighed").occurred_at == instant("2024-07-01T15:00+08:00")
        assert told.aside == ["head", "head"]


TWO_ROWS = """
title: {zh: 两行表头, en: two rows}
feed: {zh: 两行, en: two}
kind: ledger
station: {column: station}
case_no: case_no
columns:
  station: 站点
  case_no: 案号
  confirmed: {names: 初检/时间, kind: datetime}
  gross: {names: 初检/总重, kind: mass, unit: head}
  reweighed: {names: 复检/时间, kind: datetime}
  reweigh: {names: 复检/总重, kind: mass, unit: head}
events:
  - {activity: confirmed, at: confirmed, data: {gross_kg: gross}}
  - {activity: reweighed, at: reweighed, data: {gross_kg: reweigh}}
"""


def test_one_name_twice_is_refused_and_not_guessed(
    deliver: Deliver, page_from: Callable[[str], SourcePage]
) -> None:
    page = page_from(TWO_ROWS.replace("初检/总重", "总重"))
    with pytest.raises(TableError) as refused:
        deliver(
            page, as_csv(["站点", "案号", "初检/时间", "总重(吨)", "总重(吨)"], ["城西", "A1", "", "", ""])
        )
    assert refused.value.code == "ambiguous_column"
    assert refused.value.params["found"] == "4: 总重(吨) · 5: 总重(吨)"


def test_the_head_printed_again_is_set_aside(deliver: Deliver) -> None:
    told = deliver("ledger-template", [HEAD, ROW, HEAD, changed(案件号="A2")])
    assert told.aside == ["head", "head"]
    assert {one.case_no for one in told.candidates} == {"襄超〔2024〕1", "A2"}


def test_a_missing_column_refuses_the_sheet_and_names_what_was_found(deliver: Deliver) -> None:
    head = [name for name in HEAD if name != "案件号"]
    with pytest.raises(TableError) as refused:
        deliver("ledger-template", as_csv(head, ROW))
    assert refused.value.code == "missing_column"
    assert refused.value.params["column"] == "case_no"
    assert "车牌号" in refused.value.params["found"]
    assert "案件号 / 案件编号 / 案号" in refused.value.params["accepted"]


def test_one_sheet_without_a_needed_column_leaves_the_others(deliver: Deliver) -> None:
    bad = [name for name in HEAD if name != "案件号"]
    told = deliver("ledger-template", {"七月": [HEAD, ROW], "八月": [bad, ROW], "封面": [["放行台账"]]})
    assert_the_usual_case(told)
    assert [(p.sheet, p.reason, p.row) for p in told.problems] == [("八月", "missing_column", 1)]
    assert [(w.sheet, w.reason) for w in told.warnings] == [("封面", "no_head_on_sheet")]


def test_a_file_without_any_known_head_says_what_would_be_accepted(deliver: Deliver) -> None:
    with pytest.raises(TableError) as refused:
        deliver("ledger-template", "a,b\n1,2\n")
    assert refused.value.code == "no_head"
    assert "案件号" in refused.value.params["accepted"]


def test_merged_heads_and_a_merged_station_read_as_they_look(
    deliver: Deliver, page_from: Callable[[str], SourcePage], tmp_path: Path
) -> None:
    path = tmp_path / "merged.xlsx"
    with xlsxwriter.Workbook(str(path)) as book:
        sheet = book.add_worksheet("台账")
        sheet.merge_range("A1:F1", "襄垣县超限检测站放行台账(单位:公斤)")
        sheet.merge_range("A2:A3", "站点")
        sheet.merge_range("B2:B3", "案号")
        sheet.merge_range("C2:D2", "初检")
        sheet.merge_range("E2:F2", "复检")
        sheet.write_row("C3", ["时间", "总重(吨)", "时间", "总重"])
        sheet.merge_range("A4:A5", "城西")
        sheet.write_row("B4", ["A1", "2024-07-01 08:30", 52.3, "2024-07-01 15:00", 48900])
        sheet.write_row("B5", ["A2", "2024-07-02 08:30", 52.3])
    told = deliver(page_from(TWO_ROWS), path.read_bytes())
    assert told.refusals == []
    made = [(one.station, one.case_no, one.activity, one.data) for one in told.candidates]
    assert made == [
        ("S1", "A1", "confirmed", '{"gross_kg":52300}'),
        # the head says tonnes of the first weight, the title kilograms of the one that says nothing
        ("S1", "A1", "reweighed", '{"gross_kg":48900}'),
        ("S1", "A2", "confirmed", '{"gross_kg":52300}'),
    ]
    assert told.aside == ["title", "head", "head"]


def test_a_unit_in_the_head_wins_over_that_of_the_page(
    deliver: Deliver, page_from: Callable[[str], SourcePage]
) -> None:
    page = page_from("""
title: {zh: 试, en: test}
feed: {zh: 试, en: test}
kind: ledger
station: {code: S1}
columns:
  case_no: 案号
  at: {names: 认定时间, kind: datetime}
  gross: {names: 总重, kind: mass, unit: kg}
  fine: {names: 罚款, kind: money, unit: yuan}
events: [{activity: confirmed, at: at, data: {gross_kg: gross, fine_fen: fine}}]
""")
    silent = deliver(page, "案号,认定时间,总重,罚款\nA1,2024-07-01,52300,500\n")
    speaking = deliver(page, "案号,认定时间,总重（吨）,罚款（万元）\nA1,2024-07-01,52.3,0.05\n")
    assert silent.candidates == speaking.candidates
    assert silent.data("confirmed") == {"gross_kg": 52_300, "fine_fen": 50_000}


def test_a_head_deeper_than_the_page_looks_is_not_found(deliver: Deliver) -> None:
    assert_the_usual_case(deliver("ledger-template", as_csv(*[["说明"]] * 14, HEAD, ROW)))
    with pytest.raises(TableError) as refused:
        deliver("ledger-template", as_csv(*[["说明"]] * 18, HEAD, ROW))
    assert refused.value.code == "no_head"
    assert refused.value.params["rows"] == "15"
