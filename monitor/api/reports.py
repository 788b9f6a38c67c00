"""`GET /api/v1/reports`, `/api/v1/reports/{key}` and its files: the weekly reports that were made. Reading
only."""

from __future__ import annotations

import asyncio
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Literal

from fastapi import APIRouter, Path, Query, Response
from pydantic import BaseModel, Field

from monitor.api.asked import Station
from monitor.api.case_models import instant_of
from monitor.api.problem import Problem
from monitor.reports.weekly.formats import MEDIA, Format
from monitor.reports.weekly.kept import Kept, Shelf
from monitor.reports.weekly.period import NoReport, Week

if TYPE_CHECKING:
    import pathlib
    from zoneinfo import ZoneInfo

    from monitor.api.asked import ApiServices

MOST = 1000
"""Reports in one answer; more come by `offset`."""

Key = Annotated[str, Path(max_length=128, description="The report's `key`.")]


class ReportOut(BaseModel):
    """A report that was made; instants with the installation's offset."""

    key: str
    week: str = Field(description="ISO 8601 week, `2024-W30`.")
    station: list[str] | None = Field(description="Station codes; null: all stations.")
    as_of: datetime = Field(description="What was known then.")
    digest: str = Field(description="SHA-256 of the report's own data.")
    formats: list[Format] = Field(description="Without `pdf` where no Chinese font was installed.")
    made_at: datetime
    language: str
    program: str = Field(description="The version that made it.")


class ReportsOut(BaseModel):
    """A page of reports, the latest week and moment first."""

    total: int
    reports: list[ReportOut]


def reports_router(services: ApiServices, folder: pathlib.Path) -> APIRouter:
    """Routes for the reports of a folder, for one of them and for its files."""
    routes = APIRouter(prefix="/api/v1", tags=["reports"])
    shelf = Shelf(folder)

    @routes.get("/reports", response_model=ReportsOut, summary="Weekly reports that were made, latest first")
    async def reports(
        station: Station = None,
        week: Annotated[str | None, Query(max_length=16, description="ISO 8601 week, `2024-W30`.")] = None,
        lang: Annotated[Literal["zh", "en"] | None, Query(description="Language of the report.")] = None,
        limit: Annotated[int, Query(ge=1, le=MOST)] = 100,
        offset: Annotated[int, Query(ge=0)] = 0,
    ) -> ReportsOut:
        codes = {code for part in station or () for code in part.split(",") if code}
        unknown = sorted(codes - set(services.configuration.stations))
        if unknown:
            raise Problem(422, "unknown_station", f"No station {', '.join(unknown)}.")
        wanted = None if week is None else _week(week)
        found = [
            one
            for one in await asyncio.to_thread(shelf.all)
            if (not codes or codes.intersection(one.stations or ()))
            and wanted in (None, one.week)
            and lang in (None, one.language)
        ]
        zone = services.configuration.zone
        return ReportsOut(
            total=len(found), reports=[_report(one, zone) for one in found[offset : offset + limit]]
        )

    @routes.get("/reports/{key}", response_model=ReportOut, summary="One report: what it is and its formats")
    async def report(key: Key) -> ReportOut:
        return _report(await asyncio.to_thread(_found, shelf, key), services.configuration.zone)

    @routes.get("/reports/{key}/{format}", response_class=Response, summary="A report in a format")
    async def file(key: Key, format: Format) -> Response:
        name, content = await asyncio.to_thread(_file, shelf, key, format)
        headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-cache"}
        return Response(content, media_type=MEDIA[format], headers=headers)

    return routes


def _week(name: str) -> str:
    try:
        return Week.named(name).name
    except NoReport:
        raise Problem(
            422, "bad_parameter", f"week: {name!r} is no week",
            parameter="week", value=name, accepted="an ISO 8601 week, 2024-W30",
        ) from None  # fmt: skip


def _found(shelf: Shelf, key: str) -> Kept:
    kept = shelf.find(key)
    if kept is None:
        raise Problem(404, "no_report", f"there is no report {key!r}")
    return kept


def _file(shelf: Shelf, key: str, form: Format) -> tuple[str, bytes]:
    kept, found = _found(shelf, key), shelf.file(key, form)
    if found is None:
        there = ", ".join(kept.files)
        raise Problem(404, "no_format", f"report {key!r} was not made as {form}", accepted=there)
    return found


def _report(kept: Kept, zone: ZoneInfo) -> ReportOut:
    return ReportOut(
        key=kept.key,
        week=kept.week,
        station=None if kept.stations is None else list(kept.stations),
        as_of=instant_of(kept.as_of, zone),
        digest=kept.digest,
        formats=[Format(form) for form in kept.files],
        made_at=instant_of(kept.made_at, zone),
        language=kept.language,
        program=kept.program,
    )
