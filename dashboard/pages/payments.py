"""Payments (缴款): is paying easy, and does the treasury have what was paid. Period, station, kind of vehicle
and the filter of differences stand in the address."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from dash import ALL, Dash, Input, Output, State, ctx, dcc, no_update
from fastapi import APIRouter

from dashboard.address import read_search
from dashboard.language import current_language
from dashboard.pages.figure_page import FigurePage
from dashboard.pages.kept import Kept
from dashboard.parts import differencelist
from dashboard.parts import payments as parts
from dashboard.parts.addresslist import address_card, station_name
from dashboard.parts.element import Node, div
from dashboard.parts.figure_cards import refused
from dashboard.parts.figure_files import File
from dashboard.parts.payments_files import FIGURES, differences_file, file_of
from dashboard.parts.sentence import Speech
from dashboard.views.differences import difference_ask, differences_view
from dashboard.views.flow_ask import FlowAsk
from dashboard.views.payments import PATH, PaymentsView, payments_view
from dashboard.views.snapshot import waiting_addresses
from monitor.actions.differences import NotWorkedError, assign, close, reopen
from monitor.actions.payment_address import NotConfirmedError, confirm_address
from monitor.store.deliveries import Sender
from monitor.store.difference_list import last_step

if TYPE_CHECKING:
    from dashboard.services import Services

TITLE_KEY = "payments.title"
ORIGIN = "payments"

_pages: dict[int, FigurePage[PaymentsView]] = {}


def page_of(services: Services) -> FigurePage[PaymentsView]:
    """The page for these services."""
    if id(services) not in _pages:
        kept = Kept(
            services,
            lambda asked, now: payments_view(services, asked, now),
            lambda view, speech: parts.page(view, speech, services.configuration),
        )
        _pages[id(services)] = FigurePage(kept, PATH, "fx-pay", this_year=True)
    return _pages[id(services)]


def controls(services: Services, query: dict[str, str]) -> list[Any]:
    """The choices, and how old the data is."""
    return page_of(services).controls(query)


class DifferencesFile:
    """Where the list of differences is as a file."""

    def __init__(self, asked: FlowAsk) -> None:
        self._asked = asked

    def file(self, figure: str, kind: str) -> str:
        """Of the station asked for; of all days."""
        return self._asked.address(f"{PATH}/{figure}.{kind}")


def differences(services: Services, query: dict[str, str], told: str = "") -> tuple[Node | None, int]:
    """The list as it is now, and the last step of any difference; `told` answers what was just sent."""
    page, now = page_of(services), services.now()
    asked = page.asked(query)
    speech = page.speech(asked, this_year=True)
    if refused(asked, speech) is not None:
        return None, 0
    view = differences_view(services.database, asked.station, difference_ask(query), now)
    configuration = services.configuration
    return differencelist.card(view, asked, DifferencesFile(asked), speech, configuration, told), view.last


def waiting(services: Services, query: dict[str, str], told: str = "") -> Node | None:
    """The payment addresses that wait for a second person; `told` answers what was just sent."""
    page = page_of(services)
    asked = page.asked(query)
    found = waiting_addresses(services, asked.station)
    return address_card(found, page.speech(asked, this_year=True), services.configuration.stations, told)


def routes(services: Services) -> APIRouter:
    """`/payments/FIGURE.csv` and `.svg`: what a figure shows, at the same address as its page."""
    page = page_of(services)

    def file(figure: str, kind: str, asked: FlowAsk, speech: Speech) -> File | None:
        if figure == "differences" and kind == "csv":
            return differences_file(services, asked.station, services.now())
        if figure not in FIGURES:
            return None
        return file_of(figure, kind, page.kept.view(asked, services.now()), speech, services)

    return page.routes(file)


def layout(services: Services, query: dict[str, str]) -> Any:
    """The page as it is now, and what keeps it so."""
    figures, keeping = page_of(services).figures(query)
    listed, last = differences(services, query)
    return div(
        [
            *keeping,
            div(waiting(services, query), id="fx-pay-addresses"),
            figures,
            div(listed, id="fx-pay-differences"),
            dcc.Store(id="fx-pay-last", data=last),
        ]
    )


def register(app: Dash, services: Services) -> None:
    """What every page of figures does, working on differences, and confirming a changed payment address."""
    page_of(services).register(app)

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
            return (no_update,) * 3
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
            # What somebody has written stays where it stands.
            return no_update, no_update, words.get(f"reconciliation.not_worked.{error.code}")
        listed, last = differences(services, query, words.get(f"payments.differences.done.{done}"))
        return listed, last, no_update

    @app.callback(
        Output("fx-pay-differences", "children", allow_duplicate=True),
        Output("fx-pay-last", "data", allow_duplicate=True),
        Output("fx-pay-told", "children"),
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
            return (no_update,) * 3
        return await asyncio.to_thread(worked, search, str(ctx.triggered_id), owner or "", reason or "")

    def confirmed(search: str | None, station: str, digest: str, name: str) -> tuple[Any, ...]:
        query, words = read_search(search), services.texts[current_language(services.language)]
        # Until there is sign-in the name is typed; its origin tells which account of the server took it.
        sender = Sender(name, f"{services.actor}@{ORIGIN}")
        database, configuration = services.database, services.configuration
        try:
            done = confirm_address(database, configuration, sender, station, digest, now=services.now())
        except NotConfirmedError as error:
            return no_update, words.get(f"payments.address.not.{error.code}")
        page = page_of(services)
        speech = page.speech(page.asked(query))
        said = station_name(station, speech, configuration.stations)
        told = words.get("payments.address.done", station=said, name=done.confirmed_by)
        return waiting(services, query, told), no_update

    @app.callback(
        Output("fx-pay-addresses", "children"),
        Output("fx-pay-address-told", "children"),
        Input({"pay": "confirm", "station": ALL, "digest": ALL}, "n_clicks"),
        State({"pay": "name", "station": ALL, "digest": ALL}, "value"),
        State({"pay": "name", "station": ALL, "digest": ALL}, "id"),
        State("fx-location", "search"),
        State("fx-location", "pathname"),
        prevent_initial_call=True,
    )
    async def confirm(
        clicks: list[int | None],
        names: list[str | None],
        ids: list[dict[str, str]],
        search: str | None,
        path: str | None,
    ) -> tuple[Any, ...]:
        pressed = ctx.triggered_id
        if path != PATH or not any(clicks) or not isinstance(pressed, dict):
            return (no_update,) * 2
        station, digest = pressed["station"], pressed["digest"]
        typed = {(one["station"], one["digest"]): name for one, name in zip(ids, names, strict=True)}
        name = typed.get((station, digest)) or ""
        return await asyncio.to_thread(confirmed, search, station, digest, name)
