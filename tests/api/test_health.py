"""What watchers and open pages ask the server."""

from __future__ import annotations

from pathlib import Path

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from monitor.api.health import health_router
from monitor.api.problem import answer_problems
from monitor.store.database import Database
from monitor.store.jobs import Result, begin_run, end_run, take_lease
from tests.county import NOW, County


def client(made: County) -> TestClient:
    app = FastAPI()
    answer_problems(app)
    app.include_router(health_router(made.services))
    return TestClient(app)


def test_health_tells_version_data_and_the_time_in_milliseconds(reader: TestClient) -> None:
    health = reader.get("/healthz").json()
    assert (health["status"], health["version"], health["now"]) == ("ok", "county-1", NOW // 1000)


def test_the_version_of_the_data_changes_with_a_delivery(tmp_path: Path) -> None:
    made = County(tmp_path)
    asked = client(made)
    before = asked.get("/healthz").json()["data_version"]
    made.deliver("空.csv", "26 14:00")
    assert asked.get("/healthz").json()["data_version"] != before


def test_a_server_without_its_database_answers_and_is_not_ready(tmp_path: Path) -> None:
    made = County(tmp_path)
    object.__setattr__(made.services, "database", Database(f"sqlite:///{tmp_path / 'empty.db'}"))
    asked = client(made)
    health = asked.get("/healthz")
    assert (health.status_code, health.json()["status"], health.json()["jobs"]) == (200, "no_database", None)
    ready = asked.get("/readyz")
    assert (ready.status_code, ready.json()["code"]) == (503, "no_database")


def led(made: County, holder: str = "a-host:1:ff") -> None:
    """A process that leads the jobs."""
    take_lease(made.database, holder, NOW)


def fail(made: County, *dues: int) -> None:
    """Runs of the look for the calendar that fail."""
    for due in dues:
        run = begin_run(made.database, "a-host:1:ff", "calendar-check", due, NOW)
        assert run is not None
        end_run(made.database, run, NOW, Result.FAILED, problem="unexpected", params={"detail": "KeyError"})


def test_health_says_when_no_process_works_on_jobs_and_stays_ok(tmp_path: Path) -> None:
    made = County(tmp_path)
    health = client(made).get("/healthz").json()
    idle = {"status": "unattended", "failing": [], "late": [], "beats": {}}
    assert (health["status"], health["jobs"]) == ("ok", idle)
    led(made)
    assert client(made).get("/healthz").json()["jobs"]["status"] == "ok"


def test_health_names_a_job_that_failed_three_times_and_readiness_does_not_hang_on_it(
    tmp_path: Path,
) -> None:
    made = County(tmp_path)
    led(made)
    fail(made, NOW, NOW + 1)
    assert client(made).get("/healthz").json()["jobs"]["failing"] == []
    fail(made, NOW + 2)
    asked = client(made)
    told = asked.get("/healthz").json()["jobs"]
    assert (told["status"], told["failing"]) == ("failing", ["calendar-check"])
    assert asked.get("/readyz").status_code == 200


def test_a_readable_database_is_ready(reader: TestClient) -> None:
    assert reader.get("/readyz").json()["status"] == "ready"


@pytest.mark.parametrize(("seconds", "status"), [(45, "ok"), (46, "late")])
def test_health_tells_the_heartbeat_of_what_runs_every_few_seconds(
    tmp_path: Path, seconds: int, status: str
) -> None:
    made = County(tmp_path)
    led(made)
    began = NOW - seconds * 1_000_000
    run = begin_run(made.database, "a-host:1:ff", "alerts", began, began)
    assert run is not None
    end_run(made.database, run, began, Result.DONE)
    told = client(made).get("/healthz").json()["jobs"]
    assert (told["status"], told["beats"]) == (status, {"alerts": began // 1000})
    assert told["late"] == (["alerts"] if status == "late" else [])
