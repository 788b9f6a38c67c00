"""Taps of an officer: a case in three, steps, weights, corrections, and their undoing."""

from __future__ import annotations

import json
import re
import time
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from monitor.store.board import open_cases

if TYPE_CHECKING:
    from tests.browser.record.conftest import Officer, Site

pytestmark = pytest.mark.browser

STATION = "14042302"


def test_three_taps_make_a_case_whose_24_hours_run(officer: Officer, site: Site) -> None:
    page = officer.opened()
    before = time.time_ns() // 1000
    officer.new_case(page)
    expect(page.locator("[data-activity=confirmed]")).to_contain_text("已送")
    (state,) = open_cases(site.database, [STATION])
    assert re.fullmatch(rf"R-{STATION}-\d{{8}}-001-[2-9A-Z]{{5}}", state.case_no)
    assert state.axles == 6
    assert state.vehicle == "combination"
    assert state.confirmed_at is not None
    assert state.deadline_at == state.confirmed_at + 24 * 3_600_000_000
    assert abs(state.confirmed_at - before) < 10_000_000


def test_an_undone_confirmation_leaves_no_case_behind(officer: Officer, site: Site) -> None:
    page = officer.opened()
    officer.new_case(page)
    page.locator("[data-key=undo]").tap()
    expect(page.locator(".rec-at-list")).to_be_visible()
    expect(page.locator(".rec-card")).to_have_count(0)
    officer.reads(page, "全部送达")
    assert open_cases(site.database, [STATION]) == []


def test_an_undone_tap_is_struck_out_and_both_stay_in_the_log(officer: Officer, site: Site) -> None:
    page = officer.opened()
    officer.new_case(page)
    page.locator("[data-key=step-unloading]").tap()
    expect(page.locator(".rec-undo")).to_contain_text("开始卸载")
    page.locator("[data-key=undo]").tap()
    site.settled(3)
    expect(page.locator("[data-activity=unloading].rec-struck")).to_be_visible()
    _, unloading, voided = site.events()
    assert json.loads(voided.data) == {"reason": "slip", "voids": unloading.event_id}
    (state,) = open_cases(site.database, [STATION])
    assert state.unloading_at is None


def test_a_reweigh_says_at_once_whether_it_is_within_the_limit(officer: Officer, site: Site) -> None:
    site.confirmed_an_hour_ago()
    page = officer.opened()
    expect(page.locator(".rec-card")).to_contain_text("晋D·8**21")
    page.locator("[data-key='A-1']").tap()
    page.locator("[data-key=more]").tap()
    page.locator("[data-activity=reweighed]").tap()
    for key in "49.1":
        page.locator(f".rec-key[data-key='{key}']").tap()
    expect(page.locator(".rec-said")).to_contain_text("超 0.1 吨")
    page.locator(".rec-key[data-key='⌫']").tap()
    page.locator(".rec-key[data-key='0']").tap()
    expect(page.locator(".rec-said")).to_contain_text("没有超过")
    expect(page.locator("[data-unit=kg]")).to_be_disabled()
    page.locator("[data-unit=t]").tap()
    expect(page.locator("[data-key=step-released]").first).to_be_visible()
    site.settled(2)
    (state,) = open_cases(site.database, [STATION])
    assert state.reweigh_kg == 49_000
    assert state.removed_at is not None


def test_a_corrected_time_arrives_as_a_revision_with_its_reason(officer: Officer, site: Site) -> None:
    site.confirmed_an_hour_ago()
    page = officer.opened()
    page.locator("[data-key='A-1']").tap()
    page.locator("[data-key=step-unloading]").tap()
    page.locator(".rec-event[data-activity=unloading]").tap()
    page.locator("[data-value=time]").tap()
    field = page.locator("input[type=datetime-local]")
    before = field.input_value()
    earlier = time.strftime("%Y-%m-%dT%H:%M", time.gmtime(time.time() + 8 * 3600 - 1200))
    assert abs(int(before[-2:]) - int(earlier[-2:])) in (20, 40, 19, 21, 39, 41)
    field.fill(earlier)
    page.locator("[data-value=slip_differs]").tap()
    site.settled(3)
    first, second = [event for event in site.events() if event.activity == "unloading"]
    assert (first.revision, second.revision) == (1, 2)
    assert first.event_id == second.event_id
    assert json.loads(second.data)["reason"] == "slip_differs"
    (state,) = open_cases(site.database, [STATION])
    assert state.unloading_at is not None
    assert 19 * 60 < time.time() - state.unloading_at / 1e6 < 22 * 60


def test_minutes_back_move_the_moment_of_the_next_tap_alone(officer: Officer, site: Site) -> None:
    page = officer.opened()
    page.locator("[data-key=new]").tap()
    page.locator("[data-key=back15]").tap()
    page.locator("[data-key=back5]").tap()
    page.locator("[data-key=confirmed]").tap()
    expect(page.locator("[data-key=now][aria-pressed=true]")).to_be_visible()
    site.settled(1)
    (event,) = site.events()
    assert 1199 <= time.time() - event.occurred_at / 1e6 < 1215
    assert event.recorded_at is not None
    assert time.time() - event.recorded_at / 1e6 < 15


def test_a_refused_tap_stays_with_its_reason_until_it_is_put_right(officer: Officer, site: Site) -> None:
    page = officer.opened()
    officer.device.set_offline(True)
    # A device an hour ahead that has never heard the server's clock.
    page.evaluate("FxRecord.queue.heard = () => {}; FxRecord.queue.offset = 3600 * 1000")
    officer.new_case(page)
    officer.device.set_offline(False)
    expect(page.locator(".rec-returned")).to_contain_text("时间在将来")
    assert site.events() == []
    page.evaluate("FxRecord.queue.offset = 0")
    page.locator(".rec-returned button").first.tap()
    page.locator("[data-value=wrong_time]").tap()
    site.settled(1)
    expect(page.locator(".rec-returned")).to_have_count(0)
    (event,) = site.events()
    assert event.revision == 2


def test_releasing_without_a_reweigh_asks_why_and_keeps_the_answer(officer: Officer, site: Site) -> None:
    site.confirmed_an_hour_ago()
    page = officer.opened()
    page.locator("[data-key='A-1']").tap()
    page.locator("[data-key=more]").tap()
    page.locator("[data-activity=released]").tap()
    page.locator("[data-value=cargo_gone]").tap()
    expect(page.locator(".rec-done")).to_contain_text("放行")
    deadline = time.monotonic() + 10
    while open_cases(site.database, [STATION]) and time.monotonic() < deadline:
        time.sleep(0.1)
    assert open_cases(site.database, [STATION]) == []
