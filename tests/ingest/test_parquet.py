"""Parquet that other programs wrote, taken in by the page of exports: what fits, and what is refused."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from ingest.intake import Intake
from ingest.mapping.batch import Warned
from ingest.mapping.pages import load_pages
from ingest.tables.fault import TableError
from monitor.settings.configuration import load_configuration
from monitor.settings.environment import Settings
from monitor.store.cases import CaseFilter, each_case
from monitor.store.database import Database
from monitor.store.deliveries import DeliveryRow, Sender, recent_deliveries
from monitor.store.migrate import upgrade
from monitor.store.quarantine import quarantine_rows

STATION = "14042301"
COLUMNS = {
    "station": [STATION, STATION],
    "case_no": ["A1", "A1"],
    "activity": ["confirmed", "released"],
    "occurred_at": [datetime(2024, 7, 1, 0, 30, tzinfo=UTC), datetime(2024, 7, 1, 9, 0, tzinfo=UTC)],
}


@pytest.fixture
def intake(tmp_path: Path) -> Intake:
    database = Database(f"sqlite:///{tmp_path / 'log.db'}")
    upgrade(database)
    configuration = load_configuration(Settings(data_dir=tmp_path))
    return Intake(database, configuration, load_pages(), b"a key", lambda: time.time_ns() // 1000)


def load(intake: Intake, folder: Path, warned: list[Warned] | None = None, **more: object) -> DeliveryRow:
    path = folder / "fangxing-events.parquet"
    pq.write_table(pa.table({**COLUMNS, **more}), path)
    return intake.file(path, intake.page_for(path), Sender("test", "test"), warned=warned)


def test_timestamps_and_numbers_of_another_program_are_read(intake: Intake, tmp_path: Path) -> None:
    warned: list[Warned] = []
    entry = load(intake, tmp_path, warned, gross_kg=[52_300, None], strange=["x", "y"])
    assert (entry.counts.rows_read, entry.counts.events, entry.counts.refusals) == (2, 2, 0)
    assert [one.reason for one in warned] == ["columns_passed_over"]
    [state] = each_case(intake.database, CaseFilter(), 0)
    assert (state.gross_kg, state.verdict) == (52_300, "released_on_time")
    assert state.confirmed_at == 1_719_793_800_000_000


def test_a_bad_cell_loses_its_row_and_the_rest_goes_on(intake: Intake, tmp_path: Path) -> None:
    entry = load(intake, tmp_path, gross_kg=["heavy", None])
    assert (entry.counts.events, entry.counts.rows_quarantined) == (1, 1)
    with intake.database.read() as connection:
        [refused] = [one.item for one in quarantine_rows(connection)]
    assert (refused.row, refused.column, refused.reason) == (1, "gross_kg", "not_a_number")


def failed(intake: Intake) -> str | None:
    with intake.database.read() as connection:
        [entry] = recent_deliveries(connection, 1)
    assert entry.status == "failed"
    return entry.problem


def test_a_list_where_one_value_belongs_is_refused_with_the_column(intake: Intake, tmp_path: Path) -> None:
    with pytest.raises(TableError) as caught:
        load(intake, tmp_path, gross_kg=[[52_300], [1]])
    assert caught.value.code == failed(intake) == "nested_column"
    assert caught.value.params == {"column": "gross_kg", "kind": "list<element: int64>"}


def test_a_list_in_a_column_nobody_asks_for_stops_nothing(intake: Intake, tmp_path: Path) -> None:
    assert load(intake, tmp_path, axles_of_it=[[1], [2]]).counts.events == 2


def test_a_missing_column_is_named(intake: Intake, tmp_path: Path) -> None:
    path = tmp_path / "fangxing-events.parquet"
    pq.write_table(pa.table({name: COLUMNS[name] for name in ("station", "case_no", "occurred_at")}), path)
    with pytest.raises(TableError) as caught:
        intake.file(path, intake.page_for(path), Sender("test", "test"))
    assert (caught.value.code, caught.value.params["column"]) == ("missing_column", "activity")


def test_a_cut_file_fails_and_leaves_nothing(intake: Intake, tmp_path: Path) -> None:
    path = tmp_path / "fangxing-events.parquet"
    pq.write_table(pa.table(COLUMNS), path)
    path.write_bytes(path.read_bytes()[:-20])
    with pytest.raises(TableError, match="broken_parquet"):
        intake.file(path, intake.page_for(path), Sender("test", "test"))
    assert failed(intake) == "broken_parquet"
    assert list(each_case(intake.database, CaseFilter(), 0)) == []
