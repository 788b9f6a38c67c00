"""What every page of figures does alike: its choices, its files, and keeping what is shown fresh.

No page of its own.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from typing import Any, Generic, TypeVar

from dash import Dash, Input, Output, State, dcc, no_update
from fastapi import APIRouter, Request, Response

from dashboard.address import read_search
from dashboard.language import current_language
from dashboard.pages.kept import Kept, Whole
from dashboard.parts.board import age_badge
from dashboard.parts.element import Node, div
from dashboard.parts.figure_cards import choices, refused
from dashboard.parts.figure_files import File
from dashboard.parts.sentence import Speech
from dashboard.views.flow_ask import SPLITS, FlowAsk, flow_ask
from dashboard.views.moments import local
from dashboard.views.snapshot import holding_stations, zone_of

View = TypeVar("View", bound=Whole)

FileOf = Callable[[str, str, FlowAsk, Speech], File | None]
"""Figure, `csv` or `svg`, what is asked for, the reader's words → the file; None for no such figure."""


class FigurePage(Generic[View]):
    """The page at `path`, whose parts' ids begin with `mark`; `cuts` are what `by` may be in its address.

    `this_year`: whether its choices leave out the year where it is the running one.
    """

    def __init__(
        self,
        kept: Kept[View],
        path: str,
        mark: str,
        *,
        cuts: Sequence[str] = SPLITS,
        this_year: bool = False,
    ) -> None:
        self.services = kept.services
        self.kept = kept
        self._path = path
        self._mark = mark
        self._cuts = cuts
        self._this_year = this_year

    def asked(self, query: dict[str, str]) -> FlowAsk:
        """What an address asks for, with the stations of the configuration."""
        stations = {one.code: one for one in holding_stations(self.services)}
        return flow_ask(query, stations, self._path, self._cuts)

    def speech(self, asked: FlowAsk, *, this_year: bool = False) -> Speech:
        """The reader's words on the clock of the station; `this_year`, so that it is not said."""
        zone = zone_of(self.services, asked.station)
        year = local(self.services.now(), zone).year if this_year else None
        return Speech(self.services.texts[current_language(self.services.language)], zone, year)

    def chosen(self, asked: FlowAsk) -> list[Node]:
        """Period, station and kind of vehicle."""
        return choices(asked, holding_stations(self.services), self.speech(asked, this_year=self._this_year))

    def controls(self, query: dict[str, str]) -> list[Any]:
        """The choices, and how old the data is."""
        asked = self.asked(query)
        speech = self.speech(asked)
        return [
            div(self.chosen(asked), "fx-flow-choices", id=f"{self._mark}-choices"),
            age_badge(self.services.configuration, speech.words, str(speech.zone)),
        ]

    def draw(self, asked: FlowAsk) -> tuple[str, list[Node]]:
        """Its key and its nodes as they are now."""
        language = current_language(self.services.language)
        return self.kept.draw(asked, language, self.services.now())

    def figures(self, query: dict[str, str], class_: str = "") -> tuple[Node, list[Any]]:
        """The figures as they are now, and what keeps them so."""
        services, mark, now = self.services, self._mark, self.services.now()
        key, nodes = self.draw(self.asked(query))
        return div(nodes, f"fx-flow {class_}".strip(), id=mark), [
            div(None, "fx-stopped", id="fx-stopped", role="status", hidden=True),
            div(str(now // 1000), "fx-stamp", id=f"{mark}-stamp", hidden=True),
            dcc.Interval(id=f"{mark}-tick", interval=services.configuration.board.refresh_seconds * 1000),
            dcc.Store(id=f"{mark}-key", data=key),
        ]

    def routes(self, file_of: FileOf) -> APIRouter:
        """`FIGURE.csv` and `.svg` below the page: what a figure shows, at the same address as its page."""
        router = APIRouter(include_in_schema=False)

        def made(figure: str, kind: str, query: dict[str, str]) -> Response:
            asked = self.asked(query)
            speech = self.speech(asked)
            file = None if refused(asked, speech) is not None else file_of(figure, kind, asked, speech)
            if file is None:
                return Response("not found", 404, media_type="text/plain")
            headers = {"Content-Disposition": f'attachment; filename="{file.name}"'}
            return Response(file.content, media_type=file.media_type, headers=headers)

        @router.get(self._path + "/{figure}.csv")
        async def data(figure: str, request: Request) -> Response:
            return await asyncio.to_thread(made, figure, "csv", dict(request.query_params))

        @router.get(self._path + "/{figure}.svg")
        async def picture(figure: str, request: Request) -> Response:
            return await asyncio.to_thread(made, figure, "svg", dict(request.query_params))

        return router

    def register(self, app: Dash) -> None:
        """Refresh, and what the address chooses."""
        mark = self._mark

        def refreshed(search: str | None, held: str | None) -> tuple[Any, ...]:
            key, nodes = self.draw(self.asked(read_search(search)))
            stamp = str(self.services.now() // 1000)
            return (no_update, no_update, stamp) if key == held else (nodes, key, stamp)

        @app.callback(
            Output(mark, "children"),
            Output(f"{mark}-key", "data"),
            Output(f"{mark}-stamp", "children"),
            Input(f"{mark}-tick", "n_intervals"),
            Input("fx-location", "search"),
            State(f"{mark}-key", "data"),
            State("fx-location", "pathname"),
            prevent_initial_call=True,
        )
        async def refresh(
            _ticks: int | None, search: str | None, held: str | None, path: str | None
        ) -> tuple[Any, ...]:
            if path != self._path:
                return (no_update,) * 3
            return await asyncio.to_thread(refreshed, search, held)

        @app.callback(
            Output(f"{mark}-choices", "children"),
            Input("fx-location", "search"),
            State("fx-location", "pathname"),
            prevent_initial_call=True,
        )
        async def choose(search: str | None, path: str | None) -> Any:
            if path != self._path:
                return no_update
            return self.chosen(self.asked(read_search(search)))
