"""`fangxing simulate`: what it says it wrote is what `fangxing ingest` finds."""

from __future__ import annotations

import re
from pathlib import Path

from monitor.store.database import Database
from monitor.store.marks import SIMULATED, mark_of

from .conftest import Fangxing


def test_the_files_written_are_taken_in_with_the_events_and_cases_that_were_told(
    fangxing: Fangxing, tmp_path: Path
) -> None:
    out = tmp_path / "exports"
    told = fangxing(
        "simulate", "--out", out, "--stations", 2, "--days", 3, "--seed", 7, "--until", "2024-07-10"
    )
    assert told.code == 0
    found = re.search(r"(\d+) cases, (\d+) events", told.out)
    beside = re.search(r"(\d+) vehicles weighed \((\d+) events", told.out)
    money = re.search(r"(\d+) lines", told.out)
    assert found is not None and beside is not None and money is not None
    lines = int(money[1])
    assert lines > 0
    # Taken in, a line of the statement counts as what it brings; it is no event of a case.
    events = int(found[2]) + int(beside[2]) + lines
    ran = fangxing("ingest", out, "--json")
    assert ran.code == 0
    totals = ran.object["totals"]
    assert totals["events"] == events
    # A weighing is a case where more is told of its vehicle.
    assert 0 <= totals["cases"] - int(found[1]) <= int(beside[1])
    assert fangxing("ingest", out, "--json").object["totals"]["events"] == 0


def test_what_is_loaded_of_a_simulation_is_marked_as_made_up(fangxing: Fangxing, tmp_path: Path) -> None:
    out = tmp_path / "exports"
    fangxing("simulate", "--out", out, "--stations", 1, "--days", 1, "--until", "2024-07-10")

    def mark() -> str | None:
        database = Database(f"sqlite:///{tmp_path / 'data' / 'fangxing.db'}")
        with database.read() as connection:
            found = mark_of(connection, SIMULATED)
        database.dispose()
        return found

    own = tmp_path / "events.csv"
    own.write_text("station,case_no,activity,occurred_at\n14042301,A-1,confirmed,2024-07-09 08:00:00\n")
    assert fangxing("ingest", own).code == 0
    assert mark() is None
    assert fangxing("ingest", out / "weighings_城西.jsonl", "--dry-run").code == 0
    assert mark() is None
    assert fangxing("ingest", out / "weighings_城西.jsonl").code == 0
    assert mark() is not None


def test_invented_stations_come_with_the_configuration_that_reads_them(
    fangxing: Fangxing, tmp_path: Path
) -> None:
    out = tmp_path / "exports"
    told = fangxing("simulate", "--out", out, "--stations", 6, "--days", 1, "--until", "2024-07-10")
    assert f"FANGXING_CONFIG_DIR={out / 'config'} fangxing ingest {out}" in told.out
    assert (out / "config" / "stations.yaml").is_file()


def test_wrong_use_writes_nothing(fangxing: Fangxing, tmp_path: Path) -> None:
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "notes.txt").touch()
    assert fangxing("simulate", "--out", tmp_path / "full").code == 2
    assert fangxing("simulate", "--out", tmp_path / "new", "--until", "tomorrow").code == 2
    assert fangxing("simulate", "--out", tmp_path / "new", "--days", 0).code == 2
    assert not (tmp_path / "new").exists()
