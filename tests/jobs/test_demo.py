"""A demo tells by every way, and by its own alone: no folder or database of an installation is touched."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from unittest.mock import patch

import pytest

from ingest.simulate import LiveFeed, SimulationSummary, simulate
from ingest.simulate.ways.coming import Coming
from monitor.cases.event import DAY, HOUR, SECOND
from monitor.demo import VIEW, Feeding, configured, prepare, tell_by_other_ways
from monitor.server import Installation, started_jobs
from monitor.settings.environment import Settings
from monitor.store.deliveries import DeliveryRow, recent_deliveries
from monitor.store.jobs import Result, recent_runs
from tests.factories import at

# A Thursday at noon: the bureau publishes in office hours.
NOW = at("2026-11-26 12:00")


@dataclass
class Demo:
    installation: Installation
    summary: SimulationSummary

    def deliveries(self, source: str) -> list[DeliveryRow]:
        with self.installation.database.read() as connection:
            return [one for one in recent_deliveries(connection, 200) if one.source == source]


@pytest.fixture
def real(tmp_path: Path) -> Path:
    """A bureau's own configuration, which watches a real folder and names no example stations."""
    (tmp_path / "inbox").mkdir()
    (tmp_path / "inbox" / "events.csv").write_text("station,case_no,activity,occurred_at\n")
    config = tmp_path / "own"
    config.mkdir()
    (config / "jobs.yaml").write_text(f"watches:\n  real: {{folder: {tmp_path / 'inbox'}, source: events}}\n")
    return config


@pytest.fixture
def demo(tmp_path: Path, real: Path) -> Iterator[Demo]:
    folder = tmp_path / "demo"
    summary = simulate(folder / "exports", stations=3, days=7, seed=1, until=NOW)
    with patch("monitor.server.now", lambda: NOW):
        settings = Settings(data_dir=folder, config_dir=real, lake_dir=tmp_path / "lake")
        own = settings.model_copy(update={"config_dir": configured(folder, summary)})
        installation = prepare(own, folder, summary)
        tell_by_other_ways(installation.intake, summary)
        yield Demo(installation, summary)
    installation.database.dispose()


def test_a_demo_has_a_lake_of_its_own(demo: Demo, tmp_path: Path) -> None:
    demo.installation.lake.engine(NOW)
    assert (tmp_path / "demo" / "lake" / "manifest.json").is_file()
    assert not (tmp_path / "lake").exists()


def polled(demo: Demo, times: int) -> None:
    """Let the jobs run until the view was read so often."""
    jobs = started_jobs(demo.installation)
    assert jobs is not None
    until = time.monotonic() + 30
    database = demo.installation.database
    ended: list[object] = []
    while len(ended) < times and time.monotonic() < until:
        time.sleep(0.05)
        ended = [run for run in recent_runs(database, VIEW) if run.result != Result.RUNNING]
    jobs.stop()
    assert {run.result for run in recent_runs(database, VIEW)} == {Result.DONE}


def test_a_demo_shows_weighings_an_event_log_and_pushes_and_its_view_by_a_job(
    demo: Demo, tmp_path: Path
) -> None:
    assert demo.installation.simulated
    for source in ("weighings", "sim-weighings-tonnes", "weighings-unit-told", "sim-xes", "events"):
        assert demo.deliveries(source), source
    assert any(one.name.startswith("push ") for one in demo.deliveries("weighings"))
    assert not demo.deliveries("sim-view")
    polled(demo, 1)
    (read,) = demo.deliveries("sim-view")
    rows = {row["event_id"] for row in demo.summary.ways.truth["view"]["rows"]}
    assert read.counts.events == len(rows) > 0
    assert {run.job for run in recent_runs(demo.installation.database)} == {
        VIEW, "calendar-check", "reconciliation", "alerts", "sending",
    }  # fmt: skip
    assert (tmp_path / "inbox" / "events.csv").is_file()


def test_the_other_ways_of_a_demo_go_on(demo: Demo) -> None:
    intake = demo.installation.intake
    ways = demo.summary.ways
    feed = Feeding(intake, LiveFeed(1, NOW, 3), Coming(1, NOW, ways.view, ways.coming))
    before = len(demo.deliveries("weighings"))
    polled(demo, 1)
    later = NOW + 4 * HOUR
    with patch("monitor.server.now", lambda: later):
        feed.step(later)
        pushed = demo.deliveries("weighings")[: -before or None]
        assert len(pushed) == 1 and pushed[0].counts.rows_read > 5
        assert pushed[0].counts.rows_landed == pushed[0].counts.rows_read
        feed.step(later)
        assert len(demo.deliveries("weighings")) == before + 1


def test_what_comes_is_the_same_however_often_it_is_asked_for(tmp_path: Path) -> None:
    ways = simulate(tmp_path / "made", stations=3, days=4, seed=1, until=NOW).ways

    def told(every: int) -> tuple[list[str], int]:
        coming = Coming(1, NOW, ways.view, ways.coming)
        asked = range(NOW, NOW + 2 * DAY + 1, every)
        weighed = [f"{row['checkNo']} {row['checkType']}" for at in asked for row in coming.weighed(at)]
        return weighed, sum(coming.show(at) for at in asked)

    often, once = told(600 * SECOND), told(2 * DAY)
    assert often == once
    assert len(once[0]) == len(set(once[0])) > 100
    assert once[1] == sum(row.visible_at <= NOW + 2 * DAY for row in ways.coming) > 0
