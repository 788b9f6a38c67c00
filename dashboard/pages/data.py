"""Data (数据): what came, from whom, and what became of every row; which feeds have gone silent."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from dash import Dash, Input, Output, State, dcc, no_update
from sqlalchemy import func, select

from dashboard.address import read_search
from dashboard.language import current_language
from dashboard.pages import jobs
from dashboard.parts.board import age_badge
from dashboard.parts.deliverylist import deliveries_card, feeds_card
from dashboard.parts.element import Node, div
from dashboard.parts.joblist import lake_band
from dashboard.parts.mapping import drop_area
from dashboard.parts.quarantinelist import data_tabs
from dashboard.parts.sentence import Speech
from dashboard.views.deliveries import SHOWN, Cell, cells_view, deliveries_view
from dashboard.views.feeds import feeds_view
from dashboard.views.moments import MINUTE, local
from dashboard.views.snapshot import zone_of
from monitor.store.board import data_version, feeds_seen
from monitor.store.deliveries import recent_deliveries
from monitor.store.quarantine import OPEN, quarantine_rows
from monitor.store.tables import quarantine

if TYPE_CHECKING:
    from dashboard.services import Services

PATH = "/data"
TITLE_KEY = "data.title"
NEWEST = 30


def controls(services: Services, query: dict[str, str]) -> list[Any]:
    """How old what is shown is."""
    del query
    words = services.texts[current_language(services.language)]
    return [age_badge(services.configuration, words, str(zone_of(services, None)))]


def layout(services: Services, query: dict[str, str]) -> Any:
    """Feeds and deliveries as they are now. `?delivery=` opens one of them."""
    now = services.now()
    return div(
        [
            div(None, "fx-stopped", id="fx-stopped", role="status", hidden=True),
            tabs(services),
            *jobs.frame(),
            *dropping(services),
            div(drawn(services, query, now), "fx-data", id="fx-data"),
            div(str(now // 1000), "fx-stamp", id="fx-data-stamp", hidden=True),
            dcc.Interval(id="fx-data-tick", interval=services.configuration.board.refresh_seconds * 1000),
            dcc.Store(id="fx-data-key", data=drawn_key(services, query, now)),
        ]
    )


def dropping(services: Services) -> list[Node]:
    """Where an export goes that nobody has configured; outside of what is drawn anew."""
    if services.drops is None:
        return []
    return [drop_area(services.texts[current_language(services.language)])]


def tabs(services: Services) -> Node:
    """The way to what was not taken, with how much of it waits."""
    count = select(func.count()).where(quarantine.c.status == OPEN)
    with services.database.read() as connection:
        waiting = connection.execute(count).scalar_one()
    return data_tabs(services.texts[current_language(services.language)], PATH, waiting)


def drawn_key(services: Services, query: dict[str, str], now: int) -> str:
    """Changes when what is drawn may have: with the data, the minute, the program and what is open."""
    version = ".".join(map(str, data_version(services.database)))
    of_jobs = jobs.drawn_key(jobs.view_of(services, query, now), now)
    kept = None if services.lake is None else services.lake.standing
    of_lake = "" if kept is None else f"{kept.problem}.{kept.since}.{kept.mended_at}"
    return f"{services.version}/{version}/{now // MINUTE}/{query.get('delivery', '')}/{of_jobs}/{of_lake}"


def drawn(services: Services, query: dict[str, str], now: int) -> list[Node]:
    """The feeds, then the jobs and the deliveries, the one asked for open."""
    words = services.texts[current_language(services.language)]
    zone = zone_of(services, None)
    speech = Speech(words, zone, local(now, zone).year)
    opened = delivery_asked(query)
    with services.database.read() as connection:
        found = recent_deliveries(connection, NEWEST)
    cells: tuple[Cell, ...] = ()
    total = 0
    if opened is not None:
        cells, total = refused_of(services, opened)
    feeds = feeds_view(feeds_seen(services.database), services.sources, now)
    band, of_jobs = jobs.drawn(services, jobs.view_of(services, query, now), now)
    deliveries = deliveries_card(deliveries_view(found, services.sources), opened, cells, total, speech)
    of_lake = lake_band(None if services.lake is None else services.lake.standing, now, speech)
    return [*band, *of_lake, feeds_card(feeds, now, speech), div([of_jobs, deliveries], "fx-data-main")]


def refused_of(services: Services, delivery_id: int) -> tuple[tuple[Cell, ...], int]:
    """The first refused cells of a delivery, and how many there are."""
    count = select(func.count()).where(quarantine.c.delivery_id == delivery_id)
    with services.database.read() as connection:
        found = quarantine_rows(connection, status=None, delivery_id=delivery_id, limit=SHOWN)
        return cells_view(found), connection.execute(count).scalar_one()


def delivery_asked(query: dict[str, str]) -> int | None:
    """The delivery an address opens."""
    text = query.get("delivery", "")
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 16 else None


def register(app: Dash, services: Services) -> None:
    """Refresh, and the delivery or job opened by the address."""
    jobs.register(app, services)

    def refreshed(search: str | None, held: str | None) -> tuple[Any, ...]:
        now, query = services.now(), read_search(search)
        key, stamp = drawn_key(services, query, now), str(now // 1000)
        if key == held:
            return no_update, no_update, stamp
        return drawn(services, query, now), key, stamp

    @app.callback(
        Output("fx-data", "children"),
        Output("fx-data-key", "data"),
        Output("fx-data-stamp", "children"),
        Input("fx-data-tick", "n_intervals"),
        Input("fx-location", "search"),
        Input("fx-jobs-tick", "n_intervals"),
        Input("fx-jobs-asked", "data"),
        State("fx-location", "pathname"),
        State("fx-data-key", "data"),
        prevent_initial_call=True,
    )
    async def refresh(
        _ticks: int | None,
        search: str | None,
        _jobs_ticks: int | None,
        _asked: Any,
        path: str | None,
        held: str | None,
    ) -> tuple[Any, ...]:
        if path != PATH:
            return (no_update,) * 3
        return await asyncio.to_thread(refreshed, search, held)
