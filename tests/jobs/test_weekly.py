"""The job of the weekly report: of the week before, as of its due time, once."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from ingest.intake import Intake
from ingest.mapping.pages import load_pages
from monitor.jobs.job import configured_jobs
from monitor.jobs.outcome import Outcome, Problem
from monitor.jobs.weekly import Reports
from monitor.reports.weekly.kept import Shelf
from monitor.settings.texts import texts
from monitor.store.deliveries import Sender
from tests.factories import at
from tests.reports.weekly.small import Small

NOW = at("2024-07-31 10:00")


def job_of(small: Small, folder: Path, now: int = NOW) -> Any:
    intake = Intake(small.database, small.configuration, load_pages(), b"k" * 32, lambda: now)
    reports = Reports(small.lake, folder)
    jobs = configured_jobs(intake, Sender("jobs", "test"), texts("zh"), reports=reports)
    (job,) = [one for one in jobs if one.name == "weekly-report"]
    return job


def test_however_late_it_is_of_the_week_before_as_of_monday_and_twice_is_once(tmp_path: Path) -> None:
    small, shelf = Small(tmp_path), Shelf(tmp_path / "reports")
    job = job_of(small, tmp_path / "reports")
    assert job.run() == Outcome(4)
    (kept,) = shelf.all()
    assert (kept.week, kept.as_of, kept.language) == ("2024-W30", at("2024-07-29 08:00"), "zh")
    made_at = kept.made_at
    assert job_of(small, tmp_path / "reports", NOW + 3_600_000_000).run() == Outcome(4)
    assert [one.made_at for one in shelf.all()] == [made_at]
    assert {path.suffix for path in (tmp_path / "reports" / kept.key).iterdir()} == {
        ".html", ".xlsx", ".docx", ".pdf", ".json",
    }  # fmt: skip
    found = shelf.file(kept.key, "html")
    assert found is not None and kept.digest.encode() in found[1]
    for key, form in (
        ("../secret", "html"),
        (kept.key, "json"),
        (kept.key, "../about"),
        ("2024-W31_all", "pdf"),
    ):
        assert shelf.file(key, form) is None


def test_without_data_there_is_nothing_to_make_and_a_folder_that_cannot_be_written_is_told(
    tmp_path: Path,
) -> None:
    empty = tmp_path / "empty"
    empty.mkdir()
    assert job_of(Small(empty, filled=False), tmp_path / "reports").run() == Outcome()
    assert Shelf(tmp_path / "reports").all() == []
    full = tmp_path / "full"
    full.mkdir()
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(Problem) as told:
        job_of(Small(full), tmp_path / "file").run()
    assert told.value.code == "report_not_written" and told.value.params["week"] == "2024-W30"
    for language in ("zh", "en"):
        assert texts(language).get("jobs.problem.report_not_written", **told.value.params)  # type: ignore[arg-type]


def test_a_folder_that_is_no_report_is_passed_over(tmp_path: Path) -> None:
    broken = tmp_path / "2024-W30_all_20240729T000000_zh"
    broken.mkdir()
    (broken / "about.json").write_text("{")
    assert Shelf(tmp_path).all() == []
