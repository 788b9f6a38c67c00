"""When jobs run: APScheduler with a memory store rebuilt from the configuration at every start."""

from __future__ import annotations

import logging
from datetime import UTC, datetime

from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.jobstores.memory import MemoryJobStore
from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.interval import IntervalTrigger

from monitor.cases.event import SECOND
from monitor.jobs.job import Job
from monitor.jobs.worker import RENEW_SECONDS, Worker

log = logging.getLogger(__name__)

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
THREADS = 4
RULES = {"coalesce": True, "misfire_grace_time": None, "max_instances": 1}
"""However late a job can start it starts, and once: by default one that is a second late is dropped."""


class Scheduler:
    """Wakes the worker when a job may be due; whether it is, and who runs it, the database decides."""

    def __init__(self, worker: Worker) -> None:
        self._worker = worker
        self._led = False
        self._scheduler = BackgroundScheduler(
            jobstores={"default": MemoryJobStore()},
            executors={"default": ThreadPoolExecutor(THREADS), "lead": ThreadPoolExecutor(1)},
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
        for job in self._worker.jobs:
            trigger = IntervalTrigger(seconds=job.every // SECOND, start_date=EPOCH)
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
                self._scheduler.modify_job(job.name, next_run_time=datetime.now(UTC))

    def _fire(self, job: Job) -> None:
        if self._led:
            self._worker.run_if_due(job)
