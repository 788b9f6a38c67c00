"""A figure of the Payments page as a file, and the list of differences."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from dashboard.parts.figure_files import File, csv_file, figure_file
from dashboard.parts.payments_pictures import DRAWN
from dashboard.parts.payments_tables import TABLES
from dashboard.parts.sentence import Speech
from dashboard.views.payments import PaymentsView
from monitor.reports.case_list import Cell
from monitor.reports.difference_rows import difference_told
from monitor.store.difference_list import DifferenceFilter, find_differences

if TYPE_CHECKING:
    from dashboard.services import Services

FIGURES = ("channels", "times", "hours", "failures", "cost")
MOST = 1_000_000
"""Differences in a file."""


def file_of(figure: str, kind: str, view: PaymentsView, speech: Speech, services: Services) -> File:
    """The figure as `csv` or `svg`."""
    # The title of the hours is found by the times.
    parts = [getattr(view, figure), *([view.times] if figure == "hours" else [])]
    return figure_file(
        figure, kind, view, speech, services, lambda: TABLES[figure](view),
        lambda about: DRAWN[figure](view, about, services.configuration), parts,
        empty=view.empty and figure != "cost",
    )  # fmt: skip


def differences_file(services: Services, station: str | None, now: int) -> File:
    """Every difference of a station or of all, open or closed, as the API tells them."""
    chosen = DifferenceFilter(None if station is None else [station], state=None)
    page = find_differences(services.database, chosen, limit=MOST)
    head = [
        "id", "kind", "state", "station", "case_no", "code", "line", "since", "age_days", "expected_fen",
        "found_fen", "owner", "closed_at", "closed_by", "closed_why",
    ]  # fmt: skip
    rows: list[Sequence[Cell]] = []
    for one in page.differences:
        told = difference_told(one, now)
        rows.append([told[name] for name in head])
    return csv_file("payments", "differences", station, now, (head, rows))
