"""Case versions as they were known at a moment, cut to what is asked: where metrics on cases begin."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

import ibis
import pyarrow as pa
from ibis.expr import types as ir

from monitor.metrics.ask import Ask, By
from monitor.metrics.columns import COUNTED
from monitor.metrics.engine import Engine, Question


class UnknownBreakdown(ValueError):
    """A metric that is not told apart so. `metric` may be empty; `by` are the names that do not apply."""

    def __init__(self, metric: str, by: list[str]) -> None:
        super().__init__(f"{metric} is not told apart by {', '.join(by)}")
        self.metric = metric
        self.by = by


def cases_known(engine: Engine, ask: Ask, date_column: str | None = None) -> ir.Table:
    """The version of each case that was known at `as_of`, of the stations and vehicles asked for; with a
    `date_column` those of the days asked for."""
    versions = engine.table("case_versions")
    if date_column is not None:
        versions = in_days(versions, ask, date_column)
    known = versions.filter(
        versions.known_from <= ask.as_of,
        versions.known_to.isnull() | (versions.known_to > ask.as_of),
    )
    if ask.stations is not None:
        known = known.filter(known.station.isin(list(ask.stations)))
    if ask.vehicles is not None:
        known = known.filter(known.vehicle.isin(list(ask.vehicles)))
    return known


def in_days(cases: ir.Table, ask: Ask, date_column: str) -> ir.Table:
    """Those whose local date (text YYYY-MM-DD: it compares as dates do) lies in the days asked for."""
    if ask.since is not None:
        cases = cases.filter(cases[date_column] >= _text(ask.since))
    if ask.until is not None:
        cases = cases.filter(cases[date_column] < _text(ask.until))
    return cases


def _text(day: Any) -> Any:
    return day.isoformat() if isinstance(day, date) else day


def number(condition: ibis.Deferred) -> ibis.Deferred:
    """How many rows fulfil a condition; those where it is unknown do not."""
    # Spark says nothing, not 0, where a condition is unknown in all rows.
    return ibis._.count(where=condition).fill_null(0)


class Lean:
    """An engine whose tables have only the columns that metrics count by, where those are known."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def table(self, name: str) -> ir.Table:
        """A table by its name."""
        return self._engine.counted(name) if name in COUNTED else self._engine.table(name)

    def counted(self, name: str) -> ir.Table:
        """The same."""
        return self._engine.counted(name)

    def rows(self, expression: ir.Table | Question) -> list[dict[str, Any]]:
        """Run an expression."""
        return self._engine.rows(expression)

    def columns(self, question: Question) -> pa.Table:
        """Run an expression and give its columns."""
        return self._engine.columns(question)


def told_apart(
    cases: ir.Table, by: Mapping[str, str | ibis.Deferred], /, **figures: ibis.Deferred
) -> ir.Table:
    """The figures of each cell of a breakdown; the only cell there is without one stands there with nothing
    `in_cell` too: `answer` leaves it out."""
    # A filter on the count would read the cases twice, a group of all take longer than none.
    grouped = cases.group_by(**by) if by else cases
    return grouped.agg(in_cell=ibis._.count(), **figures)


def keys(
    ask: Ask, date_column: str, week_column: str | None = None, *, hour_column: str | None = None
) -> dict[str, str | ibis.Deferred]:
    """The grouping columns of what is asked, by their names in the answer.

    `week_column` holds the ISO week written at the fold, `hour_column` the hour of the local day; where a
    table has none, `By.WEEK` and `By.HOUR` are refused.
    """
    found: dict[str, str | ibis.Deferred] = {}
    for by in ask.by:
        if by is By.DAY:
            found["period"] = ibis._[date_column]
        elif by is By.MONTH:
            found["period"] = ibis._[date_column][:7]
        elif by is By.WEEK:
            if week_column is None:
                raise UnknownBreakdown("", [by.value])
            found["period"] = ibis._[week_column]
        elif by is By.HOUR:
            if hour_column is None:
                raise UnknownBreakdown("", [by.value])
            found["hour"] = ibis._[hour_column]
        else:
            found[by.value] = ibis._[by.value]
    return found
