"""`fangxing demo`: a made-up county, loaded by the same path as a real one, and kept alive."""

from __future__ import annotations

import logging
import shutil
import threading
from collections.abc import Callable
from pathlib import Path

import yaml

from ingest.intake import Intake
from ingest.push import Push, Pushes
from ingest.simulate import SIMULATION_SOURCES, LiveFeed, SimulationSummary, simulate
from ingest.simulate.ways import bureau_view
from ingest.simulate.ways.coming import Coming
from ingest.simulate.ways.pushes import recorded
from monitor.api.push import in_words, push_of
from monitor.cases.event import SECOND
from monitor.server import Installation, install, local_host, local_user, now, serve
from monitor.settings.environment import Settings
from monitor.store.deliveries import Sender
from monitor.store.marks import SIMULATED, set_mark

log = logging.getLogger(__name__)

FOLDER = "demo"
VIEW = "publications"
"""The job that reads the bureau's view."""
PUSHING = Sender("river-scales", "127.0.0.1")
TICK_SECONDS = 3.0
"""How often the live feed is asked for what was told meanwhile."""


def run_demo(
    settings: Settings,
    *,
    seed: int,
    days: int,
    stations: int,
    ready: Callable[[str], None] | None = None,
    progress: Callable[[str], None] | None = None,
) -> None:
    """Make up a county, load it, serve it and go on feeding it until stopped.

    Each demo begins anew in a folder of its own below the data folder and never touches real data. `progress`
    is told the name of each file as it is loaded.
    """
    folder = settings.data_dir / FOLDER
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    began = now()
    summary = simulate(folder / "exports", stations=stations, days=days, seed=seed, until=began)
    own = settings.model_copy(update={"config_dir": configured(folder, summary)})
    installation = prepare(own, folder, summary, progress)
    tell_by_other_ways(installation.intake, summary, progress)
    ways = summary.ways
    coming = Coming(seed, began, ways.view, ways.coming)
    feed = Feeding(installation.intake, LiveFeed(seed, began, stations), coming)
    feed.start()
    try:
        serve(installation, ready=ready)
    finally:
        feed.stop()


def configured(folder: Path, summary: SimulationSummary) -> Path:
    """The configuration of a demo: the shipped one, what its invented stations need, and a view to poll.

    Nothing of the installation's own: the folders and databases that it names are real.
    """
    config = summary.config_dir or folder / "config"
    config.mkdir(exist_ok=True)
    jobs = {"views": {VIEW: bureau_view.polled(summary.ways.view)}}
    (config / "jobs.yaml").write_text(yaml.safe_dump(jobs, allow_unicode=True), encoding="utf-8")
    return config


def tell_by_other_ways(
    intake: Intake, summary: SimulationSummary, progress: Callable[[str], None] | None = None
) -> None:
    """Take in weighings, an event log and pushes. The view is left to its job."""
    sender = Sender(local_user(), f"demo@{local_host()}")
    for path, source in summary.ways.files:
        if progress is not None:
            progress(path.name)
        intake.file(path, intake.pages[source], sender, backfill=True)
    if progress is not None:
        progress(summary.ways.pushes.name)
    pushes = Pushes(intake, in_words)
    for one in recorded(summary.ways.pushes):
        pushes.take(push_of(one.source, PUSHING, one.key, one.body))


def prepare(
    settings: Settings,
    folder: Path,
    summary: SimulationSummary,
    progress: Callable[[str], None] | None = None,
) -> Installation:
    """A database in `folder` with everything a simulation wrote, marked as simulated."""
    update = {"data_dir": folder, "database_url": None, "lake_dir": None}
    if summary.config_dir is not None:
        update["config_dir"] = summary.config_dir
    installation = install(settings.model_copy(update=update))
    with installation.database.write() as connection:
        set_mark(connection, SIMULATED, f"seed {summary.seed}")
    sender = Sender(local_user(), f"demo@{local_host()}")
    for file in summary.files:
        if progress is not None:
            progress(file.path.name)
        page = installation.intake.pages[file.source]
        installation.intake.file(file.path, page, sender, backfill=True)
    return Installation(installation.settings, installation.database, installation.intake, simulated=True)


class Feeding:
    """A thread that hands over what the simulated stations tell, as their systems would.

    A source that has nothing to tell still answers when it is asked: an empty delivery, as a poll that found
    nothing is, so that a quiet feed is not taken for a dead one.
    """

    def __init__(self, intake: Intake, feed: LiveFeed, coming: Coming | None = None) -> None:
        self._intake = intake
        self._feed = feed
        self._coming = coming
        self._pushes = Pushes(intake, in_words)
        self._sender = Sender("simulator", f"demo@{local_host()}")
        self._heard: dict[str, int] = dict.fromkeys(SIMULATION_SOURCES, now())
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="demo-feed", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self) -> None:
        """End, and wait until the last delivery is written."""
        self._stop.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._stop.wait(TICK_SECONDS):
            try:
                self.step(now())
            except Exception:
                # The board of a demo must not die of one delivery; the next tick tells what is due then.
                log.exception("a delivery of the simulated feed failed")

    def step(self, until: int) -> None:
        """Hand over what was told up to an instant."""
        for source, candidates in self._feed.due(until):
            self._intake.candidates(source, "live", self._sender, candidates)
            self._heard[source] = until
        if self._coming is not None:
            self._coming.show(until)
            if rows := self._coming.weighed(until):
                self._pushes.take(Push("weighings", PUSHING, rows))
        for source, last in self._heard.items():
            every = self._intake.pages[source].expect_seconds
            if every is not None and until - last > every * SECOND // 2:
                self._intake.candidates(source, "live", self._sender, [])
                self._heard[source] = until
