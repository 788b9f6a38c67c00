"""The server runs the jobs of its configuration, unless told not to."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from monitor.server import Installation, install, started_jobs
from monitor.settings.environment import Settings
from monitor.store.jobs import JobRun, Result, recent_runs
from tests.jobs.conftest import events

Configured = Callable[..., Installation]


@pytest.fixture
def configured(tmp_path: Path) -> Configured:
    """An installation that watches `inbox`."""

    def build(**settings: str) -> Installation:
        (tmp_path / "config").mkdir()
        (tmp_path / "inbox").mkdir()
        (tmp_path / "config" / "jobs.yaml").write_text(
            f"watches:\n  a: {{folder: {tmp_path / 'inbox'}, source: events, settled_seconds: 1}}\n"
        )
        given = {"data_dir": tmp_path / "data", "config_dir": tmp_path / "config", **settings}
        return install(Settings.model_validate(given))

    return build


def test_a_server_takes_files_from_the_folder_it_watches(configured: Configured, tmp_path: Path) -> None:
    installation = configured()
    (tmp_path / "inbox" / "a.csv").write_text(events("C1"))
    jobs = started_jobs(installation)
    assert jobs is not None
    until = time.monotonic() + 30
    while not (tmp_path / "inbox" / "done" / "a.csv").exists() and time.monotonic() < until:
        time.sleep(0.05)
    jobs.stop()
    assert (tmp_path / "inbox" / "done" / "a.csv").is_file()


def test_a_server_has_looked_for_the_coming_calendar_once_it_runs(configured: Configured) -> None:
    installation = configured()
    jobs = started_jobs(installation)
    assert jobs is not None
    until = time.monotonic() + 30
    found: list[JobRun] = []
    while not found and time.monotonic() < until:
        time.sleep(0.05)
        runs = recent_runs(installation.database, "calendar-check")
        found = [run for run in runs if run.result != Result.RUNNING]
    jobs.stop()
    assert len(found) == 1


def test_jobs_that_are_off_are_left_to_another_process(configured: Configured) -> None:
    assert started_jobs(configured(jobs="off")) is None


def test_a_demo_moves_no_files_of_a_station(configured: Configured, tmp_path: Path) -> None:
    installation = replace(configured(), simulated=True)
    (tmp_path / "inbox" / "a.csv").write_text(events("C1"))
    jobs = started_jobs(installation)
    assert jobs is not None
    until = time.monotonic() + 30
    while len(recent_runs(installation.database)) < 4 and time.monotonic() < until:
        time.sleep(0.05)
    jobs.stop()
    assert {run.job for run in recent_runs(installation.database)} == {
        "calendar-check", "reconciliation", "alerts", "sending",
    }  # fmt: skip
    assert (tmp_path / "inbox" / "a.csv").is_file()


def test_without_any_job_nothing_is_started(tmp_path: Path) -> None:
    none = ("calendar_check", "reconciliation", "alerts", "sending", "weekly_report")
    (tmp_path / "jobs.yaml").write_text("".join(f"{name}: null\n" for name in none))
    assert started_jobs(install(Settings(data_dir=tmp_path / "data", config_dir=tmp_path))) is None
