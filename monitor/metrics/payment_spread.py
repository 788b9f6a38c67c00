"""How the times from payment code to payment spread: by channel and authority, and by night and day."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import ibis
from ibis import _
from ibis.expr import types as ir

from monitor.metrics.ask import Ask
from monitor.metrics.engine import Engine, answer
from monitor.metrics.payment_channels import in_order
from monitor.metrics.payment_time import MINUTE, members

SHARES = (0.1, 0.25, 0.5, 0.75, 0.9)
NIGHT = (20, 21, 22, 23, 0, 1, 2, 3, 4, 5, 6, 7)
"""Hours of the local day that count as night."""


@dataclass(frozen=True, slots=True)
class Spread:
    """The n timed payments of a cell, in minutes from their code. `at`: the quantiles of `SHARES` (type 7),
    None where n is below the least number; `each` is then every one of them, ascending, and else empty."""

    cell: dict[str, Any]
    n: int
    at: tuple[float, ...] | None
    each: tuple[float, ...]


def payment_spread(engine: Engine, ask: Ask, few_n: int) -> list[Spread]:
    """By `authority` and `channel`, of payments that tell their channel. `ask.by` says nothing here."""
    return _spread(engine, ask, few_n, ("authority", "channel"))


def payment_spread_by_night(engine: Engine, ask: Ask, few_n: int) -> list[Spread]:
    """By `night`: whether the code was made from 20:00 to before 8:00 of the local clock."""
    return _spread(engine, ask, few_n, ("night",))


def _spread(engine: Engine, ask: Ask, few_n: int, names: tuple[str, ...]) -> list[Spread]:
    def timed(engine: Engine, ask: Ask) -> ir.Table:
        paid = members(engine, ask).filter(_.pay_us.notnull(), _.hour_of_day.notnull())
        paid = paid.mutate(night=_.hour_of_day.isin(NIGHT))
        return paid.filter(_.channel.notnull()) if "channel" in names else paid

    def quantiles(engine: Engine, ask: Ask) -> ir.Table:
        return timed(engine, ask).group_by(*names).agg(n=_.count(), at=_.pay_us.quantile(list(SHARES)))

    def singly(engine: Engine, ask: Ask) -> ir.Table:
        sized = timed(engine, ask).mutate(size=_.count().over(ibis.window(group_by=list(names))))
        return sized.filter(_.size < few_n).select(*names, "pay_us")

    each: dict[tuple[Any, ...], list[float]] = {}
    for row in answer(engine, ask, ("payment_spread_each", names, few_n), singly):
        each.setdefault(tuple(row[name] for name in names), []).append(row["pay_us"] / MINUTE)
    rows = answer(engine, ask, ("payment_spread", names), quantiles)
    found = []
    for row in sorted(rows, key=lambda row: in_order([row[name] for name in names])):
        place = tuple(row[name] for name in names)
        at = None if row["n"] < few_n else tuple(one / MINUTE for one in row["at"])
        found.append(
            Spread(dict(zip(names, place, strict=True)), row["n"], at, tuple(sorted(each.get(place, ()))))
        )
    return found
