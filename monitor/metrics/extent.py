"""What there is at all: when the first case became known, and on which days cases lie."""

from __future__ import annotations

from dataclasses import dataclass

from ibis import _

from monitor.metrics.ask import Ask
from monitor.metrics.engine import Engine


@dataclass(frozen=True, slots=True)
class Extent:
    """`known_from`: since when anything is known (microseconds UTC). `first`, `last`: local days (YYYY-MM-DD)
    of the first events of the earliest and the latest case."""

    known_from: int
    first: str
    last: str


def extent(engine: Engine, ask: Ask) -> Extent | None:
    """Over all versions of the stations asked for, whatever `as_of` says; None where nothing is known."""
    versions = engine.table("case_versions")
    if ask.stations is not None:
        versions = versions.filter(versions.station.isin(list(ask.stations)))
    [row] = engine.rows(
        versions.agg(known_from=_.known_from.min(), first=_.first_date.min(), last=_.first_date.max())
    )
    return None if row["known_from"] is None else Extent(row["known_from"], row["first"], row["last"])
