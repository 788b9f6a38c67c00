"""The job that raises flags, and how long runs that found nothing are kept."""

from __future__ import annotations

from itertools import count as counted
from pathlib import Path

import pytest

from ingest.intake import Intake
from ingest.mapping.pages import load_pages
from monitor.cases.event import DAY, SECOND
from monitor.jobs.job import configured_jobs
from monitor.settings.configuration import load_configuration
from monitor.settings.environment import Settings
from monitor.settings.texts import texts
from monitor.store.database import Database
from monitor.store.flag_list import FlagFilter, find_flags
from monitor.store.jobs import KEPT_RUNS, Result, begin_run, end_run, recent_runs, take_lease
from monitor.store.migrate import upgrade
from tests.factories import SENDER, at

TOLD = ("confirmed", "released", "decided", "published", "copied_home")
HEAD = "station,case_no,activity,occurred_at,outcome\n"


@pytest.fixture
def intake(tmp_path: Path) -> Intake:
    database = Database(f"sqlite:///{tmp_path / 'fangxing.db'}")
    upgrade(database)
    ticks = counted(at("2026-12-30 09:00"))
    return Intake(database, load_configuration(Settings()), load_pages(), b"key", lambda: next(ticks))


def test_the_job_raises_flags_and_says_which_calendar_is_missing(intake: Intake, tmp_path: Path) -> None:
    file = tmp_path / "events.csv"
    file.write_text(
        HEAD
        + "".join(f"14042301,C0,{one},2026-12-2{n}T08:00:00+08:00,\n" for n, one in enumerate(TOLD))
        + "14042301,C1,confirmed,2026-12-29T20:00:00+08:00,\n"
        + "14042301,C1,decided,2026-12-29T21:00:00+08:00,warning\n"
    )
    intake.file(file, intake.pages["events"], SENDER)
    jobs = configured_jobs(intake, SENDER, texts("zh"))
    [job] = [job for job in jobs if job.name == "alerts"]
    outcome = job.run()
    assert outcome.problem == "calendar_unknown"
    assert outcome.params == {"year": "2027", "n": "2", "file": "calendar/2027.yaml"}
    page = find_flags(intake.database, FlagFilter())
    assert [(flag.case_no, flag.clock, flag.threshold) for flag in page.flags] == [("C1", "a", "left-12h")]
    # By default messages go into the program's own log and nowhere else.
    assert page.messages == {page.flags[0].id: {"waiting": 1}}
    assert job.run().rows == 0


def test_runs_that_found_nothing_are_kept_for_a_day_and_the_others_longer(intake: Intake) -> None:
    database, start = intake.database, at("2026-12-01 09:00")
    for n in range(2 * KEPT_RUNS):
        for now, rows in ((start + n * 10 * SECOND, 0), (start + n * 10 * SECOND + SECOND, 1)):
            take_lease(database, "host:1:x", now)
            run = begin_run(database, "host:1:x", "alerts", now, now)
            assert run is not None
            end_run(database, run, now, Result.DONE, rows)
    assert len(recent_runs(database, limit=1_000)) == 4 * KEPT_RUNS
    later = start + 2 * DAY
    take_lease(database, "host:1:x", later)
    run = begin_run(database, "host:1:x", "alerts", later, later)
    assert run is not None
    end_run(database, run, later, Result.DONE)
    # All that read something; of the others the newest that stand among the last twenty, and this one.
    kept = recent_runs(database, limit=1_000)
    assert sum(one.rows for one in kept) == 2 * KEPT_RUNS
    assert sum(one.rows == 0 for one in kept) == KEPT_RUNS // 2
