"""Keeping a lake up to its database: one refresh of it at a time, whichever processes ask for it."""

from __future__ import annotations

import errno
import fcntl
import logging
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy.exc import SQLAlchemyError

from monitor.lake.judging import Judging
from monitor.lake.local_time import ZoneOf
from monitor.lake.manifest import LakeDamaged, faults, read_manifest
from monitor.lake.refresh import Refreshed, rebuild, refresh
from monitor.store.changes import forget_old, newest_entry
from monitor.store.database import Database

log = logging.getLogger(__name__)

REST_SECONDS = 2.0
MOST_REST_SECONDS = 5.0
"""Between two looks; after a refresh that took long it rests longer, so that it never takes most of a
processor. With the refresh itself a change is told within ten seconds."""


def bring_up(
    database: Database, folder: Path, zone_of: ZoneOf, now: int, judged_by: Judging | None = None
) -> Refreshed:
    """Write into the lake what changed; where it is damaged, all of it anew.

    Waits for a refresh by another process. `mended` of the answer says what was damaged. Raises OSError where
    the folder cannot be read or written.
    """
    with _alone(folder):
        return _brought_up(database, folder, zone_of, now, judged_by)


def write_anew(
    database: Database, folder: Path, zone_of: ZoneOf, now: int, judged_by: Judging | None = None
) -> Refreshed:
    """Write the whole lake anew."""
    with _alone(folder):
        return rebuild(database, folder, zone_of, now, judged_by)


def stands_well(
    database: Database, folder: Path, judged_by: Judging | None = None, *, whole: bool = False
) -> bool:
    """Whether a lake goes up to the last change, its decisions are held against these rules and its files are
    those that were written; with `whole` by every byte of them."""
    try:
        manifest = read_manifest(folder)
    except LakeDamaged:
        return False
    if manifest is None or manifest.rules != ("" if judged_by is None else judged_by.digest):
        return False
    with database.read() as connection:
        if newest_entry(connection) != manifest.upto:
            return False
    return not any(True for _ in faults(folder, manifest, whole=whole))


def disk_problem(error: OSError) -> str:
    """What keeps a lake from its folder, as a code of `lake.problem`."""
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return "disk_full"
    return "disk_denied" if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS) else "disk"


@dataclass(frozen=True, slots=True)
class LakeStanding:
    """How a lake stands: `problem` is a code of `lake.problem`, None where it goes well.

    `since`: when the problem was first met; `mended`: what was found damaged last and written anew, and when.
    """

    problem: str | None = None
    since: int | None = None
    mended: LakeDamaged | None = None
    mended_at: int | None = None


class Keeper:
    """A thread that keeps a lake up to its database as long as a process runs. `moment` gives the time now.

    Each machine keeps the lake in its own folder; of several processes beside one folder one writes, the
    others see that nothing is left to do.
    """

    def __init__(
        self,
        database: Database,
        folder: Path,
        zone_of: ZoneOf,
        moment: Callable[[], int],
        judged_by: Judging | None = None,
    ) -> None:
        self._database = database
        self._folder = folder
        self._zone_of = zone_of
        self._moment = moment
        self._judged_by = judged_by
        self._woken = threading.Event()
        self._stopped = False
        self._looked = False
        self._thread = threading.Thread(target=self._run, name="lake", daemon=True)
        self.standing = LakeStanding()

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self) -> None:
        """End. A refresh under way is waited for a while; one that is cut off is done again by the next."""
        self._stopped = True
        self._woken.set()
        self._thread.join(MOST_REST_SECONDS)

    def wake(self) -> None:
        """Look at once: a reader met a file that is not what it should be."""
        self._woken.set()

    def look(self) -> None:
        """Bring the lake up where anything changed or is damaged. What prevents it is told, not raised."""
        try:
            self._look()
        except OSError as error:
            self._met(disk_problem(error), error.strerror)
        except SQLAlchemyError as error:
            self._met("no_database", type(error).__name__)
        except Exception as error:
            # Of whatever kind: the lake of the next look may be well again.
            if self.standing.problem != "unexpected":
                log.exception("the lake was not brought up to the database")
            self._met("unexpected", type(error).__name__)

    def _look(self) -> None:
        standing = self.standing
        stands, self._looked = self._stands_well(), True
        if not stands:
            with _alone(self._folder, wait=False) as is_alone:
                if not is_alone:
                    # Another process is at it.
                    return
                now = self._moment()
                done = _brought_up(self._database, self._folder, self._zone_of, now, self._judged_by)
                if done.mended is not None:
                    log.warning("the lake was damaged and written anew: %s", done.mended)
                    standing = LakeStanding(mended=done.mended, mended_at=now)
            forget_old(self._database)
        self.standing = LakeStanding(mended=standing.mended, mended_at=standing.mended_at)

    def _stands_well(self) -> bool:
        return stands_well(self._database, self._folder, self._judged_by, whole=not self._looked)

    def _met(self, problem: str, detail: object) -> None:
        last = self.standing
        if last.problem == problem:
            return
        log.warning("the lake cannot be kept: %s (%s)", problem, detail)
        since = last.since if last.problem is not None else self._moment()
        self.standing = LakeStanding(problem, since, last.mended, last.mended_at)

    def _run(self) -> None:
        while not self._stopped:
            begin = time.monotonic()
            self._woken.clear()
            self.look()
            took = time.monotonic() - begin
            self._woken.wait(min(MOST_REST_SECONDS, max(REST_SECONDS, 4 * took)))


def _brought_up(
    database: Database, folder: Path, zone_of: ZoneOf, now: int, judged_by: Judging | None
) -> Refreshed:
    try:
        return refresh(database, folder, zone_of, now, judged_by)
    except LakeDamaged as damage:
        done = rebuild(database, folder, zone_of, now, judged_by)
        return Refreshed(done.cases, done.months, damage)


@contextmanager
def _alone(folder: Path, *, wait: bool = True) -> Iterator[bool]:
    """Whether this is the one that writes the lake; without `wait` another one may be."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / ".lock").open("w") as lock:
        try:
            # Given back by the system where the process dies.
            fcntl.flock(lock, fcntl.LOCK_EX if wait else fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
            return
        yield True
