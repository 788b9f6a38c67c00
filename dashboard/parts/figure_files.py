"""A figure of any page as a file: its numbers as CSV, or as drawn, with what it is of, as SVG.

No page of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, NamedTuple

from dashboard.parts.figure_picture import About, words_alone
from dashboard.parts.sentence import Speech
from dashboard.views.figure_view import FigureView
from dashboard.views.flow_ask import moment_text
from dashboard.views.snapshot import Failure
from monitor.reports.case_list import Cell, csv_parts

if TYPE_CHECKING:
    from dashboard.services import Services

Table = tuple[Sequence[str], list[Sequence[Cell]]]
"""Head and rows: codes, not words, for other programs."""


class File(NamedTuple):
    """A file to hand out."""

    name: str
    media_type: str
    content: bytes


def csv_file(page: str, figure: str, station: str | None, at: int, table: Table) -> File:
    """The numbers of a figure, as of a moment."""
    head, rows = table
    content = b"".join(csv_parts(rows, head))
    return File(_name(page, figure, station, at, "csv"), "text/csv; charset=utf-8", content)


def figure_file(
    figure: str,
    kind: str,
    view: FigureView,
    speech: Speech,
    services: Services,
    table: Callable[[], Table],
    draw: Callable[[About], str],
    parts: Sequence[object],
    *,
    empty: bool,
) -> File:
    """The figure as `csv` or `svg`. Where it is `empty` or a part of it failed, the file says so."""
    page, station = view.asked.name, view.asked.station
    if kind == "csv":
        return csv_file(page, figure, station, view.now, table())
    period, source = _period(view, speech, services), _source(view, speech, services)
    about = About(speech, services.configuration.board, period, source)
    failed = any(isinstance(part, Failure) for part in parts)
    text = words_alone(view, about, failed) if failed or empty else draw(about)
    return File(_name(page, figure, station, view.now, "svg"), "image/svg+xml", text.encode())


def _name(page: str, figure: str, station: str | None, at: int, kind: str) -> str:
    day = moment_text(at)[:10].replace("-", "")
    return f"fangxing-{page}-{figure}-{station or 'all'}-{day}.{kind}"


def _period(view: FigureView, speech: Speech, services: Services) -> str:
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


def _source(view: FigureView, speech: Speech, services: Services) -> str:
    """Where the numbers come from and as of when; that they are made up, where they are."""
    said = speech.words.get("flow.picture.source", at=speech.moment(view.now))
    return f"{said} · {speech.words.get('flow.picture.simulated')}" if services.simulated else said
