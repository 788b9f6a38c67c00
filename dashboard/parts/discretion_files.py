"""A figure of the Discretion page as a file: its numbers as CSV, or as drawn, with what it is of, as SVG."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dashboard.parts.discretion_pictures import drawn, words_alone
from dashboard.parts.discretion_tables import table_of
from dashboard.parts.flow_files import File, period, source
from dashboard.parts.flow_pictures import About
from dashboard.parts.sentence import Speech
from dashboard.views.discretion import DiscretionView
from dashboard.views.flow_ask import moment_text
from dashboard.views.snapshot import Failure
from monitor.reports.case_list import csv_parts

if TYPE_CHECKING:
    from dashboard.services import Services

FIGURES = ("police", "transport", "places", "units", "time")
TABLES = (*FIGURES, "findings")


def file_of(figure: str, kind: str, view: DiscretionView, speech: Speech, services: Services) -> File:
    """The figure as `csv` or `svg`. A part that failed, or holds nothing, says so in the file."""
    day = moment_text(view.now)[:10].replace("-", "")
    name = f"fangxing-discretion-{figure}-{view.asked.station or 'all'}-{day}.{kind}"
    if kind == "csv":
        head, rows = table_of(figure, view, services)
        return File(name, "text/csv; charset=utf-8", b"".join(csv_parts(rows, head)))
    board = services.configuration.board
    about = About(speech, board, period(view, speech, services), source(view, speech, services))
    part = view.points.get(figure, view.places if figure == "places" else view.lines)
    failed = isinstance(part, Failure)
    alone = failed or view.empty
    text = words_alone(view, about, failed) if alone else drawn(figure, view, about, services.configuration)
    return File(name, "image/svg+xml", text.encode())
