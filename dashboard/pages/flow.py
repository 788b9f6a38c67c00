"""Flow (流程): where the hours go. Period, station and kind of vehicle stand in the address."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from dash import ALL, Dash, Input, Output, State, ctx, no_update
from fastapi import APIRouter

from dashboard.address import read_search
from dashboard.language import current_language
from dashboard.pages.figure_page import FigurePage
from dashboard.pages.kept import Kept
from dashboard.parts import flow as parts
from dashboard.parts import flow_rebase
from dashboard.parts.element import Node, div, element
from dashboard.parts.figure_files import File
from dashboard.parts.flow_files import FIGURES, file_of
from dashboard.parts.sentence import Speech
from dashboard.views.flow import FlowView, flow_view
from dashboard.views.flow_ask import FlowAsk
from dashboard.views.snapshot import zone_of
from monitor.actions.rebasing import NotRebasedError, rebase
from monitor.store.deliveries import Sender
from monitor.store.rebasings import rebasing_version, rebasings_of

if TYPE_CHECKING:
    from dashboard.services import Services

PATH = "/flow"
TITLE_KEY = "flow.title"
_pages: dict[int, FigurePage[FlowView]] = {}


def page_of(services: Services) -> FigurePage[FlowView]:
    """The page for these services."""
    if id(services) not in _pages:
        kept = Kept(
            services,
            lambda asked, now: flow_view(services, asked, now),
            lambda view, speech: parts.page(view, speech, services.configuration.board),
            lambda: str(rebasing_version(services.database)),
        )
        _pages[id(services)] = FigurePage(kept, PATH, "fx-flow")
    return _pages[id(services)]


def controls(services: Services, query: dict[str, str]) -> list[Any]:
    """The choices, and how old the data is."""
    return page_of(services).controls(query)


def rebase_form(services: Services, asked: FlowAsk, told: str = "") -> list[Node]:
    """The form for the chart of the station asked for, or of all."""
    speech = page_of(services).speech(asked)
    now = services.now()
    station = services.configuration.stations.get(asked.station or "")
    chart = speech.words.get("flow.rebase.all") if station is None else speech.named(station.short, "")
    said = rebasings_of(services.database, asked.station, now)
    return flow_rebase.form(said, chart, asked.today(now, speech.zone), speech, told)


def routes(services: Services) -> APIRouter:
    """`/flow/FIGURE.csv` and `.svg`: what a figure shows, at the same address as its page."""
    page = page_of(services)

    def file(figure: str, kind: str, asked: FlowAsk, speech: Speech) -> File | None:
        if figure not in FIGURES:
            return None
        return file_of(figure, kind, page.kept.view(asked, services.now()), speech, services)

    return page.routes(file)


def layout(services: Services, query: dict[str, str]) -> Any:
    """The page as it is now, and what keeps it so."""
    page = page_of(services)
    figures, keeping = page.figures(query)
    asked = page.asked(query)
    return div(
        [
            *keeping,
            figures,
            element(
                "details",
                [
                    element("summary", page.speech(asked).words.get("flow.rebase.title")),
                    div(rebase_form(services, asked), id="fx-flow-rebase"),
                ],
                "fx-card fx-flow-rebase",
            ),
        ]
    )


def register(app: Dash, services: Services) -> None:
    """What every page of figures does, and the limits that begin anew."""
    page = page_of(services)
    page.register(app)

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
            form = await asyncio.to_thread(rebase_form, services, page.asked(read_search(search)))
            return form, no_update, no_update
        taken_back = isinstance(asked, dict)
        if not (any(backs) if taken_back else _keep):
            return (no_update,) * 3
        chosen = asked["week"] if isinstance(asked, dict) else week or ""
        return await asyncio.to_thread(said, search, chosen, reason or "", not taken_back)

    def said(search: str | None, week: str, reason: str, in_force: bool) -> tuple[Any, ...]:
        asked, now = page.asked(read_search(search)), services.now()
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
        key, nodes = page.draw(asked)
        return rebase_form(services, asked, told), nodes, key
