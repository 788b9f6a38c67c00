"""The numbers of each figure of the Discretion page, head and rows: codes, not words, for other programs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from dashboard.parts.discretion import the_funnel
from dashboard.parts.discretion_places import rows_of
from dashboard.parts.figure_files import Table
from dashboard.views.discretion import DiscretionView
from dashboard.views.discretion_noted import every_noted
from dashboard.views.figure_view import period_of
from dashboard.views.snapshot import Failure
from monitor.reports.case_list import Cell

if TYPE_CHECKING:
    from dashboard.services import Services



def points(view: DiscretionView, services: Services, authority: str) -> Table:
    """Each decision of an authority with a fine, beside its band."""
    from monitor.metrics.fine_points import fine_rows

    head = [
        "station", "case_no", "decision_no", "decided_date", "rule_set", "alike", "over_kg", "over_share",
        "load_over_kg", "load_over_share", "fine_fen", "low_fen", "high_fen", "place", "position", "why",
        "departure",
    ]  # fmt: skip
    ask, engine, *_ = period_of(services, view.asked, view.now)
    rows = fine_rows(engine, ask, authority)
    return head, [[row[name] for name in head] for row in rows]


def places(view: DiscretionView, services: Services) -> Table:
    """Like cases by the fifth of their band."""
    head = ["alike", "note", "inside", "n", "free", "fifth_1", "fifth_2", "fifth_3", "fifth_4", "fifth_5"]
    if isinstance(view.places, Failure):
        return head, []
    rows: list[Sequence[Cell]] = []
    for one in rows_of(view, services.configuration):
        line = one.line
        note, k, n = (None, None, None) if line is None else (line.note, line.k, line.n)
        rows.append([one.alike, note, k, n, one.free, *one.parts])
    return head, rows


def units(view: DiscretionView, services: Services) -> Table:
    """Units in the order of their codes; of those below the minimum size the counts alone."""
    head = [
        "unit", "station", "name", "upper_half", "free", "expected_upper", "outside", "n", "expected_outside",
        "effect", "effect_low", "effect_high", "says",
    ]  # fmt: skip
    rows: list[Sequence[Cell]] = []
    for one in the_funnel(view, services.configuration).units:
        line = one.line
        rows.append([
            line.kind, line.station, line.name, one.k, one.n, line.expected_above, line.k, line.n,
            line.expected, line.effect, line.low, line.high, one.state,
        ])  # fmt: skip
    return head, rows


def time(view: DiscretionView) -> Table:
    """What circumstances add, and what changed with time, in shares of the band."""
    head = ["kind", "name", "period", "k", "n", "effect", "low", "high", "p", "note"]
    if isinstance(view.lines, Failure):
        return head, []
    return head, [
        [one.kind, one.name, one.period, one.k, one.n, one.effect, one.low, one.high, one.p, one.note]
        for one in view.lines.of("circumstance", "drift", "rule_change")
    ]


def findings(view: DiscretionView, services: Services) -> Table:
    """Every finding of the period with what somebody said of it; masked plates."""
    head = ["station", "case_no", "plate", "finding", "age_days", "decisions", "looked_at", "by", "reason"]
    rows: list[Sequence[Cell]] = []
    for row in every_noted(services, view.asked, view.now):
        look = row.seen
        rows.append([
            row.station, row.case_no, row.plate, row.code, row.age, " ".join(row.decisions),
            None if look is None else look.at, None if look is None else look.actor,
            None if look is None else look.reason,
        ])  # fmt: skip
    return head, rows


def table_of(figure: str, view: DiscretionView, services: Services) -> Table:
    """The numbers of a figure by its name."""
    if figure in ("police", "transport"):
        return points(view, services, figure)
    if figure == "places":
        return places(view, services)
    if figure == "units":
        return units(view, services)
    return time(view) if figure == "time" else findings(view, services)
