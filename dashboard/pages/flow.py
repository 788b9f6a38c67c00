"""Flow (流程): where the hours go. Period, station and kind of vehicle stand in the address."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from dash import ALL, Dash, Input, Output, State, ctx, dcc, no_update
from fastapi import APIRouter, Request, Response

from dashboard.address import read_search
from dashboard.language import current_language
from dashboard.pages.kept import Kept
from dashboard.parts import flow as parts
from dashboard.parts import flow_rebase
from dashboard.parts.board import age_badge
from dashboard.parts.element import Node, div, element
from dashboard.parts.flow_files import FIGURES, file_of
from dashboard.parts.sentence import Speech
from dashboard.views.flow import FlowView, flow_view
from dashboard.views.flow_ask import FlowAsk, flow_ask
from dashboard.views.snapshot import holding_stations, zone_of
from monitor.actions.rebasing import NotRebasedError, rebase
from monitor.store.deliveries import Sender
from monitor.store.rebasings import rebasing_version, rebasings_of

if TYPE_CHECKING:
    from dashboard.services import Services

PATH = "/flow"
TITLE_KEY = "flow.title"
_pages: dict[int, Kept[FlowView]] = {}


def pages_of(services: Services) -> Kept[FlowView]:
    """The pages kept for these services."""
    return _pages.setdefault(
        id(services),
        Kept(
            services,
            lambda asked, now: flow_view(services, asked, now),
            lambda view, speech: parts.page(view, speech, services.configuration.board),
            lambda: str(rebasing_version(services.database)),
        ),
    )


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


def rebase_form(services: Services, asked: FlowAsk, told: str = "") -> list[Node]:
    """The form for the chart of the station asked for, or of all."""
    zone = zone_of(services, asked.station)
    speech = Speech(services.texts[current_language(services.language)], zone)
    now = services.now()
    station = services.configuration.stations.get(asked.station or "")
    chart = speech.words.get("flow.rebase.all") if station is None else speech.named(station.short, "")
    said = rebasings_of(services.database, asked.station, now)
    return flow_rebase.form(said, chart, asked.today(now, zone), speech, told)


def routes(services: Services) -> APIRouter:
    """`/flow/FIGURE.csv` and `.svg`: what a figure shows, at the same address as its page."""
    router = APIRouter(include_in_schema=False)

    def made(figure: str, kind: str, query: dict[str, str]) -> Response:
        asked, language = asked_of(services, query), current_language(services.language)
        speech = Speech(services.texts[language], zone_of(services, asked.station))
        if figure not in FIGURES or parts.refused(asked, speech) is not None:
            return Response("not found", 404, media_type="text/plain")
        view = pages_of(services).view(asked, services.now())
        file = file_of(figure, kind, view, speech, services)
        headers = {"Content-Disposition": f'attachment; filename="{file.name}"'}
        return Response(file.content, media_type=file.media_type, headers=headers)

    @router.get("/flow/{figure}.csv")
    async def data(figure: str, request: Request) -> Response:
        return await asyncio.to_thread(made, figure, "csv", dict(request.query_params))

    @router.get("/flow/{figure}.svg")
    async def picture(figure: str, request: Request) -> Response:
        return await asyncio.to_thread(made, figure, "svg", dict(request.query_params))

    return router


def layout(services: Services, query: dict[str, str]) -> Any:
    """The page as it is now, and what keeps it so."""
    now, language = services.now(), current_language(services.language)
    key, nodes = pages_of(services).draw(asked_of(services, query), language, now)
    return div(
        [
            div(None, "fx-stopped", id="fx-stopped", role="status", hidden=True),
            div(nodes, "fx-flow", id="fx-flow"),
            element(
                "details",
                [
                    element("summary", services.texts[language].get("flow.rebase.title")),
                    div(rebase_form(services, asked_of(services, query)), id="fx-flow-rebase"),
                ],
                "fx-card fx-flow-rebase",
            ),
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

    @app.callback(
        Output("fx-flow-rebase", "children"),
        Output("fx-flow", "children", allow_duplicate=True),
        Output("fx-flow-key", "data", allow_duplicate=True),
        Input("fx-flow-keep", "n_clicks"),
        Input({"flow": "back", "week": ALL}, "n_clicks"),
        Input("fx-location", "search"),
        State("fx-flow-week", "value"),
        State("fx-flow-reason", "value"),
        State("fx-location", "pathname"),
        prevent_initial_call=True,
    )
    async def keep(
        _keep: int | None,
        backs: list[int | None],
        search: str | None,
        week: str | None,
        reason: str | None,
        path: str | None,
    ) -> tuple[Any, ...]:
        asked = ctx.triggered_id
        if path != PATH:
            return (no_update,) * 3
        if asked == "fx-location":
            form = await asyncio.to_thread(rebase_form, services, asked_of(services, read_search(search)))
            return form, no_update, no_update
        taken_back = isinstance(asked, dict)
        if not (any(backs) if taken_back else _keep):
            return (no_update,) * 3
        chosen = asked["week"] if isinstance(asked, dict) else week or ""
        return await asyncio.to_thread(said, search, chosen, reason or "", not taken_back)

    def said(search: str | None, week: str, reason: str, in_force: bool) -> tuple[Any, ...]:
        asked, now = asked_of(services, read_search(search)), services.now()
        words = services.texts[current_language(services.language)]
        sender = Sender(services.actor, "flow")
        today = asked.today(now, zone_of(services, asked.station))
        try:
            rebase(
                services.database,
                sender,
                asked.station,
                week,
                reason,
                now=now,
                today=today,
                in_force=in_force,
            )
        except NotRebasedError as error:
            told = words.get(f"flow.rebase.{error.code}")
            return rebase_form(services, asked, told), no_update, no_update
        told = words.get("flow.rebase.done" if in_force else "flow.rebase.undone")
        key, nodes = pages_of(services).draw(asked, current_language(services.language), services.now())
        return rebase_form(services, asked, told), nodes, key
