"""What is asked of a metric: as of when, of which stations and days, and by what it is told apart."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class By(StrEnum):
    """What rows of an answer are told apart by."""

    STATION = "station"
    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    VEHICLE = "vehicle"
    AUTHORITY = "authority"
    HOUR = "hour"
    """Hour of the local day, 0 to 23; of payments alone."""


@dataclass(frozen=True, slots=True)
class Ask:
    """A question. `as_of`: microseconds UTC; only what was known by then counts, and open cases are judged at
    that moment. `since` and `until`: local days in the zone of each station, half-open; None is open.
    `stations`, `vehicles`: codes, None is all. `by`: the breakdown, nothing for one row.

    Raises ValueError for an empty span of days.
    """

    as_of: int
    stations: tuple[str, ...] | None = None
    since: date | None = None
    until: date | None = None
    vehicles: tuple[str, ...] | None = None
    by: tuple[By, ...] = ()

    def __post_init__(self) -> None:
        # Where an expression is written for all days, parameters stand for them.
        days = isinstance(self.since, date) and isinstance(self.until, date)
        if days and self.since >= self.until:  # type: ignore[operator]
            raise ValueError(f"no day from {self.since} to before {self.until}")
