"""Hours of single cases in the order of their release: what an XmR chart of hours shows."""

from __future__ import annotations

from dataclasses import dataclass

from ibis import _
from ibis.expr import types as ir

from monitor.cases.event import HOUR
from monitor.metrics.ask import Ask
from monitor.metrics.engine import Engine, answer
from monitor.metrics.known import Lean
from monitor.metrics.rate_cases import rate_cases


@dataclass(frozen=True, slots=True)
class CaseHours:
    """Hours from confirmation to release of one case, and the ISO week of its release."""

    station: str
    case_no: str
    week: str
    hours: float


def hours_in_order(engine: Engine, ask: Ask) -> list[CaseHours]:
    """Released cases of the rate whose times are known to the hour."""
    rows = answer(engine, ask, "hours_in_order", _released)
    rows = sorted(rows, key=lambda row: (row["released_at"], row["station"], row["case_no"]))
    return [
        CaseHours(row["station"], row["case_no"], row["released_week"], row["held_us"] / HOUR) for row in rows
    ]


def _released(engine: Engine, ask: Ask) -> ir.Table:
    released = rate_cases(Lean(engine), ask).filter(_.timed & _.released_at.notnull())
    return released.select("station", "case_no", "released_at", "released_week", "held_us")
