"""A station's own database with a view of its events, on SQLite or a real PostgreSQL, and polls of it."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, create_engine

from ingest.intake import Intake
from ingest.mapping.pages import load_pages
from ingest.view import Polled, ViewPoll
from monitor.settings.configuration import load_configuration
from monitor.settings.environment import Settings
from monitor.settings.views import DatabaseView
from monitor.store.database import Database
from monitor.store.migrate import upgrade
from tests.engines import postgresql_url
from tests.factories import SENDER, at

NOW = at("2026-07-02 09:00")
STATION = "14042301"
QUERY = "SELECT * FROM v_events WHERE changed_at >= :since ORDER BY changed_at"

TABLE = """CREATE TABLE told (
    id INTEGER PRIMARY KEY, station {text}, case_no {text}, activity {text}, occurred_at {time},
    gross_kg INTEGER, plate {text}, changed_at {time})"""
VIEW = "CREATE VIEW v_events AS SELECT {columns} FROM told"
COLUMNS = "station, case_no, activity, occurred_at, gross_kg, plate, changed_at"


@dataclass
class Clock:
    """A time that stands until it is moved."""

    now: int = NOW

    def __call__(self) -> int:
        return self.now


@dataclass
class Station:
    """The other system: its database, written to by its own role."""

    url: str
    engine: Engine
    told: int = 0

    @property
    def is_sqlite(self) -> bool:
        return self.engine.dialect.name == "sqlite"

    def run(self, *statements: str) -> None:
        with self.engine.begin() as connection:
            for statement in statements:
                connection.exec_driver_sql(statement)

    def tell(
        self, case: str, changed: str | None, activity: str = "confirmed", gross: int | None = 61400
    ) -> None:
        """A row that was changed at a local time of the first of July."""
        self.told += 1
        stamp = "NULL" if changed is None else f"'2026-07-01 {changed}:00'"
        gross_kg = "NULL" if gross is None else gross
        self.run(
            f"INSERT INTO told VALUES ({self.told}, '{STATION}', '{case}', '{activity}', "
            f"'2026-07-01 08:00:00', {gross_kg}, '晋D81021', {stamp})"
        )

    def view(self, columns: str = COLUMNS) -> None:
        self.run("DROP VIEW IF EXISTS v_events", VIEW.format(columns=columns))


@dataclass
class Viewer:
    """Polls the view of a station into a log of one's own."""

    station: Station
    intake: Intake
    clock: Clock
    told: dict[str, Any] = field(default_factory=dict)

    @property
    def database(self) -> Database:
        return self.intake.database

    def settings(self, **changed: Any) -> DatabaseView:
        given = {
            "url": self.station.url, "query": QUERY, "source": "events", "watermark": "changed_at",
            "timeout": "5s", **self.told, **changed,
        }  # fmt: skip
        return DatabaseView.model_validate(given)

    def poller(self, step: Callable[[str], None] | None = None, **changed: Any) -> ViewPoll:
        return ViewPoll(self.intake, "station", self.settings(**changed), SENDER, step or (lambda name: None))

    def poll(self, step: Callable[[str], None] | None = None, **changed: Any) -> Polled:
        return self.poller(step, **changed).poll()


@contextmanager
def station_on(engine: str, folder: Path) -> Iterator[Station]:
    """The station's database with its view, empty."""
    if engine == "sqlite":
        with _station(f"sqlite:///{folder / 'station.db'}", "TEXT", "TEXT") as station:
            yield station
        return
    with postgresql_url(empty=True) as url, _station(url, "TEXT", "TIMESTAMP") as station:
        yield station


@contextmanager
def _station(url: str, text: str, time: str) -> Iterator[Station]:
    station = Station(url, create_engine(url))
    station.run(TABLE.format(text=text, time=time))
    station.view()
    yield station
    station.engine.dispose()


@contextmanager
def viewer_of(station: Station, folder: Path) -> Iterator[Viewer]:
    clock = Clock()
    database = Database(f"sqlite:///{folder / 'fangxing.db'}")
    upgrade(database)
    configuration = load_configuration(Settings(data_dir=folder))
    yield Viewer(station, Intake(database, configuration, load_pages(), b"a key of this test", clock), clock)
    database.dispose()


def poll_until_killed(url: str, folder: str, at: str) -> None:
    """What a process does that is killed once it has gone so far: a step, or `moment N`, its Nth look at
    the clock."""
    moments = 0
    with viewer_of(Station(url, create_engine(url)), Path(folder)) as viewer:

        def die(name: str) -> None:
            if name == at:
                os.kill(os.getpid(), signal.SIGKILL)

        def moment() -> int:
            nonlocal moments
            moments += 1
            die(f"moment {moments}")
            return viewer.clock.now

        viewer.intake = replace(viewer.intake, moment=moment)
        viewer.poll(die)
