"""The 24-hour rate of a period: of the vehicles whose deadline lay in it, how many were released by then.

n: custody cases whose deadline lies in the period and has come by `as_of`, released or not. k: those of them
released at or before it. Outside of n and counted beside: cases without custody, without a deadline, with
times that allow both verdicts or cannot be. Withdrawn cases are counted within n and beside.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import ibis
from ibis import _
from ibis.expr import types as ir

from monitor.cases.state import Verdict
from monitor.metrics.ask import Ask
from monitor.metrics.engine import Engine, answer
from monitor.metrics.known import Lean, cases_known, in_days, keys, number, told_apart
from monitor.metrics.small_numbers import wilson

ON_TIME, LATE = "on_time", "late"


@dataclass(frozen=True, slots=True)
class Compliance:
    """k of n for one cell of the breakdown, and what stands beside it; a rate of nothing is None.

    `beside`: not_held, no_deadline, undetermined, implausible (outside of n), withdrawn (within n); those
    without a deadline are placed by the day of their first event. `net_k`: those that would be on time
    without the suspended spans. `low`, `high`: Wilson's 95 % interval.
    """

    period: str | None
    station: str | None
    vehicle: str | None
    authority: str | None
    k: int
    n: int
    net_k: int
    beside: dict[str, int]
    rate: float | None
    low: float | None
    high: float | None


def place_at(as_of: int) -> ir.Deferred:
    """on_time, late, or why a case is outside of n, as judged at a moment."""
    to_come = (_.released_at > as_of).fill_null(False)
    return ibis.cases(
        (_.verdict == Verdict.NOT_HELD.value, ibis.literal("not_held")),
        (_.deadline_at.isnull(), ibis.literal("no_deadline")),
        ((_.verdict == Verdict.IMPLAUSIBLE.value) | to_come, ibis.literal("implausible")),
        (_.verdict == Verdict.UNDETERMINED.value, ibis.literal("undetermined")),
        (_.verdict == Verdict.ON_TIME.value, ibis.literal(ON_TIME)),
        else_=ibis.literal(LATE),
    )


def has_come_at(as_of: int) -> ir.Deferred:
    """Whether the deadline has come by a moment; of one known to the day its last instant."""
    return ibis.coalesce(_.deadline_until, _.deadline_at) <= as_of


def members(engine: Engine, ask: Ask) -> ir.Table:
    """A row per case of the period: its columns, and `place`: on_time, late, or why it is outside of n."""
    # The days come first: by them the engine leaves out the files of other months.
    placed = in_days(cases_known(engine, ask), ask, "placed_date").mutate(place=place_at(ask.as_of))
    placed = placed.filter((_.place == "not_held") | (_.place == "no_deadline") | has_come_at(ask.as_of))
    return placed.mutate(net_on_time=_net_on_time(ask))


def _net_on_time(ask: Ask) -> ir.Deferred:
    # Of a release known to the day every instant has to be on time.
    longest = ibis.coalesce(_.released_until, _.released_at, ask.as_of)
    end = ibis.coalesce(_.released_at, ask.as_of)
    open_pause = ibis.ifelse(_.paused_since.notnull(), ibis.greatest(end - _.paused_since, 0), 0)
    span = longest - _.confirmed_at - _.paused_us - open_pause
    return (_.place == ON_TIME) | ((_.place == LATE) & (span <= _.limit_s * 1_000_000))


def counts(engine: Engine, ask: Ask) -> ir.Table:
    """The expression: k, n and what stands beside, by the breakdown."""
    inside = _.place.isin([ON_TIME, LATE])

    def of(name: str) -> ir.Deferred:
        return number(_.place == name)

    return told_apart(
        members(Lean(engine), ask),
        keys(ask, "placed_date", "placed_week"),
        k=of(ON_TIME),
        n=number(inside),
        net_k=number(_.net_on_time),
        not_held=of("not_held"),
        no_deadline=of("no_deadline"),
        undetermined=of("undetermined"),
        implausible=of("implausible"),
        withdrawn=number(inside & _.withdrawn_at.notnull()),
    )


BESIDE = ("not_held", "no_deadline", "undetermined", "implausible", "withdrawn")


def compliance(engine: Engine, ask: Ask) -> list[Compliance]:
    """The rates asked for, ordered by the breakdown; empty where no case falls into the period."""
    found = [_row(row) for row in answer(engine, ask, "compliance", counts)]
    return sorted(found, key=lambda row: tuple(part or "" for part in _name(row)))


def _name(row: Compliance) -> tuple[str | None, ...]:
    return row.period, row.station, row.vehicle, row.authority


def _row(row: dict[str, Any]) -> Compliance:
    k, n = row["k"] or 0, row["n"] or 0
    interval = wilson(k, n)
    return Compliance(
        row.get("period"),
        row.get("station"),
        row.get("vehicle"),
        row.get("authority"),
        k,
        n,
        row["net_k"] or 0,
        {name: row[name] or 0 for name in BESIDE},
        k / n if n else None,
        interval.low if interval else None,
        interval.high if interval else None,
    )
