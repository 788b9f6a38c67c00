"""`fangxing lake` and what other commands say of the copy that metrics read."""

from __future__ import annotations

import sqlite3
from functools import partial
from pathlib import Path

import pytest

from monitor.cli.words import words
from monitor.store.changes import forget_old
from tests.cli.conftest import EventFile, Fangxing

ROWS = (
    "城西,A1,confirmed,2024-06-01 08:00",
    "城西,A1,released,2024-06-01 20:00",
    "城西,A2,confirmed,2024-07-01 09:00",
)


@pytest.fixture
def lake(fangxing: Fangxing, event_file: EventFile, tmp_path: Path) -> Path:
    """A lake of a case in June and one in July."""
    assert fangxing("ingest", event_file(*ROWS)).code == 0
    assert "none yet" in fangxing("db", "check").out
    assert fangxing("lake", "rebuild").code == 0
    return tmp_path / "data" / "lake"


def test_a_check_of_the_database_compares_the_lake_and_says_what_to_do(
    fangxing: Fangxing, lake: Path
) -> None:
    sound = fangxing("db", "check")
    assert sound.code == 0
    # Three events, and a version of each of the two cases; no weighing, no money.
    assert "5 rows of 2 months compared, differing: 0" in sound.out
    with sqlite3.connect(lake.parent / "fangxing.db") as connection:
        connection.execute("UPDATE events SET data = '{\"lane\":1}' WHERE activity = 'released'")
    found = fangxing("db", "check")
    assert found.code == 1
    assert "events of 2024-06 differs" in found.out
    assert "fangxing lake rebuild" in found.out
    assert fangxing("lake", "rebuild").code == 0
    assert fangxing("lake", "check").code == 0


def test_a_lake_that_lags_is_fine_and_said(fangxing: Fangxing, event_file: EventFile, lake: Path) -> None:
    fangxing("ingest", event_file("城西,A2,released,2024-07-01 20:00"))
    ran = fangxing("lake", "check")
    assert ran.code == 0
    assert "1 more cases have just changed" in ran.out


def test_a_metric_says_that_it_mended_the_lake(fangxing: Fangxing, lake: Path) -> None:
    one = next(lake.glob("case_versions/*.parquet"))
    one.write_bytes(one.read_bytes()[:-10])
    ran = fangxing("metrics", "compliance")
    assert ran.code == 0
    assert one.name in ran.err and "written anew" in ran.err
    assert fangxing("metrics", "compliance").err == ""


def test_a_folder_that_cannot_be_written_is_told_in_a_sentence(
    fangxing: Fangxing, event_file: EventFile, tmp_path: Path
) -> None:
    fangxing("ingest", event_file(*ROWS))
    (tmp_path / "data" / "lake").write_text("a file where the folder should be")
    for command in (("metrics", "compliance"), ("lake", "rebuild"), ("lake", "check")):
        ran = fangxing(*command)
        assert ran.code == 1
        assert "cannot be read or written" in ran.err
        assert "Traceback" not in ran.err


def test_a_backup_that_is_put_back_has_its_own_lake(
    fangxing: Fangxing, event_file: EventFile, lake: Path, tmp_path: Path
) -> None:
    fangxing("db", "backup", tmp_path / "copy.db")
    fangxing("ingest", event_file("城西,A2,released,2024-07-01 20:00"))
    fangxing("metrics", "compliance")
    fangxing("db", "restore", tmp_path / "copy.db")
    fangxing("ingest", event_file("城西,A2,released,2024-07-03 20:00"))
    fangxing("metrics", "compliance")
    assert fangxing("lake", "check").code == 0


def test_where_nothing_keeps_a_lake_changes_do_not_pile_up(
    fangxing: Fangxing, event_file: EventFile, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("monitor.store.changes.forget_old", partial(forget_old, kept=2))
    for number in range(12):
        fangxing("ingest", event_file(f"城西,B{number},confirmed,2024-06-01 08:00"))
    with sqlite3.connect(tmp_path / "data" / "fangxing.db") as connection:
        assert connection.execute("SELECT count(*) FROM changes").fetchone()[0] <= 5
    assert fangxing("metrics", "compliance").code == 0
    assert fangxing("lake", "check").code == 0


def test_every_difference_has_its_sentence() -> None:
    for code in ("no_lake", "manifest_unreadable", "manifest_of_another_form", "file_missing",
                 "file_changed", "month_differs", "out_of_step"):  # fmt: skip
        assert words().find(f"cli.lake.differs.{code}")
