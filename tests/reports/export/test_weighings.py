"""Weighings that are no case: out as CSV and Parquet, and in again to the same state."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from sqlalchemy import select

from ingest.intake import Intake
from ingest.mapping.pages import load_pages
from monitor.reports.export.choice import Form, Subject
from monitor.reports.export.forms import write
from monitor.reports.export.told import Export
from monitor.settings.configuration import load_configuration
from monitor.settings.environment import Settings
from monitor.store.cases import CaseFilter, each_case
from monitor.store.database import Database
from monitor.store.deliveries import Sender
from monitor.store.tables import weighings
from tests.engines import ENGINES, database_on
from tests.factories import at

NOW = at("2026-07-02 09:00")
WEST, NORTH = "14042301", "14042302"
KEPT = (
    "station", "check_no", "at", "local_date", "iso_week", "local_hour", "plate", "plate_colour", "vehicle",
    "axles", "gross_kg", "limit_kg", "rule_kg", "rest",
)  # fmt: skip
"""What a weighing says; the rest is where it came from and when."""


def row(number: int, station: str = WEST, gross: int = 41_000, **told: Any) -> dict[str, Any]:
    return {
        "siteCode": station, "checkNo": f"W-{number}", "checkType": 1,
        "checkTime": f"2026-07-01 08:{number:02d}:00", "plateNum": f"晋D8102{number}", "plateNumColor": 1,
        "vehicleType": "combination", "axleCnt": 6, "sumWeight": gross, "limitWeight": 49_000, **told,
    }  # fmt: skip


ROWS = [
    row(1, lane=2, axleWeights=[5_000, 9_000, 9_000, 6_000, 6_000, 6_000], axleSpacings=[3_200], speed=12.5),
    row(2, NORTH, overRate=0, length=17_500),
    row(3, plateNum="无牌", scaleNo="W1"),
    row(4, gross=61_400),
    {"siteCode": WEST, "checkNo": "W-5", "checkType": 1, "checkTime": "2026-07-02 00:30:00",
     "sumWeight": 17_000, "plateNum": "ABC12", "axleCnt": 2},
]  # fmt: skip
"""The fourth is over its limit, and so a case."""


def intake_of(database: Database, folder: Path) -> Intake:
    configuration = load_configuration(Settings(data_dir=folder))
    return Intake(database, configuration, load_pages(), b"a key of this test", lambda: NOW)


@pytest.fixture(params=ENGINES)
def weighed(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Export]:
    """Four weighings within their limit and one over it."""
    with database_on(request.param, tmp_path) as database:
        intake = intake_of(database, tmp_path)
        file = tmp_path / "weighings.jsonl"
        file.write_text("\n".join(map(json.dumps, ROWS)), encoding="utf-8")
        entry = intake.file(file, intake.pages["weighings"], Sender("test", "test"))
        assert (entry.status, entry.counts.refusals, entry.counts.cases) == ("done", 0, 1)
        yield Export(database, CaseFilter(), intake.configuration.stations, NOW, plates=True)


def lain(database: Database) -> list[tuple[Any, ...]]:
    query = select(*(weighings.c[name] for name in KEPT)).order_by("station", "check_no")
    with database.read() as connection:
        return [tuple(one) for one in connection.execute(query)]


def written(export: Export, folder: Path, subject: Subject, form: Form) -> Path:
    path = folder / f"fangxing-{subject}.{form}"
    with path.open("wb") as file:
        write(file, export, subject, form)
    return path


@pytest.mark.parametrize("form", [Form.CSV, Form.PARQUET])
@pytest.mark.parametrize("engine", ENGINES)
def test_weighings_and_events_read_into_a_fresh_database_give_the_same_state(
    weighed: Export, tmp_path: Path, form: Form, engine: str
) -> None:
    before = lain(weighed.database)
    assert len(before) == 4
    (tmp_path / "again").mkdir()
    with database_on(engine, tmp_path / "again") as database:
        intake = intake_of(database, tmp_path / "again")
        for subject in (Subject.WEIGHINGS, Subject.EVENTS):
            path = written(weighed, tmp_path, subject, form)
            entry = intake.file(path, intake.page_for(path), Sender("test", "test"))
            assert (entry.status, entry.counts.refusals) == ("done", 0)
        assert lain(database) == before
        states = [list(each_case(one, CaseFilter(), NOW)) for one in (weighed.database, database)]
        assert len(states[0]) == 1
        assert states[0] == states[1]
        path = written(weighed, tmp_path, Subject.WEIGHINGS, form)
        again = intake.file(path, intake.page_for(path), Sender("test", "test"))
        assert (again.counts.events, again.counts.revisions, again.counts.duplicates) == (0, 0, 4)


def table(path: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(path.read_text("utf-8-sig"))))


def test_stations_and_days_choose_and_plates_are_masked_unless_asked_for(
    weighed: Export, tmp_path: Path
) -> None:
    def numbers(**chosen: Any) -> list[str]:
        some = weighed._replace(chosen=CaseFilter(**chosen))
        return [one["check_no"] for one in table(written(some, tmp_path, Subject.WEIGHINGS, Form.CSV))]

    assert numbers() == ["W-5", "W-3", "W-2", "W-1"]
    assert numbers(stations=[NORTH]) == ["W-2"]
    assert numbers(since=at("2026-07-02 00:00")) == ["W-5"]
    masked = table(written(weighed._replace(plates=False), tmp_path, Subject.WEIGHINGS, Form.CSV))
    assert [one["plate"] for one in masked if one["check_no"] == "W-1"] == ["晋D·8**21"]


def test_parquet_tells_the_instant_for_other_programs_and_masses_as_numbers(
    weighed: Export, tmp_path: Path
) -> None:
    rows = pq.read_table(written(weighed, tmp_path, Subject.WEIGHINGS, Form.PARQUET)).to_pylist()
    first = next(one for one in rows if one["check_no"] == "W-1")
    assert (first["at"], first["at_us"]) == ("2026-07-01T08:01:00+08:00", at("2026-07-01 08:01"))
    assert (first["gross_kg"], first["limit_kg"], first["axles"]) == (41_000, 49_000, 6)


def test_weighings_do_not_come_as_an_event_log(weighed: Export, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="weighings do not come as xes"):
        written(weighed, tmp_path, Subject.WEIGHINGS, Form.XES)
