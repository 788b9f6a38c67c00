"""Jobs by hand: a button runs one, whichever process works on the jobs, and the page shows the run."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from unittest.mock import patch

import pytest
from playwright.sync_api import Locator, Page, expect

from monitor.server import install
from monitor.settings.environment import Settings
from monitor.store.jobs import Result, current_leader, recent_runs
from tests.browser.conftest import DESK, PHONE, Reading
from tests.browser.served import Clock, Served
from tests.jobs.conftest import events

pytestmark = pytest.mark.browser


@pytest.fixture
def inbox(tmp_path: Path) -> Path:
    """A folder that is looked at once a day, so that within a test only a button looks again."""
    (tmp_path / "inbox").mkdir()
    (tmp_path / "config").mkdir()
    (tmp_path / "config" / "jobs.yaml").write_text(
        f"watches:\n  chengxi:\n    folder: {tmp_path / 'inbox'}\n    source: events\n    every: 1d\n"
        "    settled_seconds: 1\n"
    )
    return tmp_path / "inbox"


Serve = Callable[..., Served]


@pytest.fixture
def station(inbox: Path, tmp_path: Path) -> Iterator[Serve]:
    """Serves the installation that watches the inbox; `jobs="off"` leaves its jobs to another process."""
    made: list[Served] = []

    def serve(clock: Callable[[], int], **settings: str) -> Served:
        with patch("monitor.server.now", clock):
            given = {"data_dir": tmp_path / "data", "config_dir": tmp_path / "config", **settings}
            served = Served(install(Settings.model_validate(given)), clock)
        made.append(served)
        served.start()
        return served

    yield serve
    for served in made:
        served.close()


def row(page: Page, job: str) -> Locator:
    return page.locator(".fx-job-item").filter(has_text=job)


def ran(served: Served, job: str, times: int) -> bool:
    """Waits for so many ended runs."""
    until = time.monotonic() + 30
    while time.monotonic() < until:
        runs = recent_runs(served.installation.database, job)
        if sum(run.result != Result.RUNNING for run in runs) >= times:
            return True
        time.sleep(0.05)
    return False


@pytest.mark.parametrize(
    ("size", "language"), [(DESK, "zh"), pytest.param(PHONE, "en", marks=pytest.mark.full)]
)
def test_a_job_runs_by_the_button_and_its_run_is_seen(
    station: Serve, inbox: Path, reader: Reading, size: tuple[int, int], language: str
) -> None:
    served = station(Clock())
    assert ran(served, "chengxi", 1)
    (inbox / "a.csv").write_text(events("C1", "C2"))
    reading = reader(served, size, language)
    page = reading.open("/data?job=chengxi")
    expect(row(page, "chengxi").locator(".fx-job-runs tbody tr")).to_have_count(1)
    row(page, "chengxi").get_by_role("button").click()
    done = {"zh": "chengxi 运行过了:完成,读 3 行。", "en": "chengxi has run: done, 3 rows read."}[language]
    expect(page.locator("#fx-jobs-answer")).to_have_text(done, timeout=15_000)
    expect(row(page, "chengxi").locator(".fx-job-runs tbody tr")).to_have_count(2)
    newest = row(page, "chengxi").locator(".fx-job-runs tbody tr").first
    expect(newest).to_contain_text(served.installation.services.actor)
    expect(row(page, "chengxi").get_by_role("button")).to_be_enabled()
    assert (inbox / "done" / "a.csv").is_file()
    assert reading.complaints == []


@pytest.mark.full
def test_the_button_reaches_the_process_that_works_on_the_jobs(
    station: Serve, inbox: Path, tmp_path: Path, reader: Reading
) -> None:
    served = station(lambda: time.time_ns() // 1000, jobs="off")
    page = reader(served).open("/data")
    expect(page.locator(".fx-jobs-band")).to_contain_text("没有进程在运行作业")
    row(page, "chengxi").get_by_role("button").click()
    expect(page.locator("#fx-jobs-answer")).to_contain_text("没有进程在运行作业")
    told = {"FANGXING_DATA_DIR": str(tmp_path / "data"), "FANGXING_CONFIG_DIR": str(tmp_path / "config")}
    command = [sys.executable, "-c", "from monitor.cli import main; main()", "work"]
    with subprocess.Popen(command, env={**os.environ, **told}, stderr=subprocess.DEVNULL) as working:
        try:
            assert ran(served, "chengxi", 1)
            leader = current_leader(served.installation.database, served.clock())
            assert leader == (socket.gethostname(), working.pid)
            expect(page.locator(".fx-jobs")).to_contain_text(f"进程 {working.pid}", timeout=15_000)
            expect(page.locator(".fx-jobs-band")).to_have_count(0)
            (inbox / "a.csv").write_text(events("C1"))
            row(page, "chengxi").get_by_role("button").click()
            expect(page.locator("#fx-jobs-answer")).to_have_text(
                "chengxi 运行过了:完成,读 2 行。", timeout=15_000
            )
            assert (inbox / "done" / "a.csv").is_file()
        finally:
            working.terminate()


def test_the_missing_calendar_is_a_notice_that_says_how_to_enter_it(office: Served, reader: Reading) -> None:
    assert ran(office, "calendar-check", 1)
    page = reader(office).open("/data")
    calendar = row(page, "放假安排检查")
    expect(calendar.locator(".fx-job-status")).to_have_text("有提醒")
    expect(calendar).to_contain_text("2027 年的放假安排还没有录入,离 2027 年还有 38 天")
    calendar.locator("summary").click()
    expect(calendar.locator("pre")).to_contain_text("from: 2027-01-01")
    expect(page.locator(".fx-jobs-band")).to_have_count(0)
