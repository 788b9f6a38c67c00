"""Flow (流程): where the hours go. Period, station and kind of vehicle stand in the address."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from threading import Lock
from typing import TYPE_CHECKING, Any

from dash import Dash, Input, Output, State, dcc, no_update

from dashboard.address import read_search
from dashboard.language import current_language
from dashboard.parts import flow as parts
from dashboard.parts.board import age_badge
from dashboard.parts.element import Node, div
from dashboard.parts.sentence import Speech
from dashboard.views.flow import FlowAsk, flow_ask, flow_view
from dashboard.views.moments import MINUTE
from dashboard.views.snapshot import holding_stations, zone_of
from monitor.store.board import data_version

if TYPE_CHECKING:
    from dashboard.services import Services

PATH = "/flow"
TITLE_KEY = "flow.title"
KEPT = 32
"""Pages kept drawn: periods × stations × vehicles × languages."""


class Pages:
    """Draws a page once for everyone: again only when the data or the minute has changed."""

    def __init__(self, services: Services) -> None:
        self.services = services
        self._drawn: OrderedDict[tuple[FlowAsk, str], tuple[str, list[Node]]] = OrderedDict()
        self._lock = Lock()

    def draw(self, asked: FlowAsk, language: str, now: int) -> tuple[str, list[Node]]:
        """Its key and its nodes; a part that failed is tried again every time."""
        version = ".".join(map(str, data_version(self.services.database)))
        if self.services.lake is not None:
            # It follows the database some seconds later.
            version += f"/{self.services.lake.version}"
        key = f"{self.services.version}/{version}/{now // MINUTE}/{asked.address()}/{language}"
        with self._lock:
            known = self._drawn.get((asked, language))
        if known is not None and known[0] == key:
            return known
        view = flow_view(self.services, asked, now)
        speech = Speech(self.services.texts[language], zone_of(self.services, asked.station))
        drawn = (key, parts.page(view, speech, self.services.configuration.board))
        if view.whole:
            with self._lock:
                self._drawn[(asked, language)] = drawn
                while len(self._drawn) > KEPT:
                    self._drawn.popitem(last=False)
        return drawn


_pages: dict[int, Pages] = {}


def pages_of(services: Services) -> Pages:
    """The pages kept for these services."""
    return _pages.setdefault(id(services), Pages(services))


def asked_of(services: Services, query: dict[str, str]) -> FlowAsk:
    """What an address asks for, with the stations of the configuration."""
    return flow_ask(query, {one.code: one for one in holding_stations(services)})


def controls(services: Services, query: dict[str, str]) -> list[Any]:
    """The choices, and how old the data is."""
    words = services.texts[current_language(services.language)]
    zone = zone_of(services, query.get("station"))
    return [
        div(chosen(services, asked_of(services, query)), "fx-flow-choices", id="fx-flow-choices"),
        age_badge(services.configuration, words, str(zone)),
    ]


def chosen(services: Services, asked: FlowAsk) -> list[Node]:
    """Period, station and kind of vehicle."""
    speech = Speech(services.texts[current_language(services.language)], zone_of(services, asked.station))
    return parts.choices(asked, holding_stations(services), speech)


def layout(services: Services, query: dict[str, str]) -> Any:
    """The page as it is now, and what keeps it so."""
    now = services.now()
    key, nodes = pages_of(services).draw(asked_of(services, query), current_language(services.language), now)
    return div(
        [
            div(None, "fx-stopped", id="fx-stopped", role="status", hidden=True),
            div(nodes, "fx-flow", id="fx-flow"),
            div(str(now // 1000), "fx-stamp", id="fx-flow-stamp", hidden=True),
            dcc.Interval(id="fx-flow-tick", interval=services.configuration.board.refresh_seconds * 1000),
            dcc.Store(id="fx-flow-key", data=key),
        ]
    )


def register(app: Dash, services: Services) -> None:
    """Refresh, and what the address chooses."""

    def refreshed(search: str | None, held: str | None) -> tuple[Any, ...]:
        now, asked = services.now(), asked_of(services, read_search(search))
        key, nodes = pages_of(services).draw(asked, current_language(services.language), now)
        stamp = str(services.now() // 1000)
        return (no_update, no_update, stamp) if key == held else (nodes, key, stamp)

    @app.callback(
        Output("fx-flow", "children"),
        Output("fx-flow-key", "data"),
        Output("fx-flow-stamp", "children"),
        Input("fx-flow-tick", "n_intervals"),
        Input("fx-location", "search"),
        State("fx-flow-key", "data"),
        State("fx-location", "pathname"),
        prevent_initial_call=True,
    )
    async def refresh(
        _ticks: int | None, search: str | None, held: str | None, path: str | None
    ) -> tuple[Any, ...]:
        if path != PATH:
            return (no_update,) * 3
        return await asyncio.to_thread(refreshed, search, held)

    @app.callback(
        Output("fx-flow-choices", "children"),
        Input("fx-location", "search"),
        State("fx-location", "pathname"),
        prevent_initial_call=True,
    )
    async def choose(search: str | None, path: str | None) -> Any:
        if path != PATH:
            return no_update
        return chosen(services, asked_of(services, read_search(search)))
