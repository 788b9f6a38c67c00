"""What standing costs: hours held while payment was awaited, and after the violation was removed.

The price is a configured day rate, so the amounts are estimates of 停运损失 and say so. Hours waiting for
payment that lie after the removal are among the hours after it: the two are never added.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import ibis
from ibis import _
from ibis.expr import types as ir

from monitor.cases.event import DAY, HOUR
from monitor.metrics import stages
from monitor.metrics.ask import Ask
from monitor.metrics.engine import Engine, answer
from monitor.metrics.gates import GateSpan
from monitor.metrics.known import Lean, keys, number, told_apart
from monitor.metrics.payment_channels import in_order
from monitor.metrics.stages import Stage


@dataclass(frozen=True, slots=True)
class Rate:
    """A day rate in fen, and whether somebody has confirmed it."""

    fen: int
    confirmed: bool


@dataclass(frozen=True, slots=True)
class WaitingCost:
    """Over the n cases of a cell whose times are known to the hour.

    `payment_hours`: held while payment, or its arrival, was what the release waited for, over
    `payment_cases`. `removed_hours`: held after the violation was removed, over `removed_cases` of which the
    removal is known. `*_fen`: those hours at the day rate, an estimate; None without a rate. `few`: n is
    below the least number.
    """

    cell: dict[str, Any]
    n: int
    payment_hours: float
    payment_cases: int
    payment_fen: int | None
    removed_hours: float
    removed_cases: int
    removed_fen: int | None
    day_rate_fen: int | None
    rate_confirmed: bool
    estimate: bool
    few: bool


def members(engine: Engine, ask: Ask, gates: Sequence[GateSpan]) -> ir.Table:
    """A row per case with `payment_us` and `removed_us` (None where the removal is not known)."""
    cases = stages.members(engine, ask, gates)
    known = _.removed_at.notnull() & _.removed_until.isnull()
    return cases.mutate(
        payment_us=_[Stage.PAYMENT.value] + _[Stage.ARRIVAL.value],
        removed_us=known.ifelse(ibis.greatest(_.end_at - _.removed_at, 0), None),
    )


def cost_of_waiting(
    engine: Engine, ask: Ask, gates: Sequence[GateSpan], rate: Rate | None, few_n: int
) -> list[WaitingCost]:
    """The hours and their price for every cell; empty where no case has hours."""
    names = keys(ask, "placed_date", "placed_week")
    gates = tuple(gates)

    def sums(engine: Engine, ask: Ask) -> ir.Table:
        return told_apart(
            members(Lean(engine), ask, gates),
            names,
            n=_.count(),
            payment=_.payment_us.sum(),
            payment_cases=number(_.payment_us > 0),
            removed=_.removed_us.sum(),
            removed_cases=_.removed_us.count(),
        )

    found = []
    rows = answer(engine, ask, ("cost_of_waiting", gates), sums)
    for row in sorted(rows, key=lambda row: in_order([row[name] for name in names])):
        payment, removed = row["payment"] or 0, row["removed"] or 0
        found.append(
            WaitingCost(
                {name: row[name] for name in names},
                row["n"],
                payment / HOUR,
                row["payment_cases"],
                priced(payment, rate),
                removed / HOUR,
                row["removed_cases"],
                priced(removed, rate),
                None if rate is None else rate.fen,
                rate is not None and rate.confirmed,
                True,
                row["n"] < few_n,
            )
        )
    return found


def priced(span: int, rate: Rate | None) -> int | None:
    """Microseconds at a day rate, in whole fen, half a fen up; None without a rate."""
    return None if rate is None else (span * rate.fen + DAY // 2) // DAY
