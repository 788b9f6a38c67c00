"""Discretion (裁量): whether like cases get like penalties. Period, station, kind of vehicle, the unit of the
funnel and the filters of the findings stand in the address."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from dash import ALL, Dash, Input, Output, State, ctx, dcc, no_update
from fastapi import APIRouter, Request, Response

from dashboard.address import read_search
from dashboard.language import current_language
from dashboard.pages.kept import Kept
from dashboard.parts import discretion as parts
from dashboard.parts.board import age_badge
from dashboard.parts.discretion_files import FIGURES, TABLES, file_of
from dashboard.parts.discretion_noted import noted_card
from dashboard.parts.element import Node, div
from dashboard.parts.flow import choices, refused
from dashboard.parts.sentence import Speech
from dashboard.parts.shell import failed_part
from dashboard.views.discretion import PATH, UNITS, DiscretionView, discretion_view
from dashboard.views.discretion_noted import noted_ask, noted_part
from dashboard.views.flow_ask import FlowAsk, flow_ask
from dashboard.views.moments import clock_time
from dashboard.views.snapshot import Failure, attempt, holding_stations, zone_of
from monitor.actions.looking import NotLookedError, look
from monitor.store.deliveries import Sender

if TYPE_CHECKING:
    from dashboard.services import Services

TITLE_KEY = "discretion.title"
ORIGIN = "discretion"
_pages: dict[int, Kept[DiscretionView]] = {}


def pages_of(services: Services) -> Kept[DiscretionView]:
    """The pages kept for these services."""
    return _pages.setdefault(
        id(services),
        Kept(
            services,
            lambda asked, now: discretion_view(services, asked, now),
            lambda view, speech: parts.page(view, speech, services.configuration),
        ),
    )


def asked_of(services: Services, query: dict[str, str]) -> FlowAsk:
    """What an address asks for, with the stations of the configuration."""
    return flow_ask(query, {one.code: one for one in holding_stations(services)}, PATH, UNITS)


def speech_of(services: Services, asked: FlowAsk) -> Speech:
    """The reader's words on the clock of the station."""
    return Speech(services.texts[current_language(services.language)], zone_of(services, asked.station))


def controls(services: Services, query: dict[str, str]) -> list[Any]:
    """The choices, and how old the data is."""
    asked = asked_of(services, query)
    speech = speech_of(services, asked)
    return [
        div(choices(asked, holding_stations(services), speech), "fx-flow-choices", id="fx-disc-choices"),
        age_badge(services.configuration, speech.words, str(speech.zone)),
    ]


def findings(services: Services, query: dict[str, str], told: str = "") -> list[Node]:
    """The worklist as the address asks for it; nothing where the address cannot be read."""
    asked, now = asked_of(services, query), services.now()
    speech = speech_of(services, asked)
    if refused(asked, speech) is not None:
        return []
    part = attempt("discretion findings", lambda: noted_part(services, asked, noted_ask(query), now))
    if isinstance(part, Failure):
        return [failed_part(speech.words, part.reason, clock_time(now, speech.zone))]
    configuration = services.configuration
    return [noted_card(part, asked, speech, configuration.rules, configuration.stations, told)]


def routes(services: Services) -> APIRouter:
    """`/discretion/FIGURE.csv` and `.svg`: what a figure shows, at the same address as its page."""
    router = APIRouter(include_in_schema=False)

    def made(figure: str, kind: str, query: dict[str, str]) -> Response:
        asked = asked_of(services, query)
        speech = speech_of(services, asked)
        known = TABLES if kind == "csv" else FIGURES
        if figure not in known or refused(asked, speech) is not None:
            return Response("not found", 404, media_type="text/plain")
        view = pages_of(services).view(asked, services.now())
        file = file_of(figure, kind, view, speech, services)
        headers = {"Content-Disposition": f'attachment; filename="{file.name}"'}
        return Response(file.content, media_type=file.media_type, headers=headers)

    @router.get("/discretion/{figure}.csv")
    async def data(figure: str, request: Request) -> Response:
        return await asyncio.to_thread(made, figure, "csv", dict(request.query_params))

    @router.get("/discretion/{figure}.svg")
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
            div(findings(services, query), "fx-disc-findings", id="fx-disc-findings"),
            div(nodes, "fx-flow fx-disc", id="fx-disc"),
            div(str(now // 1000), "fx-stamp", id="fx-disc-stamp", hidden=True),
            dcc.Interval(id="fx-disc-tick", interval=services.configuration.board.refresh_seconds * 1000),
            dcc.Store(id="fx-disc-key", data=key),
        ],
        "fx-disc-page",
    )


def register(app: Dash, services: Services) -> None:
    """Refresh, what the address chooses, and marking a finding as looked at."""

    def refreshed(search: str | None, held: str | None) -> tuple[Any, ...]:
        now, asked = services.now(), asked_of(services, read_search(search))
        key, nodes = pages_of(services).draw(asked, current_language(services.language), now)
        stamp = str(services.now() // 1000)
        return (no_update, no_update, stamp) if key == held else (nodes, key, stamp)

    @app.callback(
        Output("fx-disc", "children"),
        Output("fx-disc-key", "data"),
        Output("fx-disc-stamp", "children"),
        Input("fx-disc-tick", "n_intervals"),
        Input("fx-location", "search"),
        State("fx-disc-key", "data"),
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
        Output("fx-disc-choices", "children"),
        Input("fx-location", "search"),
        State("fx-location", "pathname"),
        prevent_initial_call=True,
    )
    async def choose(search: str | None, path: str | None) -> Any:
        if path != PATH:
            return no_update
        asked = asked_of(services, read_search(search))
        return choices(asked, holding_stations(services), speech_of(services, asked))

    @app.callback(
        Output("fx-disc-findings", "children"),
        Input("fx-location", "search"),
        Input({"disc": "look", "finding": ALL}, "n_clicks"),
        Input({"disc": "open", "finding": ALL}, "n_clicks"),
        State({"disc": "reason", "finding": ALL}, "value"),
        State({"disc": "reason", "finding": ALL}, "id"),
        State("fx-location", "pathname"),
        prevent_initial_call=True,
    )
    async def work(
        search: str | None,
        looks: list[int | None],
        opens: list[int | None],
        reasons: list[str | None],
        ids: list[dict[str, str]],
        path: str | None,
    ) -> Any:
        if path != PATH:
            return no_update
        pressed = ctx.triggered_id
        query = read_search(search)
        if not isinstance(pressed, dict):
            return await asyncio.to_thread(findings, services, query)
        if not any(looks) and not any(opens):
            return no_update
        told = {one["finding"]: value or "" for one, value in zip(ids, reasons, strict=True)}
        key = pressed["finding"]
        return await asyncio.to_thread(said, query, key, told.get(key, ""), pressed["disc"] == "look")

    def said(query: dict[str, str], key: str, reason: str, done: bool) -> list[Node]:
        station, code, case_no = [*key.split("|", 2), "", ""][:3]
        words = services.texts[current_language(services.language)]
        sender = Sender(services.actor, ORIGIN)
        try:
            look(services.database, sender, (station, case_no, code), reason, now=services.now(), done=done)
        except NotLookedError as error:
            return findings(services, query, words.get(f"discretion.noted.not.{error.code}"))
        return findings(
            services, query, words.get("discretion.noted.done" if done else "discretion.noted.undone")
        )
