"""The vehicles in custody now, and for how long each has been there."""

from __future__ import annotations

from dataclasses import dataclass

from ibis import _
from ibis.expr import types as ir

from monitor.cases.event import HOUR
from monitor.cases.state import Verdict
from monitor.metrics.ask import Ask
from monitor.metrics.engine import Engine, answer
from monitor.metrics.known import Lean, cases_known


@dataclass(frozen=True, slots=True)
class OpenAge:
    """A vehicle in custody. `hours` since confirmation, None where that is unknown or known only to the day;
    `past_limit` is None where it has no deadline."""

    station: str
    case_no: str
    hours: float | None
    past_limit: bool | None


def members(engine: Engine, ask: Ask) -> ir.Table:
    """Cases in custody at `as_of`, as `monitor.cases.clock.in_custody` has it."""
    return cases_known(engine, ask).filter(
        _.custody,
        _.verdict != Verdict.IMPLAUSIBLE.value,
        _.confirmed_at.isnull() | (_.confirmed_at <= ask.as_of),
        _.released_at.isnull(),
    )


def open_ages(engine: Engine, ask: Ask) -> list[OpenAge]:
    """Every vehicle in custody, the longest held first, those of unknown start last."""
    found = []
    for row in answer(engine, ask, "open_ages", _starts):
        exact = row["confirmed_at"] is not None and row["confirmed_until"] is None
        last = row["deadline_at"] if row["deadline_until"] is None else row["deadline_until"]
        past = None if last is None else ask.as_of > last
        hours = (ask.as_of - row["confirmed_at"]) / HOUR if exact else None
        found.append(OpenAge(row["station"], row["case_no"], hours, past))
    return sorted(found, key=lambda one: (one.hours is None, -(one.hours or 0), one.station, one.case_no))


def _starts(engine: Engine, ask: Ask) -> ir.Table:
    return members(Lean(engine), ask).select(
        "station", "case_no", "confirmed_at", "confirmed_until", "deadline_at", "deadline_until"
    )
