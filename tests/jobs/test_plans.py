"""How jobs stand is asked every few seconds by every open page: by an index, whatever history there is."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from monitor.store.jobs import Result, failing_jobs, job_states, last_due, open_requests, recent_runs
from monitor.store.tables import job_requests, job_runs
from tests.engines import ENGINES, database_on
from tests.factories import MINUTE
from tests.jobs.conftest import NOW
from tests.store.test_plans import plans

JOBS = [f"job{number}" for number in range(4)]
RUNS = 2_000


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize(
    "ask",
    [
        lambda database: job_states(database, JOBS),
        lambda database: failing_jobs(database, JOBS),
        lambda database: last_due(database, JOBS[0]),
        lambda database: recent_runs(database, JOBS[0], 20),
        lambda database: open_requests(database, NOW),
    ],
)
def test_no_question_about_jobs_reads_all_runs(tmp_path: Path, engine: str, ask: Any) -> None:
    with database_on(engine, tmp_path) as database:
        with database.write() as connection:
            runs = [
                {"job": job, "due": due, "started": due, "ended": due, "result": Result.DONE, "rows": 0}
                for job in JOBS
                for due in range(NOW - RUNS * MINUTE, NOW, MINUTE)
            ]
            connection.execute(job_runs.insert(), runs)
            asked = [
                {"job": JOBS[0], "actor": "a", "origin": "b", "asked_at": NOW, "run": number + 1}
                for number in range(RUNS)
            ]
            connection.execute(job_requests.insert(), asked)
            connection.exec_driver_sql("ANALYZE")
        for plan in plans(database, ask):
            assert "ix_job_" in plan, plan
            assert not plan.startswith("SCAN") and "Seq Scan" not in plan, plan
