"""What an overload may cost by law and by the example baseline, in the simulator's own copy: so a mistake in
the rule sets shows as a difference instead of being simulated along. Money in fen."""

from __future__ import annotations

import math
from typing import NamedTuple

from .vehicles import Vehicle


class Allowed(NamedTuple):
    """The least and the most a fine may be; equal where a formula leaves no room."""

    low: int
    high: int

    @property
    def room(self) -> bool:
        return self.high > self.low


MOST_FEN = 3_000_000
"""Several acts together at most 30,000 yuan (交通运输部令2016年第62号, art. 43)."""

POLICE_BANDS = (
    (0.3, Allowed(20_000, 50_000)), (0.5, Allowed(50_000, 100_000)), (1.0, Allowed(100_000, 150_000)),
    (math.inf, Allowed(150_000, 200_000)),
)  # fmt: skip
"""By the load over the approved load: 道路交通安全法 art. 92 (200 to 500, then 500 to 2,000 yuan), narrowed
by the example baseline."""

WARNED_KG = 1_000
"""Up to so much over is a warning."""

SIMPLE_FEN = {"citizen": 20_000, "organisation": 300_000}
"""Ceilings of the simple procedure (行政处罚法 art. 51)."""

SIMPLE_POLICE_FEN = 20_000
"""Of the police, for anybody (道路交通安全法 art. 107)."""


def mass_fine(over_kg: int) -> int:
    """Fen: 500 yuan for each whole 1,000 kg over, at most 30,000 yuan; nothing up to 1,000 kg (art. 43)."""
    return 0 if over_kg <= WARNED_KG else min(MOST_FEN, 500 * (over_kg // 1_000) * 100)


def size_band(car: Vehicle) -> Allowed:
    """What the size alone may cost (the example baseline within art. 43); nothing where no side is over its
    limit or was measured."""
    length, width, height = car.length_mm or 0, car.width_mm or 0, car.height_mm or 0
    if length <= 18_100 and width <= 2_550 and height <= 4_000:
        return Allowed(0, 0)
    if height <= 4_200 and width <= 3_000 and length <= 20_000:
        return Allowed(0, 10_000)
    if height <= 4_500 and width <= 3_750 and length <= 28_000:
        return Allowed(20_000, 60_000)
    return Allowed(100_000, 200_000)


def load_share(car: Vehicle) -> float:
    """By how much the load is over the approved load, as a share of it."""
    return (car.gross_kg - car.tare_kg - car.approved_load_kg) / car.approved_load_kg


def allowed(car: Vehicle, authority: str) -> Allowed:
    """The band of a fine on either track, for a vehicle with two acts at most in the year before."""
    if authority == "police":
        share = load_share(car)
        return next(band for most, band in POLICE_BANDS if share <= most)
    mass, size = mass_fine(car.over_kg), size_band(car)
    return Allowed(min(MOST_FEN, mass + size.low), min(MOST_FEN, mass + size.high))


def exempt(car: Vehicle, authority: str) -> bool:
    """Whether a first act of this kind goes without a penalty where it was put right at once (首违不罚)."""
    return load_share(car) <= 0.10 if authority == "police" else car.over_kg <= 2_000


def police_points(car: Vehicle) -> int:
    """Points by the gross mass over its limit (art. 92 and its scale of points)."""
    over = car.over_kg / car.limit_kg
    return 1 if over < 0.3 else 3 if over < 0.5 else 6


def simple_ceiling(authority: str, party_kind: str) -> int:
    """The most the simple procedure may impose."""
    return SIMPLE_POLICE_FEN if authority == "police" else SIMPLE_FEN[party_kind]
