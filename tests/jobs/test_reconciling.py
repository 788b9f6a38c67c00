"""The job that reconciles: it makes good what a process that died behind the landing left undone."""

from __future__ import annotations

from itertools import count as counted
from pathlib import Path
from unittest.mock import patch

import pytest

from ingest.intake import Intake
from ingest.mapping.pages import load_pages
from monitor.jobs.job import configured_jobs
from monitor.jobs.outcome import Outcome
from monitor.settings.configuration import load_configuration
from monitor.settings.environment import Settings
from monitor.settings.texts import texts
from monitor.store.database import Database
from monitor.store.difference_list import DifferenceFilter, find_differences
from monitor.store.migrate import upgrade
from tests.factories import SENDER, at

STATEMENT = "流水号,缴款码,金额(元),入账时间\nL1,C1,2000,2024-07-02 08:00\nL2,C2,20,2024-07-02 08:00\n"


@pytest.fixture
def intake(tmp_path: Path) -> Intake:
    database = Database(f"sqlite:///{tmp_path / 'fangxing.db'}")
    upgrade(database)
    ticks = counted(at("2024-07-10 09:00"))
    return Intake(database, load_configuration(Settings()), load_pages(), b"key", lambda: next(ticks))


def test_what_was_left_undone_behind_the_landing_the_job_does(
    intake: Intake, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    path = tmp_path / "对账单.csv"
    path.write_text(STATEMENT)
    with patch("monitor.payments.reconcile.match", side_effect=RuntimeError("killed")):
        done = intake.file(path, intake.page_for(path), SENDER)
    assert (done.status, done.counts.rows_landed) == ("done", 2)
    assert "were not reconciled" in caplog.text
    assert find_differences(intake.database, DifferenceFilter()).total == 0
    jobs = configured_jobs(intake, SENDER, texts("zh"))
    [job] = [job for job in jobs if job.name == "reconciliation"]
    assert job.run() == Outcome(2)
    assert find_differences(intake.database, DifferenceFilter()).total == 2
    # Nothing came since: it is not done again.
    assert job.run() == Outcome(0)
