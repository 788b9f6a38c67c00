"""Discretion (裁量): whether like cases get like penalties. Period, station, kind of vehicle, the unit of the
funnel and the filters of the findings stand in the address."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from dash import ALL, Dash, Input, Output, State, ctx, no_update
from fastapi import APIRouter

from dashboard.address import read_search
from dashboard.language import current_language
from dashboard.pages.figure_page import FigurePage
from dashboard.pages.kept import Kept
from dashboard.parts import discretion as parts
from dashboard.parts.discretion_files import FIGURES, TABLES, file_of
from dashboard.parts.discretion_noted import noted_card
from dashboard.parts.element import Node, div
from dashboard.parts.flow import refused
from dashboard.parts.flow_files import File
from dashboard.parts.sentence import Speech
from dashboard.parts.shell import failed_part
from dashboard.views.discretion import PATH, UNITS, DiscretionView, discretion_view
from dashboard.views.discretion_noted import noted_ask, noted_part
from dashboard.views.flow_ask import FlowAsk
from dashboard.views.moments import clock_time
from dashboard.views.snapshot import Failure, attempt
from monitor.actions.looking import NotLookedError, look
from monitor.store.deliveries import Sender

if TYPE_CHECKING:
    from dashboard.services import Services

TITLE_KEY = "discretion.title"
ORIGIN = "discretion"
_pages: dict[int, FigurePage[DiscretionView]] = {}


def page_of(services: Services) -> FigurePage[DiscretionView]:
    """The page for these services."""
    if id(services) not in _pages:
        kept = Kept(
            services,
            lambda asked, now: discretion_view(services, asked, now),
            lambda view, speech: parts.page(view, speech, services.configuration),
        )
        _pages[id(services)] = FigurePage(kept, PATH, "fx-disc", cuts=UNITS)
    return _pages[id(services)]


def controls(services: Services, query: dict[str, str]) -> list[Any]:
    """The choices, and how old the data is."""
    return page_of(services).controls(query)


def findings(services: Services, query: dict[str, str], told: str = "") -> list[Node]:
    """The worklist as the address asks for it; nothing where the address cannot be read."""
    page, now = page_of(services), services.now()
    asked = page.asked(query)
    speech = page.speech(asked)
    if refused(asked, speech) is not None:
        return []
    part = attempt("discretion findings", lambda: noted_part(services, asked, noted_ask(query), now))
    if isinstance(part, Failure):
        return [failed_part(speech.words, part.reason, clock_time(now, speech.zone))]
    configuration = services.configuration
    return [noted_card(part, asked, speech, configuration.rules, configuration.stations, told)]


def routes(services: Services) -> APIRouter:
    """`/discretion/FIGURE.csv` and `.svg`: what a figure shows, at the same address as its page."""
    page = page_of(services)

    def file(figure: str, kind: str, asked: FlowAsk, speech: Speech) -> File | None:
        if figure not in (TABLES if kind == "csv" else FIGURES):
            return None
        return file_of(figure, kind, page.kept.view(asked, services.now()), speech, services)

    return page.routes(file)


def layout(services: Services, query: dict[str, str]) -> Any:
    """The page as it is now, and what keeps it so."""
    figures, keeping = page_of(services).figures(query, "fx-disc")
    return div(
        [
            *keeping,
            div(findings(services, query), "fx-disc-findings", id="fx-disc-findings"),
            figures,
        ],
        "fx-disc-page",
    )


def register(app: Dash, services: Services) -> None:
    """What every page of figures does, and marking a finding as looked at."""
    page_of(services).register(app)

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
