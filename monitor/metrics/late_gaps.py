"""On-time cases between one late release and the next, in the order of deadlines: what a g-chart counts.

Where nearly all are on time, or cases are few, a weekly share says next to nothing; how many vehicles in a
row came through on time does.
"""

from __future__ import annotations

from dataclasses import dataclass

import ibis
from ibis import _
from ibis.expr import types as ir

from monitor.metrics import compliance
from monitor.metrics.ask import Ask
from monitor.metrics.compliance import LATE, ON_TIME
from monitor.metrics.engine import Engine, answer
from monitor.metrics.known import Lean, number


@dataclass(frozen=True, slots=True)
class LateGap:
    """`on_time` cases in a row, and whether a late one ended them. `number`: late cases before, so 0 is the
    stretch before the first late one, which has no beginning. `week`: ISO week of the last deadline in it."""

    number: int
    on_time: int
    ended: bool
    week: str


def members(engine: Engine, ask: Ask) -> ir.Table:
    """A row per case of the rate with `gap`, the number of late ones before it."""
    inside = compliance.members(engine, ask).filter(_.place.isin([ON_TIME, LATE]))
    late = inside.mutate(is_late=(_.place == LATE).ifelse(1, 0))
    order = ibis.window(order_by=[_.deadline_at, _.station, _.case_no], following=0)
    return late.mutate(gap=(_.is_late.sum().over(order) - _.is_late).cast("int64"))


def counts(engine: Engine, ask: Ask) -> ir.Table:
    """The expression: the cases of each stretch."""
    figures = {"on_time": number(_.place == ON_TIME), "late": number(_.place == LATE)}
    return members(Lean(engine), ask).group_by("gap").agg(**figures, week=_.deadline_week.max())


def late_gaps(engine: Engine, ask: Ask) -> list[LateGap]:
    """Every stretch in its order, the running one last; the breakdown of `ask` is not used."""
    rows = sorted(answer(engine, ask, "late_gaps", counts), key=lambda row: row["gap"])
    return [LateGap(row["gap"], row["on_time"], row["late"] > 0, row["week"]) for row in rows]
