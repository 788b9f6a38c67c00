"""Bringing the lake up to the database: the months of what changed are written anew, the rest is left alone.

A refresh reads changes and rows in one view of the database, writes new files beside the old ones, and
replaces the manifest, which says up to which change the lake goes. Killed between any two steps, the next one
does it again. The database is only read.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
from sqlalchemy import Connection

from monitor.lake.decision_rows import bear_alike, bearing_on, cases_borne_on
from monitor.lake.files import held, held_of, leave, put, sweep
from monitor.lake.judging import Judging
from monitor.lake.local_time import ZoneOf
from monitor.lake.manifest import LakeDamaged, Manifest, Part, Place, faults, read_manifest, write_manifest
from monitor.lake.passed import passed_table
from monitor.lake.tables import SCHEMAS as SCHEMAS
from monitor.lake.tables import cases_by_month, decided, last_case, months_in_turn, tables_of
from monitor.store.changes import changes_since, newest_entry
from monitor.store.database import Database, ask

CASES, PASSED = "cases", "passed"
"""Kinds of rows: of cases, and of weighings that are no case."""


@dataclass(frozen=True, slots=True)
class Refreshed:
    """Cases that changed, months written, and what was damaged where all was written anew for it."""

    cases: int
    months: tuple[str, ...]
    mended: LakeDamaged | None = None


def refresh(
    database: Database, folder: Path, zone_of: ZoneOf, now: int, judged_by: Judging | None = None
) -> Refreshed:
    """Write what changed since the last time; the first time everything is written.

    Decisions are held against `judged_by`; where the lake's were held against other rules, all are written
    anew.

    Raises LakeDamaged where a file is not what was written, or the database does not know the change at which
    the lake stands: another database, one that was put back, or changes that were forgotten meanwhile.
    """
    manifest = read_manifest(folder)
    if manifest is None:
        return rebuild(database, folder, zone_of, now, judged_by)
    for fault in faults(folder, manifest, whole=False):
        raise fault
    with database.read() as connection:
        changed = changes_since(connection, manifest.upto)
        if changed is None:
            raise LakeDamaged("out_of_step")
        rules = "" if judged_by is None else judged_by.digest
        if changed.newest == manifest.upto and rules == manifest.rules:
            return Refreshed(0, ())
        fresh = tables_of(connection, changed.case_ids, zone_of)
        passed = {month: passed_table(connection, month) for month in changed.months}
        last = last_case(connection)
        until_now = months_until_now(connection, folder, manifest, changed.case_ids, zone_of)
        months = until_now | set(fresh["case_versions"]["month"].to_pylist())
        parts = dict(manifest.parts)
        if rules == manifest.rules:
            written = _follow(connection, folder, parts, changed.case_ids, months, zone_of, judged_by)
        else:
            written = _judge_anew(connection, folder, parts, zone_of, judged_by)
    gone = pa.array(changed.case_ids, pa.int64())
    for table, rows in fresh.items():
        for month in sorted(months):
            place = Place(table, month, CASES)
            kept = []
            if place in parts:
                old = held(folder, parts[place], SCHEMAS[table])
                kept.append(old.filter(pc.invert(pc.is_in(old["case_id"], gone))))
            kept.append(rows.filter(pc.equal(rows["month"], month)))
            put(folder, parts, place, pa.concat_tables(kept))
    for month, rows in passed.items():
        put(folder, parts, Place("weighings", month, PASSED), rows)
    _replace(folder, manifest, Manifest(parts, now, changed.newest, last, rules))
    return Refreshed(len(changed.case_ids), tuple(sorted(months | written | set(passed))))


def _follow(
    connection: Connection,
    folder: Path,
    parts: dict[Place, Part],
    case_ids: Sequence[int],
    months: Iterable[str],
    zone_of: ZoneOf,
    judged_by: Judging | None,
) -> set[str]:
    """Write the decisions of cases that changed, and of those for which it matters: cases of the same
    vehicle, driver or company and about the same act, as it was and as it is. Months in which every row is as
    it was stay as they are. Answers with those that were written."""
    fresh = decided(connection, case_ids, zone_of, judged_by)
    before = _held_of(folder, parts, months, case_ids)
    if judged_by is None or not (fresh.num_rows or before.num_rows):
        return set()
    beside: list[int] = []
    if not bear_alike(before, fresh):
        files = [
            str(folder / part.file) for place, part in sorted(parts.items()) if place.table == "decisions"
        ]
        others = cases_borne_on(files, bearing_on(pa.concat_tables([before, fresh])))
        beside = sorted(others - set(case_ids))
    rows = pa.concat_tables([fresh, decided(connection, beside, zone_of, judged_by)])
    touched = {month for _, month in dict(months_in_turn(connection, beside, zone_of)).items()}
    ids = pa.array([*case_ids, *beside], pa.int64())
    written = set()
    for month in sorted(touched | set(months)):
        place = Place("decisions", month, CASES)
        new = rows.filter(pc.equal(rows["month"], month))
        kept = [new]
        stood = SCHEMAS["decisions"].empty_table()
        if place in parts:
            stood = held_of(folder, parts[place], SCHEMAS["decisions"], ids)
        if _same(stood, new):
            continue
        if place in parts:
            old = held(folder, parts[place], SCHEMAS["decisions"])
            kept.append(old.filter(pc.invert(pc.is_in(old["case_id"], ids))))
        put(folder, parts, place, pa.concat_tables(kept))
        written.add(month)
    return written


def _same(before: pa.Table, after: pa.Table) -> bool:
    """Whether a few rows are the same, in any order."""
    if before.num_rows != after.num_rows:
        return False
    one, other = (sorted(map(repr, rows.to_pylist())) for rows in (before, after))
    return one == other


def _judge_anew(
    connection: Connection,
    folder: Path,
    parts: dict[Place, Part],
    zone_of: ZoneOf,
    judged_by: Judging | None,
) -> set[str]:
    """Write every decision, held against other rules than before."""
    for place in [place for place in parts if place.table == "decisions"]:
        del parts[place]
    found = cases_by_month(connection, zone_of)
    for month, ids in found.items():
        put(folder, parts, Place("decisions", month, CASES), decided(connection, ids, zone_of, judged_by))
    return set(found)


def _held_of(
    folder: Path, parts: dict[Place, Part], months: Iterable[str], case_ids: Sequence[int]
) -> pa.Table:
    """The decisions of some cases as the lake holds them, in months in which they may lie."""
    places = [Place("decisions", month, CASES) for month in sorted(set(months))]
    wanted = pa.array(case_ids, pa.int64())
    mine = [
        held_of(folder, parts[place], SCHEMAS["decisions"], wanted) for place in places if place in parts
    ]
    return pa.concat_tables([SCHEMAS["decisions"].empty_table(), *mine])


def rebuild(
    database: Database, folder: Path, zone_of: ZoneOf, now: int, judged_by: Judging | None = None
) -> Refreshed:
    """Write the whole lake anew from one view of the database."""
    folder.mkdir(parents=True, exist_ok=True)
    with database.read() as connection:
        upto, last = newest_entry(connection), last_case(connection)
        parts = write_parts(connection, folder, zone_of, judged_by)
        ((cases,),) = ask(connection, "SELECT count(*) FROM cases")
    rules = "" if judged_by is None else judged_by.digest
    _replace(folder, _readable(folder), Manifest(parts, now, upto, last, rules))
    return Refreshed(cases, tuple(sorted({place.month for place in parts})))


def write_parts(
    connection: Connection, folder: Path, zone_of: ZoneOf, judged_by: Judging | None = None
) -> dict[Place, Part]:
    """Write every part of the lake into a folder, without a manifest: a month in memory at a time."""
    parts: dict[Place, Part] = {}
    for month, ids in cases_by_month(connection, zone_of).items():
        for table, rows in tables_of(connection, ids, zone_of).items():
            put(folder, parts, Place(table, month, CASES), rows)
        put(folder, parts, Place("decisions", month, CASES), decided(connection, ids, zone_of, judged_by))
    for (month,) in ask(connection, "SELECT DISTINCT substr(local_date, 1, 7) FROM weighings"):
        put(folder, parts, Place("weighings", month, PASSED), passed_table(connection, month))
    return parts


def _readable(folder: Path) -> Manifest | None:
    try:
        return read_manifest(folder)
    except LakeDamaged:
        # What it named is not known any more; the sweep goes by the age of the files then.
        return None


def _replace(folder: Path, old: Manifest | None, new: Manifest) -> None:
    """Let readers see the new files and, after a while, remove the old ones."""
    write_manifest(folder, new)
    named = {part.file for part in new.parts.values()}
    leave(folder, (part for part in old.parts.values() if part.file not in named) if old is not None else ())
    sweep(folder, new.parts.values())


def months_until_now(
    connection: Connection, folder: Path, manifest: Manifest, case_ids: Sequence[int], zone_of: ZoneOf
) -> set[str]:
    """The months in which some cases lie in the lake.

    Mostly that of one of a case's versions: files of those are looked into first, and all others only for a
    case whose versions have been written anew since.
    """
    wanted = {case_id for case_id in case_ids if case_id <= manifest.last_case}
    likely = {month for _, month in months_in_turn(connection, sorted(wanted), zone_of)}
    places = [place for place in manifest.parts if place.table == "case_versions"]
    places.sort(key=lambda place: place.month not in likely)
    found = set()
    for place in places:
        if not wanted:
            break
        ids = held(folder, manifest.parts[place], SCHEMAS["case_versions"], ["case_id"])["case_id"]
        mine = pc.is_in(ids, pa.array(sorted(wanted), pa.int64()))
        here = set(pc.unique(ids.filter(mine)).to_pylist())
        if here:
            found.add(place.month)
            wanted -= here
    return found
