"""A phone of an officer, and a server on loopback with an empty log."""

from __future__ import annotations

import json
import re
import socket
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal
from urllib.request import Request, urlopen

import pytest
import uvicorn
from fastapi import FastAPI
from playwright.sync_api import Browser, BrowserContext, Page, expect

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

STATION = "14042302"


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

    def settled(self, count: int) -> None:
        """Wait until the log holds so many versions."""
        deadline = time.monotonic() + 20
        while len(self.events()) < count and time.monotonic() < deadline:
            time.sleep(0.1)

    def confirmed_an_hour_ago(self) -> None:
        """A vehicle of 6 axles with 61.4 t, confirmed by another device."""
        at = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() - 3600))
        self.post(
            {
                "event_id": "seed-000001", "revision": 1, "case_no": "A-1", "activity": "confirmed",
                "occurred_at": at, "recorded_at": at,
                "data": {"plate": "晋D81021", "vehicle": "combination", "axles": 6, "gross_kg": 61400},
            }
        )  # fmt: skip


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


@dataclass
class Officer:
    """Who taps, on a phone."""

    device: BrowserContext
    site: Site

    def opened(self) -> Page:
        page = self.device.new_page()
        page.goto(f"{self.site.base}/record")
        expect(page.locator(".rec-status")).to_contain_text(re.compile("已连上|全部送达"))
        return page

    def new_case(self, page: Page) -> None:
        """The three taps."""
        page.locator("[data-key=new]").tap()
        page.locator("[data-key=combination6]").tap()
        page.locator("[data-key=confirmed]").tap()
        expect(page.locator(".rec-undo")).to_be_visible()

    def reads(self, page: Page, what: str) -> None:
        """Wait until the state of the queue says this."""
        expect(page.locator(".rec-status").first).to_contain_text(what, timeout=20_000)


def phone(browser: Browser, site: Site, workers: Literal["allow", "block"]) -> BrowserContext:
    context = browser.new_context(
        viewport={"width": 390, "height": 844}, has_touch=True, locale="zh-CN", service_workers=workers
    )
    context.add_init_script(
        f"localStorage.getItem('fx-record-station') || localStorage.setItem('fx-record-station', '{STATION}')"
    )
    return context


@pytest.fixture
def officer(browser: Browser, site: Site) -> Iterator[Officer]:
    """An officer at the station. Without a service worker, past which Playwright could lose no answer."""
    context = phone(browser, site, "block")
    yield Officer(context, site)
    context.close()


@pytest.fixture
def keeping_officer(browser: Browser, site: Site) -> Iterator[Officer]:
    """An officer whose browser may keep the page for the time without a network."""
    context = phone(browser, site, "allow")
    yield Officer(context, site)
    context.close()
