"""Clocks B and C: from acceptance to the police's decision, and from detention to handing the vehicle in."""

from __future__ import annotations

from dataclasses import dataclass

import ibis
from ibis import _
from ibis.expr import types as ir

from monitor.metrics.ask import Ask
from monitor.metrics.engine import Engine, answer
from monitor.metrics.known import Lean, cases_known, in_days, keys, number, told_apart
from monitor.metrics.small_numbers import wilson

CLOCKS = {"b": ("accepted", "police_decided"), "c": ("detained", "handed_in")}


@dataclass(frozen=True, slots=True)
class ClockRate:
    """k of n ended within the limit, for clocks whose limit has come by `as_of`; a missing end is late.

    `undetermined`: known to days that allow both. A clock that ended before it began
    is in none of it. Wilson's 95 % interval, None for n = 0.
    """

    clock: str
    cell: dict[str, str | None]
    k: int
    n: int
    undetermined: int
    low: float | None
    high: float | None


def members(engine: Engine, ask: Ask, clock: str, limit: int) -> ir.Table:
    """A row per case whose clock (`b` or `c`) began and whose limit (microseconds) has come by `as_of`, with
    `in_time`: True, False, or None where days allow both. It belongs to the day on which its case began."""
    start, end = CLOCKS[clock]
    first, last = _[f"{start}_at"], ibis.coalesce(_[f"{start}_until"], _[f"{start}_at"])
    ended, ended_last = _[f"{end}_at"], ibis.coalesce(_[f"{end}_until"], _[f"{end}_at"])
    cases = cases_known(engine, ask).filter(
        first.notnull(), last + limit <= ask.as_of, (ended_last >= first).fill_null(True)
    )
    in_time = ibis.cases(
        (ended.isnull() | (ended > ask.as_of), ibis.literal(False)),
        (ended_last <= first + limit, ibis.literal(True)),
        (ended > last + limit, ibis.literal(False)),
    )
    return in_days(cases.mutate(in_time=in_time), ask, "first_date")


def counts(engine: Engine, ask: Ask, clock: str, limit: int) -> ir.Table:
    """The expression: the numbers of a clock by the breakdown."""
    return told_apart(
        members(Lean(engine), ask, clock, limit),
        keys(ask, "first_date"),
        k=number(_.in_time),
        n=_.in_time.count(),
        undetermined=number(_.in_time.isnull()),
    )


def clock_rates(engine: Engine, ask: Ask, clock: str, limit: int) -> list[ClockRate]:
    """The rates of a clock by the breakdown."""
    names = keys(ask, "first_date")
    rows = answer(
        engine, ask, ("clocks_bc", clock, limit), lambda engine, ask: counts(engine, ask, clock, limit)
    )
    found = []
    for row in sorted(rows, key=lambda row: [row[name] or "" for name in names]):
        interval = wilson(row["k"], row["n"])
        found.append(
            ClockRate(
                clock,
                {name: row[name] for name in names},
                row["k"],
                row["n"],
                row["undetermined"],
                interval.low if interval else None,
                interval.high if interval else None,
            )
        )
    return found
