"""Vehicles taken into custody and released, and how many stood there at the end of each period."""

from __future__ import annotations

from dataclasses import dataclass, replace

import ibis
from ibis import _
from ibis.expr import types as ir

from monitor.cases.state import Verdict
from monitor.metrics.ask import Ask, By
from monitor.metrics.engine import Engine, answer
from monitor.metrics.known import Lean, cases_known, keys, number, told_apart


@dataclass(frozen=True, slots=True)
class Flow:
    """Confirmed and released in a period, and in custody at its end (None where no period is asked for)."""

    cell: dict[str, str | None]
    arrivals: int
    releases: int
    open_at_end: int | None


@dataclass(frozen=True, slots=True)
class HourOfWeek:
    """Confirmations and releases in one local hour of the week, 0 is Monday 00:00 to 00:59."""

    hour: int
    arrivals: int
    releases: int


def members(engine: Engine, ask: Ask) -> ir.Table:
    """A row per arrival and per release of the days asked for: `kind`, `date`, `week`, `hour` (None where
    only the day is known) and the columns of the case."""
    arrivals = _moved(engine, ask, "start_date").mutate(
        kind=ibis.literal("arrival"), date=_.start_date, week=_.start_week, hour=_.start_hour
    )
    releases = _moved(engine, ask, "released_date").filter(_gone(ask)).mutate(
        kind=ibis.literal("release"), date=_.released_date, week=_.released_week, hour=_.released_hour
    )
    return arrivals.union(releases)


def _gone(ask: Ask) -> ibis.Deferred:
    return (_.released_at <= ask.as_of).fill_null(False)


def _moved(engine: Engine, ask: Ask, date_column: str | None) -> ir.Table:
    # The days are asked for of each kind by itself: both from one read would read all days.
    return cases_known(engine, ask, date_column).filter(
        _.custody & (_.verdict != Verdict.IMPLAUSIBLE.value) & _.confirmed_at.notnull(),
        _.confirmed_at <= ask.as_of,
    )


def counts(engine: Engine, ask: Ask) -> ir.Table:
    """The expression: in and out by the breakdown."""
    names = keys(ask, "date", "week")
    if "period" not in names and ask.since is None and ask.until is None:
        # Of all days, each case is one arrival and at most one release: read once.
        moved = _moved(Lean(engine), ask, None)
        return told_apart(moved, names, arrivals=_.count(), releases=number(_gone(ask)))
    return told_apart(
        members(Lean(engine), ask),
        names,
        arrivals=number(_.kind == "arrival"),
        releases=number(_.kind == "release"),
    )


def hourly(engine: Engine, ask: Ask) -> ir.Table:
    """The expression: in and out by local hour of the week."""
    moves = members(Lean(engine), ask).filter(_.hour.notnull())
    return moves.group_by("hour").agg(
        arrivals=number(_.kind == "arrival"), releases=number(_.kind == "release")
    )


def throughput(engine: Engine, ask: Ask) -> list[Flow]:
    """In, out and open by the breakdown, ordered; a period in which nothing moved has no row."""
    names = keys(ask, "date", "week")
    rows = answer(engine, ask, "throughput", counts)
    open_at: dict[tuple[str | None, ...], int] = {}
    if By.WEEK in ask.by or By.DAY in ask.by or By.MONTH in ask.by:
        rest = [name for name in names if name != "period"]
        # Who stands there came at any time.
        ever = replace(ask, since=None, until=None)
        history = rows if ever == ask else answer(engine, ever, "throughput", counts)
        running: dict[tuple[str | None, ...], int] = {}
        for row in sorted(history, key=lambda row: row["period"] or ""):
            group = tuple(row[name] for name in rest)
            running[group] = running.get(group, 0) + row["arrivals"] - row["releases"]
            open_at[(row["period"], *group)] = running[group]
    found = []
    for row in sorted(rows, key=lambda row: [row[name] or "" for name in names]):
        rest = [name for name in names if name != "period"]
        key = (row.get("period"), *(row[name] for name in rest))
        cell = {name: row[name] for name in names}
        found.append(Flow(cell, row["arrivals"], row["releases"], open_at.get(key)))
    return found


def hours_of_week(engine: Engine, ask: Ask) -> list[HourOfWeek]:
    """Confirmations and releases by local hour of the week, all 168 of them."""
    known = {row["hour"]: row for row in answer(engine, ask, "hours_of_week", hourly)}
    none = {"arrivals": 0, "releases": 0}
    return [
        HourOfWeek(hour, (row := known.get(hour, none))["arrivals"], row["releases"]) for hour in range(168)
    ]
