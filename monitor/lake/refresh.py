"""Bringing the lake up to the database: the months of what changed are written anew, the rest is left alone.

A refresh reads changes and rows in one view of the database, writes new files beside the old ones, replaces
the manifest, and only then forgets the changes. Killed between any two steps, the next one does it again.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from sqlalchemy import Connection

from monitor.cases.validity import validity
from monitor.lake.case_rows import SCHEMA, STORED, case_table
from monitor.lake.event_rows import (
    EVENTS,
    PAYMENTS,
    WEIGHINGS,
    CaseSpans,
    descriptions,
    event_table,
    payment_table,
    weighing_table,
)
from monitor.lake.local_time import ZoneOf
from monitor.lake.manifest import (
    LakeDamaged,
    Manifest,
    Part,
    Place,
    faults,
    read_manifest,
    sync_folder,
    write_manifest,
)
from monitor.lake.passed import passed_table
from monitor.store.changes import changes, taken, versions_of
from monitor.store.database import Database, ask
from monitor.store.log import events_of

CASES, PASSED = "cases", "passed"
"""Kinds of rows: of cases, and of weighings that are no case."""

SCHEMAS = {"case_versions": SCHEMA, "events": EVENTS, "payments": PAYMENTS, "weighings": WEIGHINGS}

CASES_AT_ONCE = 20_000
GRACE_SECONDS = 120
"""How long a file stays that no manifest names any more: a reader may just be at it."""


@dataclass(frozen=True, slots=True)
class Refreshed:
    """Cases that changed, months written, and what was damaged where all was written anew for it."""

    cases: int
    months: tuple[str, ...]
    mended: LakeDamaged | None = None


def refresh(database: Database, folder: Path, zone_of: ZoneOf, now: int) -> Refreshed:
    """Write what changed since the last time. The first time, and after damage, everything is written."""
    manifest = read_manifest(folder)
    if manifest is None:
        return rebuild(database, folder, zone_of, now)
    for fault in faults(folder, manifest, whole=False):
        raise fault
    with database.read() as connection:
        changed = changes(connection)
        if not changed.last_id:
            return Refreshed(0, ())
        fresh = _tables(connection, changed.case_ids, zone_of)
        passed = {month: passed_table(connection, month) for month in changed.months}
    parts = dict(manifest.parts)
    months = _months_of(folder, manifest, changed.case_ids) | set(fresh["case_versions"]["month"].to_pylist())
    gone = pa.array(changed.case_ids, pa.int64())
    for table, rows in fresh.items():
        for month in sorted(months):
            place = Place(table, month, CASES)
            kept = []
            if place in parts:
                old = pq.read_table(folder / parts[place].file, schema=SCHEMAS[table])
                kept.append(old.filter(pc.invert(pc.is_in(old["case_id"], gone))))
            kept.append(rows.filter(pc.equal(rows["month"], month)))
            _put(folder, parts, place, pa.concat_tables(kept))
    for month, rows in passed.items():
        _put(folder, parts, Place("weighings", month, PASSED), rows)
    _replace(database, folder, manifest, Manifest(parts, now), changed.last_id)
    return Refreshed(len(changed.case_ids), tuple(sorted(months | set(passed))))


def rebuild(database: Database, folder: Path, zone_of: ZoneOf, now: int) -> Refreshed:
    """Write the whole lake anew from one view of the database."""
    folder.mkdir(parents=True, exist_ok=True)
    with database.read() as connection:
        last_id = changes(connection).last_id
        parts = write_parts(connection, folder, zone_of)
        ((cases,),) = ask(connection, "SELECT count(*) FROM cases")
    _replace(database, folder, _readable(folder), Manifest(parts, now), last_id)
    return Refreshed(cases, tuple(sorted({place.month for place in parts})))


def write_parts(connection: Connection, folder: Path, zone_of: ZoneOf) -> dict[Place, Part]:
    """Write every part of the lake into a folder, without a manifest."""
    by_place: dict[Place, list[pa.Table]] = {}
    ids = [row[0] for row in ask(connection, "SELECT id FROM cases ORDER BY id")]
    for first in range(0, len(ids), CASES_AT_ONCE):
        for table, rows in _tables(connection, ids[first : first + CASES_AT_ONCE], zone_of).items():
            for month in pc.unique(rows["month"]).to_pylist():
                own = rows.filter(pc.equal(rows["month"], month))
                by_place.setdefault(Place(table, month, CASES), []).append(own)
    for (month,) in ask(connection, "SELECT DISTINCT substr(local_date, 1, 7) FROM weighings"):
        by_place[Place("weighings", month, PASSED)] = [passed_table(connection, month)]
    parts: dict[Place, Part] = {}
    for place, tables in by_place.items():
        _put(folder, parts, place, pa.concat_tables(tables))
    return parts


def _readable(folder: Path) -> Manifest | None:
    try:
        return read_manifest(folder)
    except LakeDamaged:
        # What it named is not known any more; the sweep goes by the age of the files then.
        return None


def _replace(database: Database, folder: Path, old: Manifest | None, new: Manifest, last_id: int) -> None:
    """Let readers see the new files, then forget the changes and, after a while, the old files."""
    write_manifest(folder, new)
    if last_id:
        with database.write() as connection:
            taken(connection, last_id)
    named = {part.file for part in new.parts.values()}
    for part in old.parts.values() if old is not None else ():
        if part.file not in named:
            with suppress(FileNotFoundError):
                # From now on its time runs.
                os.utime(folder / part.file)
    _sweep(folder, new.parts.values())


def _tables(connection: Connection, case_ids: Sequence[int], zone_of: ZoneOf) -> dict[str, pa.Table]:
    """Every row of some cases, for each table of the lake; all rows of a case lie in one month."""
    names = ", ".join(f'"{name}"' for name in STORED)
    rows: list[Sequence[Any]] = list(versions_of(connection, case_ids, names))
    versions = case_table(rows, zone_of)
    # The month of a case is that of its latest version: those before it go with it.
    ids, months = versions["case_id"].to_pylist(), versions["month"].to_pylist()
    latest = dict(zip(ids, months, strict=True))
    month = pa.array([latest[case_id] for case_id in ids], pa.string())
    versions = versions.set_column(versions.column_names.index("month"), "month", month)
    named = zip(versions["station"].to_pylist(), versions["case_no"].to_pylist(), strict=True)
    keys = dict(zip(ids, named, strict=True))
    known = events_of(connection, list(latest))
    spans = []
    for case_id, month in latest.items():
        station, case_no = keys[case_id]
        spans.append(CaseSpans(case_id, station, case_no, month, validity(*known[case_id])))
    events = event_table(spans, zone_of)
    return {
        "case_versions": versions,
        "events": events,
        "payments": payment_table(events),
        "weighings": weighing_table(events, descriptions(versions)),
    }


def _months_of(folder: Path, manifest: Manifest, case_ids: Sequence[int]) -> set[str]:
    """The months in which some cases lay until now."""
    wanted = pa.array(case_ids, pa.int64())
    found = set()
    for place, part in manifest.parts.items():
        if place.table == "case_versions":
            held = pq.read_table(folder / part.file, columns=["case_id"])["case_id"]
            if pc.any(pc.is_in(held, wanted)).as_py():
                found.add(place.month)
    return found


def _put(folder: Path, parts: dict[Place, Part], place: Place, rows: pa.Table) -> None:
    """Write a part, on the disk when this returns; one without rows is no part."""
    parts.pop(place, None)
    if not rows.num_rows:
        return
    if "case_id" in rows.column_names:
        rows = rows.sort_by([("case_id", "ascending"), ("known_from", "ascending")])
    sink = pa.BufferOutputStream()
    pq.write_table(rows, sink, compression="zstd", compression_level=1)
    content = sink.getvalue()
    digest = sha256(content).hexdigest()
    file = f"{place.table}/{place.month}-{place.kind}-{digest[:16]}.parquet"
    path = folder / file
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_suffix(".new")
    with beside.open("wb") as opened:
        opened.write(content)
        opened.flush()
        os.fsync(opened.fileno())
    beside.replace(path)
    sync_folder(path.parent)
    parts[place] = Part(place, file, rows.num_rows, digest)


def _sweep(folder: Path, parts: Iterable[Part]) -> None:
    """Remove files that no manifest has named for a while."""
    named = {folder / part.file for part in parts}
    before = time.time() - GRACE_SECONDS
    for path in folder.glob("*/*"):
        if path not in named:
            # A refresh beside this one may have been quicker.
            with suppress(FileNotFoundError):
                if path.stat().st_mtime < before:
                    path.unlink()
