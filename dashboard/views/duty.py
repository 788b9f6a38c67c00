"""Who is told of a flag, level by level, as it is now, and the next hours in which nobody is on duty."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from dashboard.views.moments import MINUTE, local
from monitor.cases.event import DAY
from monitor.settings.alerts import ALL, Level

if TYPE_CHECKING:
    from monitor.settings.alerts import Alerts
    from monitor.settings.configuration import Configuration

AHEAD = 7 * DAY
"""So far ahead holes of a rota are looked for."""
STEP = 15 * MINUTE
"""Shifts that begin at other minutes than the quarters of an hour are seen to the quarter."""


@dataclass(frozen=True, slots=True)
class DutyLevel:
    """A level. `told`: keys of who is told now; `hole`: the first hours of the coming week in which nobody
    is, microseconds."""

    name: str
    delay: int
    told: tuple[str, ...]
    rota: str | None
    hole: tuple[int, int] | None


@dataclass(frozen=True, slots=True)
class DutyList:
    """The levels of a station, or (None) of every station that has no list of its own."""

    station: str | None
    levels: tuple[DutyLevel, ...]


def duty_lists(configuration: Configuration, station: str | None, now: int) -> Iterator[DutyList]:
    """Of one station, or of all: first what holds for each, then stations with a list of their own."""
    alerts = configuration.alerts
    if station is not None:
        yield _list(alerts, station, configuration.zone_of(station), now)
        return
    if ALL in alerts.levels:
        yield _list(alerts, None, configuration.zone, now)
    for code in alerts.levels:
        if code != ALL:
            yield _list(alerts, code, configuration.zone_of(code), now)


def _list(alerts: Alerts, station: str | None, zone: ZoneInfo, now: int) -> DutyList:
    levels = alerts.levels_of(station or ALL)
    here = local(now, zone)
    return DutyList(
        station,
        tuple(
            DutyLevel(one.name, one.delay, alerts.told_at(one, here), one.rota, hole(alerts, one, zone, now))
            for one in levels
        ),
    )


def hole(alerts: Alerts, level: Level, zone: ZoneInfo, now: int) -> tuple[int, int] | None:
    """The first hours from now on, within a week, in which a level has nobody; None where there are none."""
    if level.recipients:
        return None
    first: int | None = None
    for at in range(now - now % STEP, now + AHEAD, STEP):
        somebody = bool(alerts.told_at(level, local(at, zone)))
        if somebody and first is not None:
            return max(first, now), at
        if not somebody and first is None:
            first = at
    return None if first is None else (max(first, now), now + AHEAD)
