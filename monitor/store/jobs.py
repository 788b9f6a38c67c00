"""Jobs: which process leads, and what became of every run."""

from __future__ import annotations

from enum import StrEnum
from typing import Any, NamedTuple

import orjson
from sqlalchemy import Connection, delete, func, select, update
from sqlalchemy.exc import IntegrityError

from monitor.cases.event import SECOND
from monitor.store.database import Database
from monitor.store.tables import job_runs, leases

LEASE = "jobs"
LEASE_MICROS = 60 * SECOND
"""A leader that is not heard of for this long has lost the lead."""
KEPT_MICROS = 30 * 86400 * SECOND
"""Runs are kept for thirty days; a watch that looks every minute makes half a million a year."""
FAILURES_SHOWN = 3


class Result(StrEnum):
    """How a run stands. `interrupted`: its process was gone before it ended."""

    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    INTERRUPTED = "interrupted"


class JobRun(NamedTuple):
    """One run; instants in microseconds UTC, `rows` read, `problem` a code with its parameters."""

    run_id: int
    job: str
    due: int
    started: int
    ended: int | None
    result: Result
    rows: int
    problem: str | None
    params: dict[str, str]


class FailingJob(NamedTuple):
    """A job whose last `failures` runs all failed, the first of them at `since`."""

    job: str
    failures: int
    since: int
    problem: str | None
    params: dict[str, str]


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


def begin_run(database: Database, holder: str, job: str, due: int, now: int) -> int | None:
    """Enter a run; None where another process leads or a run for this or a later due time is entered."""
    with database.write() as connection:
        query = select(leases).where(leases.c.name == LEASE).with_for_update()
        lease = connection.execute(query).first()
        if lease is None or lease.holder != holder or lease.until <= now:
            return None
        last = _last_due(connection, job)
        if last is not None and last >= due:
            return None
        entered = job_runs.insert().values(
            job=job, due=due, started=now, ended=None, result=Result.RUNNING, rows=0
        )
        run: int = connection.execute(entered.returning(job_runs.c.id)).scalar_one()
        return run


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
        row = connection.execute(select(job_runs).where(job_runs.c.id == run)).one()
        old = (job_runs.c.job == row.job) & (job_runs.c.due < now - KEPT_MICROS) & (job_runs.c.id != run)
        connection.execute(delete(job_runs).where(old))
    return _run(row)


def last_due(database: Database, job: str) -> int | None:
    """The due time of the job's last run that was not interrupted; None where it never ran."""
    with database.read() as connection:
        return _last_due(connection, job)


def recent_runs(database: Database, job: str | None = None, limit: int = 50) -> list[JobRun]:
    """Runs of one job, or of all, the newest first."""
    query = select(job_runs).order_by(job_runs.c.id.desc()).limit(limit)
    if job is not None:
        query = query.where(job_runs.c.job == job)
    with database.read() as connection:
        return [_run(row) for row in connection.execute(query)]


def failing_jobs(database: Database) -> list[FailingJob]:
    """Jobs whose last three runs or more all failed or were interrupted, by name."""
    succeeded = (
        select(job_runs.c.job, func.max(job_runs.c.id).label("last"))
        .where(job_runs.c.result == Result.DONE)
        .group_by(job_runs.c.job)
        .subquery()
    )
    streak = (
        select(
            job_runs.c.job,
            func.count().label("failures"),
            func.min(job_runs.c.started).label("since"),
            func.max(job_runs.c.id).label("newest"),
        )
        .join_from(job_runs, succeeded, succeeded.c.job == job_runs.c.job, isouter=True)
        .where(job_runs.c.result.in_([Result.FAILED, Result.INTERRUPTED]))
        .where(job_runs.c.id > func.coalesce(succeeded.c.last, 0))
        .group_by(job_runs.c.job)
        .having(func.count() >= FAILURES_SHOWN)
        .subquery()
    )
    query = (
        select(streak, job_runs.c.problem, job_runs.c.params)
        .join(job_runs, job_runs.c.id == streak.c.newest)
        .order_by(streak.c.job)
    )
    with database.read() as connection:
        return [
            FailingJob(row.job, row.failures, row.since, row.problem, _params(row.params))
            for row in connection.execute(query)
        ]


def _last_due(connection: Connection, job: str) -> int | None:
    query = select(func.max(job_runs.c.due)).where(
        job_runs.c.job == job, job_runs.c.result != Result.INTERRUPTED
    )
    return connection.execute(query).scalar_one_or_none()


def _interrupt_open(connection: Connection, now: int) -> None:
    open_ones = update(job_runs).where(job_runs.c.result == Result.RUNNING)
    connection.execute(open_ones.values(result=Result.INTERRUPTED, ended=now, problem="interrupted"))


def _run(row: Any) -> JobRun:
    return JobRun(
        row.id, row.job, row.due, row.started, row.ended, Result(row.result), row.rows, row.problem,
        _params(row.params),
    )  # fmt: skip


def _params(told: str | None) -> dict[str, str]:
    return orjson.loads(told) if told else {}
