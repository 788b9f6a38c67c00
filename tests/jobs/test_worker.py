"""The worker: one leader, each due time once, missed runs caught up once, failures seen."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from ingest.folder import FolderProblem
from monitor.cases.event import SECOND
from monitor.jobs.job import Job, Outcome
from monitor.jobs.scheduler import Scheduler
from monitor.jobs.worker import Worker
from monitor.store.database import Database
from monitor.store.jobs import LEASE_MICROS, Result, failing_jobs, recent_runs
from tests.engines import ENGINES, database_on
from tests.factories import HOUR, MINUTE
from tests.jobs.conftest import NOW


@pytest.fixture(params=ENGINES)
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """Leases and runs are rows: who leads must come out the same on both."""
    with database_on(request.param, tmp_path) as database:
        yield database


@dataclass
class Clock:
    """A time that stands until it is moved."""

    now: int = NOW

    def __call__(self) -> int:
        return self.now


@dataclass
class Counted:
    """A job that counts its runs, and fails while it is told to."""

    runs: int = 0
    fails: bool = False
    lock: threading.Lock = field(default_factory=threading.Lock)

    def __call__(self) -> Outcome:
        with self.lock:
            self.runs += 1
        if self.fails:
            raise FolderProblem("folder_missing", {"folder": "/x", "detail": ""})
        return Outcome(7)

    def every(self, micros: int, name: str = "a") -> Job:
        return Job(name, micros, self)


def test_a_job_runs_once_for_each_due_time_and_its_run_is_entered(database: Database) -> None:
    clock, counted = Clock(), Counted()
    worker = Worker(database, [counted.every(MINUTE)], clock)
    worker.run_due()
    assert worker.run_due() == []
    clock.now += MINUTE
    [run] = worker.run_due()
    assert counted.runs == 2
    assert (run.job, run.due, run.result, run.rows) == ("a", NOW + MINUTE, Result.DONE, 7)
    assert (run.started, run.ended) == (clock.now, clock.now)


def test_what_was_missed_over_a_day_is_caught_up_once(database: Database) -> None:
    clock, counted = Clock(), Counted()
    Worker(database, [counted.every(MINUTE)], clock).run_due()
    clock.now += 24 * HOUR + 30 * SECOND
    worker = Worker(database, [counted.every(MINUTE)], clock)
    [run] = worker.run_due()
    assert worker.run_due() == []
    assert (counted.runs, run.due) == (2, NOW + 24 * HOUR)


def test_two_workers_at_once_run_each_job_once(database: Database) -> None:
    counted = [Counted() for _ in range(5)]
    jobs = [one.every(MINUTE, f"job{place}") for place, one in enumerate(counted)]
    workers = [Worker(database, jobs, Clock()) for _ in range(2)]
    threads = [threading.Thread(target=worker.run_due) for worker in workers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [one.runs for one in counted] == [1] * 5
    assert len(recent_runs(database)) == 5


def test_another_takes_the_lead_only_after_the_first_has_been_silent_for_the_lease(
    database: Database,
) -> None:
    clock = Clock()
    first, second = (Worker(database, [], clock) for _ in range(2))
    assert first.leads
    clock.now += LEASE_MICROS - 1
    assert not second.leads
    clock.now += 1
    assert second.leads
    assert not first.leads


def test_a_lead_given_back_is_free_at_once(database: Database) -> None:
    first, second = (Worker(database, [], Clock()) for _ in range(2))
    with first.leading() as led:
        assert led
        assert not second.leads
    assert second.leads


def test_a_run_whose_process_died_is_entered_as_interrupted_and_run_again(database: Database) -> None:
    clock = Clock()

    def die() -> Outcome:
        raise SystemExit

    with pytest.raises(SystemExit):
        Worker(database, [Job("a", HOUR, die)], clock).run_due()
    clock.now += LEASE_MICROS
    counted = Counted()
    Worker(database, [counted.every(HOUR)], clock).run_due()
    assert counted.runs == 1
    assert [run.result for run in recent_runs(database)] == [Result.DONE, Result.INTERRUPTED]
    assert {run.due for run in recent_runs(database)} == {NOW}


def test_three_failures_in_a_row_are_seen_and_gone_after_one_success(database: Database) -> None:
    clock, counted, fine = Clock(), Counted(fails=True), Counted()
    worker = Worker(database, [counted.every(MINUTE), fine.every(MINUTE, "fine")], clock)
    for _ in range(2):
        worker.run_due()
        clock.now += MINUTE
    assert failing_jobs(database) == []
    worker.run_due()
    [failing] = failing_jobs(database)
    assert (failing.job, failing.failures, failing.since) == ("a", 3, NOW)
    assert (failing.problem, failing.params["folder"]) == ("folder_missing", "/x")
    counted.fails = False
    clock.now += MINUTE
    worker.run_due()
    assert failing_jobs(database) == []


def test_an_error_nobody_foresaw_is_entered_by_its_kind_alone_and_stops_no_other_job(
    database: Database,
) -> None:
    def broken() -> Outcome:
        raise ValueError("张三")

    fine = Counted()
    runs = Worker(database, [Job("a", HOUR, broken), fine.every(HOUR, "b")], Clock()).run_due()
    assert [(run.problem, run.params) for run in runs] == [
        ("unexpected", {"detail": "ValueError"}),
        (None, {}),
    ]
    assert fine.runs == 1


def test_a_job_can_be_run_out_of_turn(database: Database) -> None:
    clock, counted = Clock(NOW + 10 * SECOND), Counted()
    worker = Worker(database, [counted.every(HOUR)], clock)
    worker.run_due()
    run = worker.run_now("a")
    assert run is not None
    assert (counted.runs, run.due) == (2, clock.now)


def test_the_scheduler_catches_up_at_its_start_and_then_keeps_time(database: Database) -> None:
    counted = Counted()
    scheduler = Scheduler(Worker(database, [counted.every(SECOND)], lambda: time.time_ns() // 1000))
    scheduler.start()
    until = time.monotonic() + 10
    while counted.runs < 3 and time.monotonic() < until:
        time.sleep(0.05)
    scheduler.stop()
    assert counted.runs >= 3
    dues = [run.due for run in recent_runs(database)]
    assert len(set(dues)) == len(dues)
    assert Worker(database, [], lambda: time.time_ns() // 1000).leads
