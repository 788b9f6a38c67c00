"""Running jobs: only the leader runs, each due time once, and every run is entered with how it ended."""

from __future__ import annotations

import logging
import os
import secrets
import socket
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

from ingest.folder import FolderProblem
from monitor.cases.event import SECOND
from monitor.jobs.job import Job
from monitor.jobs.outcome import Problem
from monitor.store.database import Database
from monitor.store.jobs import (
    LEASE_MICROS,
    JobRun,
    Result,
    begin_run,
    end_run,
    enter_missed,
    last_due,
    open_requests,
    release_lease,
    take_lease,
)

log = logging.getLogger(__name__)

RENEW_SECONDS = LEASE_MICROS / SECOND / 3


def new_holder() -> str:
    """A name for this process among all that may lead."""
    return f"{socket.gethostname()}:{os.getpid()}:{secrets.token_hex(4)}"


@dataclass(frozen=True)
class Worker:
    """The jobs of one process. `moment` gives the time now in microseconds."""

    database: Database
    jobs: Sequence[Job]
    moment: Callable[[], int]
    holder: str = field(default_factory=new_holder)

    def leader(self) -> str:
        """Who leads now, after trying to."""
        return take_lease(self.database, self.holder, self.moment())

    @property
    def leads(self) -> bool:
        return self.leader() == self.holder

    def run_due(self) -> list[JobRun]:
        """Run every job that is due or asked for, one after the other; none where another process leads."""
        if not self.leads:
            return []
        return [run for job in self.jobs if (run := self.run_if_due(job)) is not None]

    def run_if_due(self, job: Job) -> JobRun | None:
        """Run a job if its time has come, or someone asked for it, and this process leads."""
        now = self.moment()
        if job.name in open_requests(self.database, now):
            return self._run(job, now)
        last = last_due(self.database, job.name)
        due = job.due(now, last)
        if due is None:
            return None
        if job.is_too_late(due, now):
            # A job that never ran has missed nothing.
            return None if last is None else enter_missed(self.database, self.holder, job.name, due, now)
        return self._run(job, due)

    def asked_for(self) -> list[Job]:
        """The jobs that someone wants to run now."""
        asked = open_requests(self.database, self.moment())
        return [job for job in self.jobs if job.name in asked]

    def release(self) -> None:
        """Let another process lead at once."""
        release_lease(self.database, self.holder)

    @contextmanager
    def leading(self) -> Iterator[bool]:
        """Lead, if possible, for as long as the block takes, however long its jobs run."""
        led = self.leads
        stop = threading.Event()
        renewing = threading.Thread(target=self._renew, args=(stop,), name="lease", daemon=True)
        if led:
            renewing.start()
        try:
            yield led
        finally:
            stop.set()
            if led:
                renewing.join()
                self.release()

    def _renew(self, stop: threading.Event) -> None:
        while not stop.wait(RENEW_SECONDS):
            try:
                self.leader()
            except Exception:
                # The database may be away for a while; the next time may find it. If not, the lead runs out.
                log.exception("the lead could not be renewed")

    def _run(self, job: Job, due: int) -> JobRun | None:
        run = begin_run(self.database, self.holder, job.name, due, self.moment())
        if run is None:
            return None
        try:
            outcome = job.run()
        except (FolderProblem, Problem) as error:
            return end_run(
                self.database, run, self.moment(), Result.FAILED, error.rows, error.code, error.params
            )
        except Exception as error:
            # Its type alone goes into the database: the message may hold what a file holds.
            log.exception("job %s failed", job.name)
            return end_run(
                self.database, run, self.moment(), Result.FAILED, 0, "unexpected",
                {"detail": type(error).__name__},
            )  # fmt: skip
        return end_run(
            self.database, run, self.moment(), Result.DONE, outcome.rows, outcome.problem, outcome.params
        )
