"""What there is at all: when the first case became known, and on which days cases lie."""

from __future__ import annotations

from dataclasses import dataclass

from ibis import _
from ibis.expr import types as ir

from monitor.metrics.ask import Ask
from monitor.metrics.engine import Engine, answer


@dataclass(frozen=True, slots=True)
class Extent:
    """`known_from`: since when anything is known (microseconds UTC). `first`, `last`: local days (YYYY-MM-DD)
    of the first events of the earliest and the latest case."""

    known_from: int
    first: str
    last: str


def extent(engine: Engine, ask: Ask) -> Extent | None:
    """Over all versions of the stations asked for, whatever `as_of` says; None where nothing is known."""
    [row] = answer(engine, ask, "extent", _whole)
    return None if row["known_from"] is None else Extent(row["known_from"], row["first"], row["last"])


def _whole(engine: Engine, ask: Ask) -> ir.Table:
    versions = engine.counted("case_versions")
    if ask.stations is not None:
        versions = versions.filter(versions.station.isin(list(ask.stations)))
    return versions.agg(known_from=_.known_from.min(), first=_.first_date.min(), last=_.first_date.max())
