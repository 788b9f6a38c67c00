"""The lake as pages and API read it: kept up by a thread, or brought up whenever it is asked."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any, NoReturn, TypeVar

from sqlalchemy.exc import SQLAlchemyError

from monitor.lake.judging import Judging
from monitor.lake.keeper import Keeper, LakeStanding, bring_up, disk_problem, stands_well
from monitor.lake.local_time import ZoneOf
from monitor.lake.manifest import LakeDamaged, faults, read_manifest
from monitor.metrics.away import Away, LakeAway
from monitor.store.database import Database

if TYPE_CHECKING:
    import pyarrow as pa
    from ibis.expr import types as ir

    from monitor.metrics.engine import Engine, Question
    from monitor.metrics.lake_engine import LakeEngine
    from monitor.metrics.resident import Resident

T = TypeVar("T")

log = logging.getLogger(__name__)

FIRST_SECONDS = 5.0
"""How long the first reader waits for a lake that is just being written."""


class Reading:
    """An engine whose files may be damaged while it reads them: it then raises LakeAway; they are mended."""

    def __init__(self, engine: LakeEngine, damaged: Callable[[Exception], NoReturn]) -> None:
        self._engine = engine
        self._damaged = damaged

    def table(self, name: str) -> ir.Table:
        """A table of the lake."""
        return self._engine.table(name)

    def counted(self, name: str) -> ir.Table:
        """What metrics count by of a table of the lake."""
        return self._engine.counted(name)

    def rows(self, expression: ir.Table) -> list[dict[str, Any]]:
        """Run an expression."""
        import duckdb

        try:
            return self._engine.rows(expression)
        except duckdb.Error as error:
            self._damaged(error)

    def columns(self, question: Question) -> pa.Table:
        """Run an expression and give its columns."""
        import duckdb

        try:
            return self._engine.columns(question)
        except duckdb.Error as error:
            self._damaged(error)


class LakeSource:
    """Gives the engine over the newest state of the lake.

    With a `keeper` it is as old as that one's last look; without, what changed is written before it answers.
    So many bytes of `memory` may then hold columns that metrics count by.
    """

    def __init__(
        self,
        database: Database,
        folder: Path,
        zone_of: ZoneOf,
        judged_by: Judging | None = None,
        memory: int = 0,
    ) -> None:
        self._database = database
        self._folder = folder
        self._zone_of = zone_of
        self._judged_by = judged_by
        self._memory = memory
        self._resident: Resident | None = None
        self._engine: LakeEngine | None = None
        self._lock = Lock()
        self.keeper: Keeper | None = None

    def kept(self, moment: Callable[[], int]) -> Keeper:
        """A keeper of this lake, which readers go by from now on; to be started."""
        self.keeper = Keeper(self._database, self._folder, self._zone_of, moment, self._judged_by)
        return self.keeper

    @property
    def standing(self) -> LakeStanding | None:
        """How the keeper stands; None without one."""
        return None if self.keeper is None else self.keeper.standing

    @property
    def version(self) -> str:
        """Changes whenever what the lake says may have."""
        try:
            manifest = read_manifest(self._folder)
        except (LakeDamaged, OSError):
            return "away"
        return "none" if manifest is None else f"{manifest.upto.id}.{manifest.written_at}"

    def engine(self, now: int) -> Engine:
        """The engine over the lake; where there is nothing to read, one that raises LakeAway when asked."""
        try:
            return self.whole(now)
        except LakeAway as away:
            return Away(away)

    def whole(self, now: int) -> Engine:
        """The engine over the lake. Raises LakeAway where there is nothing to read."""
        try:
            if self.keeper is not None and self._engine is None:
                self._wait()
            with self._lock:
                if self.keeper is None:
                    self._bring_up(now)
                return Reading(self._opened(), self._damaged)
        except LakeDamaged as damage:
            self._wake()
            raise LakeAway(damage.code if damage.code == "being_written" else "damaged") from damage
        except OSError as error:
            raise LakeAway(disk_problem(error)) from error
        except SQLAlchemyError as error:
            raise LakeAway("no_database") from error

    def ask(self, now: int, work: Callable[[Engine], T]) -> T:
        """What `work` finds in the lake; once again where a file was found damaged and is mended by now.

        Raises LakeAway where there is nothing to read.
        """
        try:
            return work(self.whole(now))
        except LakeAway as away:
            if away.problem != "damaged" or self.keeper is not None:
                raise
        return work(self.whole(now))

    def _opened(self) -> LakeEngine:
        import duckdb

        from monitor.metrics.lake_engine import LakeEngine
        from monitor.metrics.resident import Resident

        try:
            if self._resident is None and self.keeper is not None and self._memory:
                # Of use to who stays and asks again; a command is done before it would be filled.
                self._resident = Resident(self._folder, self._memory)
            if self._engine is None:
                self._engine = LakeEngine.open(self._folder, self._resident)
            else:
                self._engine = self._engine.renewed()
        except duckdb.Error as error:
            self._damaged(error)
        return self._engine

    def _bring_up(self, now: int) -> None:
        if not stands_well(self._database, self._folder, self._judged_by):
            bring_up(self._database, self._folder, self._zone_of, now, self._judged_by)

    def _wait(self) -> None:
        """Give a lake that is just being written for the first time a moment."""
        until = time.monotonic() + FIRST_SECONDS
        while read_manifest(self._folder) is None:
            standing = self.standing
            if standing is not None and standing.problem is not None:
                raise LakeAway(standing.problem)
            if time.monotonic() > until:
                raise LakeDamaged("being_written")
            time.sleep(0.05)

    def _damaged(self, error: Exception) -> NoReturn:
        """Raises LakeAway where a file is not what was written: the next one is new. Else `error`."""
        try:
            manifest = read_manifest(self._folder)
            found = next(iter(faults(self._folder, manifest, whole=True)), None) if manifest else None
        except LakeDamaged as damage:
            found = damage
        if found is None:
            raise error
        log.warning("the lake is damaged: %s", found)
        self._engine = None
        self._wake()
        raise LakeAway("damaged") from error

    def _wake(self) -> None:
        if self.keeper is not None:
            self.keeper.wake()
