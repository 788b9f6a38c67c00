"""Jobs: which process leads, who asked for a run, and what became of every run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Any, NamedTuple

import orjson
from sqlalchemy import Connection, Select, delete, func, select, update
from sqlalchemy.exc import IntegrityError

from monitor.cases.event import DAY, SECOND
from monitor.store.database import Database
from monitor.store.deliveries import Sender
from monitor.store.tables import job_requests, job_runs, leases

LEASE = "jobs"
LEASE_MICROS = 60 * SECOND
"""A leader that is not heard of for this long has lost the lead."""
KEPT_MICROS = 30 * DAY
"""Runs are kept for thirty days; a watch that looks every minute makes half a million a year."""
KEPT_RUNS = 20
"""The newest ones however old they are: a job that runs once a week has no more than four in thirty days."""
QUIET_MICROS = DAY
"""Runs that found nothing to do and nothing to say are kept for a day: one job looks every five seconds."""
FAILURES_SHOWN = 3
REQUEST_MICROS = 600 * SECOND
"""A request that nobody took for so long is void: a run hours later would surprise whoever asked."""


class Result(StrEnum):
    """How a run stands. `interrupted`: its process was gone before it ended. `missed`: due too long ago."""

    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    INTERRUPTED = "interrupted"
    MISSED = "missed"


class JobRun(NamedTuple):
    """One run; instants in microseconds UTC, `rows` read, `problem` a code with its parameters.

    `asked_by` is who asked for it out of turn.
    """

    run_id: int
    job: str
    due: int
    started: int
    ended: int | None
    result: Result
    rows: int
    problem: str | None
    params: dict[str, str]
    asked_by: str | None = None


class JobRequest(NamedTuple):
    """Someone wants a job to run now."""

    job: str
    actor: str
    asked_at: int

    def is_void(self, now: int) -> bool:
        return self.asked_at <= now - REQUEST_MICROS


class Leader(NamedTuple):
    """The process that runs the jobs."""

    host: str
    pid: int


class FailingJob(NamedTuple):
    """A job whose last `failures` runs all failed, the first of them at `since`."""

    job: str
    failures: int
    since: int
    problem: str | None
    params: dict[str, str]


class JobState(NamedTuple):
    """How a job stands: its newest run, its failures in a row, and a request that no run has answered yet."""

    last: JobRun | None
    failures: int
    since: int | None
    request: JobRequest | None


def take_lease(database: Database, holder: str, now: int) -> str:
    """Take or renew the lead where it is free, run out or one's own. Returns who leads now.

    Runs that the one before left open are entered as interrupted.
    """
    try:
        with database.write() as connection:
            query = select(leases).where(leases.c.name == LEASE).with_for_update()
            row = connection.execute(query).first()
            if row is None:
                connection.execute(
                    leases.insert().values(name=LEASE, holder=holder, until=now + LEASE_MICROS)
                )
            elif row.holder != holder and row.until > now:
                return str(row.holder)
            else:
                values = {"holder": holder, "until": now + LEASE_MICROS}
                connection.execute(update(leases).where(leases.c.name == LEASE).values(**values))
            if row is None or row.holder != holder:
                _interrupt_open(connection, now)
            return holder
    except IntegrityError:
        # Two processes found no row at once and the other one wrote it.
        with database.read() as connection:
            found = connection.execute(select(leases.c.holder).where(leases.c.name == LEASE)).scalar_one()
            return str(found)


def release_lease(database: Database, holder: str) -> None:
    """Give the lead back, so that the next process need not wait for it to run out."""
    with database.write() as connection:
        own = (leases.c.name == LEASE) & (leases.c.holder == holder)
        connection.execute(update(leases).where(own).values(until=0))


def current_leader(database: Database, now: int) -> Leader | None:
    """The process that leads; None where no process works on jobs."""
    with database.read() as connection:
        query = select(leases.c.holder).where(leases.c.name == LEASE, leases.c.until > now)
        holder = connection.execute(query).scalar_one_or_none()
    if holder is None:
        return None
    host, pid, _token = holder.rsplit(":", 2)
    return Leader(host, int(pid))


def ask_for_run(database: Database, job: str, sender: Sender, now: int) -> JobRequest:
    """Ask the process that leads to run a job out of turn. Where someone has asked already, their request."""
    with database.write() as connection:
        open_ones = (job_requests.c.job == job) & job_requests.c.run.is_(None)
        row = connection.execute(select(job_requests).where(open_ones)).first()
        if row is not None:
            asked = JobRequest(row.job, row.actor, row.asked_at)
            if not asked.is_void(now):
                return asked
            connection.execute(delete(job_requests).where(open_ones))
        connection.execute(
            job_requests.insert().values(job=job, actor=sender.actor, origin=sender.origin, asked_at=now)
        )
    return JobRequest(job, sender.actor, now)


def open_requests(database: Database, now: int) -> dict[str, JobRequest]:
    """What was asked for and no run has answered yet, by job."""
    query = select(job_requests).where(
        job_requests.c.run.is_(None), job_requests.c.asked_at > now - REQUEST_MICROS
    )
    with database.read() as connection:
        return {row.job: JobRequest(row.job, row.actor, row.asked_at) for row in connection.execute(query)}


def begin_run(database: Database, holder: str, job: str, due: int, now: int) -> int | None:
    """Enter a run; None where another process leads or a run for this or a later due time is entered.

    Whatever was asked for before it begins is answered by it.
    """
    with database.write() as connection:
        run = _enter(connection, holder, job, due, now, Result.RUNNING)
        if run is not None:
            waiting = (job_requests.c.job == job) & job_requests.c.run.is_(None)
            void = waiting & (job_requests.c.asked_at <= now - REQUEST_MICROS)
            connection.execute(delete(job_requests).where(void))
            connection.execute(update(job_requests).where(waiting).values(run=run))
        return run


def enter_missed(database: Database, holder: str, job: str, due: int, now: int) -> JobRun | None:
    """Enter that a run was due too long ago to begin now; None as in `begin_run`."""
    with database.write() as connection:
        run = _enter(connection, holder, job, due, now, Result.MISSED)
        if run is None:
            return None
        values = {"ended": now, "problem": "missed"}
        connection.execute(update(job_runs).where(job_runs.c.id == run).values(**values))
        return _run(connection.execute(_runs().where(job_runs.c.id == run)).one())


def end_run(
    database: Database,
    run: int,
    now: int,
    result: Result,
    rows: int = 0,
    problem: str | None = None,
    params: dict[str, str] | None = None,
) -> JobRun:
    """Enter how a run ended, and forget runs that are too old to tell anybody anything."""
    with database.write() as connection:
        values = {
            "ended": now,
            "result": result,
            "rows": rows,
            "problem": problem,
            "params": orjson.dumps(params).decode() if params else None,
        }
        connection.execute(update(job_runs).where(job_runs.c.id == run).values(**values))
        row = connection.execute(_runs().where(job_runs.c.id == run)).one()
        _forget(connection, row.job, now)
    return _run(row)


def last_due(database: Database, job: str) -> int | None:
    """The due time of the job's last run that was not interrupted; None where it never ran."""
    with database.read() as connection:
        return _last_due(connection, job)


def recent_runs(database: Database, job: str | None = None, limit: int = 50) -> list[JobRun]:
    """Runs of one job, or of all, the newest first."""
    query = _runs().limit(limit)
    if job is None:
        query = query.order_by(job_runs.c.id.desc())
    else:
        query = _newest_first(query.where(job_runs.c.job == job))
    with database.read() as connection:
        return [_run(row) for row in connection.execute(query)]


def job_states(database: Database, jobs: Sequence[str]) -> dict[str, JobState]:
    """How each of these jobs stands; the cost follows failures in a row, not the number of runs."""
    with database.read() as connection:
        requests = {
            row.job: JobRequest(row.job, row.actor, row.asked_at)
            for row in connection.execute(select(job_requests).where(job_requests.c.run.is_(None)))
        }
        return {job: _state(connection, job, requests.get(job)) for job in jobs}


def failing_jobs(database: Database, jobs: Sequence[str]) -> list[FailingJob]:
    """Those of these jobs whose last three runs or more all failed or were interrupted."""
    return failing_of(job_states(database, jobs))


def failing_of(states: Mapping[str, JobState]) -> list[FailingJob]:
    """The same of jobs whose states are known."""
    found = []
    for job, state in states.items():
        if state.failures >= FAILURES_SHOWN and state.since is not None and state.last is not None:
            last = state.last
            found.append(FailingJob(job, state.failures, state.since, last.problem, last.params))
    return found


def _state(connection: Connection, job: str, request: JobRequest | None) -> JobState:
    row = connection.execute(_newest_first(_runs().where(job_runs.c.job == job)).limit(1)).first()
    if row is None:
        return JobState(None, 0, None, request)
    done = select(job_runs.c.due).where(job_runs.c.job == job, job_runs.c.result == Result.DONE)
    succeeded = _latest_due(connection, done)
    failed = select(func.count(), func.min(job_runs.c.started)).where(
        job_runs.c.job == job,
        job_runs.c.result.in_([Result.FAILED, Result.INTERRUPTED]),
        job_runs.c.due > (-1 if succeeded is None else succeeded),
    )
    failures, since = connection.execute(failed).one()
    return JobState(_run(row), failures, since, request)


def _enter(connection: Connection, holder: str, job: str, due: int, now: int, result: Result) -> int | None:
    query = select(leases).where(leases.c.name == LEASE).with_for_update()
    lease = connection.execute(query).first()
    if lease is None or lease.holder != holder or lease.until <= now:
        return None
    last = _last_due(connection, job)
    if last is not None and last >= due:
        return None
    # What was interrupted out of its turn may have been due later than the time that is run for now.
    newest = _latest_due(connection, select(job_runs.c.due).where(job_runs.c.job == job))
    due = due if newest is None else max(due, newest)
    entered = job_runs.insert().values(job=job, due=due, started=now, ended=None, result=result, rows=0)
    run: int = connection.execute(entered.returning(job_runs.c.id)).scalar_one()
    return run


def _last_due(connection: Connection, job: str) -> int | None:
    query = select(job_runs.c.due).where(job_runs.c.job == job, job_runs.c.result != Result.INTERRUPTED)
    return _latest_due(connection, query)


def _latest_due(connection: Connection, query: Select[Any]) -> int | None:
    """The first of the index from its end: not all of a job's runs, as the greatest of them would be."""
    latest: int | None = connection.execute(query.order_by(job_runs.c.due.desc()).limit(1)).scalar()
    return latest


def _forget(connection: Connection, job: str, now: int) -> None:
    kept = select(job_runs.c.due).where(job_runs.c.job == job).offset(KEPT_RUNS - 1)
    oldest = _latest_due(connection, kept)
    if oldest is None:
        return
    quiet = (job_runs.c.result == Result.DONE) & (job_runs.c.rows == 0) & job_runs.c.problem.is_(None)
    past = job_runs.c.due < min(oldest, now - QUIET_MICROS)
    connection.execute(delete(job_runs).where(job_runs.c.job == job, past, quiet))
    before = min(oldest, now - KEPT_MICROS)
    connection.execute(delete(job_runs).where(job_runs.c.job == job, job_runs.c.due < before))
    connection.execute(
        delete(job_requests).where(job_requests.c.job == job, job_requests.c.asked_at < before)
    )


def _interrupt_open(connection: Connection, now: int) -> None:
    open_ones = update(job_runs).where(job_runs.c.result == Result.RUNNING)
    connection.execute(open_ones.values(result=Result.INTERRUPTED, ended=now, problem="interrupted"))


def _runs() -> Select[Any]:
    return select(job_runs, job_requests.c.actor).join_from(
        job_runs, job_requests, job_requests.c.run == job_runs.c.id, isouter=True
    )


def _newest_first(query: Select[Any]) -> Select[Any]:
    """Runs of one job along its index: a later run is never due earlier."""
    return query.order_by(job_runs.c.due.desc(), job_runs.c.id.desc())


def _run(row: Any) -> JobRun:
    return JobRun(
        row.id, row.job, row.due, row.started, row.ended, Result(row.result), row.rows, row.problem,
        orjson.loads(row.params) if row.params else {}, row.actor,
    )  # fmt: skip
