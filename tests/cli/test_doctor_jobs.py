"""What `fangxing doctor` says of jobs: which there are, who runs them, how each went."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from monitor.cli.installation import now
from monitor.store.database import Database
from monitor.store.jobs import Result, begin_run, end_run, release_lease, take_lease
from monitor.store.migrate import upgrade
from tests.cli.conftest import Fangxing
from tests.factories import MINUTE

HOLDER = "duty-pc:4711:token"


@pytest.fixture
def jobs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One watched folder, `chengxi`, and nothing else."""
    (tmp_path / "config").mkdir()
    (tmp_path / "config" / "jobs.yaml").write_text(
        "calendar_check: null\nreconciliation: null\nalerts: null\nsending: null\nweekly_report: null\n"
        f"watches:\n  chengxi:\n    folder: {tmp_path / 'inbox'}\n    source: events\n"
    )
    monkeypatch.setenv("FANGXING_CONFIG_DIR", str(tmp_path / "config"))


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    """The installation's database, led by a process of another machine."""
    (tmp_path / "data").mkdir()
    database = Database(f"sqlite:///{tmp_path / 'data' / 'fangxing.db'}")
    upgrade(database)
    take_lease(database, HOLDER, now())
    yield database
    database.dispose()


def ran(
    database: Database, minutes_ago: int, result: Result, problem: str | None = None, rows: int = 0
) -> None:
    began = now() - minutes_ago * MINUTE
    run = begin_run(database, HOLDER, "chengxi", began, began)
    assert run is not None
    end_run(database, run, began + 1, result, rows, problem, {"folder": "/in", "detail": "gone"})


def test_jobs_that_nobody_runs_and_that_never_ran_are_told_and_no_database_is_made(
    fangxing: Fangxing, jobs: None, tmp_path: Path
) -> None:
    told = fangxing("doctor")
    assert told.code == 0
    assert "Jobs: 1 (chengxi), and no process runs them now" in told.out
    assert "Job chengxi: has not run yet" in told.out
    assert not (tmp_path / "data").exists()


def test_who_leads_and_how_the_last_run_went(fangxing: Fangxing, jobs: None, database: Database) -> None:
    ran(database, 5, Result.DONE, rows=12)
    told = fangxing("doctor")
    assert told.code == 0
    assert "Jobs: 1 (chengxi), run by process 4711 on duty-pc" in told.out
    [line] = [line for line in told.out.splitlines() if "Job chengxi" in line]
    assert line.endswith("12 rows, done")
    release_lease(database, HOLDER)
    assert "no process runs them now" in fangxing("doctor").out


def test_one_failure_is_told_and_three_in_a_row_are_wrong(
    fangxing: Fangxing, jobs: None, database: Database
) -> None:
    ran(database, 9, Result.FAILED, "folder_missing")
    ran(database, 8, Result.FAILED, "folder_missing")
    told = fangxing("doctor")
    assert told.code == 0
    assert "there is no folder" in told.out
    ran(database, 7, Result.FAILED, "folder_missing")
    told = fangxing("doctor")
    assert told.code == 1
    assert "not finished 3 times in a row" in told.out
    ran(database, 6, Result.DONE)
    assert fangxing("doctor").code == 0


def test_without_jobs_it_says_where_they_are_written(fangxing: Fangxing, jobs: None, tmp_path: Path) -> None:
    none = "calendar_check: null\nreconciliation: null\nalerts: null\nsending: null\nweekly_report: null\n"
    (tmp_path / "config" / "jobs.yaml").write_text(none)
    assert "No jobs configured; jobs.yaml" in fangxing("doctor").out
