"""`GET /api/v1/weighings.csv` and `.xlsx`: the weighings of a filter as a file."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NamedTuple

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import FileResponse, Response, StreamingResponse

from monitor.api.asked import ApiServices, From, Station, To, bad_parameter
from monitor.api.exports import XLSX, Lang, attachment, draft, file_answer, words_for
from monitor.api.problem import Problem
from monitor.cases.event import SECOND
from monitor.reports.case_list import Cell, TooManyRows, csv_parts, write_xlsx
from monitor.reports.case_query import BadQuery
from monitor.reports.weighing_rows import (
    FIELDS,
    each_weighing,
    weighing_cells,
    weighing_filter,
    weighing_sheet,
)

if TYPE_CHECKING:
    from monitor.settings.texts import Texts
    from monitor.store.weighing_list import WeighingFilter

Which = Annotated[
    str | None, Query(description="`over`: only over the limit; `unconfirmed`: of these, nothing followed.")
]


class Asked(NamedTuple):
    """The parameters of the list as they were sent."""

    station: list[str] | None
    since: str | None
    to: str | None
    which: str | None

    def filter(self, services: ApiServices, now: int) -> WeighingFilter:
        """The filter. Raises Problem 422 that names the parameter and what would be accepted."""
        stations = ",".join(self.station or ())
        told = {"station": stations, "from": self.since, "to": self.to, "which": self.which}
        sent = {name: value or "" for name, value in told.items()}
        try:
            return weighing_filter(sent, services.configuration.stations, now)
        except BadQuery as bad:
            raise bad_parameter(bad) from None


def asked(station: Station = None, since: From = None, to: To = None, which: Which = None) -> Asked:
    """What a file of weighings may be asked for."""
    return Asked(station, since, to, which)


Sent = Annotated[Asked, Depends(asked)]
"""The parameters of the list, for a route."""


def weighings_router(services: ApiServices) -> APIRouter:
    """Routes for weighings as files."""
    routes = APIRouter(prefix="/api/v1", tags=["weighings"])

    @routes.get("/weighings.csv", response_class=StreamingResponse, summary="Weighings as CSV")
    async def as_csv(request: Request, sent: Sent, lang: Lang = None) -> Response:
        now = services.now()
        chosen = sent.filter(services, now)
        words = words_for(services, request, lang)
        parts = csv_parts(_rows(services, chosen, words), weighing_sheet(words).heads)
        headers = {"Content-Disposition": attachment(now, "weighings", "csv")}
        return StreamingResponse(parts, media_type="text/csv; charset=utf-8", headers=headers)

    @routes.get("/weighings.xlsx", response_class=FileResponse, summary="Weighings as an XLSX workbook")
    async def as_xlsx(request: Request, sent: Sent, lang: Lang = None) -> Response:
        now = services.now()
        chosen = sent.filter(services, now)
        words = words_for(services, request, lang)
        told = [f"{name}={request.query_params[name]}" for name in FIELDS if request.query_params.get(name)]
        try:
            path = await asyncio.to_thread(_workbook, services, chosen, now, words, " & ".join(told))
        except TooManyRows as error:
            detail = f"a sheet holds {error} weighings at most: narrow the filter, or take the CSV"
            raise Problem(422, "too_many_rows", detail) from None
        return file_answer(path, XLSX, attachment(now, "weighings", "xlsx"))

    return routes


def _rows(services: ApiServices, chosen: WeighingFilter, words: Texts) -> Iterator[tuple[Cell, ...]]:
    for one in each_weighing(services.database, chosen):
        yield weighing_cells(one, services.configuration.stations, words)


def _workbook(services: ApiServices, chosen: WeighingFilter, now: int, words: Texts, told: str) -> Path:
    about = [
        (words.get("cases.export.made"), datetime.fromtimestamp(now // SECOND, UTC).isoformat()),
        (words.get("cases.export.filter"), told or words.get("weighings.which.all")),
        (words.get("cases.export.times"), words.get("cases.export.times_about")),
        (words.get("cases.columns.plate"), words.get("cases.export.plate_about")),
    ]
    with draft("xlsx") as path:
        write_xlsx(path, _rows(services, chosen, words), weighing_sheet(words), words, about)
    return path
