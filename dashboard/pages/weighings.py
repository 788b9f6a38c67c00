"""Weighings (检测): every vehicle weighed, and what became of it. The filter stands in the address."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from dash import Dash, Input, Output, State, no_update

from dashboard.address import read_search
from dashboard.language import current_language
from dashboard.parts.element import div
from dashboard.parts.weighinglist import FIELD_IDS, PATH, filter_form, table
from dashboard.views.weighings import asked_of, search_of, weighings_view
from monitor.cases.terms import Terms, terms_of

if TYPE_CHECKING:
    from dashboard.services import Services

__all__ = ["PATH"]
TITLE_KEY = "weighings.title"


def layout(services: Services, query: dict[str, str]) -> Any:
    """The filter and one page of the list."""
    words = services.texts[current_language(services.language)]
    form = filter_form(asked_of(query), services.configuration.stations, words)
    return div(
        [
            div(form, "fx-card fx-filter-card", id="fx-weighings-form"),
            div(drawn(services, query), id="fx-weighings-list"),
        ],
        id="fx-weighings",
    )


def drawn(services: Services, query: dict[str, str]) -> list[Any]:
    """The page of the list that an address asks for."""
    words, now = services.texts[current_language(services.language)], services.now()
    configuration = services.configuration
    known: dict[str, Terms] = {}

    def terms(station: str) -> Terms:
        if station not in known:
            known[station] = terms_of(configuration.stations[station], configuration.limits, 0)
        return known[station]

    view = weighings_view(services.database, configuration, query, now)
    return table(view, configuration.stations, terms, now, words)


def asked_by(values: Sequence[Any]) -> dict[str, str]:
    """What the fields say, in the order of `FIELD_IDS`."""
    return {name: str(value or "") for name, value in zip(FIELD_IDS, values, strict=True)}


def register(app: Dash, services: Services) -> None:
    """The filter to the address, and the address to the list and, where another changed it, the filter."""

    @app.callback(
        Output("fx-location", "search", allow_duplicate=True),
        *(Input(*place) for place in FIELD_IDS.values()),
        State("fx-location", "search"),
        State("fx-location", "pathname"),
        prevent_initial_call=True,
    )
    async def choose(*told: Any) -> Any:
        *values, search, path = told
        if path != PATH:
            return no_update
        wanted = asked_by(values)
        return no_update if asked_of(wanted) == asked_of(read_search(search)) else search_of(wanted)

    @app.callback(
        Output("fx-weighings-list", "children"),
        Output("fx-weighings-form", "children"),
        Input("fx-location", "search"),
        State("fx-location", "pathname"),
        *(State(*place) for place in FIELD_IDS.values()),
        prevent_initial_call=True,
    )
    async def followed(search: str | None, path: str | None, *values: Any) -> Any:
        if path != PATH:
            return no_update, no_update
        query = read_search(search)
        asked = asked_of(query)
        form: Any = no_update
        if asked != asked_of(asked_by(values)):
            # Back, forward or a link: the fields have to say what the list holds.
            words = services.texts[current_language(services.language)]
            form = filter_form(asked, services.configuration.stations, words)
        return await asyncio.to_thread(drawn, services, query), form
