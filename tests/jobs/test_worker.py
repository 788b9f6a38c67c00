"""The worker: one leader, each due time once, missed runs caught up once, failures seen."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import pytest

from ingest.folder import FolderProblem
from monitor.cases.event import SECOND
from monitor.jobs.job import Job
from monitor.jobs.outcome import Outcome
from monitor.jobs.scheduler import CadenceTrigger, Scheduler
from monitor.jobs.worker import Worker
from monitor.settings.cadence import Every
from monitor.settings.cadence import at as at_time
from monitor.store.database import Database
from monitor.store.deliveries import Sender
from monitor.store.jobs import (
    LEASE_MICROS,
    REQUEST_MICROS,
    JobRequest,
    Leader,
    Result,
    ask_for_run,
    current_leader,
    failing_jobs,
    job_states,
    recent_runs,
)
from tests.engines import ENGINES, database_on
from tests.factories import HOUR, MINUTE, SHANGHAI, at
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
        return Job(name, Every(micros), self)


def until(come: Callable[[], bool], seconds: float = 10) -> bool:
    """Whether something came true in time."""
    end = time.monotonic() + seconds
    while not come() and time.monotonic() < end:
        time.sleep(0.02)
    return come()


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


def test_a_weekly_job_missed_for_three_weeks_is_caught_up_once_for_its_last_monday(
    database: Database,
) -> None:
    # 2026-07-06, 13, 20 and 27 are Mondays; NOW is Thursday 2 July.
    clock, counted = Clock(), Counted()
    job = Job("report", at_time("mon 08:00", SHANGHAI), counted)
    [first] = Worker(database, [job], clock).run_due()
    clock.now = at("2026-07-28 10:00")
    [caught] = Worker(database, [job], clock, holder="other:1:b").run_due()
    clock.now = at("2026-08-03 07:59:59")
    assert Worker(database, [job], clock, holder="other:1:b").run_due() == []
    clock.now = at("2026-08-03 08:00")
    [on_time] = Worker(database, [job], clock, holder="other:1:b").run_due()
    dues = [at("2026-06-29 08:00"), at("2026-07-27 08:00"), at("2026-08-03 08:00")]
    assert [run.due for run in (first, caught, on_time)] == dues
    assert counted.runs == 3


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
        Worker(database, [Job("a", Every(HOUR), die)], clock).run_due()
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
    assert failing_jobs(database, ["a", "fine"]) == []
    worker.run_due()
    [failing] = failing_jobs(database, ["a", "fine"])
    assert (failing.job, failing.failures, failing.since) == ("a", 3, NOW)
    assert (failing.problem, failing.params["folder"]) == ("folder_missing", "/x")
    counted.fails = False
    clock.now += MINUTE
    worker.run_due()
    assert failing_jobs(database, ["a", "fine"]) == []


def test_an_error_nobody_foresaw_is_entered_by_its_kind_alone_and_stops_no_other_job(
    database: Database,
) -> None:
    def broken() -> Outcome:
        raise ValueError("张三")

    fine = Counted()
    runs = Worker(database, [Job("a", Every(HOUR), broken), fine.every(HOUR, "b")], Clock()).run_due()
    assert [(run.problem, run.params) for run in runs] == [
        ("unexpected", {"detail": "ValueError"}),
        (None, {}),
    ]
    assert fine.runs == 1


def test_a_job_runs_out_of_turn_when_someone_asks_and_once_for_each_asking(database: Database) -> None:
    clock, counted = Clock(NOW + 10 * SECOND), Counted()
    worker = Worker(database, [counted.every(HOUR)], clock)
    worker.run_due()
    asked = ask_for_run(database, "a", Sender("chief", "phone"), clock.now)
    again = ask_for_run(database, "a", Sender("other", "desk"), clock.now + SECOND)
    assert asked == again == JobRequest("a", "chief", clock.now)
    clock.now += 2 * SECOND
    [run] = worker.run_due()
    assert (counted.runs, run.due, run.asked_by) == (2, clock.now, "chief")
    assert worker.run_due() == []
    assert [one.asked_by for one in recent_runs(database, "a")] == ["chief", None]
    assert job_states(database, ["a"])["a"].request is None


def test_a_run_that_begins_anyway_answers_what_was_asked_for(database: Database) -> None:
    clock, counted = Clock(), Counted()
    ask_for_run(database, "a", Sender("chief", "phone"), clock.now)
    worker = Worker(database, [counted.every(HOUR)], clock)
    worker.run_due()
    assert worker.run_due() == []
    assert counted.runs == 1


def test_a_request_nobody_took_for_ten_minutes_is_void_and_said_so_until_the_next_run(
    database: Database,
) -> None:
    clock, counted = Clock(), Counted()
    worker = Worker(database, [counted.every(HOUR)], clock)
    worker.run_due()
    ask_for_run(database, "a", Sender("chief", "phone"), NOW)
    clock.now += REQUEST_MICROS
    assert worker.run_due() == []
    left = job_states(database, ["a"])["a"].request
    assert left is not None
    assert left.is_void(clock.now)
    clock.now = NOW + HOUR
    [run] = worker.run_due()
    assert (run.asked_by, job_states(database, ["a"])["a"].request) == (None, None)


def test_only_the_process_that_leads_answers_a_request(database: Database) -> None:
    clock, counted = Clock(), Counted()
    first, second = (Worker(database, [counted.every(HOUR)], clock) for _ in range(2))
    first.run_due()
    ask_for_run(database, "a", Sender("chief", "phone"), NOW)
    clock.now += SECOND
    assert second.run_due() == []
    assert len(first.run_due()) == 1


def test_after_an_interrupted_run_out_of_turn_the_newest_run_stays_the_newest(database: Database) -> None:
    clock, counted = Clock(NOW + MINUTE), Counted()

    def die() -> Outcome:
        raise SystemExit

    ask_for_run(database, "a", Sender("chief", "phone"), clock.now)
    with pytest.raises(SystemExit):
        Worker(database, [Job("a", Every(HOUR), die)], clock).run_due()
    clock.now += LEASE_MICROS
    [run] = Worker(database, [counted.every(HOUR)], clock).run_due()
    state = job_states(database, ["a"])["a"]
    assert (state.last, state.failures) == (run, 0)


def test_what_is_missed_by_more_than_its_grace_is_entered_as_missed_and_waits_for_its_next_time(
    database: Database,
) -> None:
    clock, counted = Clock(), Counted()
    job = Job("a", Every(HOUR), counted, grace=10 * MINUTE)
    worker = Worker(database, [job], clock)
    worker.run_due()
    clock.now += HOUR + 10 * MINUTE
    [late] = worker.run_due()
    clock.now += HOUR + 1
    [missed] = worker.run_due()
    assert (late.result, missed.result, missed.due) == (Result.DONE, Result.MISSED, NOW + 2 * HOUR)
    assert worker.run_due() == []
    assert counted.runs == 2
    clock.now = NOW + 3 * HOUR
    [run] = worker.run_due()
    assert (run.result, run.due) == (Result.DONE, NOW + 3 * HOUR)


def test_a_job_that_never_ran_has_missed_nothing(database: Database) -> None:
    counted = Counted()
    job = Job("a", Every(HOUR), counted, grace=10 * MINUTE)
    assert Worker(database, [job], Clock(NOW + 30 * MINUTE)).run_due() == []
    assert recent_runs(database) == []


def test_of_a_job_that_runs_once_a_week_twenty_runs_stay_known(database: Database) -> None:
    clock, counted = Clock(), Counted()
    worker = Worker(database, [counted.every(7 * 24 * HOUR)], clock)
    for _ in range(23):
        worker.run_due()
        clock.now += 7 * 24 * HOUR
    runs = recent_runs(database, "a")
    assert len(runs) == 20
    assert runs[0].due > runs[-1].due


def test_who_leads_is_known_to_others_until_the_lead_runs_out(database: Database) -> None:
    assert current_leader(database, NOW) is None
    assert Worker(database, [], Clock(), holder="a-host:17:ff").leads
    assert current_leader(database, NOW + LEASE_MICROS - 1) == Leader("a-host", 17)
    assert current_leader(database, NOW + LEASE_MICROS) is None


def test_the_scheduler_runs_what_another_process_asked_for_within_seconds(database: Database) -> None:
    counted = Counted()
    scheduler = Scheduler(Worker(database, [counted.every(24 * HOUR)], lambda: time.time_ns() // 1000))
    scheduler.start()
    waited = until(lambda: counted.runs == 1)
    ask_for_run(database, "a", Sender("chief", "phone"), time.time_ns() // 1000)
    asked = until(lambda: counted.runs == 2, 5)
    scheduler.stop()
    assert (waited, asked, counted.runs) == (True, True, 2)


def test_a_job_asked_for_while_it_runs_runs_again_when_it_has_ended(database: Database) -> None:
    began, may_end, runs = threading.Event(), threading.Event(), []

    def slow() -> Outcome:
        runs.append(1)
        began.set()
        may_end.wait(10)
        return Outcome()

    worker = Worker(database, [Job("a", Every(24 * HOUR), slow)], lambda: time.time_ns() // 1000)
    scheduler = Scheduler(worker)
    scheduler.start()
    assert began.wait(10)
    ask_for_run(database, "a", Sender("chief", "phone"), time.time_ns() // 1000)
    time.sleep(1.5)
    during = len(runs)
    may_end.set()
    again = until(lambda: len(runs) == 2, 5)
    scheduler.stop()
    assert (during, again) == (1, True)


def test_a_week_that_was_slept_through_wakes_a_job_once() -> None:
    trigger = CadenceTrigger(Every(MINUTE))
    slept_from = datetime(2026, 7, 1, tzinfo=UTC)
    woke = datetime(2026, 7, 8, 0, 0, 30, tzinfo=UTC)
    assert trigger.get_next_fire_time(slept_from, woke) == datetime(2026, 7, 8, 0, 1, tzinfo=UTC)


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
