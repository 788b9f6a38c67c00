"""The simulator's view, whose rows become visible late and are corrected: polled along the way, all comes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlalchemy import select

from ingest.intake import Intake
from ingest.mapping.pages import load_pages
from ingest.simulate.ways import bureau_view
from ingest.simulate.ways.bureau_view import ViewRow
from ingest.simulate.world import build
from ingest.view import ViewPoll
from monitor.settings.configuration import load_configuration
from monitor.settings.environment import Settings
from monitor.settings.views import DatabaseView
from monitor.store.database import Database
from monitor.store.migrate import upgrade
from monitor.store.tables import events
from tests.factories import SENDER, at

NOW = at("2026-11-26 14:30")


@dataclass
class Clock:
    now: int = 0

    def __call__(self) -> int:
        return self.now


@pytest.fixture(scope="module")
def rows() -> Sequence[ViewRow]:
    found = bureau_view.view_rows(build(stations=4, days=14, seed=7, until=NOW))
    assert any(row.late for row in found)
    assert any(row.corrects for row in found)
    return found


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    database = Database(f"sqlite:///{tmp_path / 'fangxing.db'}")
    upgrade(database)
    yield database
    database.dispose()


def polled(database: Database, folder: Path, rows: Sequence[ViewRow], overlap: str) -> dict[str, int]:
    """The latest time told of each event, after a poll whenever two more rows had become visible."""
    file = folder / bureau_view.FILE
    bureau_view.create(file)
    clock = Clock()
    intake = Intake(database, load_configuration(Settings()), load_pages(), b"key of this test", clock)
    view = DatabaseView.model_validate({
        "url": f"sqlite:///{file}", "source": bureau_view.SOURCE, "watermark": bureau_view.WATERMARK,
        "query": f"{bureau_view.QUERY} WHERE updated_at > :since ORDER BY updated_at", "overlap": overlap,
    })  # fmt: skip
    poller = ViewPoll(intake, "bureau", view, SENDER)
    for place in range(0, len(rows), 2):
        seen = rows[place : place + 2]
        bureau_view.fill(file, seen)
        clock.now = seen[-1].visible_at
        poller.poll()
    query = select(events.c.event_id, events.c.occurred_at).order_by(events.c.recorded_at)
    with database.read() as connection:
        return {row.event_id: row.occurred_at for row in connection.execute(query)}


def test_every_row_arrives_and_its_correction_counts_however_late_it_became_visible(
    database: Database, tmp_path: Path, rows: Sequence[ViewRow]
) -> None:
    truth = {row.event_id: row.at for row in sorted(rows, key=lambda row: row.updated_at)}
    assert polled(database, tmp_path, rows, overlap="1h") == truth


def test_without_an_overlap_rows_that_came_late_are_lost(
    database: Database, tmp_path: Path, rows: Sequence[ViewRow]
) -> None:
    truth = {row.event_id for row in rows}
    assert set(polled(database, tmp_path, rows, overlap="0s")) < truth
