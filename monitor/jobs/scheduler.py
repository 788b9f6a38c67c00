"""When jobs run: APScheduler with a memory store rebuilt from the configuration at every start."""

from __future__ import annotations

import logging
import threading
from datetime import UTC, datetime, timedelta

from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.jobstores.memory import MemoryJobStore
from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.base import BaseTrigger
from apscheduler.triggers.interval import IntervalTrigger

from monitor.jobs.job import Job
from monitor.jobs.worker import RENEW_SECONDS, Worker
from monitor.settings.cadence import Cadence

log = logging.getLogger(__name__)

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
THREADS = 4
ASKED_SECONDS = 1
"""How often the leader looks whether someone asked for a run: an indexed read of a table nearly empty."""
RULES = {"coalesce": True, "misfire_grace_time": None, "max_instances": 1}
"""However late a job can start it starts, and once: by default one that is a second late is dropped.

How late a job may be at most is its own matter (`Job.grace`), so that what was missed is entered.
"""


class CadenceTrigger(BaseTrigger):  # type: ignore[misc]  # the library has no types
    """Wakes at the due times of a cadence: one reckoning of time zones for the wake and for what is due."""

    def __init__(self, cadence: Cadence) -> None:
        self._cadence = cadence

    def get_next_fire_time(self, previous: datetime | None, now: datetime) -> datetime:
        """The first due time after now and after the one before: what was slept through counts once."""
        since = now if previous is None else max(previous, now)
        due = self._cadence.next((since - EPOCH) // timedelta(microseconds=1))
        return EPOCH + timedelta(microseconds=due)


class Scheduler:
    """Wakes the worker when a job may be due; whether it is, and who runs it, the database decides."""

    def __init__(self, worker: Worker) -> None:
        self._worker = worker
        self._led = False
        self._busy: set[str] = set()
        self._turn = threading.Lock()
        # That a job is still at it when its next turn comes is no news: each run is recorded with its times.
        logging.getLogger("apscheduler.scheduler").setLevel(logging.ERROR)
        self._scheduler = BackgroundScheduler(
            jobstores={"default": MemoryJobStore()},
            executors={
                "default": ThreadPoolExecutor(THREADS),
                "lead": ThreadPoolExecutor(1),
                "asked": ThreadPoolExecutor(1),
            },
            job_defaults=RULES,
            timezone=UTC,
        )

    def start(self) -> None:
        """Begin; what was missed while nothing ran is caught up at once."""
        self._lead()
        start = datetime.now(UTC)
        self._scheduler.add_job(
            self._lead, IntervalTrigger(seconds=round(RENEW_SECONDS)), id="lead:", executor="lead"
        )
        self._scheduler.add_job(
            self._take_asked, IntervalTrigger(seconds=ASKED_SECONDS), id="asked:", executor="asked"
        )
        for job in self._worker.jobs:
            trigger = CadenceTrigger(job.cadence)
            self._scheduler.add_job(self._fire, trigger, args=[job], id=job.name, next_run_time=start)
        self._scheduler.start()

    def stop(self) -> None:
        """End after the runs under way, and give back the lead."""
        self._scheduler.shutdown(wait=True)
        if self._led:
            self._worker.release()

    def _lead(self) -> None:
        led, self._led = self._led, self._worker.leads
        if self._led and not led and self._scheduler.running:
            # The one that led is gone: what it missed is not left until the next turn.
            for job in self._worker.jobs:
                self._wake(job)

    def _take_asked(self) -> None:
        """Begin what someone asked for; a job that is running already is left until it has ended."""
        if self._led:
            for job in self._worker.asked_for():
                with self._turn:
                    free = job.name not in self._busy
                if free:
                    self._wake(job)

    def _wake(self, job: Job) -> None:
        self._scheduler.modify_job(job.name, next_run_time=datetime.now(UTC))

    def _fire(self, job: Job) -> None:
        if not self._led:
            return
        with self._turn:
            self._busy.add(job.name)
        try:
            self._worker.run_if_due(job)
        finally:
            with self._turn:
                self._busy.discard(job.name)
