"""`fangxing work --once`: everything due, told as a table; mistakes as answers."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from monitor.cli.reason import sentence
from monitor.cli.work import problem_of
from monitor.store.jobs import JobRun, Result
from tests.cli.conftest import Fangxing

Watch = Callable[..., Path]
ROW = "station,case_no,activity,occurred_at\n14042301,C1,confirmed,2026-07-01T08:00:00+08:00\n"


@pytest.fixture
def watch(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Watch:
    """Configures a watched folder and returns it."""

    def configure(source: str = "events") -> Path:
        config, inbox = tmp_path / "config", tmp_path / "inbox"
        config.mkdir()
        inbox.mkdir()
        (config / "jobs.yaml").write_text(
            f"watches:\n  station:\n    folder: {inbox}\n    source: {source}\n    settled_seconds: 1\n"
        )
        monkeypatch.setenv("FANGXING_CONFIG_DIR", str(config))
        return inbox

    return configure


def test_everything_due_is_run_once_and_told(fangxing: Fangxing, watch: Watch) -> None:
    inbox = watch()
    (inbox / "a.csv").write_text(ROW)
    ran = fangxing("work", "--once")
    assert ran.code == 0
    assert [line.split() for line in ran.out.splitlines()][1] == ["station", "2", "done"]
    assert (inbox / "done" / "a.csv").is_file()


def test_a_job_that_failed_ends_the_command_with_one_and_says_why(fangxing: Fangxing, watch: Watch) -> None:
    watch().rmdir()
    ran = fangxing("work", "--once")
    assert ran.code == 1
    assert "there is no folder" in ran.out


def test_a_kind_of_value_is_told_in_the_language_of_the_installation(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("FANGXING_LANGUAGE", "zh")
    params = {"column": "c", "before": "number", "now": "text"}
    run = JobRun(1, "view", 0, 0, 1, Result.FAILED, 0, "view_type_changed", params)
    for said in (problem_of(run), sentence("view_type_changed", params)):
        assert "数 → 文字" in said


def test_without_jobs_it_says_where_to_write_them(
    fangxing: Fangxing, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "config").mkdir()
    none = "calendar_check: null\nreconciliation: null\nalerts: null\nsending: null\nweekly_report: null\n"
    (tmp_path / "config" / "jobs.yaml").write_text(none)
    monkeypatch.setenv("FANGXING_CONFIG_DIR", str(tmp_path / "config"))
    ran = fangxing("work", "--once")
    assert ran.code == 2
    assert "jobs.yaml" in ran.err


def test_the_check_names_a_source_that_has_no_page(fangxing: Fangxing, watch: Watch) -> None:
    watch("evnts")
    ran = fangxing("config", "check")
    assert ran.code == 1
    assert "jobs.yaml" in ran.out
    assert "4" in ran.out
    assert "watches.station.source" in ran.out
