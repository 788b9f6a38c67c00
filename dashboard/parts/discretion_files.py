"""A figure of the Discretion page as a file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dashboard.parts.discretion_pictures import drawn
from dashboard.parts.discretion_tables import table_of
from dashboard.parts.figure_files import File, figure_file
from dashboard.parts.sentence import Speech
from dashboard.views.discretion import DiscretionView

if TYPE_CHECKING:
    from dashboard.services import Services

FIGURES = ("police", "transport", "places", "units", "time")
TABLES = (*FIGURES, "findings")


def file_of(figure: str, kind: str, view: DiscretionView, speech: Speech, services: Services) -> File:
    """The figure as `csv` or `svg`."""
    part = view.points.get(figure, view.places if figure == "places" else view.lines)
    return figure_file(
        figure, kind, view, speech, services, lambda: table_of(figure, view, services),
        lambda about: drawn(figure, view, about, services.configuration), [part], empty=view.empty,
    )  # fmt: skip
