"""Whether the lake is what the database would write now."""

from __future__ import annotations

import tempfile
from pathlib import Path

from monitor.lake.local_time import ZoneOf
from monitor.lake.manifest import LakeDamaged, faults, read_manifest
from monitor.lake.refresh import write_parts
from monitor.store.changes import changes
from monitor.store.database import Database


def differences(database: Database, folder: Path, zone_of: ZoneOf) -> list[LakeDamaged]:
    """Files missing or changed, and months that differ from the database; a lake that only lags is fine."""
    try:
        manifest = read_manifest(folder)
    except LakeDamaged as damage:
        return [damage]
    if manifest is None:
        return [LakeDamaged("no_lake", folder=folder.name)]
    found = list(faults(folder, manifest, whole=True))
    with database.read() as connection:
        if changes(connection).last_id:
            return [*found, LakeDamaged("lags", folder=folder.name)] if found else found
        with tempfile.TemporaryDirectory() as scratch:
            anew = write_parts(connection, Path(scratch), zone_of)
    for place in sorted({*anew, *manifest.parts}):
        mine, theirs = manifest.parts.get(place), anew.get(place)
        if mine is None or theirs is None or (mine.rows, mine.sha256) != (theirs.rows, theirs.sha256):
            found.append(LakeDamaged("month_differs", table=place.table, month=place.month))
    return found
