"""Reconciliation of a period: how many lines of statements and payments agree, and what is open.

n: lines and payments that are to agree. k: those that do. Outside of n and counted beside: payments whose day
of posting is still to come, that no statement holds, or that another source has told already. They lie in the
day of the payment, else of the posting. Amounts are neutral totals.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pyarrow as pa
from ibis import _
from ibis.expr import types as ir

from monitor.cases.event import DAY
from monitor.metrics.ask import Ask, By
from monitor.metrics.engine import MemoryEngine, of_something
from monitor.metrics.known import UnknownBreakdown, in_days, keys, number, told_apart
from monitor.metrics.small_numbers import wilson
from monitor.rules.outcome import DIFFERENCES, OUTSIDE, Kind
from monitor.store.database import Database
from monitor.store.differences import OpenThen, open_at
from monitor.store.reconciled import Settled, outcomes_at

_TEXTS = {"kind", "station", "date", "week", "subject", "case_no"}


@dataclass(frozen=True, slots=True)
class OpenKind:
    """Open differences of a kind: how many, how many of them began within 7 days of `as_of`, within 30, or
    longer ago, the age of the oldest in whole days, and the sum by which they differ (fen; None where an
    amount is not known)."""

    kind: str
    n: int
    days_7: int
    days_30: int
    older: int
    oldest_days: int
    amount_fen: int | None


@dataclass(frozen=True, slots=True)
class Agreement:
    """k of n for one cell of the breakdown; `low`, `high`: Wilson's 95 % interval. `found`: what the others
    of n came to; `beside`: what lies outside of n. `posted_fen`: all that statements of the period hold, less
    what went back."""

    cell: dict[str, str | None]
    k: int
    n: int
    rate: float | None
    low: float | None
    high: float | None
    found: dict[str, int]
    beside: dict[str, int]
    posted_fen: int
    matched_fen: int
    open: int
    open_kinds: list[OpenKind]


def reconciliation(database: Database, ask: Ask) -> list[Agreement]:
    """The agreement by the breakdown, as the runs by `as_of` had found it; empty where there is nothing.

    Raises UnknownBreakdown for what a line of a statement is not told apart by.
    """
    strange = [by.value for by in ask.by if by in (By.VEHICLE, By.AUTHORITY)]
    if strange:
        raise UnknownBreakdown("reconciliation", strange)
    with database.read() as connection:
        outcomes = outcomes_at(connection, ask.as_of)
        differences = open_at(connection, ask.as_of)
    tables = {
        "outcomes": _table(outcomes, Settled._fields),
        "open": _table(differences, OpenThen._fields),
    }
    engine = MemoryEngine(tables)
    names = list(keys(ask, "date", "week"))
    cells: dict[tuple[str | None, ...], dict[str, Any]] = {
        tuple(row[name] for name in names): row for row in of_something(engine.rows(counts(engine, ask)))
    }
    open_kinds: dict[tuple[str | None, ...], list[OpenKind]] = {}
    for row in engine.rows(ages(engine, ask)):
        found = OpenKind(*(row[name] for name in OpenKind.__slots__))
        open_kinds.setdefault(tuple(row[name] for name in names), []).append(found)
    found_cells = sorted({*cells, *open_kinds}, key=lambda cell: tuple(part or "" for part in cell))
    return [_agreement(names, cell, cells.get(cell, {}), open_kinds.get(cell, [])) for cell in found_cells]


def counts(engine: MemoryEngine, ask: Ask) -> ir.Table:
    """The expression: how many of each kind, and the amounts, by the breakdown."""
    kinds = {kind.value: number(_.kind == kind.value) for kind in Kind}
    return told_apart(
        _asked(engine.table("outcomes"), ask),
        keys(ask, "date", "week"),
        posted_fen=_.amount_fen.sum(where=_.posted),
        matched_fen=_.amount_fen.sum(where=_.posted & (_.kind == Kind.MATCHED.value)),
        **kinds,
    )


def ages(engine: MemoryEngine, ask: Ask) -> ir.Table:
    """The expression: open differences by the breakdown and their kind."""
    open_then = _asked(engine.table("open"), ask)
    age = ask.as_of - open_then.since
    by_kind = open_then.mutate(
        age=age, off=(open_then.expected_fen.fill_null(0) - open_then.found_fen.fill_null(0)).abs()
    )
    figures = {
        "n": _.count(),
        "days_7": number(_.age <= 7 * DAY),
        "days_30": number((_.age > 7 * DAY) & (_.age <= 30 * DAY)),
        "older": number(_.age > 30 * DAY),
        "oldest_days": _.age.max() // DAY,
        "amount_fen": _.off.sum(),
    }
    return told_apart(by_kind, {**keys(ask, "date", "week"), "kind": "kind"}, **figures).order_by("kind")


def _asked(table: ir.Table, ask: Ask) -> ir.Table:
    if ask.stations is not None:
        table = table.filter(table.station.isin(list(ask.stations)))
    return in_days(table, ask, "date")


def _agreement(
    names: Sequence[str], cell: tuple[str | None, ...], row: dict[str, Any], kinds: list[OpenKind]
) -> Agreement:
    k = row.get(Kind.MATCHED.value) or 0
    found = {kind.value: row.get(kind.value) or 0 for kind in DIFFERENCES if kind is not Kind.CHANGED_LINE}
    n = k + sum(found.values())
    interval = wilson(k, n)
    return Agreement(
        {name: part or None for name, part in zip(names, cell, strict=True)},
        k,
        n,
        k / n if n else None,
        interval.low if interval else None,
        interval.high if interval else None,
        {kind: count for kind, count in found.items() if count},
        {kind.value: row.get(kind.value) or 0 for kind in OUTSIDE},
        row.get("posted_fen") or 0,
        row.get("matched_fen") or 0,
        sum(one.n for one in kinds),
        kinds,
    )


def _table(rows: Sequence[tuple[Any, ...]], names: Sequence[str]) -> pa.Table:
    columns = list(zip(*rows, strict=True)) if rows else [()] * len(names)
    arrays = [
        pa.array(column, pa.string() if name in _TEXTS else pa.bool_() if name == "posted" else pa.int64())
        for name, column in zip(names, columns, strict=True)
    ]
    return pa.table(dict(zip(names, arrays, strict=True)))
