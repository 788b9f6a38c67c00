"""How long vehicles were held after the violation was removed: in law release does not wait for payment."""

from __future__ import annotations

from dataclasses import dataclass

import ibis
from ibis import _
from ibis.expr import types as ir

from monitor.cases.event import HOUR
from monitor.metrics.ask import Ask
from monitor.metrics.engine import Engine, answer
from monitor.metrics.known import Lean, keys, number, told_apart
from monitor.metrics.rate_cases import rate_cases


@dataclass(frozen=True, slots=True)
class HeldAfterRemoval:
    """Hours between removal and release (or `as_of`) over the cases of a cell.

    `cases` of `n` have a removal known to the hour; `derived` of those only from a reweighing within the
    limit. `share`: of all hours of the n cases. Quantiles by type 7, over the `cases`.
    """

    cell: dict[str, str | None]
    hours: float
    share: float | None
    cases: int
    derived: int
    n: int
    median: float | None
    p90: float | None
    longest: float | None


def members(engine: Engine, ask: Ask) -> ir.Table:
    """A row per case of the rate with `after_us`, None where the removal is not known to the hour."""
    known = _.removed_at.notnull() & _.removed_until.isnull()
    after = known.ifelse(ibis.greatest(_.end_at - _.removed_at, 0), None)
    return rate_cases(engine, ask).filter(_.timed).mutate(after_us=after)


def sums(engine: Engine, ask: Ask) -> ir.Table:
    """The expression: per cell the sums, the cases and the quantiles."""
    return told_apart(
        members(Lean(engine), ask),
        keys(ask, "placed_date", "placed_week"),
        n=_.count(),
        whole=_.held_us.sum(),
        total=_.after_us.sum(),
        cases=_.after_us.count(),
        derived=number(_.after_us.notnull() & _.removed_derived),
        at=_.after_us.quantile([0.5, 0.9]),
        longest=_.after_us.max(),
    )


def held_after_removal(engine: Engine, ask: Ask) -> list[HeldAfterRemoval]:
    """The hours of every cell; empty where no case has hours."""
    names = keys(ask, "placed_date", "placed_week")
    rows = answer(engine, ask, "held_after_removal", sums)
    rows = sorted(rows, key=lambda row: [row[name] or "" for name in names])
    return [
        HeldAfterRemoval(
            {name: row[name] for name in names},
            (row["total"] or 0) / HOUR,
            (row["total"] or 0) / row["whole"] if row["whole"] else None,
            row["cases"],
            row["derived"] or 0,
            row["n"],
            _hours(row["at"][0]) if row["at"] else None,
            _hours(row["at"][1]) if row["at"] else None,
            _hours(row["longest"]),
        )
        for row in rows
    ]


def _hours(span: float | None) -> float | None:
    return None if span is None else span / HOUR
