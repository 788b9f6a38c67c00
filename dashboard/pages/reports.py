"""Reports (报告): the weekly reports that were made, and making one now."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from dash import Dash, Input, Output, State, no_update
from fastapi import APIRouter, Response

from dashboard.language import current_language
from dashboard.parts.element import Node, div
from dashboard.parts.reportlist import form, listed, stations_of
from dashboard.parts.sentence import Speech
from dashboard.views.moments import local
from dashboard.views.reports import NotMade, kept_reports, make_report, weeks_offered
from dashboard.views.snapshot import holding_stations, zone_of
from monitor.reports.weekly.formats import MEDIA, Format
from monitor.reports.weekly.kept import Shelf

if TYPE_CHECKING:
    from dashboard.services import Services

PATH = "/reports"
TITLE_KEY = "weekly.page.title"
SANDBOX = (
    "sandbox allow-scripts; default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; "
    "img-src data:; frame-ancestors 'none'"
)
"""A report's own little script runs as of nowhere: it reaches neither this program nor anybody else."""


def speech_of(services: Services) -> Speech:
    """The reader's words, on the installation's clock."""
    zone = zone_of(services, None)
    return Speech(services.texts[current_language(services.language)], zone, local(services.now(), zone).year)


def names_of(services: Services) -> dict[str, str]:
    """Stations by their names in the reader's language."""
    words = services.texts[current_language(services.language)]
    return {
        code: one.name.in_language(words.language) for code, one in services.configuration.stations.items()
    }


def drawn(services: Services) -> Node:
    """The list as it is now."""
    return listed(kept_reports(services), names_of(services), speech_of(services))


def layout(services: Services, query: dict[str, str]) -> Any:
    """The form and the list."""
    del query
    weeks = weeks_offered(services, services.now())
    return div(
        [
            form(weeks, holding_stations(services), speech_of(services)),
            div(drawn(services), id="fx-report-list"),
        ],
        "fx-reports",
    )


def made(services: Services, week: str, station: str | None) -> tuple[str, Node]:
    """Make a report; what is said of it, and the list."""
    language = current_language(services.language)
    words = services.texts[language]
    kept = make_report(services, week, station or None, language)
    if isinstance(kept, NotMade):
        reason = words.get(kept.key, **kept.params)
        return words.get("weekly.page.failed", reason=reason), drawn(services)
    stations = stations_of(kept, names_of(services), words)
    told = words.get("weekly.page.done", week=kept.week, stations=stations)
    if "pdf" not in kept.files:
        told = f"{told} {words.get('weekly.page.no_font')}"
    return told, drawn(services)


def routes(services: Services) -> APIRouter:
    """`/reports/KEY/FORMAT` to keep, `/reports/KEY/view` to look at."""
    router = APIRouter(include_in_schema=False)

    @router.get("/reports/{key}/{form}")
    async def file(key: str, form: str) -> Response:
        wanted = "html" if form == "view" else form
        found = None
        if services.reports is not None:
            found = await asyncio.to_thread(Shelf(services.reports).file, key, wanted)
        if found is None:
            return Response("not found", 404, media_type="text/plain")
        name, content = found
        headers = {"Content-Security-Policy": SANDBOX, "Cache-Control": "no-cache"}
        if form != "view":
            headers["Content-Disposition"] = f'attachment; filename="{name}"'
        return Response(content, media_type=MEDIA[Format(wanted)], headers=headers)

    return router


def register(app: Dash, services: Services) -> None:
    """The button."""

    @app.callback(
        Output("fx-report-answer", "children"),
        Output("fx-report-list", "children"),
        Input("fx-report-make", "n_clicks"),
        State("fx-report-week", "value"),
        State("fx-report-station", "value"),
        prevent_initial_call=True,
        running=[(Output("fx-report-make", "disabled"), True, False)],
    )
    async def make(clicks: int | None, week: str | None, station: str | None) -> tuple[Any, Any]:
        if not clicks or week is None:
            return no_update, no_update
        return await asyncio.to_thread(made, services, week, station)
