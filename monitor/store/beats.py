"""Heartbeats: jobs that run every minute or more often, when each began, and which has not for too long."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from monitor.settings.cadence import SECOND, Cadence, Every
from monitor.settings.jobs import PlannedJob
from monitor.store.jobs import JobState

OFTEN_MICROS = 60 * SECOND
"""What runs this often or more often is a heartbeat."""
LATE_TURNS, LATE_MICROS = 3, 30 * SECOND
"""It is late after so many turns and this long."""


class Beat(NamedTuple):
    """A job that runs often. `at`: when it last began (microseconds), None where it never has; `late`: longer
    ago than it should be. One that never began is not late: the process may just have started."""

    job: str
    at: int | None
    late: bool


def beats_of(planned: Iterable[PlannedJob], states: Mapping[str, JobState], now: int) -> list[Beat]:
    """The heartbeats among these jobs."""
    found = []
    for job in planned:
        every = _often(job.cadence)
        if every is None:
            continue
        last = states[job.name].last if job.name in states else None
        at = None if last is None else last.started
        found.append(Beat(job.name, at, at is not None and now - at > LATE_TURNS * every + LATE_MICROS))
    return found


def _often(cadence: Cadence) -> int | None:
    """Between two runs of what is a heartbeat, microseconds."""
    return cadence.micros if isinstance(cadence, Every) and cadence.micros <= OFTEN_MICROS else None
