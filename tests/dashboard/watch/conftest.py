"""Cases at one county's stations, seen on Thursday 26 November 2026 at 14:32 local time."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from dashboard.services import Services
from monitor.cases.activity import Activity
from monitor.cases.event import HOUR, SECOND
from monitor.cases.state import CaseState
from monitor.settings.configuration import Configuration, load_configuration
from monitor.settings.entry import Name
from monitor.settings.environment import Settings
from monitor.settings.texts import texts
from monitor.store.database import Database
from monitor.store.tables import cases, deliveries, metadata, sources
from monitor.store.versions import insert_versions, version_row

ZONE = ZoneInfo("Asia/Shanghai")
NOW = round(datetime(2026, 11, 26, 14, 32, tzinfo=ZONE).timestamp()) * SECOND

PAYS_FIRST, LAWFUL, TREASURY_FIRST = "14042301", "14042302", "14042303"
"""The shipped example stations: release after payment, after removal, after the treasury's word."""


@pytest.fixture
def now() -> int:
    return NOW


@pytest.fixture(scope="session")
def configuration() -> Configuration:
    return load_configuration(Settings(data_dir=Path("unused")))


@pytest.fixture
def held() -> Callable[..., CaseState]:
    """A vehicle in custody since `hours` hours. `*_h` are hours after its confirmation."""

    def make(
        hours: float, station: str = PAYS_FIRST, case_no: str = "1", limit_h: float = 24, **told: Any
    ) -> CaseState:
        start = NOW - round(hours * HOUR)
        at = {
            f"{name[:-2]}_at": start + round(value * HOUR)
            for name, value in told.items()
            if name.endswith("_h")
        }
        plain = {name: value for name, value in told.items() if not name.endswith("_h")}
        fields: dict[str, Any] = {
            "station": station,
            "case_no": case_no,
            "verdict": "running",
            "custody": True,
            "events": 1,
            "first_at": start,
            "last_at": start,
            "plate": "晋D83821",
            "gross_kg": 67_600,
            "limit_kg": 49_000,
            "confirmed_at": start,
            "limit_s": round(limit_h * 3600),
            "deadline_at": start + round(limit_h * HOUR),
        }
        return CaseState(**{**fields, **at, **plain})

    return make


@pytest.fixture
def page() -> Callable[..., Any]:
    """A source page: what it brings and how often it should come."""

    def make(every: str | None, *brings: Activity) -> Any:
        events = [SimpleNamespace(activity=activity) for activity in brings]
        return SimpleNamespace(
            kind="ledger", feed=Name(zh="来源", en="Feed"), expect_every=every, events=events
        )

    return make


@pytest.fixture
def services(tmp_path: Path, configuration: Configuration) -> Services:
    """Services on an empty store, with a clock that a test may turn."""
    database = Database(f"sqlite:///{tmp_path / 'board.db'}")
    metadata.create_all(database.engine)
    clock = SimpleNamespace(now=NOW)
    made = Services(
        configuration=configuration,
        database=database,
        now=lambda: clock.now,
        simulated=True,
        version="test-1",
        texts={"zh": texts("zh"), "en": texts("en")},
    )
    object.__setattr__(made, "clock", clock)
    return made


@pytest.fixture
def store(services: Services) -> Callable[..., None]:
    """Writes states as current case versions."""

    def write(*states: CaseState) -> None:
        with services.database.write() as connection:
            for state in states:
                added = connection.execute(
                    cases.insert().values(station=state.station, case_no=state.case_no)
                )
                key = added.inserted_primary_key
                assert key is not None
                insert_versions(connection, [version_row(key[0], state.first_at, None, state, ZONE)])

    return write


@pytest.fixture
def deliver(services: Services) -> Callable[[str, int], None]:
    """A completed delivery of a source at an instant."""

    def write(source: str, at: int) -> None:
        counts = [column.name for column in deliveries.c if column.type.python_type is int]
        with services.database.write() as connection:
            found = connection.execute(sources.select().where(sources.c.name == source)).first()
            if found is None:
                added = connection.execute(sources.insert().values(name=source)).inserted_primary_key
                assert added is not None
                source_id = added[0]
            else:
                source_id = found.id
            values = {name: 0 for name in counts if name not in ("id", "bytes", "finished_at")}
            connection.execute(
                deliveries.insert().values(
                    **{
                        **values,
                        "source_id": source_id,
                        "name": "a file",
                        "actor": "a",
                        "origin": "o",
                        "backfill": False,
                        "status": "done",
                        "received_at": at,
                        "received_until": at,
                    }
                )
            )

    return write
