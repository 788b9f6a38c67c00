"""`fangxing demo`: a made-up county, loaded by the same path as a real one, and kept alive."""

from __future__ import annotations

import logging
import shutil
import threading
from collections.abc import Callable
from pathlib import Path

from ingest.intake import Intake
from ingest.simulate import SIMULATION_SOURCES, LiveFeed, SimulationSummary, simulate
from monitor.cases.event import SECOND
from monitor.server import Installation, install, local_host, local_user, now, serve
from monitor.settings.environment import Settings
from monitor.store.deliveries import Sender
from monitor.store.marks import SIMULATED, set_mark

log = logging.getLogger(__name__)

FOLDER = "demo"
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
    installation = prepare(settings, folder, summary, progress)
    feed = Feeding(installation.intake, LiveFeed(seed, began, stations))
    feed.start()
    try:
        serve(installation, ready=ready)
    finally:
        feed.stop()


def prepare(
    settings: Settings,
    folder: Path,
    summary: SimulationSummary,
    progress: Callable[[str], None] | None = None,
) -> Installation:
    """A database in `folder` with everything a simulation wrote, marked as simulated."""
    update = {"data_dir": folder, "database_url": None}
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

    def __init__(self, intake: Intake, feed: LiveFeed) -> None:
        self._intake = intake
        self._feed = feed
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
        for source, last in self._heard.items():
            every = self._intake.pages[source].expect_seconds
            if every is not None and until - last > every * SECOND // 2:
                self._intake.candidates(source, "live", self._sender, [])
                self._heard[source] = until
