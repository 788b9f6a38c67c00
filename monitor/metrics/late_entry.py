"""How long after the fact things were recorded: by the source's time of recording, else by our receipt.

History loaded as backfill without a time of recording says nothing about it and is counted beside.
"""

from __future__ import annotations

from dataclasses import dataclass

import ibis
from ibis import _
from ibis.expr import types as ir

from monitor.cases.event import HOUR
from monitor.metrics.ask import Ask, By
from monitor.metrics.engine import Engine, answer
from monitor.metrics.known import Lean, in_days, number, told_apart


@dataclass(frozen=True, slots=True)
class LateEntry:
    """Of `n` events of an activity known to the hour, `late` were recorded more than the threshold after they
    happened. Quantiles (type 7) in hours; `untold` more cannot be judged."""

    activity: str
    station: str | None
    n: int
    late: int
    untold: int
    median: float | None
    p90: float | None
    longest: float | None


def members(engine: Engine, ask: Ask, threshold: int) -> ir.Table:
    """A row per valid event known to the hour, with `delay_us` (None where it cannot be told) and `late`."""
    events = engine.table("events")
    known = events.filter(
        events.known_from <= ask.as_of,
        events.known_to.isnull() | (events.known_to > ask.as_of),
        events.occurred_until.isnull(),
        events.occurred_at <= ask.as_of,
    )
    if ask.stations is not None:
        known = known.filter(known.station.isin(list(ask.stations)))
    recorded = ibis.coalesce(_.recorded_at, _.backfill.ifelse(None, _.received_at))
    known = in_days(known, ask, "date").mutate(told_at=recorded)
    # The greatest of nothing and 0 is 0 to the engines.
    delay = _.told_at.notnull().ifelse(ibis.greatest(_.told_at - _.occurred_at, 0), None)
    known = known.mutate(delay_us=delay)
    return known.mutate(late=_.delay_us > threshold)


def _names(ask: Ask) -> dict[str, str | ibis.Deferred]:
    return {"activity": _.activity} | ({"station": _.station} if By.STATION in ask.by else {})


def sums(engine: Engine, ask: Ask, threshold: int) -> ir.Table:
    """The expression: per activity the events, those entered late and the quantiles."""
    return told_apart(
        members(Lean(engine), ask, threshold),
        _names(ask),
        n=_.delay_us.count(),
        late=number(_.late),
        untold=number(_.delay_us.isnull()),
        at=_.delay_us.quantile([0.5, 0.9]),
        longest=_.delay_us.max(),
    )


def late_entry(engine: Engine, ask: Ask, threshold: int) -> list[LateEntry]:
    """By activity, and by station where `ask.by` says so. `threshold` in microseconds."""
    rows = answer(engine, ask, ("late_entry", threshold), lambda engine, ask: sums(engine, ask, threshold))
    rows = sorted(rows, key=lambda row: [row[name] or "" for name in _names(ask)])
    return [
        LateEntry(
            row["activity"], row.get("station"), row["n"], row["late"], row["untold"],
            *(
                None if span is None else span / HOUR
                for span in (*(row["at"] or (None, None)), row["longest"])
            ),
        )
        for row in rows
    ]  # fmt: skip
