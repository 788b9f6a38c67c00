"""The traps of real ledgers, one by one, against events worked out by hand."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable
from typing import Any

import pytest

from ingest.mapping.page import SourcePage
from ingest.tables.fault import TableError

from .conftest import Deliver, Delivered, instant

HEAD = [
    "序号",
    "站点",
    "案件号",
    "车牌号",
    "车牌颜色",
    "总重(kg)",
    "限重(kg)",
    "检测认定时间",
    "复检时间",
    "复检总重(kg)",
    "放行时间",
]
ROW = [
    1,
    "城西",
    "襄超〔2024〕1",
    "晋D12345",
    "黄",
    52300,
    49000,
    "2024-07-01 08:30",
    "2024-07-01 15:00",
    48900,
    "2024-07-01 16:10",
]


def changed(**by_head: Any) -> list[Any]:
    """The usual row with some cells replaced."""
    row = list(ROW)
    for head, value in by_head.items():
        (position,) = [i for i, name in enumerate(HEAD) if name.startswith(head)]
        row[position] = value
    return row


def as_csv(*rows: list[Any], encoding: str = "utf-8") -> bytes:
    lines = [",".join("" if cell is None else str(cell) for cell in row) for row in rows]
    return "\r\n".join(lines).encode(encoding)


def assert_the_usual_case(told: Delivered) -> None:
    assert [one.activity for one in told.candidates] == ["confirmed", "reweighed", "released"]
    assert {one.station for one in told.candidates} == {"S1"}
    assert {one.case_no for one in told.candidates} == {"襄超〔2024〕1"}
    assert told.event("confirmed").occurred_at == instant("2024-07-01T08:30+08:00")
    assert told.event("released").occurred_at == instant("2024-07-01T16:10+08:00")
    assert told.data("confirmed") == {
        "plate": "晋D12345", "plate_colour": "yellow", "gross_kg": 52_300, "limit_kg": 49_000,
    }  # fmt: skip
    assert told.data("reweighed") == {"gross_kg": 48_900}
    assert told.event("released").data == ""
    assert told.refusals == []


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


def test_title_rows_above_the_head_are_set_aside(deliver: Deliver) -> None:
    told = deliver(
        "ledger-template", [["襄垣县放行台账"], [], ["填报单位:城西站", None, "2024年7月"], HEAD, ROW]
    )
    assert_the_usual_case(told)
    assert told.aside == ["title", "blank", "title", "head"]


def test_full_width_digits_are_digits(deliver: Deliver) -> None:
    row = changed(总重="５２３００", 检测认定时间="２０２４－０７－０１　０８：３０", 车牌号="晋Ｄ１２３４５")
    assert_the_usual_case(deliver("ledger-template", as_csv(HEAD, row)))


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


def test_the_head_printed_again_is_set_aside(deliver: Deliver) -> None:
    told = deliver("ledger-template", [HEAD, ROW, HEAD, changed(案件号="A2")])
    assert told.aside == ["head", "head"]
    assert {one.case_no for one in told.candidates} == {"襄超〔2024〕1", "A2"}


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
