"""`/metrics`: heartbeats, messages and flags in the text format that watchers read."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from monitor.api.gauges import gauges_router
from monitor.api.health import health_router
from monitor.store.jobs import Result, begin_run, end_run, take_lease
from tests.alerts.sending import WEBHOOK, raise_flags
from tests.county import NOW, County
from tests.factories import HOUR


def client(made: County) -> TestClient:
    app = FastAPI()
    for router in (gauges_router, health_router):
        app.include_router(router(made.services))
    return TestClient(app)


def gauges(made: County) -> dict[str, float]:
    answer = client(made).get("/metrics")
    assert (answer.status_code, answer.headers["content-type"].split(";")[0]) == (200, "text/plain")
    told: dict[str, float] = {}
    for line in answer.text.splitlines():
        if not line.startswith("#"):
            found = re.fullmatch(r'([a-z_]+(?:\{[a-z]+="[^"]*"\})?) (\S+)', line)
            assert found is not None, line
            told[found[1]] = float(found[2])
    return told


def test_a_watcher_sees_heartbeats_and_whether_anybody_works(tmp_path: Path) -> None:
    made = County(tmp_path)
    assert gauges(made)["fangxing_jobs_attended"] == 0
    take_lease(made.database, "a-host:1:ff", NOW)
    for job, began in (("alerts", NOW - 5_000_000), ("sending", NOW - 120_000_000)):
        run = begin_run(made.database, "a-host:1:ff", job, began, began)
        assert run is not None
        end_run(made.database, run, began, Result.DONE)
    told = gauges(made)
    assert told["fangxing_database_up"] == told["fangxing_jobs_attended"] == 1
    assert told['fangxing_job_last_start_seconds{job="alerts"}'] == pytest.approx(NOW / 1e6 - 5)
    assert told['fangxing_job_late{job="alerts"}'] == 0 and told['fangxing_job_late{job="sending"}'] == 1


def test_a_watcher_sees_what_waits_and_since_when(tmp_path: Path) -> None:
    made = County(tmp_path)
    raise_flags(made.database, WEBHOOK, ["G-1", "G-2"], start=NOW - 12 * HOUR)
    told = gauges(made)
    assert told['fangxing_messages{state="waiting"}'] == 2 and told['fangxing_messages{state="dead"}'] == 0
    assert told['fangxing_flags{state="open"}'] == 2 and told['fangxing_flags{state="acknowledged"}'] == 0
    assert told["fangxing_message_wait_seconds"] == 0
    outbox = client(made).get("/healthz").json()["outbox"]
    assert outbox == {"waiting": 2, "failed": 0, "dead": 0, "oldest": NOW // 1000}


def test_without_a_database_it_says_that_alone(tmp_path: Path) -> None:
    made = County(tmp_path)
    made.database.dispose()
    for file in tmp_path.glob("*.db*"):
        file.unlink()
    (tmp_path / "fangxing.db").mkdir()
    assert gauges(made) == {"fangxing_database_up": 0}
