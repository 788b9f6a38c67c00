"""The two meanings of 超限率, named apart.

Of a station: the overloaded of all vehicles weighed. Of a case: the weight over the limit by the limit.
Vehicles weighed are first weighings, unread plates included, re-checks not. A vehicle counts as overloaded by
the limit that was recorded, and where none was by that of the rules; `rule_k` counts by the rules alone.
"""

from __future__ import annotations

from dataclasses import dataclass

import ibis
from ibis import _
from ibis.expr import types as ir

from monitor.metrics.ask import Ask
from monitor.metrics.engine import Engine, answer
from monitor.metrics.known import Lean, in_days, keys, number, told_apart
from monitor.metrics.small_numbers import wilson


@dataclass(frozen=True, slots=True)
class OverloadRate:
    """k of n vehicles weighed were over their limit; `unknown` more have no weight or no limit.

    `median_over`, `p90_over`: of the overloaded, (gross − limit) / limit, by type 7; none for k = 0.
    """

    cell: dict[str, str | None]
    k: int
    n: int
    rule_k: int
    unknown: int
    unread: int
    low: float | None
    high: float | None
    median_over: float | None
    p90_over: float | None


def members(engine: Engine, ask: Ask) -> ir.Table:
    """A row per vehicle weighed, with `over` (None where it cannot be told) and `over_share`."""
    weighings = engine.table("weighings")
    known = weighings.filter(
        weighings.first,
        weighings.known_from <= ask.as_of,
        weighings.known_to.isnull() | (weighings.known_to > ask.as_of),
        weighings.occurred_at <= ask.as_of,
    )
    if ask.stations is not None:
        known = known.filter(known.station.isin(list(ask.stations)))
    if ask.vehicles is not None:
        known = known.filter(known.vehicle.isin(list(ask.vehicles)))
    known = known.mutate(applied_kg=ibis.coalesce(_.limit_kg, _.rule_kg))
    known = known.mutate(
        over=_.gross_kg > _.applied_kg,
        by_rule=_.gross_kg > _.rule_kg,
        over_share=(_.gross_kg - _.applied_kg).cast("float64") / _.applied_kg.nullif(0),
    )
    return in_days(known, ask, "date")


def counts(engine: Engine, ask: Ask) -> ir.Table:
    """The expression: the numbers by the breakdown, and the quantiles of the overloaded."""
    return told_apart(
        members(Lean(engine), ask),
        keys(ask, "date", "week"),
        k=number(_.over),
        n=_.over.count(),
        rule_k=number(_.by_rule),
        unknown=number(_.over.isnull()),
        unread=number(~_.plate_read),
        at=_.over_share.quantile([0.5, 0.9], where=_.over),
    )


def overload_rate(engine: Engine, ask: Ask) -> list[OverloadRate]:
    """The rates by the breakdown."""
    names = keys(ask, "date", "week")
    rows = answer(engine, ask, "overload_rate", counts)
    found = []
    for row in sorted(rows, key=lambda row: [row[name] or "" for name in names]):
        interval = wilson(row["k"], row["n"])
        found.append(
            OverloadRate(
                {name: row[name] for name in names},
                row["k"],
                row["n"],
                row["rule_k"],
                row["unknown"],
                row["unread"],
                interval.low if interval else None,
                interval.high if interval else None,
                *(row["at"] if row["k"] else (None, None)),
            )
        )
    return found
