"""The public log gives one and the same log, cases and versions on SQLite and on PostgreSQL."""

from __future__ import annotations

import gzip
import hashlib
import itertools
from pathlib import Path

import pytest
from sqlalchemy import Table, select

from ingest.intake import Intake
from ingest.mapping.pages import load_pages
from monitor.settings.configuration import load_configuration
from monitor.settings.environment import Settings
from monitor.store.database import Database
from monitor.store.deliveries import Counts
from monitor.store.tables import case_versions, cases, events
from tests.engines import ENGINES, database_on
from tests.factories import SENDER, at

LOG = Path(__file__).resolve().parents[3] / "shared" / "data" / "road_traffic_fines.csv.gz"
NOW = at("2026-11-26 14:32")

pytestmark = [
    pytest.mark.skipif(not LOG.is_file(), reason="the public log is not at hand"),
    pytest.mark.timeout(900),
]


def told(database: Database, table: Table, *order: str) -> tuple[int, str]:
    """How many rows a table has, and the digest of all of them but for their own number."""
    query = select(*(column for column in table.c if column.name != "id" or table is cases))
    found = hashlib.sha256()
    count = 0
    with database.read() as connection:
        options = {"yield_per": 5_000}
        for row in connection.execute(
            query.order_by(*(table.c[name] for name in order)), None, execution_options=options
        ):
            found.update(repr(tuple(row)).encode())
            count += 1
    return count, found.hexdigest()


def loaded(engine: str, folder: Path, log: Path) -> tuple[Counts, list[tuple[int, str]]]:
    pages = load_pages()
    with database_on(engine, folder) as database:
        intake = Intake(database, load_configuration(Settings(data_dir=folder)), pages, b"key", lambda: NOW)
        counts = intake.file(log, pages["road-traffic-fines"], SENDER).counts
        return counts, [
            told(database, cases, "id"),
            told(database, events, "received_at"),
            told(database, case_versions, "case_id", "known_from"),
        ]


def compare(folder: Path, log: Path) -> Counts:
    first, second = (loaded(engine, folder, log) for engine in ENGINES)
    assert first == second
    return first[0]


def test_a_part_of_the_log_is_the_same_on_both_engines(tmp_path: Path) -> None:
    part = tmp_path / "road_traffic_fines.csv"
    with gzip.open(LOG, "rt", encoding="utf-8") as log, part.open("w", encoding="utf-8") as written:
        # More than is written in one transaction, so that cases straddle two of them.
        written.writelines(itertools.islice(log, 1 + 25_000))
    assert compare(tmp_path, part).events == 25_000


@pytest.mark.full
def test_the_whole_log_is_the_same_on_both_engines(tmp_path: Path) -> None:
    counts = compare(tmp_path, LOG)
    assert (counts.events, counts.cases, counts.refusals) == (561_470, 150_370, 0)
