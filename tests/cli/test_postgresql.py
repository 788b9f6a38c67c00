"""The command line on PostgreSQL: it does what it does on SQLite, and says where other tools are meant."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from monitor.store.database import Database
from tests.cli.conftest import EventFile, Fangxing
from tests.engines import postgresql_url

ROWS = (
    "14042302,A1,confirmed,2024-07-01 08:00,61400,晋D12345,王小明",
    "14042302,A1,released,yesterday",
    "14042302,A2,confirmed,2024-07-01 09:00,52000",
)


@pytest.fixture
def address(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    with postgresql_url(empty=True) as url:
        monkeypatch.setenv("FANGXING_DATABASE_URL", url)
        yield url


@pytest.mark.usefixtures("address")
def test_what_was_refused_is_corrected_and_everything_agrees(
    fangxing: Fangxing, event_file: EventFile
) -> None:
    totals = fangxing("ingest", event_file(*ROWS), "--json").object["totals"]
    assert totals == {
        "read": 4, "events": 2, "duplicates": 0, "revisions": 0, "quarantined": 1, "cases": 2
    }  # fmt: skip
    ran = fangxing("quarantine", "retry", "1", "--set", "occurred_at=2024-07-01 20:00")
    assert (ran.code, ran.out.split(",")[0]) == (0, "Settled 1")
    [case] = fangxing("cases", "--text", "A1", "--format", "json").object["cases"]
    assert case["taken_s"] == 12 * 3600
    again = fangxing("ingest", event_file(*ROWS), "--json").object["totals"]
    assert (again["events"], again["duplicates"]) == (0, 2)
    assert fangxing("db", "check").code == 0
    assert fangxing("db", "refold").code == 0


def test_a_version_that_is_wrong_is_found_and_mended(
    fangxing: Fangxing, event_file: EventFile, address: str
) -> None:
    fangxing("ingest", event_file(*ROWS))
    database = Database(address)
    with database.write() as connection:
        connection.exec_driver_sql("UPDATE case_versions SET gross_kg = 1 WHERE case_no = 'A2'")
    database.dispose()
    assert fangxing("db", "refold").code == 1
    assert fangxing("db", "refold", "--repair").code == 0
    assert fangxing("db", "refold").code == 0


@pytest.mark.usefixtures("address")
def test_copies_are_left_to_the_tools_of_postgresql(fangxing: Fangxing, tmp_path: Path) -> None:
    for command in ("backup", "restore"):
        ran = fangxing("db", command, tmp_path / "copy.db")
        assert ran.code == 2
        assert "pg_dump" in ran.err
        assert not (tmp_path / "copy.db").exists()
