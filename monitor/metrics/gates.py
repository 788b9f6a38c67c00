"""The release gates of the stations as conditions on a case: what its release waited for."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time

import ibis
from ibis import _

from monitor.cases.event import SECOND
from monitor.settings.entry import latest_in_force
from monitor.settings.stations import Need, Station

_EVER = 2**62


@dataclass(frozen=True, slots=True)
class GateSpan:
    """What releases of a station wait for, for cases that start in [since, until) (microseconds UTC)."""

    station: str
    since: int
    until: int
    needs: frozenset[Need]


def gate_spans(stations: Mapping[str, Station]) -> tuple[GateSpan, ...]:
    """Every gate of the configured stations with the span of starts for which it is in force.

    A start before the first gate, or at a site without one, has the law's own: the removal alone.
    """
    return tuple(span for station in stations.values() for span in _of(station))


def _of(station: Station) -> Iterator[GateSpan]:
    days = {gate.since for gate in station.gates}
    days |= {date.fromordinal(g.until.toordinal() + 1) for g in station.gates if g.until is not None}
    if not days:
        return
    ordered = sorted(days)
    for first, after in zip(ordered, [*ordered[1:], None], strict=True):
        gate = latest_in_force(station.gates, first)
        if gate is not None:
            since = _midnight(first, station)
            until = _EVER if after is None else _midnight(after, station)
            yield GateSpan(station.code, since, until, frozenset(gate.needs))


def _midnight(day: date, station: Station) -> int:
    return round(datetime.combine(day, time(), station.tz).timestamp()) * SECOND


def needed(need: Need, spans: Iterable[GateSpan], start: str = "confirmed_at") -> ibis.Deferred:
    """Whether the gate in force at the start of a case waits for this. `start` names the column."""
    spans = tuple(spans)
    within = _within([span for span in spans if need in span.needs], start)
    if need is Need.REMOVAL:
        # The law's own gate holds wherever no other is in force.
        others = _within([span for span in spans if need not in span.needs], start)
        return ~_any(others)
    return _any(within)


def _within(spans: Iterable[GateSpan], start: str) -> list[ibis.Deferred]:
    """A condition for all stations whose gates are in force over the same span."""
    stations: dict[tuple[int, int], list[str]] = {}
    for span in spans:
        stations.setdefault((span.since, span.until), []).append(span.station)
    return [
        _.station.isin(names) & (_[start] >= since) & (_[start] < until)
        for (since, until), names in stations.items()
    ]


def _any(conditions: list[ibis.Deferred]) -> ibis.Deferred:
    found: ibis.Deferred = _.station.isnull()
    for condition in conditions:
        found = found | condition
    return found
