"""Limits of clocks B and C, `config/clocks.yaml`, each with its source, dates and who confirmed it.

Clock A's limit belongs to a station and stands in `stations.yaml`.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from typing import Annotated
from zoneinfo import ZoneInfo

from pydantic import Field

from monitor.settings.entry import Entry, overlaps, typed
from monitor.settings.limits import LegalSource, Sourced
from monitor.settings.problem import ConfigError, ConfigProblem
from monitor.settings.stations import SECOND
from monitor.settings.yamlfile import Document


class ClockLimit(Sourced):
    """Hours from start to end, wall clock, for what starts while it is in force."""

    hours: Annotated[float, Field(gt=0, le=24 * 30)]

    @property
    def span(self) -> int:
        """The limit in microseconds."""
        return round(self.hours * 3600 * SECOND)


Spans = Annotated[tuple[ClockLimit, ...], Field(min_length=1)]


class Clocks(Entry):
    """`clocks.yaml`."""

    sources: dict[str, LegalSource]
    b: Spans
    """`accepted` → police decision."""
    c: Spans
    """`detained` → `handed_in`."""

    def b_at(self, start: int | None, zone: ZoneInfo) -> ClockLimit:
        """The limit of clock B for what starts at an instant (microseconds), by its day in a zone.

        The first also holds before its own beginning; with no start known it is the last.
        """
        return _at(self.b, start, zone)

    def c_at(self, start: int | None, zone: ZoneInfo) -> ClockLimit:
        """The limit of clock C in the same way."""
        return _at(self.c, start, zone)


def _at(limits: tuple[ClockLimit, ...], start: int | None, zone: ZoneInfo) -> ClockLimit:
    ordered = sorted(limits, key=lambda limit: limit.since)
    if start is None:
        return ordered[-1]
    day = datetime.fromtimestamp(start // SECOND, zone).date()
    return max((limit for limit in ordered if limit.since <= day), key=_since, default=ordered[0])


def _since(limit: ClockLimit) -> date:
    return limit.since


def read_clocks(document: Document) -> Clocks:
    """The limits of a document. Raises ConfigError."""
    clocks = typed(Clocks, document)
    problems = list(_problems(clocks, document))
    if problems:
        raise ConfigError(problems)
    return clocks


def _problems(clocks: Clocks, document: Document) -> Iterator[ConfigProblem]:
    for name, limits in (("b", clocks.b), ("c", clocks.c)):
        for position, limit in enumerate(limits):
            if limit.source not in clocks.sources:
                known = ", ".join(clocks.sources)
                yield document.problem(
                    (name, position, "source"), "unknown_source", value=limit.source, known=known
                )
        for later, earlier in overlaps(limits):
            line = str(document.place((name, earlier))[1])
            since = str(limits[earlier].since)
            yield document.problem((name, later, "from"), "overlapping_dates", since=since, first=line)
