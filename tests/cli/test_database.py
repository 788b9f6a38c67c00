"""`fangxing db`: proof that versions follow from the log, checks that find damage, backup and restore."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from .conftest import EventFile, Fangxing

ROWS = (
    "城西,A1,confirmed,2024-07-01 08:00",
    "城西,A1,released,2024-07-01 20:00",
    "城西,A2,confirmed,2024-07-01 09:00",
)


@pytest.fixture
def loaded(fangxing: Fangxing, event_file: EventFile, tmp_path: Path) -> Path:
    assert fangxing("ingest", event_file(*ROWS)).code == 0
    return tmp_path / "data" / "fangxing.db"


def change(database: Path, statement: str) -> None:
    with sqlite3.connect(database) as connection:
        connection.execute("PRAGMA ignore_check_constraints=ON")
        connection.execute(statement)


def test_a_sound_database_passes(fangxing: Fangxing, loaded: Path) -> None:
    ran = fangxing("db", "check")
    assert ran.code == 0
    assert "wrong" not in ran.out


@pytest.mark.parametrize(
    ("damage", "told"),
    [
        ("UPDATE deliveries SET events = events + 1, mapped = mapped + 1", "counts disagree: 1"),
        ("UPDATE deliveries SET rows_read = rows_read + 1", "counts disagree: 1"),
        ("UPDATE case_versions SET released_at = released_at + 1", "differing: 1"),
        ("UPDATE events SET delivery_id = 99", "point nowhere: 3"),
    ],
)
def test_damage_is_found(damage: str, told: str, fangxing: Fangxing, loaded: Path) -> None:
    change(loaded, damage)
    ran = fangxing("db", "check")
    assert ran.code == 1
    assert told in "\n".join(line for line in ran.out.splitlines() if line.startswith("[wrong]"))


def test_refold_finds_a_version_that_does_not_follow_from_the_log_and_mends_it(
    fangxing: Fangxing, loaded: Path
) -> None:
    assert fangxing("db", "refold").code == 0
    change(loaded, "UPDATE case_versions SET released_at = released_at + 1 WHERE case_no = 'A1'")
    found = fangxing("db", "refold")
    assert found.code == 1
    assert "14042301 A1" in found.out and "--repair" in found.out
    assert fangxing("db", "refold", "--repair").code == 0
    assert fangxing("db", "refold").code == 0


def test_a_backup_put_back_is_the_database_of_then_and_what_was_there_is_kept(
    fangxing: Fangxing, event_file: EventFile, loaded: Path, tmp_path: Path
) -> None:
    copy = tmp_path / "copy.db"
    assert fangxing("db", "backup", copy).code == 0
    assert copy.stat().st_mode & 0o077 == 0
    fangxing("ingest", event_file("城西,A3,confirmed,2024-07-01 10:00"))
    assert fangxing("cases", "--format", "json").object["total"] == 3
    assert fangxing("db", "restore", copy).code == 0
    assert fangxing("cases", "--format", "json").object["total"] == 2
    [kept] = loaded.parent.glob("*.before-*")
    with sqlite3.connect(kept) as connection:
        assert connection.execute("SELECT count(*) FROM cases").fetchone() == (3,)


@pytest.mark.parametrize(("size", "there"), [(4096, True), (16384, True), (4096, False)])
def test_a_copy_with_pages_of_another_size_is_put_back_whole(
    size: int, there: bool, fangxing: Fangxing, loaded: Path, event_file: EventFile, tmp_path: Path
) -> None:
    copy, cut = tmp_path / "copy.db", tmp_path / "cut.db"
    assert fangxing("db", "backup", copy).code == 0
    with closing(sqlite3.connect(copy)) as connection:
        connection.execute(f"PRAGMA page_size={size}")
        connection.execute("VACUUM INTO ?", (str(cut),))
    assert fangxing("ingest", event_file("城西,A9,confirmed,2024-07-03 08:00")).code == 0
    if not there:
        for file in loaded.parent.glob(f"{loaded.name}*"):
            file.unlink()
    assert fangxing("db", "restore", cut).code == 0
    assert fangxing("db", "check").code == 0
    with closing(sqlite3.connect(loaded)) as connection:
        assert connection.execute("SELECT case_no FROM cases ORDER BY id").fetchall() == [("A1",), ("A2",)]
        kept_size = connection.execute("PRAGMA page_size").fetchone()[0]
    assert kept_size == (8192 if there else size)
    assert not list(loaded.parent.glob("*.part"))


def test_a_backup_overwrites_nothing_and_a_damaged_or_foreign_copy_is_not_restored(
    fangxing: Fangxing, loaded: Path, tmp_path: Path
) -> None:
    copy = tmp_path / "copy.db"
    fangxing("db", "backup", copy)
    assert fangxing("db", "backup", copy).code == 2
    damaged = tmp_path / "damaged.db"
    damaged.write_bytes(b"no database at all" * 100)
    assert fangxing("db", "restore", damaged).code == 1
    foreign = tmp_path / "foreign.db"
    with sqlite3.connect(foreign) as connection:
        connection.execute("CREATE TABLE t (a)")
    assert fangxing("db", "restore", foreign).code == 2
    assert fangxing("cases", "--format", "json").object["total"] == 2


def test_a_database_of_an_older_layout_is_migrated_by_the_next_command_which_says_so(
    fangxing: Fangxing, tmp_path: Path
) -> None:
    from monitor.store.database import Database
    from monitor.store.migrate import upgrade

    upgrade(Database(f"sqlite:///{tmp_path / 'data' / 'fangxing.db'}"), "0001")
    assert "0001" in fangxing("cases").err
    assert fangxing("cases").err == ""


def test_a_database_of_a_newer_program_is_left_alone(fangxing: Fangxing, loaded: Path) -> None:
    change(loaded, "UPDATE alembic_version SET version_num = '9999'")
    ran = fangxing("cases")
    assert ran.code == 1
    assert "9999" in ran.err and "upgrade the program" in ran.err


def test_what_is_no_database_is_told_in_one_line(fangxing: Fangxing, tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "fangxing.db").write_bytes(b"no database at all" * 100)
    ran = fangxing("cases")
    assert ran.code == 1
    assert ran.err.count("\n") == 1 and "not a database" in ran.err
