"""`GET /api/v1/cases.csv` and `.xlsx`: the list as a file. The same parameters as the list itself."""

from __future__ import annotations

import asyncio
import os
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime
from http.cookies import SimpleCookie
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

from fastapi import APIRouter, Query, Request
from fastapi.responses import FileResponse, Response, StreamingResponse
from starlette.background import BackgroundTask

from monitor.api.asked import (
    ApiServices,
    DeciderOf,
    DueWithin,
    From,
    State,
    Station,
    Text,
    To,
    WithFindings,
    filter_asked,
)
from monitor.api.problem import Problem
from monitor.cases.event import SECOND
from monitor.cases.summary import summary_of
from monitor.reports.case_list import Cell, TooManyRows, cells, csv_parts, write_xlsx
from monitor.reports.case_query import FIELDS
from monitor.store.cases import each_case

if TYPE_CHECKING:
    from monitor.settings.texts import Texts
    from monitor.store.cases import CaseFilter

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

Lang = Annotated[
    Literal["zh", "en"] | None, Query(description="Language of heads and words; else that of the reader.")
]


def exports_router(services: ApiServices) -> APIRouter:
    """Routes for the two files."""
    routes = APIRouter(prefix="/api/v1", tags=["cases"])

    @routes.get("/cases.csv", response_class=StreamingResponse, summary="The list as CSV for spreadsheets")
    async def as_csv(
        request: Request,
        station: Station = None,
        state: State = None,
        since: From = None,
        to: To = None,
        due_within: DueWithin = None,
        authority: DeciderOf = None,
        text: Text = None,
        findings: WithFindings = None,
        lang: Lang = None,
    ) -> Response:
        now = services.now()
        chosen = filter_asked(
            services, now, station=station, state=state, since=since, until=to, due_within=due_within,
            authority=authority, text=text, findings=findings,
        )  # fmt: skip
        words = words_for(services, request, lang)
        parts = csv_parts(rows(services, chosen, now, words), words)
        headers = {"Content-Disposition": _attachment(now, "csv")}
        return StreamingResponse(parts, media_type="text/csv; charset=utf-8", headers=headers)

    @routes.get("/cases.xlsx", response_class=FileResponse, summary="The list as an XLSX workbook")
    async def as_xlsx(
        request: Request,
        station: Station = None,
        state: State = None,
        since: From = None,
        to: To = None,
        due_within: DueWithin = None,
        authority: DeciderOf = None,
        text: Text = None,
        findings: WithFindings = None,
        lang: Lang = None,
    ) -> Response:
        now = services.now()
        chosen = filter_asked(
            services, now, station=station, state=state, since=since, until=to, due_within=due_within,
            authority=authority, text=text, findings=findings,
        )  # fmt: skip
        words = words_for(services, request, lang)
        about = about_list(request, now, words)
        try:
            path = await asyncio.to_thread(_workbook, services, chosen, now, words, about)
        except TooManyRows as error:
            raise Problem(
                422,
                "too_many_rows",
                f"a sheet holds {error} cases at most: narrow the filter, or take the CSV",
            ) from None
        headers = {"Content-Disposition": _attachment(now, "xlsx")}
        return FileResponse(
            path, media_type=XLSX, headers=headers, background=BackgroundTask(path.unlink, missing_ok=True)
        )

    return routes


def rows(services: ApiServices, chosen: CaseFilter, now: int, words: Texts) -> Iterator[tuple[Cell, ...]]:
    """The cases of a filter as rows, read while they are sent."""
    configuration = services.configuration
    for state in each_case(services.database, chosen, now):
        yield cells(summary_of(state, configuration, now), configuration.stations, words)


def about_list(request: Request, now: int, words: Texts) -> list[tuple[str, str]]:
    """What the list is: when it was made, by which filter, and what its columns mean."""
    chosen = [f"{name}={request.query_params[name]}" for name in FIELDS if request.query_params.get(name)]
    made = datetime.fromtimestamp(now // SECOND, UTC).isoformat()
    return [
        (words.get("cases.export.made"), made),
        (words.get("cases.export.filter"), " & ".join(chosen) or words.get("cases.export.everything")),
        (words.get("cases.export.times"), words.get("cases.export.times_about")),
        (words.get("cases.columns.hours"), words.get("cases.export.hours_about")),
        (words.get("cases.columns.held_hours"), words.get("cases.export.held_about")),
        (words.get("cases.columns.over_percent"), words.get("cases.export.over_about")),
        (words.get("cases.columns.plate"), words.get("cases.export.plate_about")),
    ]


def words_for(services: ApiServices, request: Request, lang: str | None) -> Texts:
    """The words asked for, else those the reader has chosen for the pages."""
    chosen = lang
    if chosen is None:
        cookie = SimpleCookie(request.headers.get("cookie", "")).get("fx-lang")
        chosen = cookie.value if cookie is not None else services.language
    return services.texts[chosen if chosen in services.texts else services.language]


def _workbook(
    services: ApiServices, chosen: CaseFilter, now: int, words: Texts, about: list[tuple[str, str]]
) -> Path:
    handle, name = tempfile.mkstemp(suffix=".xlsx", prefix="fangxing-")
    os.close(handle)
    path = Path(name)
    try:
        write_xlsx(path, rows(services, chosen, now, words), words, about)
    except BaseException:
        path.unlink(missing_ok=True)
        raise
    return path


def _attachment(now: int, kind: str) -> str:
    day = datetime.fromtimestamp(now // SECOND, UTC)
    return f'attachment; filename="fangxing-cases-{day:%Y%m%dT%H%MZ}.{kind}"'
