"""Payments (缴款): is paying easy, and does the treasury have what was paid. Period, station, kind of vehicle
and the filter of differences stand in the address."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from dash import Dash, Input, Output, State, ctx, dcc, no_update
from fastapi import APIRouter, Request, Response

from dashboard.address import read_search
from dashboard.language import current_language
from dashboard.pages.kept import Kept
from dashboard.parts import differencelist
from dashboard.parts import payments as parts
from dashboard.parts.board import age_badge
from dashboard.parts.element import Node, div
from dashboard.parts.flow import choices, refused
from dashboard.parts.payments_files import FIGURES, differences_file, file_of
from dashboard.parts.sentence import Speech
from dashboard.views.differences import difference_ask, differences_view
from dashboard.views.flow_ask import FlowAsk, flow_ask
from dashboard.views.moments import local
from dashboard.views.payments import PATH, PaymentsView, payments_view
from dashboard.views.snapshot import holding_stations, zone_of
from monitor.actions.differences import NotWorkedError, assign, close, reopen
from monitor.store.deliveries import Sender
from monitor.store.difference_list import last_step

if TYPE_CHECKING:
    from dashboard.services import Services

TITLE_KEY = "payments.title"
ORIGIN = "payments"

_kept: dict[int, Kept[PaymentsView]] = {}


def kept_of(services: Services) -> Kept[PaymentsView]:
    """The pages kept for these services."""
    return _kept.setdefault(
        id(services),
        Kept(
            services,
            lambda asked, now: payments_view(services, asked, now),
            lambda view, speech: parts.page(view, speech, services.configuration),
        ),
    )


def asked_of(services: Services, query: dict[str, str]) -> FlowAsk:
    """What an address asks for, with the stations of the configuration."""
    return flow_ask(query, {one.code: one for one in holding_stations(services)}, PATH)


def speech_of(services: Services, asked: FlowAsk, now: int) -> Speech:
    """The reader's words on the clock of the station; this year is not said."""
    zone = zone_of(services, asked.station)
    return Speech(services.texts[current_language(services.language)], zone, local(now, zone).year)


def controls(services: Services, query: dict[str, str]) -> list[Any]:
    """The choices, and how old the data is."""
    words = services.texts[current_language(services.language)]
    zone = zone_of(services, query.get("station"))
    return [
        div(chosen(services, asked_of(services, query)), "fx-flow-choices", id="fx-pay-choices"),
        age_badge(services.configuration, words, str(zone)),
    ]


def chosen(services: Services, asked: FlowAsk) -> list[Node]:
    """Period, station and kind of vehicle."""
    return choices(asked, holding_stations(services), speech_of(services, asked, services.now()))


class DifferencesFile:
    """Where the list of differences is as a file."""

    def __init__(self, asked: FlowAsk) -> None:
        self._asked = asked

    def file(self, figure: str, kind: str) -> str:
        """Of the station asked for; of all days."""
        return self._asked.address(f"{PATH}/{figure}.{kind}")


def differences(services: Services, query: dict[str, str], told: str = "") -> tuple[Node | None, int]:
    """The list as it is now, and the last step of any difference; `told` answers what was just sent."""
    asked, now = asked_of(services, query), services.now()
    speech = speech_of(services, asked, now)
    if refused(asked, speech) is not None:
        return None, 0
    view = differences_view(services.database, asked.station, difference_ask(query), now)
    configuration = services.configuration
    return differencelist.card(view, asked, DifferencesFile(asked), speech, configuration, told), view.last


def routes(services: Services) -> APIRouter:
    """`/payments/FIGURE.csv` and `.svg`: what a figure shows, at the same address as its page."""
    router = APIRouter(include_in_schema=False)

    def made(figure: str, kind: str, query: dict[str, str]) -> Response:
        asked = asked_of(services, query)
        zone = zone_of(services, asked.station)
        speech = Speech(services.texts[current_language(services.language)], zone)
        is_list = figure == "differences" and kind == "csv"
        if (figure not in FIGURES and not is_list) or refused(asked, speech) is not None:
            return Response("not found", 404, media_type="text/plain")
        if is_list:
            file = differences_file(services, asked.station, services.now())
        else:
            view = kept_of(services).view(asked, services.now())
            file = file_of(figure, kind, view, speech, services)
        headers = {"Content-Disposition": f'attachment; filename="{file.name}"'}
        return Response(file.content, media_type=file.media_type, headers=headers)

    @router.get(PATH + "/{figure}.csv")
    async def data(figure: str, request: Request) -> Response:
        return await asyncio.to_thread(made, figure, "csv", dict(request.query_params))

    @router.get(PATH + "/{figure}.svg")
    async def picture(figure: str, request: Request) -> Response:
        return await asyncio.to_thread(made, figure, "svg", dict(request.query_params))

    return router


def layout(services: Services, query: dict[str, str]) -> Any:
    """The page as it is now, and what keeps it so."""
    now = services.now()
    key, nodes = kept_of(services).draw(asked_of(services, query), current_language(services.language), now)
    listed, last = differences(services, query)
    return div(
        [
            div(None, "fx-stopped", id="fx-stopped", role="status", hidden=True),
            div(nodes, "fx-flow", id="fx-pay"),
            div(listed, id="fx-pay-differences"),
            div(str(now // 1000), "fx-stamp", id="fx-pay-stamp", hidden=True),
            dcc.Interval(id="fx-pay-tick", interval=services.configuration.board.refresh_seconds * 1000),
            dcc.Store(id="fx-pay-key", data=key),
            dcc.Store(id="fx-pay-last", data=last),
        ]
    )


def register(app: Dash, services: Services) -> None:
    """Refresh, what the address chooses, and working on differences."""

    def refreshed(search: str | None, held: str | None) -> tuple[Any, ...]:
        now, asked = services.now(), asked_of(services, read_search(search))
        key, nodes = kept_of(services).draw(asked, current_language(services.language), now)
        stamp = str(services.now() // 1000)
        return (no_update, no_update, stamp) if key == held else (nodes, key, stamp)

    @app.callback(
        Output("fx-pay", "children"),
        Output("fx-pay-key", "data"),
        Output("fx-pay-stamp", "children"),
        Input("fx-pay-tick", "n_intervals"),
        Input("fx-location", "search"),
        State("fx-pay-key", "data"),
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
        Output("fx-pay-choices", "children"),
        Input("fx-location", "search"),
        State("fx-location", "pathname"),
        prevent_initial_call=True,
    )
    async def choose(search: str | None, path: str | None) -> Any:
        if path != PATH:
            return no_update
        return chosen(services, asked_of(services, read_search(search)))

    def relisted(search: str | None, held: int | None, by_itself: bool) -> tuple[Any, ...]:
        query = read_search(search)
        if by_itself:
            with services.database.read() as connection:
                same = last_step(connection) == held
            # What somebody is writing must not vanish under their hands.
            if same or difference_ask(query).chosen is not None:
                return no_update, no_update
        return differences(services, query)

    @app.callback(
        Output("fx-pay-differences", "children"),
        Output("fx-pay-last", "data"),
        Input("fx-pay-tick", "n_intervals"),
        Input("fx-location", "search"),
        State("fx-pay-last", "data"),
        State("fx-location", "pathname"),
        prevent_initial_call=True,
    )
    async def relist(
        _ticks: int | None, search: str | None, held: int | None, path: str | None
    ) -> tuple[Any, ...]:
        if path != PATH:
            return no_update, no_update
        by_itself = ctx.triggered_id == "fx-pay-tick"
        return await asyncio.to_thread(relisted, search, held, by_itself)

    def worked(search: str | None, button: str, owner: str, reason: str) -> tuple[Any, ...]:
        query, now = read_search(search), services.now()
        key = difference_ask(query).chosen
        words = services.texts[current_language(services.language)]
        sender, database = Sender(services.actor, ORIGIN), services.database
        if key is None:
            return no_update, no_update
        try:
            if button == "fx-pay-assign":
                assign(database, sender, key, owner, now=now)
                done = "assigned"
            elif button == "fx-pay-close":
                close(database, sender, key, reason, now=now)
                done = "closed"
            else:
                reopen(database, sender, key, reason, now=now)
                done = "reopened"
        except NotWorkedError as error:
            return differences(services, query, words.get(f"reconciliation.not_worked.{error.code}"))
        return differences(services, query, words.get(f"payments.differences.done.{done}"))

    @app.callback(
        Output("fx-pay-differences", "children", allow_duplicate=True),
        Output("fx-pay-last", "data", allow_duplicate=True),
        Input("fx-pay-assign", "n_clicks"),
        Input("fx-pay-close", "n_clicks"),
        Input("fx-pay-reopen", "n_clicks"),
        State("fx-pay-owner", "value"),
        State("fx-pay-reason", "value"),
        State("fx-location", "search"),
        State("fx-location", "pathname"),
        prevent_initial_call=True,
    )
    async def work(
        _assign: int | None,
        _close: int | None,
        _reopen: int | None,
        owner: str | None,
        reason: str | None,
        search: str | None,
        path: str | None,
    ) -> tuple[Any, ...]:
        # A button that has just been drawn has not been pressed.
        if path != PATH or not ctx.triggered or not ctx.triggered[0]["value"]:
            return no_update, no_update
        return await asyncio.to_thread(worked, search, str(ctx.triggered_id), owner or "", reason or "")
