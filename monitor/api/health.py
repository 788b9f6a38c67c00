"""`/healthz`: the process answers, and how jobs and lake stand. `/readyz`: it can read its database.

Jobs that fail, and a lake that cannot be kept, leave the server ready: a load balancer that took it away
would mend nothing.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Literal

from fastapi import APIRouter
from pydantic import BaseModel, Field
from sqlalchemy.exc import SQLAlchemyError

from monitor.api.problem import Problem
from monitor.store.beats import beats_of
from monitor.store.board import data_version
from monitor.store.jobs import current_leader, failing_of, job_states
from monitor.store.outbox import outbox_standing

if TYPE_CHECKING:
    from monitor.api.asked import ApiServices


class JobsHealth(BaseModel):
    """How the jobs of the configuration stand."""

    status: Literal["ok", "late", "failing", "unattended", "none"] = Field(
        description="`failing`: one failed three times in a row or more. `unattended`: nothing runs them. "
        "`late`: one that runs every few seconds has not for a while."
    )
    failing: list[str] = Field(default_factory=list, description="Names of the jobs that fail.")
    late: list[str] = Field(default_factory=list, description="Names of the jobs that are late.")
    beats: dict[str, int] = Field(
        default_factory=dict,
        description="When each job that runs every minute or more often last began, milliseconds since 1970.",
    )


class OutboxHealth(BaseModel):
    """How the messages of flags stand."""

    waiting: int = Field(description="Messages that wait to be sent, or are being sent.")
    failed: int = Field(description="Messages that were not taken and are sent again.")
    dead: int = Field(description="Messages that were given up, until somebody has them sent again.")
    oldest: int | None = Field(
        description="Since when the one waits that may leave and waits longest, milliseconds since 1970."
    )


class LakeHealth(BaseModel):
    """How the copy of the database that metrics read stands."""

    status: Literal["ok", "failing", "unattended"] = Field(
        description="`failing`: it cannot be brought up to the database. `unattended`: nothing here keeps it."
    )
    problem: str | None = Field(
        default=None,
        description="`disk`, `disk_full`, `disk_denied`, `no_database` or `unexpected`; null: none.",
    )
    since: int | None = Field(default=None, description="Since when, milliseconds since 1970.")
    mended: str | None = Field(default=None, description="What was damaged last and written anew: its code.")
    mended_at: int | None = Field(default=None, description="When, milliseconds since 1970.")


class Health(BaseModel):
    """The process is alive."""

    status: Literal["ok", "no_database"] = Field(
        description="`no_database`: alive, and cannot read its data."
    )
    version: str = Field(
        description="Changes with program, assets and configuration; open pages then reload."
    )
    data_version: str | None = Field(description="Changes whenever anything shown may have changed.")
    jobs: JobsHealth | None = Field(description="Null where the database cannot be read.")
    outbox: OutboxHealth | None = Field(description="Null where the database cannot be read.")
    lake: LakeHealth
    now: int = Field(description="The server's clock, milliseconds since 1970-01-01T00:00:00Z.")


class Ready(BaseModel):
    """The database can be read."""

    status: Literal["ready"] = "ready"
    data_version: str


def health_router(services: ApiServices) -> APIRouter:
    """Routes for watchers and for open pages."""
    routes = APIRouter(tags=["health"])

    @routes.get("/healthz", response_model=Health, summary="Whether the server answers, and what time it is")
    async def healthz() -> Health:
        version: str | None
        jobs: JobsHealth | None
        outbox: OutboxHealth | None
        try:
            version, jobs, outbox = await asyncio.to_thread(_seen, services)
        except SQLAlchemyError:
            # Said in the answer and by /readyz: pages must not take a locked database for a dead server.
            version, jobs, outbox = None, None, None
        status: Literal["ok", "no_database"] = "no_database" if version is None else "ok"
        now = services.now() // 1000
        return Health(
            status=status,
            version=services.version,
            data_version=version,
            jobs=jobs,
            outbox=outbox,
            lake=_lake(services),
            now=now,
        )

    @routes.get("/readyz", response_model=Ready, summary="Whether the database can be read")
    async def readyz() -> Ready:
        try:
            return Ready(data_version=await asyncio.to_thread(_data_version, services))
        except SQLAlchemyError as error:
            raise Problem(
                503, "no_database", f"the database cannot be read: {type(error).__name__}"
            ) from error

    return routes


def _seen(services: ApiServices) -> tuple[str, JobsHealth, OutboxHealth]:
    return _data_version(services), jobs_health(services), outbox_health(services)


def outbox_health(services: ApiServices) -> OutboxHealth:
    """The messages of flags by how they stand."""
    with services.database.read() as connection:
        standing = outbox_standing(connection, services.now())
    oldest = None if standing.oldest is None else standing.oldest // 1000
    return OutboxHealth(waiting=standing.waiting, failed=standing.failed, dead=standing.dead, oldest=oldest)


def jobs_health(services: ApiServices) -> JobsHealth:
    """The jobs of the configuration, and which of them has not run for too long."""
    configuration = services.configuration
    planned = configuration.jobs.planned(configuration.zone, simulated=services.simulated)
    if not planned:
        return JobsHealth(status="none")
    now = services.now()
    states = job_states(services.database, [job.name for job in planned])
    failing = [job.job for job in failing_of(states)]
    found = beats_of(planned, states, now)
    beats = {beat.job: beat.at for beat in found if beat.at is not None}
    late = [beat.job for beat in found if beat.late]
    status: Literal["ok", "late", "failing", "unattended"] = "ok"
    if current_leader(services.database, now) is None:
        status = "unattended"
    elif failing or late:
        status = "failing" if failing else "late"
    told = {name: at // 1000 for name, at in beats.items()}
    return JobsHealth(status=status, failing=failing, late=late, beats=told)


def _lake(services: ApiServices) -> LakeHealth:
    standing = None if services.lake is None else services.lake.standing
    if standing is None:
        return LakeHealth(status="unattended")
    return LakeHealth(
        status="ok" if standing.problem is None else "failing",
        problem=standing.problem,
        since=None if standing.since is None else standing.since // 1000,
        mended=None if standing.mended is None else standing.mended.code,
        mended_at=None if standing.mended_at is None else standing.mended_at // 1000,
    )


def _data_version(services: ApiServices) -> str:
    return ".".join(map(str, data_version(services.database)))
