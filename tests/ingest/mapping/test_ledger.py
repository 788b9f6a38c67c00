"""The traps of real ledgers, one by one, against events worked out by hand."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable
from typing import Any

import pytest

from ingest.mapping.page import SourcePage

from .conftest import Deliver, instant
from .usual_case import HEAD, ROW, as_csv, assert_the_usual_case, changed


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "gbk", "gb18030"])
def test_a_ledger_reads_the_same_in_every_encoding(deliver: Deliver, encoding: str) -> None:
    assert_the_usual_case(deliver("ledger-template", as_csv(HEAD, ROW, encoding=encoding)))


def test_a_ledger_reads_the_same_as_a_workbook_with_date_cells(deliver: Deliver) -> None:
    row = changed(检测认定时间=dt.datetime(2024, 7, 1, 8, 30), 放行时间=dt.datetime(2024, 7, 1, 16, 10))  # noqa: DTZ001
    assert_the_usual_case(deliver("ledger-template", [HEAD, row]))


def test_a_ledger_reads_the_same_as_an_html_table_named_xls(deliver: Deliver) -> None:
    cells = ["".join(f"<td>{cell}</td>" for cell in row) for row in (HEAD, ROW)]
    page = "<html><body><table>" + "".join(f"<tr>{row}</tr>" for row in cells) + "</table></body></html>"
    assert_the_usual_case(deliver("ledger-template", page.encode("gbk"), "台账.xls"))


def test_full_width_digits_are_digits(deliver: Deliver) -> None:
    row = changed(总重="５２３００", 检测认定时间="２０２４－０７－０１　０８：３０", 车牌号="晋Ｄ１２３４５")
    assert_the_usual_case(deliver("ledger-template", as_csv(HEAD, row)))


SPLIT = """
title: {zh: 日期和时间分列, en: split}
feed: {zh: 分列, en: split}
kind: ledger
station: {sheet: "^(.+?)(站|$)", file: "^([^_]+)_"}
case_no: case_no
columns:
  case_no: 案号
  day: {names: 认定日期, kind: date}
  clock: {names: 认定时间, kind: time}
  authority: {names: 处理机关, kind: code, codes: authorities}
  decided: {names: 决定时间, kind: datetime}
  result: {names: 结果, kind: code, codes: outcomes}
  first: {names: 第一次缴款时间, kind: datetime}
  second: {names: 第二次缴款时间, kind: datetime}
events:
  - {activity: confirmed, at: {date: day, time: clock}}
  - activity: decided
    at: decided
    when: {result: [fine, warning]}
    set: {authority: police}
    data: {outcome: result}
  - {activity: withdrawn, at: decided, when: {result: none}}
  - {activity: paid, at: first}
  - {activity: paid, at: second, ordinal: 1}
"""


def test_date_and_time_of_two_columns_make_one_instant(
    deliver: Deliver, page_from: Callable[[str], SourcePage]
) -> None:
    page = page_from(SPLIT)
    head = ["案号", "认定日期", "认定时间"]
    rows = [
        ["A1", dt.date(2024, 7, 1), dt.time(8, 30)],
        ["A2", "2024年7月1日", "8时30分"],
        ["A3", dt.datetime(2024, 7, 1, 8, 30), None],  # noqa: DTZ001
        ["A4", "2024-07-01", None],
        ["A5", None, "08:30"],
        ["A6", "2024-07-01", "24:00"],
    ]
    told = deliver(page, {"城西站": [head, *rows]})
    at = {one.case_no: (one.occurred_at, one.occurred_until) for one in told.candidates}
    half_past_eight = (instant("2024-07-01T08:30+08:00"), None)
    assert at["A1"] == at["A2"] == at["A3"] == half_past_eight
    midnight = instant("2024-07-01T00:00+08:00")
    assert at["A4"] == (midnight, midnight + 86_400_000_000 - 1)
    assert [(r.reason, r.column, r.value) for r in told.refusals] == [
        ("time_without_date", "认定时间", "08:30"),
        ("impossible_time", "认定时间", "24:00"),
    ]


def test_the_station_comes_from_the_sheet_or_the_file(
    deliver: Deliver, page_from: Callable[[str], SourcePage]
) -> None:
    page = page_from(SPLIT)
    rows = [["案号", "认定日期"], ["A1", "2024-07-01"]]
    by_sheet = deliver(page, {"城西站": rows, "北关站": rows})
    assert [one.station for one in by_sheet.candidates] == ["S1", "S2"]
    by_file = deliver(page, as_csv(*rows), "北关_7月.csv")
    assert [one.station for one in by_file.candidates] == ["S2"]


def test_conditions_and_ordinals_choose_the_events_of_a_row(
    deliver: Deliver, page_from: Callable[[str], SourcePage]
) -> None:
    page = page_from(SPLIT)
    head = ["案号", "决定时间", "结果", "第一次缴款时间", "第二次缴款时间"]
    told = deliver(page, {"城西": [
        head,
        ["A1", "2024-07-01 10:00", "罚款", "2024-07-01 11:00", "2024-07-02 11:00"],
        ["A2", "2024-07-01 10:00", "不予处罚", None, None],
        ["A3", "2024-07-01 10:00", "待定", "2024-07-01 11:00", None],
    ]})  # fmt: skip
    made = [(one.case_no, one.activity, one.ordinal) for one in told.candidates]
    assert made == [
        ("A1", "decided", 0), ("A1", "paid", 0), ("A1", "paid", 1), ("A2", "withdrawn", 0), ("A3", "paid", 0),
    ]  # fmt: skip
    assert json.loads(told.candidates[0].data) == {"authority": "police", "outcome": "fine"}
    # whether A3 was decided or withdrawn hangs on the bad cell, so both are named as lost
    assert [(r.reason, r.activity) for r in told.refusals] == [
        ("unknown_code", "decided"), ("unknown_code", "withdrawn"),
    ]  # fmt: skip


def test_blank_repeated_stations_are_carried_down_and_case_numbers_are_not(deliver: Deliver) -> None:
    told = deliver(
        "ledger-template", [HEAD, ROW, changed(站点=None, 案件号="A2"), changed(站点=None, 案件号=None)]
    )
    assert [row.station for row in told.rows] == [None, "S1", "S1", "S1"]
    assert told.rows[2].case_no == "A2"
    assert [r.reason for r in told.rows[3].refusals] == ["missing_case_no"]
    assert told.rows[3].candidates == []


def test_subtotals_signatures_and_numbered_blank_rows_are_set_aside(deliver: Deliver) -> None:
    told = deliver(
        "ledger-template",
        [
            HEAD,
            ROW,
            [2],
            ["小计", None, None, None, None, 52300],
            ["合 计"],
            ["填表人:", None, "张三"],
            [None, "审核人:李四"],
        ],
    )
    assert_the_usual_case(told)
    assert told.aside == ["head", "blank", "subtotal", "subtotal", "signature", "signature"]


def test_a_case_whose_note_speaks_of_a_total_is_still_a_case(deliver: Deliver) -> None:
    told = deliver("ledger-template", [HEAD, changed(序号="合计前补录")])
    assert_the_usual_case(told)


def test_a_bad_cell_loses_its_own_event_and_not_the_vehicle(deliver: Deliver) -> None:
    told = deliver("ledger-template", [HEAD, changed(复检时间="2024-02-30 15:00")])
    assert [one.activity for one in told.candidates] == ["confirmed", "released"]
    (refusal,) = told.refusals
    assert (refusal.reason, refusal.column, refusal.value, refusal.activity) == (
        "impossible_date", "复检时间", "2024-02-30 15:00", "reweighed",
    )  # fmt: skip
    assert "2024-07-01 08:30" in refusal.accepted


def test_a_bad_weight_of_the_reweigh_loses_the_reweigh(deliver: Deliver) -> None:
    told = deliver("ledger-template", [HEAD, changed(复检总重=-5)])
    assert [one.activity for one in told.candidates] == ["confirmed", "released"]
    assert [(r.reason, r.activity) for r in told.refusals] == [("negative", "reweighed")]


def test_a_bad_fact_loses_only_itself(deliver: Deliver) -> None:
    told = deliver("ledger-template", [HEAD, changed(车牌颜色="紫", 总重=999_999)])
    assert [one.activity for one in told.candidates] == ["confirmed", "reweighed", "released"]
    assert told.data("confirmed") == {"plate": "晋D12345", "limit_kg": 49_000}
    assert [(r.reason, r.activity) for r in told.refusals] == [("unknown_code", None), ("too_large", None)]


def test_facts_ride_on_the_first_event_that_is_there(deliver: Deliver) -> None:
    told = deliver("ledger-template", [HEAD, changed(检测认定时间=None)])
    assert told.data("reweighed") == {
        "plate": "晋D12345", "plate_colour": "yellow", "gross_kg": 48_900, "limit_kg": 49_000,
    }  # fmt: skip


def test_an_unread_plate_lands_as_text_and_says_so(deliver: Deliver) -> None:
    told = deliver("ledger-template", [HEAD, changed(车牌号="无牌车")])
    assert told.data("confirmed")["plate"] == "无牌车"
    assert told.data("confirmed")["plate_unread"] is True
    assert told.refusals == []


@pytest.mark.parametrize("station", ["S1", "城西超限检测站", "城西", " 城 西 站 "])
def test_a_station_is_found_by_code_name_short_name_or_alias(deliver: Deliver, station: str) -> None:
    assert_the_usual_case(deliver("ledger-template", [HEAD, changed(站点=station)]))


def test_an_unknown_station_refuses_the_row_and_lists_what_is_known(deliver: Deliver) -> None:
    told = deliver("ledger-template", [HEAD, changed(站点="东关"), ROW])
    (refusal,) = told.refusals
    assert (refusal.reason, refusal.value) == ("unknown_station", "东关")
    assert "S1 / 城西超限检测站 / 城西 / 城西站" in refusal.accepted
    assert told.rows[1].candidates == []
    assert len(told.candidates) == 3


def test_a_row_that_names_a_case_but_no_time_is_refused(deliver: Deliver) -> None:
    told = deliver("ledger-template", [HEAD, changed(检测认定时间=None, 复检时间=None, 放行时间=None)])
    assert [r.reason for r in told.refusals] == ["no_event"]
    assert told.rows[1].case_no == "襄超〔2024〕1"


def test_hidden_rows_are_read_and_marked(deliver: Deliver, tmp_path: Any) -> None:
    import xlsxwriter

    path = tmp_path / "hidden.xlsx"
    with xlsxwriter.Workbook(str(path)) as book:
        sheet = book.add_worksheet("台账")
        for r, row in enumerate([HEAD, ROW, changed(案件号="A2")]):
            sheet.write_row(r, 0, row)
        sheet.set_row(2, None, None, {"hidden": True})
    told = deliver("ledger-template", path.read_bytes(), "again.xlsx")
    assert [(row.case_no, row.hidden) for row in told.rows[1:]] == [("襄超〔2024〕1", False), ("A2", True)]
    assert len(told.candidates) == 6


def test_cells_to_the_right_of_the_head_refuse_the_row_because_it_is_shifted(deliver: Deliver) -> None:
    told = deliver("ledger-template", as_csv(HEAD, [*ROW, "放行"]))
    assert [r.reason for r in told.refusals] == ["beyond_head"]
    assert told.candidates == []


def test_names_become_keyed_digests_and_appear_nowhere_else(deliver: Deliver) -> None:
    head = [*HEAD, "驾驶员姓名"]
    told = deliver("ledger-template", [head, [*ROW, "张三"], [*changed(案件号="A2", 复检时间="坏"), "张三"]])
    digest = json.loads(told.candidates[0].data)["driver_digest"]
    assert len(digest) == 32
    assert [(p.digest, p.kind, p.value) for p in told.persons] == [(digest, "name", "张三")]
    assert "张三" not in repr(told.rows)
    raw = told.rows[2].raw
    assert raw is not None
    assert raw["驾驶员姓名"] == f"digest:{digest}"


def test_columns_the_page_does_not_know_are_reported_and_not_kept(deliver: Deliver) -> None:
    told = deliver("ledger-template", [[*HEAD, "车主电话"], [*changed(站点="东关"), "13800000000"]])
    assert [w.params for w in told.warnings] == [{"columns": "车主电话"}]
    assert "13800000000" not in repr(told.rows)
