"""`GET /metrics`: what a watcher asks again and again, in the text format of Prometheus (0.0.4).

Figures of stations are not among them: those are metrics with a definition, below `/api/v1/metrics`.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from fastapi import APIRouter
from fastapi.responses import Response
from sqlalchemy.exc import SQLAlchemyError

from monitor.api.health import JobsHealth, OutboxHealth, jobs_health, outbox_health
from monitor.store.flags import count_flags

if TYPE_CHECKING:
    from monitor.api.asked import ApiServices

TYPE = "text/plain; version=0.0.4; charset=utf-8"


def gauges_router(services: ApiServices) -> APIRouter:
    """The route. Without a database it says that alone, with 200: the scraper is to keep the series."""
    routes = APIRouter(tags=["health"])

    @routes.get("/metrics", summary="Heartbeats, messages and flags for a watcher", response_class=Response)
    async def gauges() -> Response:
        try:
            lines = await asyncio.to_thread(_lines, services)
        except SQLAlchemyError:
            lines = list(_gauge("fangxing_database_up", "Whether the database can be read.", {"": 0}))
        return Response("\n".join([*lines, ""]), media_type=TYPE)

    return routes


def _lines(services: ApiServices) -> list[str]:
    with services.database.read() as connection:
        flags = count_flags(connection)
    return [
        *_gauge("fangxing_database_up", "Whether the database can be read.", {"": 1}),
        *_jobs(jobs_health(services)),
        *_outbox(outbox_health(services), services.now() // 1000),
        *_gauge("fangxing_flags", "Flags that live, by state.", _labelled("state", flags)),
    ]


def _jobs(jobs: JobsHealth) -> Iterator[str]:
    attended = int(jobs.status not in ("unattended", "none"))
    yield from _gauge("fangxing_jobs_attended", "Whether a process runs the jobs.", {"": attended})
    beats = {name: at / 1000 for name, at in jobs.beats.items()}
    yield from _gauge(
        "fangxing_job_last_start_seconds",
        "When each job that runs every minute or more often last began, seconds since 1970.",
        _labelled("job", beats),
    )
    late = {name: int(name in jobs.late) for name in jobs.beats}
    yield from _gauge(
        "fangxing_job_late", "Whether it has not run for too long.", _labelled("job", late)
    )
    failing = dict.fromkeys(jobs.failing, 1)
    yield from _gauge(
        "fangxing_job_failing",
        "Jobs that failed three times in a row or more.",
        _labelled("job", failing),
    )


def _outbox(outbox: OutboxHealth, now_ms: int) -> Iterator[str]:
    counts = {"waiting": outbox.waiting, "failed": outbox.failed, "dead": outbox.dead}
    yield from _gauge(
        "fangxing_messages", "Messages that are not delivered, by state.", _labelled("state", counts)
    )
    waits = 0.0 if outbox.oldest is None else max(now_ms - outbox.oldest, 0) / 1000
    yield from _gauge(
        "fangxing_message_wait_seconds", "How long the message waits that waits longest.", {"": waits}
    )


def _labelled(label: str, values: Mapping[str, float]) -> dict[str, float]:
    return {f'{{{label}="{_escaped(name)}"}}': value for name, value in values.items()}


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")


def _gauge(name: str, told: str, values: Mapping[str, float]) -> Iterator[str]:
    yield f"# HELP {name} {told}"
    yield f"# TYPE {name} gauge"
    for labels, value in values.items():
        yield f"{name}{labels} {value:.15g}"
