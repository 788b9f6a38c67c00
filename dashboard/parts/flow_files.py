"""A figure of the Flow page as a file."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from dashboard.parts import flow_pictures as pictures
from dashboard.parts.figure_files import File, figure_file
from dashboard.parts.flow_tables import TABLES
from dashboard.parts.sentence import Speech
from dashboard.views.flow import FlowView

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


def file_of(figure: str, kind: str, view: FlowView, speech: Speech, services: Services) -> File:
    """The figure as `csv` or `svg`."""
    part = {"rate": "weekly", "week": "week_hours"}.get(figure, figure)
    return figure_file(
        figure, kind, view, speech, services, lambda: TABLES[figure](view),
        lambda about: DRAWN[figure](view, about), [getattr(view, part)], empty=view.empty,
    )  # fmt: skip
