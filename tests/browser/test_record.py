"""The Record page in a real browser: three taps, no network, lost answers, corrections."""

from __future__ import annotations

import json
import re
import shutil
import socket
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.request import Request, urlopen

import pytest
import uvicorn
from axe_core_python.sync_playwright import Axe
from fastapi import FastAPI
from playwright.sync_api import Browser, BrowserContext, Page, Route, expect, sync_playwright

from dashboard.app import build_dash
from dashboard.services import Services
from ingest.intake import Intake
from ingest.mapping.pages import load_pages
from monitor.api.problem import answer_problems
from monitor.api.record import record_routes
from monitor.cases.event import Event
from monitor.settings.configuration import load_configuration
from monitor.settings.environment import Settings
from monitor.settings.texts import texts
from monitor.store.board import open_cases
from monitor.store.database import Database
from monitor.store.log import case_ids, events_of
from monitor.store.migrate import upgrade

pytestmark = pytest.mark.browser

STATION = "14042302"
PHONE = {"width": 390, "height": 844}
CHROMIUM = next(
    (found for name in ("chromium", "chromium-browser", "google-chrome") if (found := shutil.which(name))), ""
)
QUIET = [
    "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update",
    "--disable-sync", "--no-first-run",
]  # fmt: skip


CRAMPED = """inside => {
  const all = [...document.querySelectorAll(inside + ' button')].filter(b => b.checkVisibility());
  const boxes = all.map(b => b.getBoundingClientRect()), bad = [];
  all.forEach((b, i) => {
    const r = boxes[i], said = b.textContent.slice(0, 40);
    if (r.width < 55.5 || r.height < 55.5) bad.push('small: ' + said + ' ' + r.width + '×' + r.height);
    const cut = b.scrollWidth > b.clientWidth + 1 || b.scrollHeight > b.clientHeight + 1;
    if (cut) bad.push('clipped: ' + said);
    boxes.slice(i + 1).forEach((s, j) => {
      const x = Math.max(s.left - r.right, r.left - s.right);
      const y = Math.max(s.top - r.bottom, r.top - s.bottom);
      if (Math.max(x, y) < 7.5) bad.push('near: ' + said + ' / ' + all[i + 1 + j].textContent.slice(0, 40));
    });
  });
  return bad;
}"""


def now() -> int:
    return time.time_ns() // 1000


@dataclass
class Site:
    """A server on loopback with an empty log."""

    base: str
    database: Database

    def events(self) -> list[Event]:
        """Every recorded version at the station, in order of receipt."""
        with self.database.read() as connection:
            numbers = [state.case_no for state in open_cases(self.database, [STATION])]
            ids = case_ids(connection, [(STATION, number) for number in numbers])
            found = [event for known in events_of(connection, ids.values()).values() for event in known.own]
        return sorted(found, key=lambda event: event.received_at)

    def activities(self) -> list[str]:
        return [event.activity for event in self.events()]

    def post(self, *events: dict[str, object]) -> None:
        body = json.dumps({"station": STATION, "device": "device-test", "events": events}).encode()
        request = Request(f"{self.base}/api/v1/record", body, {"Content-Type": "application/json"})
        with urlopen(request) as answer:
            verdicts = json.load(answer)["verdicts"]
        assert [verdict["outcome"] for verdict in verdicts] == ["new"] * len(events)


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    database = Database(f"sqlite:///{tmp_path / 'log.db'}")
    upgrade(database)
    configuration, pages = load_configuration(Settings()), load_pages()
    words = {"zh": texts("zh"), "en": texts("en")}
    app = FastAPI()
    answer_problems(app)
    app.include_router(record_routes(Intake(database, configuration, pages, b"key of this test", now)))
    build_dash(app, Services(configuration, database, now, False, "test", words, sources=pages))
    listening = socket.socket()
    listening.bind(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(app, log_level="error"))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
    thread.start()
    deadline = time.monotonic() + 30
    while not server.started and time.monotonic() < deadline:
        time.sleep(0.05)
    yield Site(f"http://127.0.0.1:{listening.getsockname()[1]}", database)
    server.should_exit = True
    thread.join(10)
    database.dispose()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        yield browser
        browser.close()


@pytest.fixture
def device(browser: Browser, site: Site) -> Iterator[BrowserContext]:
    """A phone of an officer at the station."""
    context = browser.new_context(viewport={"width": 390, "height": 844}, has_touch=True, locale="zh-CN")
    context.add_init_script(
        f"localStorage.getItem('fx-record-station') || localStorage.setItem('fx-record-station', '{STATION}')"
    )
    yield context
    context.close()


def opened(device: BrowserContext, site: Site) -> Page:
    page = device.new_page()
    page.goto(f"{site.base}/record")
    expect(page.locator(".rec-status")).to_contain_text(re.compile("已连上|全部送达"))
    return page


def new_case(page: Page) -> None:
    """The three taps."""
    page.locator("[data-key=new]").tap()
    page.locator("[data-key=combination6]").tap()
    page.locator("[data-key=confirmed]").tap()
    expect(page.locator(".rec-undo")).to_be_visible()


def status(page: Page) -> str:
    return page.locator(".rec-status").inner_text()


def wait_for(what: str, page: Page) -> None:
    expect(page.locator(".rec-status").first).to_contain_text(what, timeout=20_000)


def settled(site: Site, count: int) -> None:
    deadline = time.monotonic() + 20
    while len(site.events()) < count and time.monotonic() < deadline:
        time.sleep(0.1)


def test_three_taps_make_a_case_whose_24_hours_run(device: BrowserContext, site: Site) -> None:
    page = opened(device, site)
    before = now()
    new_case(page)
    expect(page.locator("[data-activity=confirmed]")).to_contain_text("已送")
    (state,) = open_cases(site.database, [STATION])
    assert re.fullmatch(rf"R-{STATION}-\d{{8}}-001-[2-9A-Z]{{5}}", state.case_no)
    assert state.axles == 6
    assert state.vehicle == "combination"
    assert state.confirmed_at is not None
    assert state.deadline_at == state.confirmed_at + 24 * 3_600_000_000
    assert abs(state.confirmed_at - before) < 10_000_000


def test_taps_without_network_are_kept_shown_and_sent_once_when_it_is_back(
    device: BrowserContext, site: Site
) -> None:
    page = opened(device, site)
    device.set_offline(True)
    new_case(page)
    page.locator("[data-key=step-unloading]").tap()
    wait_for("已存 2 条,等网络", page)
    assert site.events() == []
    device.set_offline(False)
    settled(site, 2)
    page.locator("[data-key=home]").tap()
    wait_for("全部送达", page)
    page.wait_for_timeout(500)
    assert site.activities() == ["confirmed", "unloading"]


def test_the_queue_survives_that_the_page_is_closed_and_opened_again(
    device: BrowserContext, site: Site
) -> None:
    page = opened(device, site)
    page.route("**/api/v1/record", lambda route: route.abort())
    new_case(page)
    wait_for("已存 1 条,等网络", page)
    page.close()
    again = device.new_page()
    again.goto(f"{site.base}/record")
    settled(site, 1)
    wait_for("全部送达", again)
    assert site.activities() == ["confirmed"]


def test_an_answer_lost_on_its_way_neither_loses_nor_doubles_a_tap(
    device: BrowserContext, site: Site
) -> None:
    page = opened(device, site)
    lost: list[int] = []

    def lose_the_first_answer(route: Route) -> None:
        if lost:
            route.continue_()
            return
        lost.append(route.fetch().status)
        route.abort("connectionreset")

    page.route("**/api/v1/record", lose_the_first_answer)
    new_case(page)
    wait_for("已存 1 条,等网络", page)
    assert lost == [200]
    assert len(site.events()) == 1
    page.locator(".rec-status").tap()
    expect(
        page.locator("[data-activity=confirmed] .rec-delivered, [data-activity=confirmed] .rec-sent")
    ).to_be_visible()
    assert len(site.events()) == 1


def test_an_undone_confirmation_leaves_no_case_behind(device: BrowserContext, site: Site) -> None:
    page = opened(device, site)
    new_case(page)
    page.locator("[data-key=undo]").tap()
    expect(page.locator(".rec-at-list")).to_be_visible()
    expect(page.locator(".rec-card")).to_have_count(0)
    wait_for("全部送达", page)
    assert open_cases(site.database, [STATION]) == []


def test_a_browser_without_databases_locks_and_random_ids_loses_nothing_either(
    device: BrowserContext, site: Site
) -> None:
    device.add_init_script(
        """Object.defineProperty(window, 'indexedDB', { value: undefined });
        Object.defineProperty(navigator, 'locks', { value: undefined });
        Object.defineProperty(crypto, 'randomUUID', { value: undefined });"""
    )
    page = opened(device, site)
    page.route("**/api/v1/record", lambda route: route.abort())
    new_case(page)
    wait_for("已存 1 条,等网络", page)
    page.close()
    again = device.new_page()
    again.goto(f"{site.base}/record")
    settled(site, 1)
    wait_for("全部送达", again)
    (event,) = site.events()
    assert re.fullmatch(
        r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}", event.event_id or ""
    )


def test_a_second_tab_does_not_send_the_same_again(device: BrowserContext, site: Site) -> None:
    page = opened(device, site)
    other = opened(device, site)
    device.set_offline(True)
    new_case(page)
    wait_for("已存 1 条,等网络", page)
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
    device.set_offline(False)
    settled(site, 1)
    wait_for("全部送达", other)
    page.wait_for_timeout(500)
    assert sent == ["POST"]
    assert site.activities() == ["confirmed"]


def test_an_undone_tap_is_struck_out_and_both_stay_in_the_log(device: BrowserContext, site: Site) -> None:
    page = opened(device, site)
    new_case(page)
    page.locator("[data-key=step-unloading]").tap()
    expect(page.locator(".rec-undo")).to_contain_text("开始卸载")
    page.locator("[data-key=undo]").tap()
    settled(site, 3)
    expect(page.locator("[data-activity=unloading].rec-struck")).to_be_visible()
    _, unloading, voided = site.events()
    assert json.loads(voided.data) == {"reason": "slip", "voids": unloading.event_id}
    (state,) = open_cases(site.database, [STATION])
    assert state.unloading_at is None


def confirmed_an_hour_ago(site: Site) -> None:
    """A vehicle of 6 axles with 61.4 t, confirmed by another device."""
    at = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() - 3600))
    site.post(
        {
            "event_id": "seed-000001", "revision": 1, "case_no": "A-1", "activity": "confirmed",
            "occurred_at": at, "recorded_at": at,
            "data": {"plate": "晋D81021", "vehicle": "combination", "axles": 6, "gross_kg": 61400},
        }
    )  # fmt: skip


def test_a_reweigh_says_at_once_whether_it_is_within_the_limit(device: BrowserContext, site: Site) -> None:
    confirmed_an_hour_ago(site)
    page = opened(device, site)
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
    settled(site, 2)
    (state,) = open_cases(site.database, [STATION])
    assert state.reweigh_kg == 49_000
    assert state.removed_at is not None


def test_a_corrected_time_arrives_as_a_revision_with_its_reason(device: BrowserContext, site: Site) -> None:
    confirmed_an_hour_ago(site)
    page = opened(device, site)
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
    settled(site, 3)
    first, second = [event for event in site.events() if event.activity == "unloading"]
    assert (first.revision, second.revision) == (1, 2)
    assert first.event_id == second.event_id
    assert json.loads(second.data)["reason"] == "slip_differs"
    (state,) = open_cases(site.database, [STATION])
    assert state.unloading_at is not None
    assert 19 * 60 < time.time() - state.unloading_at / 1e6 < 22 * 60


def test_minutes_back_move_the_moment_of_the_next_tap_alone(device: BrowserContext, site: Site) -> None:
    page = opened(device, site)
    page.locator("[data-key=new]").tap()
    page.locator("[data-key=back15]").tap()
    page.locator("[data-key=back5]").tap()
    page.locator("[data-key=confirmed]").tap()
    expect(page.locator("[data-key=now][aria-pressed=true]")).to_be_visible()
    settled(site, 1)
    (event,) = site.events()
    assert 1199 <= time.time() - event.occurred_at / 1e6 < 1215
    assert event.recorded_at is not None
    assert time.time() - event.recorded_at / 1e6 < 15


def test_a_refused_tap_stays_with_its_reason_until_it_is_put_right(
    device: BrowserContext, site: Site
) -> None:
    page = opened(device, site)
    device.set_offline(True)
    page.evaluate("FxRecord.queue.offset = 3600 * 1000")
    new_case(page)
    device.set_offline(False)
    expect(page.locator(".rec-returned")).to_contain_text("时间在将来")
    assert site.events() == []
    page.locator(".rec-returned button").first.tap()
    page.locator("[data-value=wrong_time]").tap()
    settled(site, 1)
    expect(page.locator(".rec-returned")).to_have_count(0)
    (event,) = site.events()
    assert event.revision == 2


def test_releasing_without_a_reweigh_asks_why_and_keeps_the_answer(
    device: BrowserContext, site: Site
) -> None:
    confirmed_an_hour_ago(site)
    page = opened(device, site)
    page.locator("[data-key='A-1']").tap()
    page.locator("[data-key=more]").tap()
    page.locator("[data-activity=released]").tap()
    page.locator("[data-value=cargo_gone]").tap()
    expect(page.locator(".rec-done")).to_contain_text("放行")
    deadline = time.monotonic() + 10
    while open_cases(site.database, [STATION]) and time.monotonic() < deadline:
        time.sleep(0.1)
    assert open_cases(site.database, [STATION]) == []


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_target_is_large_and_apart_enough_for_a_glove(
    device: BrowserContext, site: Site, language: str
) -> None:
    confirmed_an_hour_ago(site)
    device.add_cookies([{"name": "fx-lang", "value": language, "url": site.base}])
    page = device.new_page()
    page.goto(f"{site.base}/record")
    page.locator("[data-key='A-1']").wait_for()
    assert cramped(page) == []
    page.locator("[data-key=new]").tap()
    assert cramped(page) == []
    page.locator("[data-key=plate]").tap()
    assert cramped(page, "dialog") == []
    page.keyboard.press("Escape")
    page.locator("[data-key=home]").tap()
    page.locator("[data-key='A-1']").tap()
    page.locator("[data-key=more]").tap()
    assert cramped(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") == PHONE["width"]


def cramped(page: Page, inside: str = ".rec-page") -> list[str]:
    """Buttons under 56 px, nearer than 8 px to another, or with clipped text."""
    found: list[str] = page.evaluate(
        CRAMPED,
        inside,
    )
    return found


def test_the_page_opens_and_keeps_taps_without_the_network_if_it_was_opened_before(
    device: BrowserContext, site: Site
) -> None:
    confirmed_an_hour_ago(site)
    page = opened(device, site)
    page.locator("[data-key='A-1']").wait_for()
    page.wait_for_function(
        """async () => {
          const names = (await caches.keys()).filter(name => name.startsWith('fx-record-'));
          const cache = names.length && await caches.open(names[0]);
          return cache && (await cache.keys()).length === FxRecord.page.keep.length;
        }"""
    )
    device.set_offline(True)
    page.reload()
    expect(page.locator("[data-key='A-1']")).to_contain_text("晋D·8**21")
    new_case(page)
    wait_for("已存 1 条,等网络", page)
    device.set_offline(False)
    settled(site, 2)
    assert site.activities() == ["confirmed", "confirmed"]


@pytest.mark.parametrize(("language", "theme"), [("zh", "light"), ("zh", "dark"), ("en", "light")])
def test_no_serious_barrier_in_list_new_case_case_and_sheets(
    device: BrowserContext, site: Site, language: str, theme: str
) -> None:
    confirmed_an_hour_ago(site)
    for name, value in (("fx-lang", language), ("fx-theme", theme)):
        device.add_cookies([{"name": name, "value": value, "url": site.base}])
    page = device.new_page()
    page.goto(f"{site.base}/record")
    page.locator("[data-key='A-1']").wait_for()
    assert barriers(page) == []
    page.locator("[data-key=new]").tap()
    assert barriers(page) == []
    page.locator("[data-key=weight]").tap()
    assert barriers(page) == []
    page.keyboard.press("Escape")
    page.locator("[data-key=home]").tap()
    page.locator("[data-key='A-1']").tap()
    page.locator("[data-key=more]").tap()
    assert barriers(page) == []
    page.locator(".rec-event").first.tap()
    page.locator("[data-value=time]").tap()
    assert barriers(page) == []


def barriers(page: Page) -> list[str]:
    return [
        f"{one['id']}: {one['nodes'][0]['html'][:120]}"
        for one in Axe().run(page)["violations"]
        if one["impact"] in ("serious", "critical")
    ]


def test_nothing_leaves_the_host(device: BrowserContext, site: Site) -> None:
    asked: set[str] = set()
    page = device.new_page()
    page.on("request", lambda request: asked.add(request.url))
    page.goto(f"{site.base}/record")
    page.locator("[data-key=new]").wait_for()
    assert {url for url in asked if not url.startswith((site.base, "data:", "blob:"))} == set()
