"""Watch (值守): the vehicles in custody, live. `?wall=1` is the board for the wall."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from dataclasses import dataclass
from threading import Lock
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import dash_mantine_components as dmc
from dash import Dash, Input, Output, State, dcc, no_update

from dashboard.address import read_search
from dashboard.language import current_language
from dashboard.parts.board import age_badge, board
from dashboard.parts.element import Node, div
from dashboard.parts.note import note_dialog, notes_before
from dashboard.parts.rows import link
from dashboard.parts.wall import wall
from dashboard.views.loop import loop_of
from dashboard.views.moments import MINUTE
from dashboard.views.snapshot import holding_stations, snapshot, zone_of
from monitor.actions.notes import EmptyNoteError, acknowledge, add_note
from monitor.store.board import data_version
from monitor.store.deliveries import Sender
from monitor.store.flags import flags_version
from monitor.store.notes import notes_of
from monitor.store.payment_addresses import address_version

if TYPE_CHECKING:
    from dashboard.services import Services
    from monitor.settings.texts import Texts

PATH = "/"
TITLE_KEY = "board.title"
SEGMENTS = 5
"""So many stations stand side by side to choose from; more are a list to search."""
KEPT = 32
"""Boards kept drawn: stations × languages × desk and wall."""
ORIGIN = "watch"


@dataclass(frozen=True)
class Asked:
    """Which board: one station or all (None), in which language, for the wall or not."""

    station: str | None
    language: str
    wall: bool


@dataclass(frozen=True)
class Drawn:
    """A board as it is sent. `key` changes with the data and with every minute."""

    key: str
    nodes: list[Node]
    held: int | None


class Boards:
    """Draws a board once for everyone who looks at it: again only when the data or the minute has changed."""

    def __init__(self, services: Services) -> None:
        self.services = services
        self._drawn: OrderedDict[Asked, Drawn] = OrderedDict()
        self._lock = Lock()

    def key(self, asked: Asked, now: int) -> str:
        database = self.services.database
        with database.read() as connection:
            flags = flags_version(connection)
        well = loop_of(self.services, now).well
        version = ".".join(map(str, (*data_version(database), address_version(database), flags, well)))
        return (
            f"{self.services.version}/{version}/{now // MINUTE}/{asked.station}/{asked.language}/{asked.wall}"
        )

    def draw(self, asked: Asked, now: int) -> Drawn:
        """The board at `now`; a part that failed is tried again every time."""
        key = self.key(asked, now)
        with self._lock:
            known = self._drawn.get(asked)
        if known is not None and known.key == key:
            return known
        view = snapshot(self.services, asked.station, now)
        words = self.services.texts[asked.language]
        nodes = board(view, words, self.services.configuration, wall=asked.wall)
        drawn = Drawn(key, nodes, getattr(view.board, "held", None))
        if view.whole:
            with self._lock:
                self._drawn[asked] = drawn
                self._drawn.move_to_end(asked)
                while len(self._drawn) > KEPT:
                    self._drawn.popitem(last=False)
        return drawn


_boards: dict[int, Boards] = {}


def boards_of(services: Services) -> Boards:
    """The boards kept for these services."""
    return _boards.setdefault(id(services), Boards(services))


def asked_of(services: Services, query: dict[str, str]) -> Asked:
    """What an address asks for; a station nobody knows means all."""
    station = query.get("station")
    known = {one.code for one in holding_stations(services)}
    return Asked(
        station if station in known else None, current_language(services.language), query.get("wall") == "1"
    )


def controls(services: Services, query: dict[str, str]) -> list[Any]:
    """Which station, and how old the data is."""
    asked = asked_of(services, query)
    words = services.texts[asked.language]
    return [
        div(stations(services, asked, words), "fx-stations", id="fx-stations"),
        age_badge(services.configuration, words, str(zone_of(services, asked.station))),
    ]


def layout(services: Services, query: dict[str, str]) -> Any:
    """The board as it is now, and what keeps it so."""
    asked = asked_of(services, query)
    words, now = services.texts[asked.language], services.now()
    drawn = boards_of(services).draw(asked, now)
    seconds = services.configuration.board.refresh_seconds
    shown = div(
        [
            div(drawn.nodes, id="fx-board", class_="fx-board"),
            div(str(now // 1000), id="fx-stamp", hidden=True),
            dcc.Interval(id="fx-tick", interval=seconds * 1000),
            dcc.Store(id="fx-board-key", data=drawn.key),
            dcc.Store(id="fx-act"),
            dcc.Store(id="fx-acted"),
            *([] if asked.wall else [note_dialog(words)]),
        ],
        "fx-live",
    )
    if not asked.wall:
        return shown
    age = age_badge(services.configuration, words, str(zone_of(services, asked.station)))
    here = [one for one in holding_stations(services) if asked.station in (None, one.code)]
    return wall(shown, age, here, services.simulated, words)


def stations(services: Services, asked: Asked, words: Texts) -> Any:
    """All, or one station; the choice stands in the address."""
    holding = holding_stations(services)
    if len(holding) < 2:
        return None
    options = [("", words.get("board.all"))]
    options += [(one.code, one.short.in_language(words.language)) for one in holding]
    chosen = asked.station or ""
    if len(holding) > SEGMENTS:
        data = [{"value": code, "label": name} for code, name in options]
        return dmc.Select(
            id="fx-station", data=data, value=chosen, searchable=True, allowDeselect=False, size="xs",
            comboboxProps={"withinPortal": True}, **{"aria-label": words.get("board.columns.vehicle_wall")},
        )  # fmt: skip
    links = [
        link(name, "/?" + urlencode({"station": code}) if code else "/", "fx-here" if code == chosen else "")
        for code, name in options
    ]
    return div(links, "fx-seg-control")


def register(app: Dash, services: Services) -> None:
    """Refresh, the station chosen from a list, acknowledging and noting."""
    boards = boards_of(services)

    def refreshed(search: str | None, held_key: str | None) -> tuple[Any, ...]:
        asked, now = asked_of(services, read_search(search)), services.now()
        drawn = boards.draw(asked, now)
        stamp = str(services.now() // 1000)
        if drawn.key == held_key:
            return no_update, no_update, stamp
        return drawn.nodes, drawn.key, stamp

    @app.callback(
        Output("fx-board", "children"),
        Output("fx-board-key", "data"),
        Output("fx-stamp", "children"),
        Input("fx-tick", "n_intervals"),
        Input("fx-location", "search"),
        Input("fx-acted", "data"),
        State("fx-board-key", "data"),
        prevent_initial_call=True,
    )
    async def refresh(
        _ticks: int | None, search: str | None, _acted: Any, held_key: str | None
    ) -> tuple[Any, ...]:
        return await asyncio.to_thread(refreshed, search, held_key)

    @app.callback(
        Output("fx-stations", "children"), Input("fx-location", "search"), prevent_initial_call=True
    )
    async def choose(search: str | None) -> Any:
        asked = asked_of(services, read_search(search))
        return stations(services, asked, services.texts[asked.language])

    @app.callback(
        Output("fx-location", "search"),
        Input("fx-station", "value"),
        State("fx-location", "search"),
        prevent_initial_call=True,
    )
    async def go(station: str | None, search: str | None) -> Any:
        if (station or None) == asked_of(services, read_search(search)).station:
            return no_update  # the list was drawn anew, nobody chose
        return "?" + urlencode({"station": station}) if station else ""

    def act(told: dict[str, str]) -> tuple[Any, ...]:
        key, now = (told["station"], told["case"]), services.now()
        if told["kind"] == "acknowledge":
            acknowledge(services.database, Sender(services.actor, ORIGIN), key, now=now)
            return now, no_update, no_update, no_update, no_update
        words = services.texts[current_language(services.language)]
        said = notes_of(services.database, [key]).get(key, [])
        zone = zone_of(services, key[0])
        title = words.get("board.act.dialog", plate=told["plate"])
        return no_update, True, title, notes_before(said, now, zone, words), told

    @app.callback(
        Output("fx-acted", "data"),
        Output("fx-note", "opened"),
        Output("fx-note", "title"),
        Output("fx-note-before", "children"),
        Output("fx-note-case", "data"),
        Input("fx-act", "data"),
        prevent_initial_call=True,
    )
    async def pressed(told: dict[str, str] | None) -> tuple[Any, ...]:
        if not told:
            return (no_update,) * 5
        return await asyncio.to_thread(act, told)

    def keep(told: dict[str, str], text: str) -> tuple[Any, ...]:
        words = services.texts[current_language(services.language)]
        now = services.now()
        try:
            add_note(
                services.database,
                Sender(services.actor, ORIGIN),
                (told["station"], told["case"]),
                text,
                now=now,
            )
        except EmptyNoteError:
            return no_update, no_update, no_update, words.get("board.act.empty")
        return now, False, "", None

    @app.callback(
        Output("fx-acted", "data", allow_duplicate=True),
        Output("fx-note", "opened", allow_duplicate=True),
        Output("fx-note-text", "value"),
        Output("fx-note-text", "error"),
        Input("fx-note-keep", "n_clicks"),
        State("fx-note-case", "data"),
        State("fx-note-text", "value"),
        prevent_initial_call=True,
    )
    async def write(clicks: int | None, told: dict[str, str] | None, text: str | None) -> tuple[Any, ...]:
        if not clicks or not told:
            return (no_update,) * 4
        return await asyncio.to_thread(keep, told, text or "")

    @app.callback(
        Output("fx-note", "opened", allow_duplicate=True),
        Input("fx-note-cancel", "n_clicks"),
        prevent_initial_call=True,
    )
    async def leave(clicks: int | None) -> Any:
        return False if clicks else no_update
