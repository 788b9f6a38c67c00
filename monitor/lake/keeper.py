"""One refresh of a lake at a time, whichever processes ask for it."""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from monitor.lake.local_time import ZoneOf
from monitor.lake.manifest import LakeDamaged
from monitor.lake.refresh import Refreshed, rebuild, refresh
from monitor.store.database import Database


def bring_up(database: Database, folder: Path, zone_of: ZoneOf, now: int) -> Refreshed:
    """Write into the lake what changed; where it is damaged, all of it anew.

    Waits for a refresh by another process. `mended` of the answer says what was damaged.
    """
    with _alone(folder):
        try:
            return refresh(database, folder, zone_of, now)
        except LakeDamaged as damage:
            done = rebuild(database, folder, zone_of, now)
            return Refreshed(done.cases, done.months, damage)


def write_anew(database: Database, folder: Path, zone_of: ZoneOf, now: int) -> Refreshed:
    """Write the whole lake anew."""
    with _alone(folder):
        return rebuild(database, folder, zone_of, now)


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / ".lock").open("w") as lock:
        # Given back by the system where the process dies.
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
