"""Discretion (裁量): whether like cases get like penalties. Period, station, kind of vehicle, the unit of the
funnel and the filters of the findings stand in the address."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from dash import ALL, Dash, Input, Output, State, ctx, dcc, no_update
from fastapi import APIRouter

from dashboard.address import read_search
from dashboard.language import current_language
from dashboard.pages.figure_page import FigurePage
from dashboard.pages.kept import Kept
from dashboard.parts import discretion as parts
from dashboard.parts.discretion_files import FIGURES, TABLES, file_of
from dashboard.parts.discretion_noted import noted_card
from dashboard.parts.element import div
from dashboard.parts.figure_cards import refused
from dashboard.parts.figure_files import File
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


def findings(
    services: Services, query: dict[str, str], told: str = "", typed: Mapping[str, str] | None = None
) -> list[Any]:
    """The worklist as the address asks for it; nothing where the address cannot be read. `told` answers what
    was just sent, `typed` are the reasons that somebody is writing for other findings."""
    page, now = page_of(services), services.now()
    asked = page.asked(query)
    speech = page.speech(asked)
    if refused(asked, speech) is not None:
        return []
    part = attempt("discretion findings", lambda: noted_part(services, asked, noted_ask(query), now))
    if isinstance(part, Failure):
        return [failed_part(speech.words, part.reason, clock_time(now, speech.zone))]
    listed_at = now if asked.as_of is None else min(now, asked.as_of)
    return [
        noted_card(part, asked, speech, services.configuration, told, typed),
        dcc.Store(id="fx-disc-listed", data=listed_at),
    ]


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
        State("fx-location", "pathname"),
        prevent_initial_call=True,
    )
    async def list_again(search: str | None, path: str | None) -> Any:
        return await asyncio.to_thread(findings, services, read_search(search)) if path == PATH else no_update

    @app.callback(
        Output("fx-disc-findings", "children", allow_duplicate=True),
        Output("fx-disc-told", "children"),
        Input({"disc": "look", "finding": ALL}, "n_clicks"),
        Input({"disc": "open", "finding": ALL}, "n_clicks"),
        State({"disc": "reason", "finding": ALL}, "value"),
        State({"disc": "reason", "finding": ALL}, "id"),
        State("fx-disc-listed", "data"),
        State("fx-location", "search"),
        State("fx-location", "pathname"),
        prevent_initial_call=True,
    )
    async def work(
        looks: list[int | None],
        opens: list[int | None],
        reasons: list[str | None],
        ids: list[dict[str, str]],
        listed_at: int | None,
        search: str | None,
        path: str | None,
    ) -> tuple[Any, ...]:
        pressed = ctx.triggered_id
        if path != PATH or not isinstance(pressed, dict) or not (any(looks) or any(opens)):
            return (no_update,) * 2
        typed = {one["finding"]: value for one, value in zip(ids, reasons, strict=True) if value}
        done = pressed["disc"] == "look"
        return await asyncio.to_thread(
            said, read_search(search), pressed["finding"], typed, done, listed_at
        )

    def said(
        query: dict[str, str], key: str, typed: dict[str, str], done: bool, listed_at: int | None
    ) -> tuple[Any, ...]:
        station, code, case_no = [*key.split("|", 2), "", ""][:3]
        words = services.texts[current_language(services.language)]
        sender, finding, now = Sender(services.actor, ORIGIN), (station, case_no, code), services.now()
        try:
            look(
                services.database, sender, finding, typed.get(key, ""), now=now, done=done,
                listed_at=listed_at,
            )  # fmt: skip
        except NotLookedError as error:
            # What somebody has written stays where it stands.
            why = words.get(f"discretion.noted.not.{error.code}")
            if error.code == "changed":
                return findings(services, query, why, typed), no_update
            return no_update, why
        typed.pop(key, None)
        told = words.get("discretion.noted.done" if done else "discretion.noted.undone")
        return findings(services, query, told, typed), no_update
