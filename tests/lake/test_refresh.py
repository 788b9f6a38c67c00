"""The lake against the database: whatever happened to it, it holds what the database holds."""

from __future__ import annotations

import errno
import os
import shutil
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from monitor.lake.check import check
from monitor.lake.keeper import bring_up, stands_well
from monitor.lake.manifest import LakeDamaged, Place, read_manifest
from monitor.lake.refresh import Refreshed, rebuild, refresh
from monitor.metrics.ask import Ask
from monitor.metrics.compliance import compliance
from monitor.metrics.lake_engine import LakeEngine
from monitor.store.changes import forget_old, note_changed
from monitor.store.database import Database, ask
from tests.factories import SHANGHAI, at, candidate, deliver, letter

NOW = at("2024-08-01 00:00")


def zone_of(_station: str) -> Any:
    return SHANGHAI


def told(number: int, start: str, end: str | None = None) -> list[Any]:
    rows = [candidate("confirmed", at(start), case_no=f"C{number}")]
    return rows + ([candidate("released", at(end), case_no=f"C{number}")] if end else [])


def held(folder: Path) -> dict[Place, list[dict[str, Any]]]:
    """Every row of the lake by its place."""
    manifest = read_manifest(folder)
    assert manifest is not None
    return {place: pq.read_table(folder / part.file).to_pylist() for place, part in manifest.parts.items()}


def same_as_rebuilt(database: Database, folder: Path, tmp_path: Path) -> None:
    rebuild(database, tmp_path / "anew", zone_of, NOW)
    assert held(folder) == held(tmp_path / "anew")


@pytest.fixture
def lake(database: Database, tmp_path: Path) -> Path:
    """A lake of two cases in July and one in June."""
    rows = [
        *told(1, "2024-07-22 08:00", "2024-07-22 20:00"),
        *told(2, "2024-07-23 08:00"),
        *told(3, "2024-06-03 08:00", "2024-06-05 08:00"),
    ]
    deliver(database, rows, at("2024-07-23 09:00"))
    folder = tmp_path / "lake"
    refresh(database, folder, zone_of, NOW)
    return folder


def test_all_rows_of_a_case_lie_in_the_local_month_of_its_start(lake: Path) -> None:
    versions = {p.month: rows for p, rows in held(lake).items() if p.table == "case_versions"}
    assert {month: [row["case_no"] for row in rows] for month, rows in versions.items()} == {
        "2024-06": ["C3"], "2024-07": ["C1", "C2"],
    }  # fmt: skip


def test_only_months_that_changed_are_written_again(database: Database, lake: Path, tmp_path: Path) -> None:
    before = read_manifest(lake)
    deliver(database, told(2, "2024-07-23 08:00", "2024-07-23 18:00"), at("2024-07-23 19:00"))
    assert refresh(database, lake, zone_of, NOW) == Refreshed(1, ("2024-07",))
    after = read_manifest(lake)
    assert before is not None and after is not None
    june = [place for place in before.parts if place.month == "2024-06"]
    assert june and all(before.parts[place] == after.parts[place] for place in june)
    same_as_rebuilt(database, lake, tmp_path)


def test_nothing_changed_nothing_written(database: Database, lake: Path) -> None:
    before = read_manifest(lake)
    assert refresh(database, lake, zone_of, NOW + 1) == Refreshed(0, ())
    assert read_manifest(lake) == before


def test_a_case_whose_start_is_corrected_moves_to_its_new_month(
    database: Database, lake: Path, tmp_path: Path
) -> None:
    deliver(database, told(1, "2024-06-30 23:00"), at("2024-07-24 09:00"), letter(name="again.xlsx"))
    assert refresh(database, lake, zone_of, NOW) == Refreshed(1, ("2024-06", "2024-07"))
    numbers = {
        place.month: sorted({row["case_no"] for row in rows})
        for place, rows in held(lake).items()
        if place.table == "case_versions"
    }
    assert numbers == {"2024-06": ["C1", "C3"], "2024-07": ["C2"]}
    same_as_rebuilt(database, lake, tmp_path)


def test_an_event_that_was_corrected_is_valid_until_then(database: Database, lake: Path) -> None:
    deliver(database, told(1, "2024-07-22 08:00", "2024-07-22 21:00"), at("2024-07-24 09:00"))
    refresh(database, lake, zone_of, NOW)
    released = [
        (row["occurred_at"], row["known_to"] is None)
        for row in held(lake)[Place("events", "2024-07", "cases")]
        if row["case_no"] == "C1" and row["activity"] == "released"
    ]
    assert released == [(at("2024-07-22 20:00"), False), (at("2024-07-22 21:00"), True)]


def test_what_was_forgotten_half_way_is_done_again(
    database: Database, lake: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    deliver(database, told(2, "2024-07-23 08:00", "2024-07-23 18:00"), at("2024-07-23 19:00"))
    for step in ("put", "write_manifest", "leave", "sweep"):

        def killed(*_: object) -> None:
            raise KeyboardInterrupt

        with monkeypatch.context() as patched:
            patched.setattr(f"monitor.lake.refresh.{step}", killed)
            with pytest.raises(KeyboardInterrupt):
                refresh(database, lake, zone_of, NOW)
        deliver(database, told(4, f"2024-07-2{len(step) % 5} 08:00"), at("2024-07-25 09:00"))
    refresh(database, lake, zone_of, NOW)
    same_as_rebuilt(database, lake, tmp_path)


def test_a_missing_file_is_said_and_a_rebuild_mends_it(database: Database, lake: Path) -> None:
    manifest = read_manifest(lake)
    assert manifest is not None
    (lake / next(iter(manifest.parts.values())).file).unlink()
    with pytest.raises(LakeDamaged, match="file_missing"):
        LakeEngine.open(lake)
    with pytest.raises(LakeDamaged, match="file_missing"):
        refresh(database, lake, zone_of, NOW)
    rebuild(database, lake, zone_of, NOW)
    LakeEngine.open(lake)


def test_metrics_over_the_lake_say_what_the_database_holds(lake: Path) -> None:
    (row,) = compliance(LakeEngine.open(lake), Ask(at("2024-07-24 09:00")))
    # C1 on time, C2 held past 08:00 of the 24th, C3 two days late.
    assert (row.k, row.n) == (1, 3)


def test_a_reader_goes_on_with_the_manifest_it_read(database: Database, lake: Path) -> None:
    engine = LakeEngine.open(lake)
    deliver(database, told(2, "2024-07-23 08:00", "2024-07-23 18:00"), at("2024-07-23 19:00"))
    refresh(database, lake, zone_of, NOW)
    ask_then = Ask(at("2024-07-24 09:00"))
    assert compliance(engine, ask_then)[0].k == 1
    assert compliance(engine.renewed(), ask_then)[0].k == 2


def test_two_lakes_beside_one_database_each_follow_all_that_changed(
    database: Database, lake: Path, tmp_path: Path
) -> None:
    other = tmp_path / "other"
    rebuild(database, other, zone_of, NOW)
    for number, folder in enumerate((lake, other, other, lake)):
        rows = told(5 + number, "2024-06-04 08:00")
        deliver(database, rows, at(f"2024-07-2{5 + number} 09:00"))
        refresh(database, folder, zone_of, NOW)
    refresh(database, other, zone_of, NOW)
    same_as_rebuilt(database, lake, tmp_path)
    assert held(lake) == held(other)


def test_old_changes_are_forgotten_and_a_lake_that_missed_them_is_out_of_step(
    database: Database, lake: Path, tmp_path: Path
) -> None:
    behind = tmp_path / "behind"
    rebuild(database, behind, zone_of, NOW)
    for number in range(6):
        deliver(database, told(5 + number, "2024-07-24 08:00"), at(f"2024-07-25 1{number}:00"))
        refresh(database, lake, zone_of, NOW)
        forget_old(database, kept=2)
    with database.read() as connection:
        assert ask(connection, "SELECT count(*) FROM changes")[0][0] <= 4
    assert refresh(database, lake, zone_of, NOW) == Refreshed(0, ())
    with pytest.raises(LakeDamaged, match="out_of_step"):
        refresh(database, behind, zone_of, NOW)
    done = bring_up(database, behind, zone_of, NOW)
    assert done.mended is not None and done.cases == 9
    assert held(behind) == held(lake)


def test_the_lake_of_another_database_is_not_taken_for_ones_own(
    database: Database, lake: Path, tmp_path: Path
) -> None:
    with database.write() as connection:
        ask(connection, "UPDATE changes SET case_id = case_id + 1")
    with pytest.raises(LakeDamaged, match="out_of_step"):
        refresh(database, lake, zone_of, NOW)


def test_a_case_that_was_written_anew_is_found_wherever_it_lay(
    database: Database, lake: Path, tmp_path: Path
) -> None:
    """No version tells any more that the case lay in July: the file does."""
    with database.write() as connection:
        [(case_id,)] = ask(connection, "SELECT id FROM cases WHERE case_no = 'C1'")
        change = "UPDATE case_versions SET confirmed_at = ?, first_at = ? WHERE case_id = ?"
        ask(connection, change, (at("2024-05-03 08:00"), at("2024-05-03 08:00"), case_id))
        note_changed(connection, [case_id])
    assert refresh(database, lake, zone_of, NOW) == Refreshed(1, ("2024-05", "2024-07"))
    same_as_rebuilt(database, lake, tmp_path)


@pytest.mark.parametrize("damage", ["cut", "swapped", "swapped_in_secret", "emptied_folder", "manifest"])
def test_damage_is_found_and_mended(database: Database, lake: Path, tmp_path: Path, damage: str) -> None:
    manifest = read_manifest(lake)
    assert manifest is not None
    june, july = (lake / manifest.parts[Place("events", f"2024-0{month}", "cases")].file for month in (6, 7))
    before = july.stat()
    if damage == "cut":
        july.write_bytes(july.read_bytes()[:-100])
    elif damage == "swapped":
        july.write_bytes(june.read_bytes())
    elif damage == "swapped_in_secret":
        # As many bytes, and the time of change put back: a look at all bytes alone tells.
        july.write_bytes(july.read_bytes()[::-1])
        os.utime(july, ns=(before.st_atime_ns, before.st_mtime_ns))
        assert stands_well(database, lake)
    elif damage == "emptied_folder":
        shutil.rmtree(lake / "events")
    else:
        (lake / "manifest.json").write_bytes(b"{")
    assert not stands_well(database, lake, whole=True)
    assert not stands_well(database, lake)
    done = bring_up(database, lake, zone_of, NOW)
    assert done.mended is not None
    assert stands_well(database, lake, whole=True)
    same_as_rebuilt(database, lake, tmp_path)


def test_a_copied_lake_is_the_lake(database: Database, lake: Path, tmp_path: Path) -> None:
    copy = tmp_path / "copy"
    shutil.copytree(lake, copy, copy_function=shutil.copyfile)
    assert stands_well(database, copy)
    assert refresh(database, copy, zone_of, NOW) == Refreshed(0, ())


def test_a_full_disk_leaves_the_lake_as_it_was(
    database: Database, lake: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = held(lake)
    deliver(database, told(2, "2024-07-23 08:00", "2024-07-23 18:00"), at("2024-07-23 19:00"))

    def full(_descriptor: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with monkeypatch.context() as patched:
        patched.setattr("os.fsync", full)
        with pytest.raises(OSError, match="No space left"):
            bring_up(database, lake, zone_of, NOW)
    assert held(lake) == before
    assert not list(lake.glob("*/*.new"))
    bring_up(database, lake, zone_of, NOW)
    same_as_rebuilt(database, lake, tmp_path)


def test_a_check_names_the_months_that_differ_and_leaves_out_what_only_lags(
    database: Database, lake: Path
) -> None:
    assert (check(database, lake, zone_of).faults, check(database, lake, zone_of).months) == ([], 2)
    deliver(database, told(2, "2024-07-23 08:00", "2024-07-23 18:00"), at("2024-07-23 19:00"))
    lagging = check(database, lake, zone_of)
    assert (lagging.faults, lagging.months, lagging.behind) == ([], 1, 1)
    with database.write() as connection:
        # Behind the back of the lake: without a note of the change.
        ask(connection, "UPDATE case_versions SET plate = 'X' WHERE case_no = 'C3'")
    [fault] = check(database, lake, zone_of).faults
    assert (fault.code, fault.params["table"], fault.params["month"]) == (
        "month_differs", "case_versions", "2024-06",
    )  # fmt: skip
