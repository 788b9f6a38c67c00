"""Cases (案件): the list by filter. The filter stands in the address, so that a list can be sent on."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from dash import ClientsideFunction, Dash, Input, Output, State, no_update

from dashboard.address import read_search
from dashboard.language import current_language
from dashboard.parts.caselist import BLOCK, FIELD_IDS, GRID, cards, filter_form, grid, grid_row, head, trouble
from dashboard.parts.element import div
from dashboard.views.cases import CARDS, ListView, asked_of, list_view, page_of, search_of
from dashboard.views.snapshot import zone_of
from monitor.reports.case_query import FIELDS

if TYPE_CHECKING:
    from dashboard.services import Services

PATH = "/cases"
TITLE_KEY = "cases.title"


def layout(services: Services, query: dict[str, str]) -> Any:
    """The filter, how many cases it keeps, and the list."""
    words = services.texts[current_language(services.language)]
    parts = drawn(services, query)
    stations = services.configuration.stations
    return div(
        [
            div(
                filter_form(asked_of(query), stations, words),
                class_="fx-card fx-filter-card",
                id="fx-cases-form",
            ),
            div(parts["head"], id="fx-cases-head"),
            div(parts["trouble"], id="fx-cases-trouble"),
            div(grid(words, stations), "fx-grid-frame"),
            div(parts["cards"], id="fx-cases-cards"),
            div(None, id="fx-cases-purged", hidden=True),
        ],
        parts["name"],
        id="fx-cases",
    )


def read(services: Services, query: dict[str, str], first: int, count: int, now: int) -> ListView:
    """One stretch of the list an address asks for."""
    return list_view(
        services.database, services.configuration, query, now, first=first, count=count, lake=services.lake
    )


def drawn(services: Services, query: dict[str, str]) -> dict[str, Any]:
    """What follows the filter, except the rows of the grid, which it asks for itself."""
    words, now = services.texts[current_language(services.language)], services.now()
    view = read(services, query, (page_of(query) - 1) * CARDS, CARDS, now)
    stations = services.configuration.stations
    zone = zone_of(services, query.get("station"))
    return {
        "head": head(view, now, zone, words),
        "trouble": trouble(view, words),
        "cards": cards(view, stations, now, words),
        "name": "fx-cases" if view.total else "fx-cases fx-cases-none",
    }


def register(app: Dash, services: Services) -> None:
    """Rows for the grid, the filter to the address and back, and the way to a case."""

    def rows(request: dict[str, Any], search: str | None) -> dict[str, Any]:
        words, now = services.texts[current_language(services.language)], services.now()
        first = max(0, int(request.get("startRow") or 0))
        count = min(max(1, int(request.get("endRow") or BLOCK) - first), BLOCK * 5)
        view = read(services, read_search(search), first, count, now)
        stations = services.configuration.stations
        return {
            "rowData": [grid_row(one, stations, now, words) for one in view.lines],
            "rowCount": view.total,
        }

    @app.callback(
        Output(GRID, "getRowsResponse"), Input(GRID, "getRowsRequest"), State("fx-location", "search")
    )
    async def more(request: dict[str, Any] | None, search: str | None) -> Any:
        if not request:
            return no_update
        return await asyncio.to_thread(rows, request, search)

    fields = list(FIELD_IDS.items())

    @app.callback(
        Output("fx-location", "search", allow_duplicate=True),
        *(Input(*place) for _, place in fields),
        State("fx-location", "search"),
        State("fx-location", "pathname"),
        prevent_initial_call=True,
    )
    async def choose(*told: Any) -> Any:
        *values, search, path = told
        if path != PATH:
            return no_update
        before = read_search(search)
        wanted = asked_by(values)
        # What no field shows is kept, until the whole filter is cleared.
        wanted |= {name: before[name] for name in before if name in FIELDS and name not in FIELD_IDS}
        return no_update if asked_of(wanted) == asked_of(before) else search_of(wanted)

    def follow(search: str | None, values: list[Any]) -> tuple[Any, ...]:
        query = read_search(search)
        parts = drawn(services, query)
        words = services.texts[current_language(services.language)]
        asked = asked_of(query)
        told = asked_of(asked_by(values))
        same = told == {name: asked[name] for name in asked if name in FIELD_IDS} and bool(told)
        form = no_update if same else filter_form(asked, services.configuration.stations, words)
        return parts["head"], parts["trouble"], parts["cards"], parts["name"], form

    @app.callback(
        Output("fx-cases-head", "children"),
        Output("fx-cases-trouble", "children"),
        Output("fx-cases-cards", "children"),
        Output("fx-cases", "className"),
        Output("fx-cases-form", "children"),
        Input("fx-location", "search"),
        State("fx-location", "pathname"),
        *(State(*place) for _, place in fields),
        prevent_initial_call=True,
    )
    async def followed(search: str | None, path: str | None, *values: Any) -> tuple[Any, ...]:
        if path != PATH:
            return (no_update,) * 5
        return await asyncio.to_thread(follow, search, list(values))

    app.clientside_callback(  # type: ignore[no-untyped-call]
        ClientsideFunction("fx_cases", "purge"),
        Output("fx-cases-purged", "children"),
        Input("fx-cases", "className"),
        Input("fx-cases-head", "children"),
        prevent_initial_call=True,
    )

    @app.callback(
        Output("fx-location", "href", allow_duplicate=True),
        Input(GRID, "cellClicked"),
        prevent_initial_call=True,
    )
    async def go(cell: dict[str, Any] | None) -> Any:
        address = (cell or {}).get("rowId")
        return address if isinstance(address, str) and address.startswith("/case/") else no_update


def asked_by(values: list[Any]) -> dict[str, str]:
    """What the fields say, as parameters of an address."""
    told: dict[str, str] = {}
    for name, value in zip(FIELD_IDS, values, strict=True):
        if name == "findings":
            value = "1" if value else ""
        told[name] = str(value or "")
    return told
