"""The lake as pages and API read it: brought up to the database whenever something changed."""

from __future__ import annotations

from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING

from monitor.lake.keeper import bring_up
from monitor.lake.local_time import ZoneOf
from monitor.store.changes import anything_changed
from monitor.store.database import Database

if TYPE_CHECKING:
    from monitor.metrics.lake_engine import LakeEngine


class LakeSource:
    """Gives the engine over the newest state of the lake."""

    def __init__(self, database: Database, folder: Path, zone_of: ZoneOf) -> None:
        self._database = database
        self._folder = folder
        self._zone_of = zone_of
        self._engine: LakeEngine | None = None
        self._lock = Lock()

    def engine(self, now: int) -> LakeEngine:
        """The engine, after what has changed until now was written into the lake."""
        from monitor.metrics.lake_engine import LakeEngine

        with self._lock:
            if self._engine is None or anything_changed(self._database):
                bring_up(self._database, self._folder, self._zone_of, now)
            self._engine = LakeEngine.open(self._folder) if self._engine is None else self._engine.renewed()
            return self._engine
