"""Views as jobs: polled by the worker, their problems entered, a crash between any two steps makes good."""

from __future__ import annotations

import multiprocessing
import signal
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from ingest.view import Polled
from ingest.view_fault import ViewProblem
from monitor.jobs.job import Job
from monitor.jobs.view import view_poll
from monitor.jobs.worker import Worker
from monitor.settings.cadence import every
from monitor.settings.texts import texts
from monitor.store.database import Database
from monitor.store.deliveries import DeliveryRow, recent_deliveries
from monitor.store.jobs import JobRun, Result, failing_jobs
from tests.engines import ENGINES
from tests.factories import MINUTE, SENDER
from tests.ingest.viewed import COLUMNS, Station, Viewer, poll_until_killed, station_on, viewer_of
from tests.store.reading import count

SECRET = "geheim"


@pytest.fixture(params=ENGINES)
def station(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Station]:
    with station_on(request.param, tmp_path) as station:
        yield station


@pytest.fixture
def viewer(station: Station, tmp_path: Path) -> Iterator[Viewer]:
    with viewer_of(station, tmp_path) as viewer:
        yield viewer


def job(viewer: Viewer, name: str = "station", **changed: str) -> Job:
    return Job(name, every("5m"), view_poll(name, viewer.settings(**changed), viewer.intake, SENDER))


def run(viewer: Viewer, *jobs: Job) -> list[JobRun]:
    viewer.clock.now += 5 * MINUTE
    return Worker(viewer.database, jobs, viewer.clock).run_due()


def deliveries(database: Database) -> list[DeliveryRow]:
    with database.read() as connection:
        return recent_deliveries(connection)


def test_a_view_is_polled_every_so_often_and_its_rows_are_entered(station: Station, viewer: Viewer) -> None:
    station.tell("C1", "12:00")
    [entered] = run(viewer, job(viewer))
    assert (entered.result, entered.rows, entered.problem) == (Result.DONE, 1, None)
    station.tell("C2", "12:01")
    assert [one.rows for one in run(viewer, job(viewer))] == [2]
    assert count(viewer.database) == 2


def test_a_view_that_cannot_be_read_stops_no_other_and_is_seen_after_three_times(
    station: Station, viewer: Viewer, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv("CHENGBEI_PASSWORD", SECRET)
    away = "postgresql://reader:${CHENGBEI_PASSWORD}@127.0.0.1:1/cases"
    station.tell("C1", "12:00")
    for _ in range(3):
        runs = run(viewer, job(viewer, "away", url=away), job(viewer))
        assert [one.result for one in runs] == [Result.FAILED, Result.DONE]
        assert runs[0].problem == "view_unreachable"
    [failing] = failing_jobs(viewer.database, ["away", "station"])
    assert (failing.job, failing.failures) == ("away", 3)
    assert failing.params["database"] == "postgresql://127.0.0.1:1/cases"
    for language in ("zh", "en"):
        assert "127.0.0.1:1" in texts(language).get(f"jobs.problem.{failing.problem}", **failing.params)
    assert SECRET not in repr(failing)
    assert SECRET not in caplog.text
    assert count(viewer.database) == 1


def test_a_changed_view_fails_its_run_and_is_a_failed_delivery(station: Station, viewer: Viewer) -> None:
    station.view(COLUMNS.replace("case_no", "case_no AS renamed"))
    [entered] = run(viewer, job(viewer))
    [delivery] = deliveries(viewer.database)
    assert (entered.result, entered.problem) == (Result.FAILED, "view_missing_column")
    assert (delivery.source, delivery.name, delivery.status) == ("events", "station", "failed")
    for language in ("zh", "en"):
        assert "renamed" in texts(language).get(f"jobs.problem.{entered.problem}", **entered.params)


def test_what_a_person_should_know_of_a_view_stands_with_its_run(station: Station, viewer: Viewer) -> None:
    station.tell("C1", None)
    query = "SELECT * FROM v_events WHERE changed_at >= :since OR changed_at IS NULL"
    [entered] = run(viewer, job(viewer, query=query))
    assert (entered.result, entered.problem) == (Result.DONE, "view_unmarked")
    station.view(f"{COLUMNS}, 7 AS shoe_size")
    [entered] = run(viewer, job(viewer, query=query))
    assert (entered.problem, entered.params) == ("view_columns_new", {"columns": "shoe_size"})


class Crash(BaseException):
    """Nothing in the program catches it, as nothing catches a loss of power."""


def crash_at(step: str, nth: int = 1) -> Callable[[str], None]:
    told: list[str] = []

    def crash(name: str) -> None:
        told.append(name)
        if name == step and told.count(step) == nth:
            raise Crash

    return crash


STEPS = ["asked", "read", "accepted", "kept"]


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("nth", [1, 2])
def test_after_a_crash_at_any_step_the_next_poll_loses_and_doubles_nothing(
    station: Station, viewer: Viewer, step: str, nth: int
) -> None:
    for number in range(8):
        station.tell(f"C{number}", f"08:0{number}")

    def poll(crash: Callable[[str], None] | None = None) -> Polled:
        # parts of three rows, so that each step comes more than once
        return viewer.poll(crash, rows=3, overlap="0s")

    with pytest.raises(Crash):
        poll(crash_at(step, nth))
    station.tell("C9", "08:09")
    poll()
    assert count(viewer.database) == 9
    assert sum(one.counts.events for one in deliveries(viewer.database)) == 9


processes = multiprocessing.get_context("forkserver")
processes.set_forkserver_preload(["tests.ingest.viewed"])


@pytest.mark.parametrize("step", [*STEPS, "moment 1", "moment 2", "moment 3"])
def test_a_process_that_was_killed_leaves_everything_to_the_next(
    station: Station, viewer: Viewer, tmp_path: Path, step: str
) -> None:
    for number in range(5):
        station.tell(f"C{number}", f"08:0{number}")
    poller = processes.Process(target=poll_until_killed, args=(station.url, str(tmp_path), step))
    poller.start()
    poller.join(60)
    assert poller.exitcode == -signal.SIGKILL
    viewer.poll()
    assert count(viewer.database) == 5
    assert viewer.poll().deliveries == []


def test_a_database_of_ours_that_does_not_answer_moves_no_watermark(
    station: Station, viewer: Viewer, monkeypatch: pytest.MonkeyPatch
) -> None:
    station.tell("C1", "12:00")

    def broken(name: str) -> None:
        if name == "accepted":
            raise OSError("disk full")

    with pytest.raises(OSError, match="disk full"):
        viewer.poll(broken)
    assert viewer.poller().state().watermark is None
    assert viewer.poll().rows == 1


def test_two_polls_of_one_view_at_once_bring_each_row_once(station: Station, viewer: Viewer) -> None:
    station.tell("C1", "12:00")
    inner: list[Polled] = []

    def meanwhile(name: str) -> None:
        if name == "read" and not inner:
            inner.append(viewer.poll())

    viewer.poll(meanwhile)
    assert (len(inner), count(viewer.database)) == (1, 1)
    assert replace(viewer.poller()).state().watermark is not None


def test_a_database_lost_in_the_middle_of_a_long_answer_leaves_what_was_read_and_the_rest_comes_next(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ingest.view.AHEAD", 4)
    monkeypatch.setattr("ingest.view_session.PORTION", 4)
    with station_on("postgresql", tmp_path) as station, viewer_of(station, tmp_path) as viewer:
        for number in range(12):
            station.tell(f"C{number}", f"08:{number:02d}")

        def lose(name: str) -> None:
            if name == "read":
                others = "pid <> pg_backend_pid() AND datname = current_database()"
                station.run(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE {others}")

        with pytest.raises(ViewProblem) as caught:
            viewer.poll(lose)
        assert caught.value.code == "view_unreachable"
        [lost] = deliveries(viewer.database)
        assert (lost.status, lost.problem, lost.counts.events) == ("failed", "view_unreachable", 4)
        assert viewer.poller().state().watermark is None
        viewer.poll()
        assert count(viewer.database) == 12
