"""How long cases last, from their first event to their last."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from monitor.cases.event import HOUR
from monitor.metrics.ask import Ask
from monitor.metrics.engine import Engine
from monitor.metrics.histories import Histories, cell_names, histories
from monitor.metrics.payment_channels import in_order

if TYPE_CHECKING:
    import numpy as np


@dataclass(frozen=True, slots=True)
class CaseDurations:
    """The hours of n cases from the first event to the last so far; the median and 90 % by type 7.

    `single` of them have one event: they count with 0 hours. Of `by_day`, the first or last event is known to
    the day alone: their hours, counted from the beginning of that day, may be off by up to a day each way.
    """

    cell: dict[str, str | None]
    n: int
    single: int
    by_day: int
    median: float
    p90: float
    longest: float


def durations_us(told: Histories) -> np.ndarray:
    """Microseconds from the first event of each case to its last."""
    first, last = told.begins[:-1], told.begins[1:] - 1
    spans: np.ndarray = told.occurred_at[last] - told.occurred_at[first]
    return spans


def case_durations(engine: Engine, ask: Ask) -> list[CaseDurations]:
    """By the breakdown, ordered; a case lies on the local day of its first event. Raises UnknownBreakdown."""
    import numpy as np

    names = cell_names(ask)
    told = histories(engine, ask)
    spans = durations_us(told)
    first, last = told.begins[:-1], told.begins[1:] - 1
    by_day = told.by_day[first] | told.by_day[last]
    found = []
    for cell, places in sorted(told.by_cell().items(), key=lambda one: in_order(list(one[0]))):
        median, p90, longest = np.quantile(spans[places], [0.5, 0.9, 1.0]) / HOUR
        found.append(
            CaseDurations(
                dict(zip(names, cell, strict=True)),
                len(places),
                int((first[places] == last[places]).sum()),
                int(by_day[places].sum()),
                float(median),
                float(p90),
                float(longest),
            )
        )
    return found
