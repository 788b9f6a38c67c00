"""Head, clocks, gate, findings and file rows of the case page."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from dashboard.parts.sentence import Speech
from dashboard.views.case import CaseView, ClockView, case_view
from dashboard.views.weights import weights_of
from monitor.cases.clock import Reading
from monitor.cases.event import HOUR
from monitor.cases.summary import Mark
from monitor.store.cases import case_file
from tests.county import BEFORE_START, CORRECTED, DAYS_ONLY, NOW, OFF_SITE, PAYING, WITHDRAWN, County, when
from tests.factories import MINUTE, SHANGHAI

Read = Callable[..., Any]
Say = Callable[..., list[str]]


@pytest.fixture
def view(told: County) -> Read:
    def read(key: tuple[str, str], now: int = NOW) -> CaseView:
        file = case_file(told.database, key)
        assert file is not None
        return case_view(file, (), told.configuration, told.services.sources, now, SHANGHAI)

    return read


@pytest.fixture
def say(told: County) -> Say:
    speech = Speech(told.services.texts["zh"], SHANGHAI, 2026)
    return lambda found: [speech.say(one) for one in found]


def clock(view: CaseView, name: str) -> ClockView:
    return next(one for one in view.clocks if one.name == name)


def test_the_head_holds_the_masked_plate_and_beside_it_the_whole_one(view: Read) -> None:
    head = view(PAYING).head
    assert head.summary.plate == "晋D·1**45"
    assert head.plate == "晋D12345"


def test_time_left_is_counted_from_the_confirmation(view: Read) -> None:
    head = view(PAYING).head
    # Due 26th 18:20, seen at 14:32: 3:48, which is near the limit of 4 hours.
    assert head.summary.remaining == 3 * HOUR + 48 * MINUTE
    assert head.summary.mark is Mark.NEAR


def test_each_clock_says_from_what_to_what_and_who_told_it(view: Read, say: Say) -> None:
    page = view(PAYING)
    a = clock(page, "a")
    assert a.elapsed == 20 * HOUR + 12 * MINUTE
    assert say(a.reasons) == [
        "起:检测认定 11-25 18:20(站上台账)。",
        "止:还没有有效的放行。",
        "没有暂停,毛时与净时相同。",
        "时限 24 小时,见襄交〔2024〕127号。",
    ]
    b = clock(page, "b")
    assert b.elapsed == 16 * HOUR + 42 * MINUTE
    assert say(b.reasons)[:2] == [
        "起:接受处理 11-25 19:12(事件文件)。",
        "止:处罚决定 11-26 11:54(事件文件)。",
    ]
    assert clock(page, "c").elapsed == 35 * MINUTE


def test_a_clock_without_its_start_says_which_record_is_missing(view: Read, say: Say) -> None:
    b = clock(view(CORRECTED), "b")
    assert b.elapsed is None
    assert say(b.reasons) == ["没有接受处理的记录,这只钟不走。"]


def test_a_clock_past_its_limit_says_by_how_much(view: Read) -> None:
    # Confirmed 20th 9:20, released 21st 9:40.
    a = clock(view(CORRECTED), "a")
    assert (a.reading, a.over, a.since) == (Reading.LATE, 20 * MINUTE, None)


def test_days_give_no_hours_and_no_verdict_where_both_are_possible(view: Read, say: Say) -> None:
    page = view(DAYS_ONLY)
    a = clock(page, "a")
    assert (a.reading, a.elapsed) == (Reading.UNDETERMINED, None)
    assert say(a.reasons)[0] == "起:检测认定 11-24(站上台账),只知道日期,没有钟点。"
    assert "按日期推算,超与不超都有可能,所以不下判断。" in say(a.reasons)
    assert page.head.strip is None


def test_a_withdrawn_case_runs_on_and_says_so_with_its_pause(view: Read, say: Say) -> None:
    a = clock(view(WITHDRAWN), "a")
    assert a.reading is Reading.OVERDUE
    assert "11-25 12:00 已撤案。撤案不停表,车还在站上。" in say(a.reasons)
    assert "暂停共 3:00,扣除后净时 37:32。" in say(a.reasons)


def test_times_that_contradict_are_off_the_clock_and_in_the_findings(view: Read, say: Say) -> None:
    page = view(BEFORE_START)
    assert "记录里放行早于检测认定,请人核对;更正以前不算。" in say(clock(page, "a").reasons)
    assert say(page.findings) == ["放行 11-26 08:00 早于检测认定。"]


def test_the_gate_names_what_it_waits_for_its_ground_and_that_nobody_confirmed_it(view: Read) -> None:
    gate = view(PAYING).gate
    assert gate is not None
    assert [(need.need, need.done) for need in gate.needs] == [("removal", True), ("payment", False)]
    assert gate.beyond and gate.holds_money
    assert gate.ground is not None and gate.ground.zh.startswith("示例")
    assert (gate.confirmed_by, gate.confirmed) == (None, False)


def test_the_gate_says_what_it_costs_since_the_violation_ended(view: Read) -> None:
    gate = view(PAYING).gate
    assert gate is not None
    # Ended 26th 3:20; the payment was asked for at 12:10 and has failed since.
    assert gate.held == 11 * HOUR + 12 * MINUTE
    assert gate.held_since == when("26 03:20")
    assert gate.cost == 2 * HOUR + 22 * MINUTE


def test_a_gate_on_removal_alone_is_the_law_and_needs_no_ground(view: Read) -> None:
    gate = view(CORRECTED).gate
    assert gate is not None
    assert not gate.beyond and gate.confirmed
    # Removed 20th 15:00, released 21st 9:40.
    assert gate.held == 18 * HOUR + 40 * MINUTE
    assert gate.held_since is None


def test_an_off_site_case_has_no_gate_and_no_clock(view: Read, say: Say) -> None:
    page = view(OFF_SITE)
    assert page.gate is None
    assert clock(page, "a").reading is Reading.NOT_HELD
    assert say(clock(page, "a").reasons)[0].startswith("车没有扣在站上")


def test_findings_use_the_numbers_and_judge_nobody(view: Read, say: Say) -> None:
    found = say(view(CORRECTED).findings)
    assert "所记限值 30,000 千克,按规则是 31,000 千克。" in found
    assert "不止一次检测认定,后一次在 11-20 09:25;从最早的一次起算。" in found


def test_refused_cells_say_where_they_stood_and_what_would_be_taken(view: Read) -> None:
    [cell] = view(PAYING).refused
    assert (cell.file, cell.row, cell.column, cell.value) == (
        "交警移交 11-26.csv", 2, "法制审核时间", "2026-11-31 11:00",
    )  # fmt: skip
    assert (cell.accepted, cell.activity) == ("2026-11-30 11:00", "legal_review")


def test_rows_name_their_file_sheet_and_number_newest_first(view: Read) -> None:
    rows = view(PAYING).rows
    assert rows[0].file == "缴款平台 11-26.jsonl"
    ledger = next(row for row in rows if row.file == "放行台账 11-25.xlsx")
    assert (ledger.sheet, ledger.row, ledger.activities) == ("台账", 2, ("confirmed", "detained"))
    numbers = [row.delivery_id for row in rows]
    assert numbers == sorted(numbers, reverse=True)


def test_weights_stand_against_the_limit_and_its_rule(told: County) -> None:
    file = case_file(told.database, PAYING)
    assert file is not None
    weights = weights_of(file, told.configuration.stations[PAYING[0]], told.configuration.limits)
    assert weights is not None
    assert (weights.first_kg, weights.limit_kg, weights.reweigh_kg, weights.over_kg) == (
        61_420, 49_000, 48_360, 12_420,
    )  # fmt: skip
    assert weights.over_share == pytest.approx(12_420 / 49_000)
    assert weights.rule is not None
    assert (weights.rule.code, weights.rule.kg, weights.recorded_kg) == ("combination-6", 49_000, 49_000)
    # 9/10 of 48,360 is 43,524: the axis begins at 40 t and ends above 61,420 · 1.03.
    assert (weights.low_kg, weights.high_kg) == (40_000, 64_000)
    assert weights.position(49_000) == pytest.approx(37.5)


def test_a_recorded_limit_unlike_the_rule_keeps_both(told: County) -> None:
    file = case_file(told.database, CORRECTED)
    assert file is not None
    weights = weights_of(file, told.configuration.stations[CORRECTED[0]], told.configuration.limits)
    assert weights is not None and weights.rule is not None
    assert (weights.limit_kg, weights.recorded_kg, weights.rule.kg) == (30_000, 30_000, 31_000)
