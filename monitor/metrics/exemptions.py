"""Decisions that met an exemption (轻微免罚 minor, 首违不罚 first time): how many went without a fine."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import ibis
from ibis import _
from ibis.expr import types as ir

from monitor.metrics.ask import Ask
from monitor.metrics.decisions import decisions_known
from monitor.metrics.engine import Engine, answer
from monitor.metrics.gates import GateSpan
from monitor.metrics.known import keys
from monitor.metrics.payment_channels import in_order
from monitor.metrics.small_numbers import wilson


@dataclass(frozen=True, slots=True)
class Exempted:
    """Of the n decisions of a cell that met the exemption, k went without a fine and `fined` did not.

    `share` is None and `few` True where n is below the least number of cases. Wilson's 95 % interval.
    """

    cell: dict[str, Any]
    exemption: str
    k: int
    n: int
    fined: int
    share: float | None
    few: bool
    low: float | None
    high: float | None


def members(engine: Engine, ask: Ask) -> ir.Table:
    """A row per decision that met an exemption; `fined` where it is a fine all the same."""
    met = decisions_known(engine, ask).filter(_.exemption.notnull())
    return met.mutate(fined=(_.fine_fen > 0).fill_null(False) | (_.outcome == "fine").fill_null(False))


def exemptions(engine: Engine, ask: Ask, few_n: int) -> list[Exempted]:
    """The exemptions of every cell in which one was met."""
    names = keys(ask, "decided_date", "decided_week")

    def build(engine: Engine, ask: Ask) -> ir.Table:
        met = members(engine, ask).group_by(**names, exemption=_.exemption)
        return met.agg(n=_.count(), fined=_.fined.sum())

    found = []
    rows = answer(engine, ask, "exemptions", build)
    rows.sort(key=lambda row: in_order([*(row[name] for name in names), row["exemption"]]))
    for row in rows:
        n, fined = int(row["n"]), int(row["fined"])
        interval, few = wilson(n - fined, n), n < few_n
        found.append(
            Exempted(
                {name: row[name] for name in names}, row["exemption"], n - fined, n, fined,
                None if few else (n - fined) / n, few, interval.low if interval else None,
                interval.high if interval else None,
            )
        )  # fmt: skip
    return found


def in_exemptions(engine: Engine, ask: Ask, _gates: Sequence[GateSpan], rest: str) -> ir.Table | None:
    """Those that met an exemption, `minor|first`, or of them `.spared` without a fine and `.fined`."""
    kind, _dot, what = rest.partition(".")
    if kind not in ("minor", "first") or what not in ("", "spared", "fined"):
        return None
    met = members(engine, ask).filter(_.exemption == ibis.literal(kind))
    kept = met if not what else met.filter(_.fined if what == "fined" else ~_.fined)
    return kept.select("case_id").distinct()
