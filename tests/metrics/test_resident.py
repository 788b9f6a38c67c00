"""Columns kept in memory: what metrics say is the same whatever of the lake is kept."""

from __future__ import annotations

import gc
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

from monitor.cases.event import DAY, HOUR
from monitor.lake.manifest import LakeDamaged
from monitor.lake.refresh import rebuild, refresh
from monitor.metrics.ask import Ask
from monitor.metrics.catalog import METRICS, Rules, rows_of
from monitor.metrics.columns import COUNTED
from monitor.metrics.lake_engine import LakeEngine
from monitor.metrics.resident import Resident
from monitor.store.database import Database
from monitor.store.tables import metadata
from tests.factories import SHANGHAI, at, candidate, deliver

NOW = at("2024-09-30 08:00")
RULES = Rules((), HOUR, DAY, DAY)


@dataclass
class Lake:
    database: Database
    folder: Path

    def deliver(self, case_no: str, start: str, hours: int, received: str) -> None:
        begin = at(start)
        rows = [
            candidate("weighed", begin, case_no=case_no, gross_kg=52_000, limit_kg=49_000, vehicle="truck"),
            candidate("confirmed", begin, case_no=case_no),
            candidate("decided", begin + HOUR, case_no=case_no),
            candidate("paid", begin + 2 * HOUR, case_no=case_no, amount_fen=50_000, channel="pos"),
            candidate("released", begin + hours * HOUR, case_no=case_no),
        ]
        deliver(self.database, rows, at(received))

    def refresh(self) -> None:
        refresh(self.database, self.folder, lambda _: SHANGHAI, NOW)


@pytest.fixture
def lake(tmp_path: Path) -> Iterator[Lake]:
    database = Database(f"sqlite:///{tmp_path / 'db'}")
    metadata.create_all(database.engine)
    made = Lake(database, tmp_path / "lake")
    for month in (6, 7, 8):
        for number in range(4):
            start, received = f"2024-{month:02d}-1{number} 08:00", f"2024-{month:02d}-20 08:00"
            made.deliver(f"{month}-{number}", start, 20 + 3 * number, received)
    rebuild(database, made.folder, lambda _: SHANGHAI, NOW)
    yield made
    database.dispose()


SOME = ("compliance", "stages", "late_entry", "overload_rate", "payment_channels")


def told(engine: LakeEngine, names: Iterable[str] = SOME) -> dict[str, Any]:
    """Metrics of all tables that are kept, of now and as of a moment before."""
    before = Ask(at("2024-08-25 08:00"), since=date(2024, 7, 1), until=date(2024, 9, 1))
    asked = [(name, ask) for name in names for ask in (Ask(NOW), before)]
    return {f"{name} {ask.as_of}": rows_of(name, engine, ask, RULES) for name, ask in asked}


def filled(resident: Resident, engine: LakeEngine) -> None:
    for table in COUNTED:
        resident.fill(engine.at, table)


def kept_of(resident: Resident, engine: LakeEngine, table: str) -> int:
    """So many files of a table are kept."""
    _, files, _ = resident.source(engine.at, table)
    return len(engine.at.files(table)) - len(files)


def test_metrics_say_the_same_from_memory(lake: Lake) -> None:
    resident = Resident(lake.folder, 2**30)
    engine = LakeEngine.open(lake.folder, resident)
    plain = told(LakeEngine.open(lake.folder), METRICS)
    filled(resident, engine)
    assert kept_of(resident, engine, "case_versions") == 3
    for part in lake.folder.glob("*/*.parquet"):
        # Nothing is read from files any more.
        part.unlink()
    assert told(engine, METRICS) == plain
    assert plain[f"compliance {NOW}"][0]["n"] == 12


def test_a_change_is_seen_at_once_and_who_began_before_it_sees_what_was(lake: Lake) -> None:
    resident = Resident(lake.folder, 2**30, rest_seconds=0)
    before = LakeEngine.open(lake.folder, resident)
    filled(resident, before)
    said = told(before)
    lake.deliver("6-9", "2024-06-15 08:00", 50, "2024-09-01 08:00")
    lake.refresh()
    after = before.renewed()
    anew = told(LakeEngine.open(lake.folder))
    assert anew != said
    assert told(after) == anew
    filled(resident, after)
    assert kept_of(resident, after, "case_versions") == 3
    assert told(after) == anew
    assert told(before) == said


def test_what_no_manifest_names_any_more_is_let_go(lake: Lake) -> None:
    resident = Resident(lake.folder, 2**30)
    engine = LakeEngine.open(lake.folder, resident)
    for number in range(3):
        lake.deliver(f"8-{number}", f"2024-08-0{number + 1} 08:00", 30, f"2024-09-0{number + 1} 08:00")
        lake.deliver(f"7-{number}", f"2024-07-0{number + 1} 08:00", 30, f"2024-09-0{number + 1} 08:00")
        lake.deliver(f"6-{number}", f"2024-06-0{number + 1} 08:00", 30, f"2024-09-0{number + 1} 08:00")
        lake.refresh()
        engine = engine.renewed()
        filled(resident, engine)
        assert told(engine) == told(LakeEngine.open(lake.folder))
    gc.collect()
    tables = resident.cursor().execute("SELECT table_name FROM duckdb_tables()").fetchall()
    assert len(tables) == len(COUNTED)


def test_without_room_everything_is_read_from_files(lake: Lake) -> None:
    resident = Resident(lake.folder, 100)
    engine = LakeEngine.open(lake.folder, resident)
    filled(resident, engine)
    assert kept_of(resident, engine, "case_versions") == 0
    assert told(engine) == told(LakeEngine.open(lake.folder))


def test_a_question_has_what_it_needs_kept_and_does_not_wait(lake: Lake) -> None:
    resident = Resident(lake.folder, 2**30, rest_seconds=0)
    engine = LakeEngine.open(lake.folder, resident)
    plain = told(LakeEngine.open(lake.folder))
    answers: list[dict[str, Any]] = []
    asking = [Thread(target=lambda: answers.append(told(engine))) for _ in range(2)]
    for one in asking:
        one.start()
    for one in asking:
        one.join()
    assert answers == [plain, plain]
    resident.wait()
    assert told(engine) == plain
    resident.wait()
    assert kept_of(resident, engine, "case_versions") == 3


@pytest.mark.parametrize("content", [b"", b"swapped"])
def test_a_file_that_is_not_what_was_written_is_not_kept(lake: Lake, content: bytes) -> None:
    resident = Resident(lake.folder, 2**30)
    engine = LakeEngine.open(lake.folder, resident)
    next(lake.folder.glob("case_versions/2024-07*.parquet")).write_bytes(content)
    with pytest.raises(LakeDamaged):
        resident.fill(engine.at, "case_versions")
    assert kept_of(resident, engine, "case_versions") == 0
