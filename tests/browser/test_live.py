"""What moves by itself, over the whole installation: new events, countdowns, a server that was killed."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.error import URLError
from urllib.request import Request, urlopen

import pytest
from playwright.sync_api import expect

from monitor.cases.event import SECOND
from tests.browser.conftest import PHONE, WALL, Reading
from tests.browser.reading import CLIPS
from tests.browser.served import LAWFUL, PAYS_FIRST, Served, event
from tests.browser.test_pages import grave

pytestmark = pytest.mark.browser

REFRESH = 5_000
"""Milliseconds between two refreshes, as shipped; a change must be seen within two of them."""


def test_what_the_intake_accepts_is_on_the_board_within_the_interval(office: Served, reader: Reading) -> None:
    page = reader(office).open("/")
    expect(page.locator(".fx-empty")).to_be_visible()
    office.hold("T-1", 3, plate="晋D81021")
    expect(page.locator(".fx-row .fx-plate")).to_have_text("晋D·8**21", timeout=2 * REFRESH)
    office.tell(event("released", office.clock(), "T-1"))
    expect(page.locator(".fx-row[data-row]")).to_have_count(0, timeout=2 * REFRESH)
    expect(page.locator(".fx-releases")).to_contain_text("晋D·8**21")


def test_a_case_page_follows_its_case(office: Served, reader: Reading) -> None:
    page = reader(office).open(office.hold("T-1", 3, plate="晋D81021"))
    office.tell(event("unloading", office.clock() - 60 * SECOND, "T-1"))
    expect(page.locator("#fx-case-history")).to_contain_text("开始卸载", timeout=2 * REFRESH)


def test_countdown_and_age_move_between_refreshes(office: Served, reader: Reading) -> None:
    office.hold("T-1", 24 - 8 / 3600)
    page = reader(office).open("/")
    time_left, age = page.locator(".fx-row .fx-time"), page.locator("#fx-age .fx-age-text")
    expect(time_left).to_have_text("0:01")
    page.route("**/_dash-update-component", lambda route: route.abort())
    seen = set()
    for _ in range(40):
        seen.add(age.inner_text())
        if len(seen) >= 4:
            break
        page.wait_for_timeout(300)
    assert len(seen) >= 4, "the age of the data stood still"
    expect(time_left).to_have_text("+0:00", timeout=10_000)
    expect(page.locator(".fx-row")).to_have_class("fx-row fx-is-overdue")


@pytest.mark.parametrize(
    "path", ["/", *(pytest.param(path, marks=pytest.mark.full) for path in ("/?wall=1", "/data", "case"))]
)
def test_a_computer_whose_clock_is_wrong_shows_the_servers_time_at_once(
    office: Served, reader: Reading, path: str
) -> None:
    case = office.hold("T-1", 22)
    who = reader(office)
    # Three years off, so that no time of day could be right by chance.
    who.context.add_init_script("const real = Date.now; Date.now = () => real() - 3 * 366 * 86400000;")
    page = who.open(case if path == "case" else path)
    expect(page.locator("#fx-age .fx-age-text")).to_contain_text("刚刚", timeout=1_500)
    if path != "/data":
        assert page.locator("[data-deadline]").first.inner_text() == "2:00"


@pytest.mark.full
def test_a_busy_board_keeps_eight_rows_and_makes_tiles_of_the_rest(office: Served, reader: Reading) -> None:
    for n in range(30):
        office.hold(f"B-{n:02}", 1 + 0.75 * n, LAWFUL if n % 2 else PAYS_FIRST, plate=f"晋D8{n:02}21")
    faults = {}
    for name, path, size in (("desk", "/", (1440, 900)), ("phone", "/", PHONE), ("wall", "/?wall=1", WALL)):
        page = reader(office, size).open(path)
        assert page.locator(".fx-row").count() == 8
        assert page.locator(".fx-tile").count() == 22
        first = page.locator(".fx-row .fx-time").all_inner_texts()
        assert first == sorted(first, key=lambda text: int(text.split(":")[0]) * 60 + int(text.split(":")[1]))
        assert page.locator(".fx-row .fx-time").first.inner_text() == "1:15"
        faults[name] = page.evaluate(CLIPS) + grave(page)
    assert {name: found for name, found in faults.items() if found} == {}


@pytest.mark.parametrize("language", ["zh", pytest.param("en", marks=pytest.mark.full)])
def test_an_empty_board_proves_that_it_is_alive(office: Served, reader: Reading, language: str) -> None:
    office.hold("T-1", 5, plate="晋D81021")
    office.tell(event("released", office.clock() - 60 * SECOND, "T-1"))
    for path, size in (("/", (1440, 900)), ("/?wall=1", WALL)):
        page = reader(office, size, language).open(path)
        empty = page.locator(".fx-empty, .fx-calm").first
        expect(empty).to_be_visible()
        expect(page.locator(".fx-feeds li")).to_have_count(1)  # who was heard, and when
        expect(page.locator(".fx-ghosts .fx-row")).to_have_count(1)  # who stood here last
        assert page.evaluate(CLIPS) + grave(page) == []


@dataclass
class Program:
    """`fangxing serve` as a process of its own."""

    folder: Path
    port: int
    taps: int = 0
    process: subprocess.Popen[bytes] | None = field(default=None)

    @property
    def base(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        environment = {**os.environ, "FANGXING_DATA_DIR": str(self.folder), "FANGXING_PORT": str(self.port)}
        self.process = subprocess.Popen(
            [sys.executable, "-c", "from monitor.cli import main; main()", "serve"],
            env=environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        until = time.monotonic() + 60
        while time.monotonic() < until and self.process.poll() is None:
            try:
                urlopen(f"{self.base}/healthz", timeout=2).close()
            except (URLError, OSError):
                time.sleep(0.1)
            else:
                return
        raise TimeoutError(
            f"fangxing serve did not answer on {self.base}; it ended with {self.process.poll()}"
        )

    def kill(self) -> None:
        """As a power cut does."""
        if self.process is not None:
            self.process.send_signal(signal.SIGKILL)
            self.process.wait(10)

    def confirm(self, case_no: str) -> None:
        """A tap on a phone."""
        self.taps += 1
        moment = (datetime.now(UTC) - timedelta(hours=1)).isoformat()
        tap = {
            "event_id": f"tap-{self.taps:06}", "revision": 1, "case_no": case_no, "activity": "confirmed",
            "occurred_at": moment, "recorded_at": moment, "data": {"plate": f"晋D8102{self.taps}"},
        }  # fmt: skip
        told = json.dumps({"station": PAYS_FIRST, "device": "device-test", "events": [tap]}).encode()
        with urlopen(
            Request(f"{self.base}/api/v1/record", told, {"Content-Type": "application/json"})
        ) as answer:
            assert [one["outcome"] for one in json.load(answer)["verdicts"]] == ["new"]


@pytest.fixture
def program(tmp_path: Path) -> Iterator[Program]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    made = Program(tmp_path, port)
    made.start()
    yield made
    made.kill()


@pytest.mark.full
def test_the_wall_outlives_a_killed_server_and_is_fresh_after_it(program: Program, reader: Reading) -> None:
    program.confirm("K-1")
    page = reader(program, WALL).open("/?wall=1")
    expect(page.locator(".fx-row[data-row]")).to_have_count(1)
    program.kill()
    expect(page.locator("#fx-lost")).to_contain_text("与服务器失去联系", timeout=30_000)
    expect(page.locator(".fx-row[data-row]")).to_have_count(1)
    program.start()
    program.confirm("K-2")
    expect(page.locator("#fx-lost")).to_be_hidden(timeout=30_000)
    expect(page.locator(".fx-row[data-row]")).to_have_count(2, timeout=30_000)
    expect(page.locator("#fx-age .fx-age-text")).to_contain_text("秒前", timeout=10_000)
