"""An installation put together as `fangxing demo` does, served on loopback at a moment the test chooses."""

from __future__ import annotations

import re
import socket
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from unittest.mock import patch

import orjson
import uvicorn
from sqlalchemy import select

from ingest.candidate import Candidate
from ingest.simulate import simulate
from monitor.cases.event import HOUR, SECOND
from monitor.cases.state import CaseState
from monitor.demo import prepare
from monitor.jobs.scheduler import Scheduler
from monitor.server import Installation, create_app, install, started_jobs
from monitor.settings.environment import Settings
from monitor.store.cases import CaseFilter, each_case
from monitor.store.deliveries import Sender, recent_deliveries
from monitor.store.quarantine import quarantine_rows
from monitor.store.tables import events
from tests.factories import at

MOMENT = at("2026-11-24 14:12")
"""When the tests take place: a fixed moment, so that a page holds the same words on every run."""
SEED, STATIONS, DAYS = 7, 3, 14
PAYS_FIRST, LAWFUL, TREASURY_FIRST, OFF_SITE = "14042301", "14042302", "14042303", "14042331"
SOURCE = "record"
CITED = re.findall(
    r"^ +(?:document|article): *(\S.*)$",
    "".join(
        file.read_text("utf-8")
        for pattern in ("*.yaml", "rules/*.yaml")
        for file in (Path(__file__).parents[2] / "config").glob(pattern)
    ),
    re.MULTILINE,
)


@dataclass
class Clock:
    """Time that starts at a chosen moment and runs on."""

    start: int = MOMENT
    began: float = field(default_factory=time.monotonic)

    def __call__(self) -> int:
        return self.start + round((time.monotonic() - self.began) * SECOND)


@dataclass
class Served:
    """An installation that can be stopped and started again at the same address."""

    installation: Installation
    clock: Callable[[], int]
    port: int = 0
    _server: uvicorn.Server | None = None
    _thread: threading.Thread | None = None
    _jobs: Scheduler | None = None

    @property
    def base(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        listening = socket.socket()
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind(("127.0.0.1", self.port))
        self.port = listening.getsockname()[1]
        app = create_app(self.installation)
        with patch("monitor.server.now", self.clock):
            self._jobs = started_jobs(self.installation)
        self._server = uvicorn.Server(uvicorn.Config(app, log_level="error", timeout_graceful_shutdown=1))
        self._thread = threading.Thread(target=self._server.run, kwargs={"sockets": [listening]}, daemon=True)
        self._thread.start()
        until = time.monotonic() + 30
        while not self._server.started:
            if time.monotonic() > until:
                raise TimeoutError("the server under test did not start within 30 s")
            time.sleep(0.02)

    def stop(self) -> None:
        if self._server is not None and self._thread is not None:
            if self._jobs is not None:
                self._jobs.stop()
            self._server.should_exit = True
            self._thread.join(15)

    def close(self) -> None:
        self.stop()
        self.installation.database.dispose()

    def tell(self, *told: Candidate) -> None:
        """Hand events to the Intake, as the Record page and the feeds do."""
        row = self.installation.intake.candidates(SOURCE, "taps.jsonl", Sender("test", "test"), told)
        assert row.counts.refusals == 0, "the test's own events were refused"

    def hold(self, case_no: str, hours: float, station: str = PAYS_FIRST, **told: Any) -> str:
        """A vehicle confirmed so many hours ago; the address of its page."""
        self.tell(event("confirmed", self.clock() - round(hours * HOUR), case_no, station, **told))
        return f"/case/{station}/{case_no}"

    def told(self) -> set[str]:
        """What stands in its own words in any language.

        Every text that a source wrote into an event or into a cell that was refused, with the spellings that
        would be accepted; names and senders of deliveries; and what the configuration cites: numbers and
        articles of legal documents.
        """
        found = set(CITED)
        with self.installation.database.read() as connection:
            for one in recent_deliveries(connection, 1000):
                found |= {one.name, one.actor, one.origin}
            for (data,) in connection.execute(select(events.c.data).distinct()):
                values = orjson.loads(data).values() if data else ()
                found |= {value for value in values if isinstance(value, str) and len(value) > 1}
            for one in quarantine_rows(connection, status=None):
                written = (one.item.sheet, one.item.column, one.item.value, one.item.accepted)
                found |= {value for value in written if value is not None and len(value) > 1}
        return found

    def cases(self) -> Iterable[CaseState]:
        return each_case(self.installation.database, CaseFilter(), self.clock())


def event(activity: str, when: int, case_no: str, station: str = PAYS_FIRST, **told: Any) -> Candidate:
    """What an officer taps."""
    data = orjson.dumps(told, option=orjson.OPT_SORT_KEYS).decode() if told else ""
    return Candidate(station, case_no, activity, when, None, None, None, None, 0, data)


def served_county(folder: Path, clock: Callable[[], int], seed: int = SEED, days: int = DAYS) -> Served:
    """The simulated county of the demo, up to the moment the clock starts with."""
    with patch("monitor.server.now", clock):
        summary = simulate(folder / "exports", stations=STATIONS, days=days, seed=seed, until=clock())
        installation = prepare(Settings(data_dir=folder), folder, summary)
    return Served(installation, clock)


def odd_cases(served: Served) -> None:
    """What a fortnight of three stations need not have: a case of each rare kind."""
    now = served.clock()
    day = 24 * HOUR
    served.tell(
        event("detained", now - 5 * HOUR, "ODD-1", plate="晋D80001"),
        event("released", now - 3 * day, "ODD-2", plate="晋D80002"),
        event("confirmed", now - 3 * day + HOUR, "ODD-2"),
        event("confirmed", now - 2 * HOUR, "ODD-3", OFF_SITE, plate="晋D80003", gross_kg=52_000),
        event("confirmed", now - 3 * HOUR, "ODD-4", LAWFUL, plate="晋D80004", gross_kg=61_400),
        event("suspended", now - 2 * HOUR, "ODD-4", LAWFUL, reason="road_closed"),
        event("withdrawn", now - 1 * HOUR, "ODD-4", LAWFUL, reason="wrong_case"),
    )


def served_empty(folder: Path, clock: Callable[[], int], config: Path | None = None) -> Served:
    """An installation with the shipped configuration, or with that of a folder, of which nothing is known."""
    with patch("monitor.server.now", clock):
        return Served(install(Settings(data_dir=folder, config_dir=config)), clock)
