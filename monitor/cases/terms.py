"""What the fold needs to know of a station: whether it holds vehicles, its limit over time, its zone."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from zoneinfo import ZoneInfo

from monitor.cases.activity import HELD_SITE_TYPES
from monitor.cases.limit import Vehicle, applied_limit
from monitor.settings.limits import Limits
from monitor.settings.stations import Station

WeightLimit = Callable[[str | None, int | None, int], tuple[int, str] | None]
"""(vehicle kind, axles, instant) → limit in kg and the rule's code, or None where none applies."""


Certified = Callable[[str, int], bool | None]
"""(scale or lane, instant) → whether a certificate of it was in force; None for a scale nobody configured."""


def no_scales(scale: str, at: int) -> bool | None:
    """For stations that name no scales."""
    del scale, at
    return None


def no_weight_limit(vehicle: str | None, axles: int | None, at: int) -> tuple[int, str] | None:
    """For stations without a table of limits."""
    del vehicle, axles, at
    return None


@dataclass(frozen=True, slots=True)
class Terms:
    """A station's terms.

    `limits` are (in force from in microseconds, seconds) in ascending order: the limit of clock A by the
    start of a case; the first also holds before its own beginning. `future_tolerance` (microseconds) is how
    far a time may lie after its receipt before it is a finding.
    """

    station: str
    holds: bool
    zone: ZoneInfo
    limits: tuple[tuple[int, int], ...]
    weight_limit: WeightLimit = no_weight_limit
    future_tolerance: int = 300_000_000
    certified: Certified = no_scales
    axle_sum_tolerance: float = 0.02
    """Share of the gross weight by which the sum of the axle weights may differ from it."""

    def limit_at(self, start: int) -> int | None:
        """Seconds from confirmation within which a vehicle confirmed at `start` is to be released.

        None where the station has no limit, for example a toll gate where a vehicle was detained.
        """
        chosen = None
        for since, seconds in self.limits:
            if chosen is None or since <= start:
                chosen = seconds
        return chosen


def terms_of(station: Station, limits: Limits, future_tolerance: int) -> Terms:
    """The terms of a configured station; `future_tolerance` in microseconds."""

    @lru_cache(maxsize=4096)
    def on_day(vehicle: str | None, axles: int | None, day: int) -> tuple[int, str] | None:
        found = applied_limit(limits, Vehicle(axles, vehicle), station.day_of(day))
        return None if found is None else (found.kg, found.rule)

    def weight_limit(vehicle: str | None, axles: int | None, at: int) -> tuple[int, str] | None:
        return on_day(vehicle, axles, at - at % _QUARTER)

    def certified(scale: str, at: int) -> bool | None:
        known = station.scales.get(scale)
        return None if known is None else known.certificate_on(station.day_of(at)) is not None

    return Terms(
        station.code,
        station.site_type in HELD_SITE_TYPES,
        station.tz,
        station.limit_spans(),
        weight_limit,
        future_tolerance,
        certified,
        limits.axle_sum_tolerance_percent / 100,
    )


_QUARTER = 900_000_000
"""Local days begin at whole quarters of an hour everywhere."""
