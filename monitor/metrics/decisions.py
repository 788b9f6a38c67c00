"""Decisions as they were known at a moment, with what their comparison needs: where metrics on fines
begin."""

from __future__ import annotations

import ibis
from ibis import _
from ibis.expr import types as ir

from monitor.metrics.ask import Ask, By
from monitor.metrics.engine import Engine
from monitor.metrics.known import UnknownBreakdown, in_days

OUTSIDE = ("below", "above")
INSIDE = ("low", "middle", "high", "no_discretion")


def decisions_known(engine: Engine, ask: Ask) -> ir.Table:
    """The decisions in force that were known at `as_of`, of the stations and vehicles asked for, decided on
    the days asked for."""
    table = engine.table("decisions")
    known = table.filter(
        table.known_from <= ask.as_of, table.known_to.isnull() | (table.known_to > ask.as_of)
    )
    if ask.stations is not None:
        known = known.filter(known.station.isin(list(ask.stations)))
    if ask.vehicles is not None:
        known = known.filter(known.vehicle.isin(list(ask.vehicles)))
    return in_days(known, ask, "decided_date")


def held_against_band(decisions: ir.Table) -> ir.Table:
    """Those with a fine that was held against a band. `free`: inside a band with room."""
    placed = decisions.filter(_.place.isin([*OUTSIDE, *INSIDE]), _.alike.notnull())
    return placed.mutate(outside=_.place.isin(list(OUTSIDE)), free=_.place.isin(["low", "middle", "high"]))


def refuse(metric: str, ask: Ask, known: tuple[By, ...] = ()) -> None:
    """Raises UnknownBreakdown for what a metric is not told apart by."""
    wrong = [by.value for by in ask.by if by not in known]
    if wrong:
        raise UnknownBreakdown(metric, wrong)


def told_or_zero(condition: ibis.Deferred) -> ibis.Deferred:
    """1.0 where a condition is known to hold, else 0.0."""
    return condition.fill_null(False).ifelse(1.0, 0.0)
