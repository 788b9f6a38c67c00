"""A refused row keeps what is needed to map it again once something was corrected."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable

from ingest.mapping.page import SourcePage
from ingest.mapping.pages import SourcePages
from ingest.mapping.reading import Reading, reading
from ingest.mapping.retry import retry_row

from .conftest import KEY, STATIONS, Deliver, Delivered

How = Callable[[str | SourcePage], Reading]


def raw_of(told: Delivered) -> dict[str, str]:
    (refused,) = [row for row in told.rows if row.refusals]
    assert refused.raw is not None
    return refused.raw


def test_a_row_of_an_unknown_station_lands_once_the_station_is_configured(
    deliver: Deliver, shipped: SourcePages
) -> None:
    told = deliver("ledger-template", "站点,案件号,总重(吨),检测认定时间\n东关,A1,52.3,2024-07-01 08:30\n")
    how = reading(shipped["ledger-template"], shipped.codes, {**STATIONS, "S3": ["东关"]}, KEY)
    result, batch = retry_row(how, raw_of(told), 2)
    assert result.refusals == []
    (event,) = result.candidates
    assert (event.station, event.case_no, event.data) == ("S3", "A1", '{"gross_kg":52300}')
    assert batch.rows == [result]


def test_a_corrected_value_lands_and_the_unit_of_the_title_still_holds(deliver: Deliver, how: How) -> None:
    told = deliver(
        "ledger-template",
        "单位:吨\n站点,案件号,总重,复检总重,检测认定时间,复检时间\n"
        "S1,A1,52.3,-1,2024-07-01 08:30,2024-07-01 15:00\n",
    )
    result, _ = retry_row(how("ledger-template"), {**raw_of(told), "复检总重": "48.9"}, 3)
    assert result.refusals == []
    assert [json.loads(one.data)["gross_kg"] for one in result.candidates] == [52_300, 48_900]


def test_a_blank_cell_can_be_filled_in(deliver: Deliver, how: How) -> None:
    told = deliver("events", "station,case_no,activity,occurred_at\nS1,,放行,2024-07-01 08:30\n")
    raw = raw_of(told)
    assert raw["case_no"] == ""
    result, _ = retry_row(how("events"), {**raw, "case_no": "A1"}, 2)
    assert [one.case_no for one in result.candidates] == ["A1"]


def test_date_cells_and_midnights_mean_the_same_on_a_retry(deliver: Deliver, how: How) -> None:
    midnight = dt.datetime(2024, 7, 2)  # noqa: DTZ001
    head = ["站点", "案件号", "检测认定时间", "放行时间", "复检时间"]
    told = deliver("ledger-template", [head, ["S1", "A1", dt.date(2024, 7, 1), midnight, "坏"]])
    result, _ = retry_row(how("ledger-template"), {**raw_of(told), "复检时间": ""}, 2)
    assert result.candidates == told.candidates
    assert [one.occurred_until is None for one in result.candidates] == [False, True]


def test_a_personal_value_stays_the_digest_it_was(deliver: Deliver, how: How) -> None:
    told = deliver(
        "ledger-template", "站点,案件号,检测认定时间,复检时间,驾驶员姓名\nS1,A1,2024-07-01,坏,张三\n"
    )
    result, batch = retry_row(how("ledger-template"), {**raw_of(told), "复检时间": ""}, 2)
    assert result.candidates == told.candidates
    assert batch.persons == []


def test_what_stood_in_the_name_of_the_sheet_is_remembered(
    deliver: Deliver, how: How, page_from: Callable[[str], SourcePage]
) -> None:
    page = page_from("""
title: {zh: 分表, en: sheets}
feed: {zh: 分表, en: sheets}
kind: ledger
station: {sheet: "^(.+)站$"}
case_no: case_no
columns:
  case_no: 案号
  confirmed: {names: 认定时间, kind: datetime}
  released: {names: 放行时间, kind: datetime}
events: [{activity: confirmed, at: confirmed}, {activity: released, at: released}]
""")
    told = deliver(page, {"城西站": [["案号", "认定时间", "放行时间"], ["A1", "2024-07-01 08:30", "坏"]]})
    result, _ = retry_row(how(page), {**raw_of(told), "放行时间": "2024-07-01 16:10"}, 2, "城西站")
    assert [(one.station, one.activity) for one in result.candidates] == [
        ("S1", "confirmed"),
        ("S1", "released"),
    ]
    assert result.sheet == "城西站"


def test_a_row_still_wrong_is_refused_again(deliver: Deliver, how: How) -> None:
    told = deliver("events", "station,case_no,activity,occurred_at\n东关,A1,放行,2024-07-01 08:30\n")
    result, _ = retry_row(how("events"), raw_of(told), 2)
    assert [one.reason for one in result.refusals] == ["unknown_station"]
    assert result.raw == raw_of(told)
