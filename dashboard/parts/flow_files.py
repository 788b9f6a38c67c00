"""A figure of the Flow page as a file: its numbers as CSV, or as drawn, with what it is of, as SVG."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

from dashboard.parts import flow_pictures as pictures
from dashboard.parts.flow_tables import TABLES
from dashboard.parts.sentence import Speech
from dashboard.views.flow import FlowView
from dashboard.views.flow_ask import FlowAsk, moment_text
from dashboard.views.snapshot import Failure
from monitor.reports.case_list import csv_parts

if TYPE_CHECKING:
    from dashboard.services import Services

FIGURES = ("stages", "hours", "rate", "week", "ages")
DRAWN: dict[str, Callable[..., str]] = {
    "stages": pictures.stages,
    "hours": pictures.hours,
    "rate": pictures.rate,
    "week": pictures.week,
    "ages": pictures.ages,
}


class File(NamedTuple):
    """A file to hand out."""

    name: str
    media_type: str
    content: bytes


def file_of(figure: str, kind: str, view: FlowView, speech: Speech, services: Services) -> File:
    """The figure as `csv` or `svg`. A part that failed, or holds nothing, says so in the file."""
    day = moment_text(view.now)[:10].replace("-", "")
    name = f"fangxing-{figure}-{view.asked.station or 'all'}-{day}.{kind}"
    if kind == "csv":
        head, rows = TABLES[figure](view)
        return File(name, "text/csv; charset=utf-8", b"".join(csv_parts(rows, head)))
    about = pictures.About(
        speech, services.configuration.board, period(view, speech, services), source(view, speech, services)
    )
    part: Any = {"rate": "weekly", "week": "week_hours"}.get(figure, figure)
    failed = isinstance(getattr(view, part), Failure)
    text = pictures.words_alone(view, about, failed) if failed or view.empty else DRAWN[figure](view, about)
    return File(name, "image/svg+xml", text.encode())


class Dated(Protocol):
    """A page of figures: what it asks for, its days (the last one included), and as of when."""

    @property
    def asked(self) -> FlowAsk: ...
    @property
    def now(self) -> int: ...
    @property
    def since(self) -> date: ...
    @property
    def until(self) -> date: ...


def period(view: Dated, speech: Speech, services: Services) -> str:
    """Period, station and kind of vehicle in a line."""
    words, asked = speech.words, view.asked
    station = services.configuration.stations.get(asked.station or "")
    vehicle = "flow.all_vehicles" if asked.vehicle is None else f"flow.vehicle.{asked.vehicle}"
    return words.get(
        "flow.picture.line",
        period=words.get("flow.days", since=view.since, until=view.until),
        station=words.get("board.all") if station is None else speech.named(station.name, station.code),
        vehicle=words.get(vehicle),
    )


def source(view: Dated, speech: Speech, services: Services) -> str:
    """Where the numbers come from and as of when; that they are made up, where they are."""
    said = speech.words.get("flow.picture.source", at=speech.moment(view.now))
    return f"{said} · {speech.words.get('flow.picture.simulated')}" if services.simulated else said
