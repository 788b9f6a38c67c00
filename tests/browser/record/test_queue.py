"""No network, lost answers, other tabs: nothing that was tapped is lost or counted twice."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Route, expect

if TYPE_CHECKING:
    from tests.browser.record.conftest import Officer, Site

pytestmark = pytest.mark.browser

STATION = "14042302"


def test_taps_without_network_are_kept_shown_and_sent_once_when_it_is_back(
    officer: Officer, site: Site
) -> None:
    page = officer.opened()
    officer.device.set_offline(True)
    officer.new_case(page)
    page.locator("[data-key=step-unloading]").tap()
    officer.reads(page, "已存 2 条,等网络")
    assert site.events() == []
    officer.device.set_offline(False)
    site.settled(2)
    page.locator("[data-key=home]").tap()
    officer.reads(page, "全部送达")
    page.wait_for_timeout(500)
    assert site.activities() == ["confirmed", "unloading"]


def test_the_queue_survives_that_the_page_is_closed_and_opened_again(officer: Officer, site: Site) -> None:
    page = officer.opened()
    page.route("**/api/v1/record", lambda route: route.abort())
    officer.new_case(page)
    officer.reads(page, "已存 1 条,等网络")
    page.close()
    again = officer.device.new_page()
    again.goto(f"{site.base}/record")
    site.settled(1)
    officer.reads(again, "全部送达")
    assert site.activities() == ["confirmed"]


def test_an_answer_lost_on_its_way_neither_loses_nor_doubles_a_tap(officer: Officer, site: Site) -> None:
    page = officer.opened()
    lost: list[int] = []

    def lose_the_first_answer(route: Route) -> None:
        if lost:
            route.continue_()
            return
        lost.append(route.fetch().status)
        route.abort("connectionreset")

    page.route("**/api/v1/record", lose_the_first_answer)
    officer.new_case(page)
    officer.reads(page, "已存 1 条,等网络")
    assert lost == [200]
    assert len(site.events()) == 1
    page.locator(".rec-status").tap()
    expect(
        page.locator("[data-activity=confirmed] .rec-delivered, [data-activity=confirmed] .rec-sent")
    ).to_be_visible()
    assert len(site.events()) == 1


def test_a_browser_without_databases_locks_and_random_ids_loses_nothing_either(
    officer: Officer, site: Site
) -> None:
    officer.device.add_init_script(
        """Object.defineProperty(window, 'indexedDB', { value: undefined });
        Object.defineProperty(navigator, 'locks', { value: undefined });
        Object.defineProperty(crypto, 'randomUUID', { value: undefined });"""
    )
    page = officer.opened()
    page.route("**/api/v1/record", lambda route: route.abort())
    officer.new_case(page)
    officer.reads(page, "已存 1 条,等网络")
    page.close()
    again = officer.device.new_page()
    again.goto(f"{site.base}/record")
    site.settled(1)
    officer.reads(again, "全部送达")
    (event,) = site.events()
    assert re.fullmatch(
        r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}", event.event_id or ""
    )


@pytest.mark.full
def test_a_second_tab_does_not_send_the_same_again(officer: Officer, site: Site) -> None:
    page = officer.opened()
    other = officer.opened()
    officer.device.set_offline(True)
    officer.new_case(page)
    officer.reads(page, "已存 1 条,等网络")
    sent: list[str] = []
    for tab in (page, other):
        tab.on(
            "request",
            lambda request: (
                sent.append(request.method)
                if request.method == "POST" and request.url.endswith("/api/v1/record")
                else None
            ),
        )
    officer.device.set_offline(False)
    site.settled(1)
    officer.reads(other, "全部送达")
    page.wait_for_timeout(500)
    assert sent == ["POST"]
    assert site.activities() == ["confirmed"]


def test_the_page_opens_and_keeps_taps_without_the_network_if_it_was_opened_before(
    keeping_officer: Officer, site: Site
) -> None:
    site.confirmed_an_hour_ago()
    page = keeping_officer.opened()
    page.locator("[data-key='A-1']").wait_for()
    page.wait_for_function(
        """async () => {
          const names = (await caches.keys()).filter(name => name.startsWith('fx-record-'));
          const cache = names.length && await caches.open(names[0]);
          return cache && (await cache.keys()).length === FxRecord.page.keep.length;
        }"""
    )
    keeping_officer.device.set_offline(True)
    page.reload()
    expect(page.locator("[data-key='A-1']")).to_contain_text("晋D·8**21")
    keeping_officer.new_case(page)
    keeping_officer.reads(page, "已存 1 条,等网络")
    keeping_officer.device.set_offline(False)
    site.settled(2)
    assert site.activities() == ["confirmed", "confirmed"]
