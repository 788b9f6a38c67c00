"""A figure of the Payments page as a file: its numbers as CSV, or as drawn, with what it is of, as SVG."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dashboard.parts.flow_files import File, period, source
from dashboard.parts.flow_pictures import About
from dashboard.parts.payments_pictures import DRAWN, words_alone
from dashboard.parts.payments_tables import TABLES
from dashboard.parts.sentence import Speech
from dashboard.views.flow_ask import moment_text
from dashboard.views.payments import PaymentsView
from dashboard.views.snapshot import Failure
from monitor.reports.case_list import Cell, csv_parts
from monitor.reports.difference_rows import difference_told
from monitor.store.difference_list import DifferenceFilter, find_differences

if TYPE_CHECKING:
    from dashboard.services import Services

FIGURES = ("channels", "times", "hours", "failures", "cost")
MOST = 1_000_000
"""Differences in a file."""


def file_of(figure: str, kind: str, view: PaymentsView, speech: Speech, services: Services) -> File:
    """The figure as `csv` or `svg`. A part that failed, or holds nothing, says so in the file."""
    name = _name(figure, kind, view.asked.station, view.now)
    if kind == "csv":
        head, rows = TABLES[figure](view)
        return File(name, "text/csv; charset=utf-8", b"".join(csv_parts(rows, head)))
    about = About(
        speech, services.configuration.board, period(view, speech, services), source(view, speech, services)
    )
    failed = isinstance(getattr(view, figure), Failure) or (
        figure == "hours" and isinstance(view.times, Failure)
    )
    alone = failed or (view.empty and figure != "cost")
    text = words_alone(view, about, failed) if alone else DRAWN[figure](view, about, services.configuration)
    return File(name, "image/svg+xml", text.encode())


def differences_file(services: Services, station: str | None, now: int) -> File:
    """Every difference of a station or of all, open or closed, as the API tells them."""
    chosen = DifferenceFilter(None if station is None else [station], state=None)
    page = find_differences(services.database, chosen, limit=MOST)
    head = [
        "id", "kind", "state", "station", "case_no", "code", "line", "since", "age_days", "expected_fen",
        "found_fen", "owner", "closed_at", "closed_by", "closed_why",
    ]  # fmt: skip
    rows: list[list[Cell]] = []
    for one in page.differences:
        told = difference_told(one, now)
        rows.append([told[name] for name in head])
    name = _name("differences", "csv", station, now)
    return File(name, "text/csv; charset=utf-8", b"".join(csv_parts(rows, head)))


def _name(figure: str, kind: str, station: str | None, at: int) -> str:
    day = moment_text(at)[:10].replace("-", "")
    return f"fangxing-payments-{figure}-{station or 'all'}-{day}.{kind}"
