"""The cases of the 24-hour rate that were not released in time, one by one, with where their hours went."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import orjson
from ibis import _
from ibis.expr import types as ir

from monitor.cases.event import HOUR
from monitor.metrics import stages
from monitor.metrics.ask import Ask
from monitor.metrics.compliance import LATE
from monitor.metrics.engine import Engine, answer
from monitor.metrics.gates import GateSpan
from monitor.metrics.rate_cases import rate_cases
from monitor.metrics.stages import Stage


@dataclass(frozen=True, slots=True)
class LateCase:
    """A case past its limit. `released` is False while the vehicle stood there at `as_of`.

    `hours` from confirmation to release (or `as_of`) and `stages`, those hours by what the release waited
    for, are None where a time is known only to the day. `net_on_time`: on time without the suspended spans.
    `reasons`: the codes with which the case was suspended, each once.
    """

    station: str
    case_no: str
    deadline_at: int
    released: bool
    withdrawn: bool
    hours: float | None
    stages: dict[str, float] | None
    net_on_time: bool
    reasons: tuple[str, ...]


_COLUMNS = (
    "case_id", "station", "case_no", "deadline_at", "released_at", "withdrawn_at", "net_on_time", "pauses",
)  # fmt: skip


def members(engine: Engine, ask: Ask) -> ir.Table:
    """A row per late case."""
    return rate_cases(engine, ask).filter(_.place == LATE)


def late_cases(engine: Engine, ask: Ask, gates: Sequence[GateSpan]) -> list[LateCase]:
    """Every late case of the period, by deadline; the breakdown of `ask` is not used."""
    gates = tuple(gates)

    def timed(engine: Engine, ask: Ask) -> ir.Table:
        late = stages.members(engine, ask, gates).filter(_.place == LATE)
        return late.select("case_id", "held_us", *(stage.value for stage in Stage))

    spans = {row["case_id"]: row for row in answer(engine, ask, ("late_cases.spans", gates), timed)}
    rows = answer(engine, ask, "late_cases", lambda engine, ask: members(engine, ask).select(*_COLUMNS))
    rows.sort(key=lambda row: (row["deadline_at"], row["station"], row["case_no"]))
    return [_told(row, spans.get(row["case_id"])) for row in rows]


def _told(row: dict[str, Any], spans: dict[str, Any] | None) -> LateCase:
    return LateCase(
        row["station"],
        row["case_no"],
        row["deadline_at"],
        row["released_at"] is not None,
        row["withdrawn_at"] is not None,
        None if spans is None else spans["held_us"] / HOUR,
        None if spans is None else {stage.value: spans[stage.value] / HOUR for stage in Stage},
        bool(row["net_on_time"]),
        _reasons(row["pauses"]),
    )


def _reasons(pauses: str | None) -> tuple[str, ...]:
    if pauses is None:
        return ()
    return tuple(dict.fromkeys(reason for _since, _until, reason in orjson.loads(pauses) if reason))
