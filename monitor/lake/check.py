"""Whether the lake is what the database would write now."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from pathlib import Path

from monitor.lake.judging import Judging
from monitor.lake.local_time import ZoneOf
from monitor.lake.manifest import LakeDamaged, Place, faults, read_manifest
from monitor.lake.refresh import CASES, PASSED, months_until_now, write_parts
from monitor.lake.tables import months_in_turn
from monitor.store.changes import changes_since
from monitor.store.database import Database


@dataclass(frozen=True, slots=True)
class Checked:
    """What a check found. `rows` and `months` were compared; `behind` are cases that the lake has yet to
    follow: their months were not."""

    faults: list[LakeDamaged]
    rows: int = 0
    months: int = 0
    behind: int = 0


def check(database: Database, folder: Path, zone_of: ZoneOf, judged_by: Judging | None = None) -> Checked:
    """Compare files with the manifest, and rows and digests of each month with those written anew.

    A lake that only lags is fine.
    """
    try:
        manifest = read_manifest(folder)
    except LakeDamaged as damage:
        return Checked([damage])
    if manifest is None:
        return Checked([LakeDamaged("no_lake", folder=folder.name)])
    found = list(faults(folder, manifest, whole=True))
    with database.read() as connection:
        changed = changes_since(connection, manifest.upto)
        if changed is None:
            return Checked([*found, LakeDamaged("out_of_step")])
        if found:
            # What else differs says nothing: all of it is written anew.
            return Checked(found)
        with tempfile.TemporaryDirectory() as scratch:
            anew = write_parts(connection, Path(scratch), zone_of, judged_by)
        latest = dict(months_in_turn(connection, changed.case_ids, zone_of))
        moving = {
            *months_until_now(connection, folder, manifest, changed.case_ids, zone_of), *latest.values()
        }  # fmt: skip
    # A case that changed may change what is said of decisions in any month.
    rules = "" if judged_by is None else judged_by.digest
    may_compare = manifest.rules == rules and not changed.case_ids
    lagging = {CASES: moving, PASSED: set(changed.months)}
    compared: list[Place] = [
        place
        for place in sorted({*anew, *manifest.parts})
        if place.month not in lagging[place.kind] and (place.table != "decisions" or may_compare)
    ]
    for place in compared:
        mine, theirs = manifest.parts.get(place), anew.get(place)
        if mine is None or theirs is None or (mine.rows, mine.sha256) != (theirs.rows, theirs.sha256):
            held, wanted = (0 if part is None else part.rows for part in (mine, theirs))
            found.append(
                LakeDamaged("month_differs", table=place.table, month=place.month, held=held, wanted=wanted)
            )
    rows = sum(anew[place].rows for place in compared if place in anew)
    return Checked(found, rows, len({place.month for place in compared}), len(changed.case_ids))
