"""Whole deliveries: in a child process, of several sheets, broken off."""

from __future__ import annotations

import gzip
from collections.abc import Callable
from pathlib import Path

import pytest
import xlsxwriter

from ingest.mapping.page import SourcePage
from ingest.mapping.read import read_delivery, read_isolated
from ingest.mapping.reading import Reading
from ingest.tables.fault import TableError
from ingest.tables.limits import Limits

from .conftest import Deliver
from .usual_case import HEAD, ROW, as_csv

How = Callable[[str | SourcePage], Reading]
EVENTS = "station,case_no,activity,occurred_at\n"


def test_a_child_process_hands_over_the_same_batches(tmp_path: Path, how: How) -> None:
    ledger, events = tmp_path / "ledger.csv", tmp_path / "events.csv"
    ledger.write_bytes(as_csv([*HEAD, "驾驶员姓名"], [*ROW, "张三"], [1, "东关", *ROW[2:], "李四"]))
    events.write_text(EVENTS + "S1,A1,放行,2024-07-01 08:30\n" * 5_000, encoding="utf-8")
    for path, page in ((ledger, "ledger-template"), (events, "events")):
        here = list(read_delivery(path, how(page)))
        assert list(read_isolated(path, how(page))) == here
        assert sum(batch.read for batch in here) in (3, 5_001)


def test_rows_come_in_batches_that_bound_memory(tmp_path: Path, how: How) -> None:
    path = tmp_path / "events.csv"
    path.write_text(EVENTS + "S1,A1,放行,2024-07-01 08:30\n" * 5_000, encoding="utf-8")
    sizes = [batch.read for batch in read_delivery(path, how("events"))]
    assert max(sizes) == 2_000
    assert sum(sizes) == 5_001


def test_what_was_read_before_a_file_breaks_off_is_handed_over(tmp_path: Path, how: How) -> None:
    path = tmp_path / "events.csv"
    path.write_text(EVENTS + "S1,A1,放行,2024-07-01 08:30\n" * 5_000, encoding="utf-8")
    landed = 0
    with pytest.raises(TableError) as broken:
        for batch in read_delivery(path, how("events"), Limits(rows=3_000)):
            landed += len(batch.landed.numbers)
    assert broken.value.code == "too_many_rows"
    # the head is one of the 3,000 rows
    assert landed == 2_999


def test_a_truncated_gzip_is_one_clear_error(tmp_path: Path, how: How) -> None:
    path = tmp_path / "events.csv.gz"
    packed = gzip.compress((EVENTS + "S1,A1,放行,2024-07-01 08:30\n" * 5_000).encode())
    path.write_bytes(packed[:-20])
    with pytest.raises(TableError) as broken:
        list(read_delivery(path, how("events")))
    assert broken.value.code == "truncated_gzip"


def test_a_million_characters_in_a_cell_refuse_their_row_alone(deliver: Deliver) -> None:
    told = deliver("events", f"{EVENTS}S1,{'x' * 1_000_000},放行,2024-07-01\nS1,A2,放行,2024-07-01\n")
    assert [(one.reason, one.params["row"]) for one in told.refusals] == [("cell_too_long", "2")]
    assert [one.case_no for one in told.candidates] == ["A2"]


def test_a_thousand_columns_are_one_clear_error(deliver: Deliver) -> None:
    with pytest.raises(TableError) as refused:
        deliver("events", ",".join(["station", *map(str, range(1_000))]) + "\n")
    assert refused.value.code == "too_many_columns"


def test_a_long_code_that_a_spreadsheet_took_for_a_number_is_refused_and_not_rounded(
    deliver: Deliver,
) -> None:
    head = ["站点", "案件号", "缴款码", "检测认定时间", "生成缴款码时间"]
    times = ["2024-07-01 08:30", "2024-07-01 09:00"]
    told = deliver("ledger-template", [
        head,
        ["城西", "A1", 12345678901234567890, *times],
        ["城西", "A2", "12345678901234567890", *times],
        ["城西", "A3", "1.23457E+19", *times],
        ["城西", "A4", 12345, *times],
    ])  # fmt: skip
    assert [(row.case_no, [r.reason for r in row.refusals]) for row in told.rows if row.refusals] == [
        ("A1", ["digits_lost"]), ("A3", ["digits_lost"]),
    ]  # fmt: skip
    codes = [one.data for one in told.candidates if one.activity == "pay_requested"]
    assert codes == ['{"payment_code":"12345678901234567890"}', '{"payment_code":"12345"}']


def test_a_hidden_sheet_is_read_and_said_to_be_hidden(deliver: Deliver, tmp_path: Path) -> None:
    path = tmp_path / "hidden.xlsx"
    with xlsxwriter.Workbook(str(path)) as book:
        book.add_worksheet("封面")
        sheet = book.add_worksheet("旧")
        sheet.write_row(0, 0, HEAD)
        sheet.write_row(1, 0, ROW)
        sheet.hide()
    told = deliver("ledger-template", path.read_bytes(), "again.xlsx")
    assert len(told.candidates) == 3
    assert [(one.sheet, one.reason) for one in told.warnings] == [("旧", "hidden_sheet")]


def test_sheets_a_page_does_not_name_are_reported(
    deliver: Deliver, page_from: Callable[[str], SourcePage]
) -> None:
    page = page_from("""
title: {zh: 试, en: test}
feed: {zh: 试, en: test}
kind: ledger
station: {code: S1}
sheets: "*月"
passed_over: 说明
columns: {case_no: 案号, at: {names: 认定时间, kind: datetime}}
events: [{activity: confirmed, at: at}]
""")
    rows = [["案号", "认定时间"], ["A1", "2024-07-01"]]
    told = deliver(page, {"七月": rows, "草稿": rows, "说明": rows})
    assert len(told.candidates) == 1
    assert [(one.sheet, one.reason) for one in told.warnings] == [("草稿", "sheet_not_named")]


def test_limits_of_the_caller_reach_the_child(tmp_path: Path, how: How) -> None:
    path = tmp_path / "events.csv"
    path.write_text(EVENTS + "S1,A1,放行,2024-07-01 08:30\n" * 100, encoding="utf-8")
    with pytest.raises(TableError) as refused:
        list(read_isolated(path, how("events"), Limits(rows=50)))
    assert refused.value.code == "too_many_rows"
