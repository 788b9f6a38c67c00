"""The cases behind a mark of a figure, by the metric that counted them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

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

        return case_ids(lake.engine(now), ask, rules_of(configuration, ask.as_of).gates, cell)

    return behind
