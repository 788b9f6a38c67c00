"""Decisions inside their band, departures with and without a recorded reason, and findings of procedure."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from ibis import _
from ibis.expr import types as ir

from monitor.metrics.ask import Ask
from monitor.metrics.decisions import INSIDE, OUTSIDE, decisions_known
from monitor.metrics.engine import Engine, answer
from monitor.metrics.known import keys, number, told_apart
from monitor.metrics.small_numbers import wilson
from monitor.rules.departures import EXPLAINED


@dataclass(frozen=True, slots=True)
class BandShare:
    """k of the n fines of a cell that were held against a band lie inside it, with Wilson's 95 % interval.

    Of the others `explained` have on record what a departure needs. `unassessed` more fines could not be held
    against a band; `example` of n were held against a shipped example."""

    cell: dict[str, str | None]
    k: int
    n: int
    low: float | None
    high: float | None
    explained: int
    unexplained: int
    unassessed: int
    example: int


def sums(engine: Engine, ask: Ask) -> ir.Table:
    """The expression: the counts by the breakdown."""
    inside, outside = _.place.isin(list(INSIDE)), _.place.isin(list(OUTSIDE))
    unassessed = ~(inside | outside).fill_null(False) & (_.outcome == "fine").fill_null(False)
    return told_apart(
        decisions_known(engine, ask),
        keys(ask, "decided_date", "decided_week"),
        k=number(inside),
        n=number(inside | outside),
        explained=number(outside & (_.departure == EXPLAINED)),
        unexplained=number(outside & (_.departure.isnull() | (_.departure != EXPLAINED))),
        unassessed=number(unassessed),
        example=number((inside | outside) & _.example),
    )


def band_shares(engine: Engine, ask: Ask) -> list[BandShare]:
    """By the breakdown, ordered; empty where nothing was decided."""
    names = keys(ask, "decided_date", "decided_week")
    rows = sorted(
        answer(engine, ask, "band_shares", sums), key=lambda row: [row[name] or "" for name in names]
    )
    found = []
    for row in rows:
        interval = wilson(row["k"], row["n"])
        found.append(
            BandShare(
                {name: row[name] for name in names}, row["k"], row["n"],
                interval.low if interval else None, interval.high if interval else None,
                row["explained"], row["unexplained"], row["unassessed"], row["example"],
            )
        )  # fmt: skip
    return found


def findings_told(engine: Engine, ask: Ask) -> dict[str, int]:
    """How many decisions have each finding, by its code: what a person should look at."""

    def build(engine: Engine, ask: Ask) -> ir.Table:
        told = decisions_known(engine, ask).select(code=_.findings.unnest())
        return told.group_by("code").agg(n=_.count())

    counted: Counter[str] = Counter()
    for row in answer(engine, ask, "findings_told", build):
        if row["code"]:
            counted[row["code"]] += row["n"]
    return dict(sorted(counted.items()))
