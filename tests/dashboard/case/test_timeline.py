"""What the history of a case says, of cases that deliveries told."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from dashboard.parts.sentence import Speech
from dashboard.views.timeline import Entry, Kind, Standing, Timeline, timeline_of
from ingest.mapping.pages import load_pages
from monitor.settings.texts import texts
from monitor.store.cases import case_file
from tests.county import CORRECTED, DAYS_ONLY, PAYING, WITHDRAWN, County
from tests.factories import SHANGHAI

Read = Callable[..., Any]
Say = Callable[..., list[str]]


@pytest.fixture
def timeline(told: County) -> Read:
    def read(key: tuple[str, str]) -> Timeline:
        file = case_file(told.database, key)
        assert file is not None
        return timeline_of(file, told.configuration.stations[key[0]], told.services.sources, 60)

    return read


@pytest.fixture
def say(told: County) -> Say:
    speech = Speech(told.services.texts["zh"], SHANGHAI, 2026)
    return lambda entry: [speech.say(entry.title), *(speech.say(one) for one in entry.details)]


def entries(view: Timeline, activity: str) -> list[Entry]:
    return [entry for _, found in view.days for entry in found if entry.activity == activity]


def test_events_stand_under_their_local_day_in_the_order_of_time(timeline: Read) -> None:
    view = timeline(PAYING)
    assert [str(day) for day, _ in view.days] == ["2026-11-25", "2026-11-26"]
    second = [entry.activity for entry in view.days[1][1]]
    assert second == [
        "reweighed", "violation_removed", "notified", "decided", "served", "pay_requested", "pay_failed",
        "pay_failed",
    ]  # fmt: skip
    # 03:18 on the 26th is still the 25th in UTC.
    assert view.days[1][1][0].at % 86_400_000_000 > 43_200_000_000


def test_recorded_an_hour_late_is_a_late_entry_and_59_minutes_late_is_not(timeline: Read) -> None:
    view = timeline(PAYING)
    assert [entry.activity for _, found in view.days for entry in found if entry.late] == ["notified"]
    assert view.late == 1
    # The confirmation of the corrected case was told at 9:30 of 9:20.
    assert not any(entry.late for entry in entries(timeline(CORRECTED), "confirmed"))


def test_titles_and_details_carry_the_numbers_of_the_data(timeline: Read, say: Say) -> None:
    view = timeline(PAYING)
    assert say(entries(view, "weighed")[0]) == ["称重 61,420 千克", "1 号静态秤,检定有效至 2027-12-31"]
    assert say(entries(view, "confirmed")[0]) == ["检测认定", "超限 12,420 千克", "24 小时从此起算"]
    assert say(entries(view, "reweighed")[0]) == ["复检 48,360 千克", "低于限值 640 千克"]
    assert say(entries(view, "pay_requested")[0]) == ["生成缴款码", "缴款码 …5530 7712"]
    assert set(say(entries(view, "decided")[0])) == {
        "处罚决定", "决定书 襄交警决字〔2026〕1125-06号", "罚款 1,000 元", "记 1 分",
    }  # fmt: skip
    assert set(say(entries(view, "pay_failed")[0])) == {"缴款失败", "交管12123", "查不到决定"}


def test_digests_of_personal_values_are_never_told(timeline: Read, say: Say) -> None:
    assert say(entries(timeline(PAYING), "filed")[0]) == ["立案", "执法人员 H-11, H-14"]


def test_the_sign_says_where_a_clock_turns_where_holding_begins_and_where_something_failed(
    timeline: Read,
) -> None:
    view = timeline(PAYING)
    kinds = {entry.activity: entry.kind for _, found in view.days for entry in found}
    assert kinds["confirmed"] is Kind.KEY
    assert kinds["violation_removed"] is Kind.HELD
    assert kinds["reweighed"] is Kind.PLAIN
    assert kinds["pay_failed"] is Kind.TROUBLE


def test_a_removal_that_was_derived_stands_at_the_reweighing_and_says_so(timeline: Read, say: Say) -> None:
    [reweighed] = entries(timeline(CORRECTED), "reweighed")
    assert reweighed.kind is Kind.HELD
    assert "由复检推定违法状态消除" in say(reweighed)


def test_earlier_versions_and_voided_events_stay_in_the_history_and_do_not_count(timeline: Read) -> None:
    view = timeline(CORRECTED)
    releases = {entry.at: entry.standing for entry in entries(view, "released")}
    assert sorted(releases.values()) == [Standing.SUPERSEDED, Standing.VALID, Standing.VOIDED]
    weighed = entries(view, "weighed")
    assert [entry.standing for entry in weighed] == [Standing.SUPERSEDED, Standing.VALID]
    assert [entry.standing for entry in entries(view, "voided")] == [Standing.VOIDING]
    # weighed, two confirmations, unloading, reweighed, released; and 1 + 2 + 1 that no longer count.
    assert (view.count, view.old) == (6, 4)


def test_a_day_is_told_as_a_day(timeline: Read) -> None:
    view = timeline(DAYS_ONLY)
    assert all(entry.until is not None for _, found in view.days for entry in found)
    assert [str(day) for day, _ in view.days] == ["2026-11-24", "2026-11-25"]


def test_files_rows_and_refused_cells_are_counted(timeline: Read) -> None:
    view = timeline(PAYING)
    assert (view.files, view.rows, view.refused) == (6, 16, 1)
    assert timeline(WITHDRAWN).rows == 4


@pytest.mark.parametrize("page", ["events", "ledger-template", "sim-police", "sim-merged"])
def test_what_a_decision_says_beside_its_amount_stands_in_chinese(page: str) -> None:
    words = texts("zh")
    departed = {f"departure_{what}" for what in ("reason", "evidence", "review")}
    decided = {"procedure", "factors", "evidence", *departed}
    told = {str(path[-1]) for path, _ in load_pages()[page].fills()}
    assert decided <= told
    for key in (decided | {"party", "company", "collector"}) & told:
        assert f"case.data.{key}" in words, key
    sets = load_pages().codes
    coded = {code for name in ("procedures", "parties") for code in sets.of(name).values()}
    assert coded <= set(words.section("case.value"))
