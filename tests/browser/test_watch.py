"""Watch in a real browser: acknowledging by keyboard, what is kept, a new version, data that stopped."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import uvicorn
from fastapi import FastAPI
from playwright.sync_api import Browser, Page, expect

from dashboard.app import build_dash
from dashboard.services import Services
from monitor.cases.event import HOUR, SECOND
from monitor.cases.state import CaseState
from monitor.settings.configuration import load_configuration
from monitor.settings.environment import Settings
from monitor.settings.texts import texts
from monitor.store.database import Database
from monitor.store.migrate import upgrade
from monitor.store.notes import notes_of
from monitor.store.tables import cases
from monitor.store.versions import insert_versions, version_row

pytestmark = pytest.mark.browser

SIZES = {"desk": (1440, 900, "/"), "wall": (1920, 1080, "/?wall=1")}
ZONE = ZoneInfo("Asia/Shanghai")
PAYS_FIRST, LAWFUL = "14042301", "14042302"


def now() -> int:
    return time.time_ns() // 1000


@dataclass
class Site:
    """A board on loopback that can be stopped and started again on the same port and store."""

    folder: Path
    version: str = "1"
    port: int = 0
    _server: uvicorn.Server | None = None
    _thread: threading.Thread | None = None
    written: int = 0
    database: Database = field(init=False)

    def __post_init__(self) -> None:
        self.database = Database(f"sqlite:///{self.folder / 'board.db'}")
        upgrade(self.database)

    @property
    def base(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        words = {"zh": texts("zh"), "en": texts("en")}
        app = FastAPI()
        app.get("/healthz")(lambda: {"status": "ok", "version": self.version})
        configuration = load_configuration(Settings())
        build_dash(app, Services(configuration, self.database, now, True, self.version, words))
        listening = socket.socket()
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind(("127.0.0.1", self.port))
        self.port = listening.getsockname()[1]
        self._server = uvicorn.Server(uvicorn.Config(app, log_level="error", timeout_graceful_shutdown=1))
        self._thread = threading.Thread(target=self._server.run, kwargs={"sockets": [listening]}, daemon=True)
        self._thread.start()
        until = time.monotonic() + 30
        while not self._server.started and time.monotonic() < until:
            time.sleep(0.05)

    def stop(self) -> None:
        if self._server is not None and self._thread is not None:
            self._server.should_exit = True
            self._thread.join(15)

    def hold(self, hours: float, station: str = PAYS_FIRST, **told: Any) -> tuple[str, str]:
        """A vehicle confirmed `hours` hours ago; `*_h` are hours after that."""
        start = now() - round(hours * HOUR)
        self.written += 1
        at = {
            f"{name[:-2]}_at": start + round(value * HOUR)
            for name, value in told.items()
            if name.endswith("_h")
        }
        plain = {name: value for name, value in told.items() if not name.endswith("_h")}
        state = CaseState(
            **{
                "station": station, "case_no": f"〔2026〕{self.written}号", "verdict": "running",
                "custody": True,
                "events": 1, "first_at": start, "last_at": start, "plate": f"晋D{80000 + self.written}",
                "gross_kg": 67_600, "limit_kg": 49_000, "confirmed_at": start, "limit_s": 86_400,
                "deadline_at": start + 24 * HOUR, **at, **plain,
            }
        )  # fmt: skip
        with self.database.write() as connection:
            added = connection.execute(cases.insert().values(station=station, case_no=state.case_no))
            assert added.inserted_primary_key is not None
            insert_versions(
                connection, [version_row(added.inserted_primary_key[0], start, None, state, ZONE)]
            )
        return station, state.case_no


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    made = Site(tmp_path)
    made.start()
    yield made
    made.stop()
    made.database.dispose()


Opened = Callable[..., Page]


@pytest.fixture
def opened(browser: Browser, site: Site) -> Iterator[Opened]:
    """Opens the board."""
    contexts = []

    def open_page(size: str = "desk", language: str = "zh", theme: str = "light") -> Page:
        width, height, path = SIZES[size]
        context = browser.new_context(viewport={"width": width, "height": height})
        contexts.append(context)
        chosen = {"fx-lang": language, "fx-theme": theme}
        context.add_cookies(
            [{"name": name, "value": value, "url": site.base} for name, value in chosen.items()]
        )
        page = context.new_page()
        page.goto(site.base + path)
        page.wait_for_selector("#fx-board")
        return page

    yield open_page
    for context in contexts:
        context.close()


def test_a_vehicle_passes_its_limit_before_everybodys_eyes(site: Site, opened: Opened) -> None:
    site.hold(24 - 6 / 3600)
    page = opened()
    row = page.locator(".fx-row")
    assert row.locator(".fx-time").inner_text() == "0:01"
    assert "fx-is-near" in (row.get_attribute("class") or "")
    expect(row.locator(".fx-time")).to_have_text("+0:00", timeout=9_000)
    expect(row).to_have_class("fx-row fx-is-overdue", timeout=9_000)


def test_acknowledged_and_noted_by_keyboard(site: Site, opened: Opened) -> None:
    key = site.hold(22)
    page = opened()
    page.locator("[data-act=acknowledge]").focus()
    page.keyboard.press("Enter")
    expect(page.locator(".fx-seen")).to_contain_text("local")
    page.locator("[data-act=note]").focus()
    page.keyboard.press("Enter")
    page.locator("#fx-note-text").fill("货主 15:00 前派车")
    page.locator("#fx-note-keep").press("Enter")
    expect(page.locator(".fx-note-line")).to_contain_text("货主 15:00 前派车")
    assert [note.kind for note in notes_of(site.database, [key])[key]] == ["acknowledged", "note"]


def test_the_station_is_kept_in_the_address(site: Site, opened: Opened) -> None:
    site.hold(3, PAYS_FIRST)
    site.hold(2, LAWFUL)
    page = opened()
    page.get_by_role("link", name="北关", exact=True).click()
    expect(page.locator(".fx-row")).to_have_count(1)
    assert page.url.endswith(f"?station={LAWFUL}")
    page.reload()
    expect(page.locator(".fx-row")).to_have_count(1)
    page.go_back()
    expect(page.locator(".fx-row")).to_have_count(2)


def test_language_and_light_are_kept(site: Site, opened: Opened) -> None:
    page = opened()
    page.get_by_role("button", name="English").click()
    expect(page.locator("h1")).to_have_text("Watch")
    page.get_by_role("button", name="Dark").click()
    expect(page.locator("html")).to_have_attribute("data-mantine-color-scheme", "dark")
    page.reload()
    expect(page.locator("html")).to_have_attribute("lang", "en")
    expect(page.locator("html")).to_have_attribute("data-mantine-color-scheme", "dark")


@pytest.mark.full
def test_another_version_of_the_server_loads_the_page_anew(site: Site, opened: Opened) -> None:
    page = opened("wall")
    page.evaluate("window.loadedOnce = true")
    site.stop()
    site.version = "2"
    site.start()
    page.wait_for_function("window.loadedOnce === undefined", timeout=20_000)
    page.wait_for_selector("#fx-board")
    assert page.locator("meta[name=fx-version]").get_attribute("content") == "2"


def test_data_that_stopped_is_said_over_the_figures_while_countdowns_go_on(
    site: Site, opened: Opened
) -> None:
    site.hold(22)
    page = opened()
    page.route("**/_dash-update-component", lambda route: route.abort())
    ahead = 200 * SECOND // 1000
    page.evaluate(f"const real = Date.now; Date.now = () => real() + {ahead}")
    expect(page.locator("#fx-stopped")).to_contain_text("数据已停 3 分", timeout=5_000)
    expect(page.locator("#fx-age")).to_have_class("fx-badge fx-age fx-filled")
    expect(page.locator(".fx-row .fx-time")).to_have_text("1:57")
