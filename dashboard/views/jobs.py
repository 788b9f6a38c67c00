"""What runs by itself: each job, how its last run went, when the next is due, and who runs it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from monitor.settings.cadence import Cadence
from monitor.settings.jobs import Kind, PlannedJob
from monitor.store.jobs import FAILURES_SHOWN, JobRequest, JobRun, JobState, Leader, Result

NEVER = JobState(None, 0, None, None)


class Standing(StrEnum):
    """How a job stands, by its last run."""

    NEVER = "never"
    RUNNING = "running"
    DONE = "done"
    WARNED = "warned"
    """It went through, and there is something a person should know."""
    MISSED = "missed"
    FAILED = "failed"
    FAILING = "failing"
    """It failed several times in a row."""


@dataclass(frozen=True, slots=True)
class JobView:
    """One job. `next_at` is None where no process would run it; `runs` is empty unless it is open."""

    name: str
    kind: Kind
    told: Mapping[str, str]
    cadence: Cadence
    standing: Standing
    last: JobRun | None
    failures: int
    since: int | None
    next_at: int | None
    request: JobRequest | None
    is_open: bool
    runs: tuple[JobRun, ...]

    def waits(self, now: int) -> bool:
        """Whether someone asked for a run that has not begun."""
        return self.request is not None and not self.request.is_void(now)


@dataclass(frozen=True, slots=True)
class JobsView:
    """All jobs, who leads, and whether that is the server this page comes from."""

    rows: tuple[JobView, ...]
    leader: Leader | None
    is_own: bool

    @property
    def failing(self) -> tuple[JobView, ...]:
        return tuple(row for row in self.rows if row.standing is Standing.FAILING)

    @property
    def noted(self) -> int:
        """How many did not go through as they should, or have something to say."""
        smooth = (Standing.NEVER, Standing.RUNNING, Standing.DONE)
        return sum(row.standing not in smooth for row in self.rows)

    @property
    def unattended(self) -> bool:
        """Jobs are configured and no process works on them."""
        return bool(self.rows) and self.leader is None


def jobs_view(
    planned: Sequence[PlannedJob],
    states: Mapping[str, JobState],
    leader: Leader | None,
    here: Leader,
    now: int,
    opened: str | None = None,
    runs: Sequence[JobRun] = (),
) -> JobsView:
    """The jobs in the order of the configuration; `here` is the process that asks."""
    rows = tuple(
        _row(job, states.get(job.name, NEVER), leader is not None, now, job.name == opened, runs)
        for job in planned
    )
    return JobsView(rows, leader, leader == here)


def _row(
    job: PlannedJob, state: JobState, attended: bool, now: int, is_open: bool, runs: Sequence[JobRun]
) -> JobView:
    return JobView(
        job.name,
        job.kind,
        job.told,
        job.cadence,
        standing_of(state),
        state.last,
        state.failures,
        state.since,
        job.cadence.next(now) if attended else None,
        state.request,
        is_open,
        tuple(runs) if is_open else (),
    )


def standing_of(state: JobState) -> Standing:
    """Failures in a row stand above a run that is under way: that it runs again does not mend it."""
    if state.last is None:
        return Standing.NEVER
    if state.failures >= FAILURES_SHOWN:
        return Standing.FAILING
    match state.last.result:
        case Result.RUNNING:
            return Standing.RUNNING
        case Result.MISSED:
            return Standing.MISSED
        case Result.FAILED | Result.INTERRUPTED:
            return Standing.FAILED
        case Result.DONE:
            return Standing.DONE if state.last.problem is None else Standing.WARNED
