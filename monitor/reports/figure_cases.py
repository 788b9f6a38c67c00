"""The cases behind a mark of a figure, by the metric that counted them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING

from monitor.settings.calendar import CalendarMissing

if TYPE_CHECKING:
    from monitor.metrics.ask import Ask
    from monitor.metrics.source import LakeSource
    from monitor.reports.case_query import Behind
    from monitor.settings.configuration import Configuration


def behind_of(lake: LakeSource | None, configuration: Configuration, now: int) -> Behind | None:
    """How a list finds what a figure counted; None where there is no lake to ask."""
    if lake is None:
        return None

    def behind(ask: Ask, cell: str) -> Sequence[int]:
        from monitor.metrics.catalog import rules_of
        from monitor.metrics.cells import case_ids

        gates = rules_of(configuration, ask.as_of).gates
        days_off = days_off_of(configuration, ask) if cell.endswith((".work", ".off")) else None
        return case_ids(lake.engine(now), ask, gates, cell, days_off)

    return behind


def days_off_of(configuration: Configuration, ask: Ask) -> tuple[date, ...] | None:
    """The days asked for that are no working days; None where all days are asked for, or the calendar of one
    has not been entered."""
    if ask.since is None or ask.until is None:
        return None
    try:
        return configuration.calendar.days_off(ask.since, ask.until)
    except CalendarMissing:
        return None
