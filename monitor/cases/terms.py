"""What the fold needs to know of a station: whether it holds vehicles, its limit over time, its zone."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from zoneinfo import ZoneInfo

WeightLimit = Callable[[str | None, int | None, int], tuple[int, str] | None]
"""(vehicle kind, axles, instant) → limit in kg and the rule's code, or None where none applies."""


def no_weight_limit(vehicle: str | None, axles: int | None, at: int) -> tuple[int, str] | None:
    """For stations without a table of limits."""
    del vehicle, axles, at
    return None


@dataclass(frozen=True, slots=True)
class Terms:
    """A station's terms.

    `limits` are (in force from, seconds) in ascending order: the limit of clock A by the start of a case.
    `future_tolerance` (microseconds) is how far a time may lie after its receipt before it is a finding.
    """

    station: str
    holds: bool
    zone: ZoneInfo
    limits: tuple[tuple[int, int], ...]
    weight_limit: WeightLimit = no_weight_limit
    future_tolerance: int = 300_000_000

    def limit_at(self, start: int) -> int:
        """Seconds from confirmation within which a vehicle confirmed at `start` is to be released."""
        chosen = self.limits[0][1]
        for since, seconds in self.limits:
            if since <= start:
                chosen = seconds
        return chosen
