"""`GET /api/v1/cases.csv` and `.xlsx`, the list as a file, and `GET /api/v1/export/events` and `cases`, for
other programs. The same parameters as the list itself."""

from __future__ import annotations

import asyncio
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from http.cookies import SimpleCookie
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

from fastapi import APIRouter, Query, Request
from fastapi.responses import FileResponse, Response, StreamingResponse
from starlette.background import BackgroundTask

from monitor.api.asked import ApiServices, Sent
from monitor.api.problem import Problem
from monitor.cases.event import SECOND
from monitor.cases.summary import summary_of
from monitor.reports.case_list import Cell, TooManyRows, case_sheet, cells, csv_parts, heads, write_xlsx
from monitor.reports.case_query import FIELDS
from monitor.reports.export.choice import MEDIA_TYPES, SUFFIXES, Form, Subject, forms_of
from monitor.store.cases import each_case

if TYPE_CHECKING:
    from monitor.settings.texts import Texts
    from monitor.store.cases import CaseFilter

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

Lang = Annotated[
    Literal["zh", "en"] | None, Query(description="Language of heads and words; else that of the reader.")
]


def exports_router(services: ApiServices) -> APIRouter:
    """Routes for lists as files, and for what other programs read."""
    routes = APIRouter(prefix="/api/v1", tags=["cases"])

    @routes.get("/cases.csv", response_class=StreamingResponse, summary="The list as CSV for spreadsheets")
    async def as_csv(request: Request, sent: Sent, lang: Lang = None) -> Response:
        now = services.now()
        chosen = await asyncio.to_thread(sent.filter, services, now)
        words = words_for(services, request, lang)
        parts = csv_parts(rows(services, chosen, now, words), heads(words))
        headers = {"Content-Disposition": attachment(now, "cases", "csv")}
        return StreamingResponse(parts, media_type="text/csv; charset=utf-8", headers=headers)

    @routes.get("/cases.xlsx", response_class=FileResponse, summary="The list as an XLSX workbook")
    async def as_xlsx(request: Request, sent: Sent, lang: Lang = None) -> Response:
        now = services.now()
        chosen = await asyncio.to_thread(sent.filter, services, now)
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
        return file_answer(path, XLSX, attachment(now, "cases", "xlsx"))

    @routes.get(
        "/export/{subject}",
        response_class=FileResponse,
        summary="Events, cases or weighings for other programs",
    )
    async def export(subject: Subject, sent: Sent, format: Form = Form.CSV) -> Response:
        now = services.now()
        chosen = await asyncio.to_thread(sent.filter, services, now)
        if format not in forms_of(subject):
            raise Problem(
                422, "bad_parameter", f"{subject} do not come as {format}",
                parameter="format", value=format.value, accepted=", ".join(forms_of(subject)),
            )  # fmt: skip
        if subject is Subject.WEIGHINGS and not chosen.by_place_and_time:
            raise Problem(422, "bad_parameter", "weighings are chosen by station, from and to alone")
        path = await asyncio.to_thread(_written, services, chosen, now, subject, format)
        return file_answer(path, MEDIA_TYPES[format], attachment(now, subject, SUFFIXES[format]))

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
    with draft("xlsx") as path:
        write_xlsx(path, rows(services, chosen, now, words), case_sheet(words), words, about)
    return path


def _written(services: ApiServices, chosen: CaseFilter, now: int, subject: Subject, form: Form) -> Path:
    """The export as a file: whole before its first byte is sent. Plates are masked."""
    from monitor.reports.export.forms import write
    from monitor.reports.export.told import Export

    export = Export(services.database, chosen, services.configuration.stations, now)
    with draft(SUFFIXES[form]) as path, path.open("wb") as file:
        write(file, export, subject, form)
    return path


@contextmanager
def draft(kind: str) -> Iterator[Path]:
    """A file beside the others of this machine, gone again where writing it fails."""
    handle, name = tempfile.mkstemp(suffix=f".{kind}", prefix="fangxing-")
    os.close(handle)
    path = Path(name)
    try:
        yield path
    except BaseException:
        path.unlink(missing_ok=True)
        raise


def file_answer(path: Path, media_type: str, disposition: str) -> FileResponse:
    """The file as an answer; it is removed once it is sent."""
    headers = {"Content-Disposition": disposition}
    gone = BackgroundTask(path.unlink, missing_ok=True)
    return FileResponse(path, media_type=media_type, headers=headers, background=gone)


def attachment(now: int, subject: str, kind: str) -> str:
    """The header by which a browser keeps the file under a name."""
    day = datetime.fromtimestamp(now // SECOND, UTC)
    return f'attachment; filename="fangxing-{subject}-{day:%Y%m%dT%H%MZ}.{kind}"'
