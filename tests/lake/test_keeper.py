"""A lake is kept up to its database without anyone asking, and what prevents it is told."""

from __future__ import annotations

import errno
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from monitor.lake.keeper import Keeper, bring_up, stands_well
from monitor.lake.manifest import Place, read_manifest
from monitor.lake.refresh import rebuild
from monitor.metrics.ask import Ask
from monitor.metrics.away import LakeAway
from monitor.metrics.compliance import compliance
from monitor.metrics.source import LakeSource
from monitor.store.database import Database
from tests.factories import SHANGHAI, at, deliver
from tests.lake.test_refresh import held, told

NOW = at("2024-08-01 00:00")


def zone_of(_station: str) -> Any:
    return SHANGHAI


def keeper_of(database: Database, folder: Path) -> Keeper:
    return Keeper(database, folder, zone_of, lambda: NOW)


@contextmanager
def running(*keepers: Keeper) -> Iterator[None]:
    for keeper in keepers:
        keeper.start()
    try:
        yield
    finally:
        for keeper in keepers:
            keeper.stop()


def seconds_until(true: Callable[[], bool], most: float = 10) -> float:
    """How long it took; fails after `most` seconds."""
    begin = time.monotonic()
    while not true():
        assert time.monotonic() - begin < most
        time.sleep(0.05)
    return time.monotonic() - begin


def cases(folder: Path) -> int:
    manifest = read_manifest(folder)
    if manifest is None:
        return 0
    return sum(part.rows for place, part in manifest.parts.items() if place.table == "case_versions")


@pytest.fixture
def folder(database: Database, tmp_path: Path) -> Path:
    deliver(database, told(1, "2024-07-22 08:00", "2024-07-22 20:00"), at("2024-07-23 09:00"))
    return tmp_path / "lake"


def test_what_changes_is_told_within_ten_seconds(database: Database, folder: Path) -> None:
    with running(keeper_of(database, folder)):
        seconds_until(lambda: cases(folder) == 1)
        for number in (2, 3):
            deliver(database, told(number, "2024-07-23 08:00"), at(f"2024-07-23 1{number}:00"))
            seconds_until(lambda number=number: cases(folder) == number)  # type: ignore[misc]


def test_a_look_at_a_lake_that_stands_well_writes_nothing(database: Database, folder: Path) -> None:
    keeper = keeper_of(database, folder)
    keeper.look()
    before = {path: path.stat().st_mtime_ns for path in folder.rglob("*")}
    keeper.look()
    assert {path: path.stat().st_mtime_ns for path in folder.rglob("*")} == before
    assert keeper.standing.problem is None


def test_two_keepers_beside_one_folder_end_with_one_lake(
    database: Database, folder: Path, tmp_path: Path
) -> None:
    with running(keeper_of(database, folder), keeper_of(database, folder)):
        for number in range(2, 12):
            deliver(database, told(number, "2024-06-23 08:00"), at(f"2024-07-24 {number:02d}:00"))
            time.sleep(0.2)
        seconds_until(lambda: cases(folder) == 11)
    rebuild(database, tmp_path / "anew", zone_of, NOW)
    assert held(folder) == held(tmp_path / "anew")


def test_one_who_waits_for_the_lock_of_another_leaves_it_alone(database: Database, folder: Path) -> None:
    import fcntl

    folder.mkdir()
    with (folder / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        keeper_of(database, folder).look()
        assert cases(folder) == 0
    keeper_of(database, folder).look()
    assert cases(folder) == 1


def test_damage_is_mended_while_it_runs_and_said(database: Database, folder: Path) -> None:
    keeper = keeper_of(database, folder)
    with running(keeper):
        seconds_until(lambda: cases(folder) == 1)
        manifest = read_manifest(folder)
        assert manifest is not None
        (folder / manifest.parts[Place("events", "2024-07", "cases")].file).unlink()
        seconds_until(lambda: keeper.standing.mended is not None)
    assert keeper.standing.mended is not None
    assert (keeper.standing.mended.code, keeper.standing.mended_at) == ("file_missing", NOW)
    assert stands_well(database, folder, whole=True)


def test_a_file_that_was_changed_in_secret_is_found_at_the_start(database: Database, folder: Path) -> None:
    bring_up(database, folder, zone_of, NOW)
    one = next(folder.glob("events/*.parquet"))
    then = one.stat()
    one.write_bytes(one.read_bytes()[::-1])
    os.utime(one, ns=(then.st_atime_ns, then.st_mtime_ns))
    keeper = keeper_of(database, folder)
    keeper.look()
    assert keeper.standing.mended is not None
    assert keeper.standing.mended.code == "file_changed"


def test_what_prevents_it_is_told_and_forgotten_once_it_goes_again(database: Database, folder: Path) -> None:
    keeper = keeper_of(database, folder)
    folder.write_text("a file where the folder should be")
    keeper.look()
    assert (keeper.standing.problem, keeper.standing.since) == ("disk", NOW)
    folder.unlink()
    keeper.look()
    assert (keeper.standing.problem, cases(folder)) == (None, 1)


@pytest.mark.parametrize(
    ("number", "problem"), [(errno.ENOSPC, "disk_full"), (errno.EACCES, "disk_denied"), (errno.EIO, "disk")]
)
def test_a_disk_that_does_not_take_it_leaves_what_was_there_to_read(
    database: Database, folder: Path, monkeypatch: pytest.MonkeyPatch, number: int, problem: str
) -> None:
    source = LakeSource(database, folder, zone_of)
    keeper = source.kept(lambda: NOW)
    keeper.look()
    deliver(database, told(2, "2024-07-23 08:00"), at("2024-07-23 09:00"))

    def refused(_descriptor: int) -> None:
        raise OSError(number, os.strerror(number))

    with monkeypatch.context() as patched:
        patched.setattr("os.fsync", refused)
        keeper.look()
    assert keeper.standing.problem == problem
    asked = Ask(at("2024-07-24 09:00"))
    assert compliance(source.engine(NOW), asked)[0].n == 1
    keeper.look()
    assert keeper.standing.problem is None
    assert compliance(source.engine(NOW), asked)[0].n == 2


def test_a_database_that_is_away_is_told(tmp_path: Path) -> None:
    keeper = keeper_of(Database(f"sqlite:///{tmp_path / 'empty.db'}"), tmp_path / "lake")
    bare = tmp_path / "lake"
    bare.mkdir()
    keeper.look()
    assert keeper.standing.problem == "no_database"


def test_a_reader_of_a_kept_lake_does_not_wait_for_what_has_just_changed(
    database: Database, folder: Path
) -> None:
    source = LakeSource(database, folder, zone_of)
    keeper = source.kept(lambda: NOW)
    keeper.look()
    asked = Ask(at("2024-07-24 09:00"))
    assert compliance(source.engine(NOW), asked)[0].n == 1
    before = source.version
    deliver(database, told(2, "2024-07-23 08:00"), at("2024-07-23 09:00"))
    assert compliance(source.engine(NOW), asked)[0].n == 1
    keeper.look()
    assert compliance(source.engine(NOW), asked)[0].n == 2
    assert source.version != before


def test_a_reader_is_told_why_there_is_nothing_to_read(database: Database, folder: Path) -> None:
    folder.write_text("a file where the folder should be")
    source = LakeSource(database, folder, zone_of)
    with pytest.raises(LakeAway, match="disk"):
        compliance(source.engine(NOW), Ask(NOW))
    keeper = source.kept(lambda: NOW)
    keeper.look()
    with pytest.raises(LakeAway, match="disk"):
        source.ask(NOW, lambda engine: compliance(engine, Ask(NOW)))


@pytest.mark.parametrize("damage", ["missing", "cut", "garbage"])
def test_a_file_that_goes_bad_under_a_reader_is_mended(database: Database, folder: Path, damage: str) -> None:
    source = LakeSource(database, folder, zone_of)
    keeper = source.kept(lambda: NOW)
    keeper.look()
    asked = Ask(at("2024-07-24 09:00"))
    one = next(folder.glob("case_versions/*.parquet"))
    engine = source.engine(NOW)
    content = one.read_bytes()
    if damage == "missing":
        one.unlink()
    else:
        one.write_bytes(content[: len(content) // 2] if damage == "cut" else b"\x00" * len(content))
    with pytest.raises(LakeAway, match="damaged"):
        compliance(engine, asked)
    keeper.look()
    assert compliance(source.engine(NOW), asked)[0].k == 1
    # Without a keeper the same question is answered at once.
    alone = LakeSource(database, folder, zone_of)
    assert alone.ask(NOW, lambda engine: compliance(engine, asked))[0].k == 1
    one.write_bytes(b"")
    assert alone.ask(NOW, lambda engine: compliance(engine, asked))[0].k == 1


def test_a_mistake_in_a_question_is_no_damage(database: Database, folder: Path) -> None:
    engine = LakeSource(database, folder, zone_of).engine(NOW)
    versions = engine.table("case_versions")
    with pytest.raises(Exception, match="Conversion") as raised:
        engine.rows(versions.select(wrong=versions.case_no.cast("int64")))
    assert not isinstance(raised.value, LakeAway)


def test_a_lake_that_is_being_written_is_waited_for_a_moment_only(
    database: Database, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("monitor.metrics.source.FIRST_SECONDS", 0.2)
    source = LakeSource(database, folder, zone_of)
    source.kept(lambda: NOW)
    with pytest.raises(LakeAway, match="being_written"):
        source.whole(NOW)
    bring_up(database, folder, zone_of, NOW)
    assert compliance(source.whole(NOW), Ask(at("2024-07-24 09:00")))[0].n == 1
