"""Invented vehicles: plates, axles, the limit of their kind, and weights over it."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

LIMITS = {
    ("truck", 2): 18_000, ("truck", 3): 25_000, ("combination", 3): 27_000, ("truck", 4): 31_000,
    ("combination", 4): 36_000, ("combination", 5): 43_000, ("combination", 6): 49_000,
}  # fmt: skip
"""kg by kind and axles, as art. 3 of 交通运输部令2016年第62号 has them. The simulator weighs by its own copy,
so that a mistake in the configuration shows as a difference instead of being simulated along."""

SINGLE_DRIVE_KG = 46_000
"""Six axles with a single tractor drive axle."""

_KINDS = (("truck", 2), ("truck", 3), ("combination", 3), ("truck", 4), ("combination", 4),
          ("combination", 5), ("combination", 6))  # fmt: skip
_SHARES = (14, 9, 4, 20, 7, 8, 38)
_HOME = ("晋D",)
_OTHERS = ("晋A", "晋K", "冀D", "冀E", "豫E", "豫A", "陕K", "陕A", "鲁H", "鲁P", "蒙K", "蒙A")
_LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ"
_STEP_KG = 20
"""Scale division: every weight is a whole number of it, and so exact in tonnes with two decimals."""


@dataclass(frozen=True, slots=True)
class Vehicle:
    """A vehicle at its first weighing; weights in kg."""

    plate: str
    colour: str
    kind: str
    axles: int
    limit_kg: int
    gross_kg: int
    tare_kg: int
    approved_load_kg: int
    trailer: str | None = None
    length_mm: int | None = None
    """With its load, where it was measured; so of width and height."""
    width_mm: int | None = None
    height_mm: int | None = None

    @property
    def over_kg(self) -> int:
        return self.gross_kg - self.limit_kg


def division(kg: float) -> int:
    """Rounded to the scale's division."""
    return round(kg / _STEP_KG) * _STEP_KG


def _tail(rng: Random) -> str:
    digits = [str(rng.randint(0, 9)) for _ in range(5)]
    if rng.random() < 0.3:
        digits[rng.choice((0, 4))] = rng.choice(_LETTERS)
    return "".join(digits)


def plate(rng: Random, kind: str) -> tuple[str, str]:
    """A plate and its colour: mostly local, yellow for trucks, some new energy, now and then unread."""
    if rng.random() < 0.012:
        return "无牌车", "yellow"
    region = rng.choice(_HOME) if rng.random() < 0.62 else rng.choice(_OTHERS)
    if rng.random() < 0.05:
        return f"{region}{rng.randint(10000, 99999)}{rng.choice('DF')}", "yellow_green"
    colour = "blue" if kind == "truck" and rng.random() < 0.04 else "yellow"
    return region + _tail(rng), colour


def overload(rng: Random, limit_kg: int) -> int:
    """kg over the limit: many just over, most 10 to 40 %, few above 100 %."""
    draw = rng.random()
    if draw < 0.10:
        return division(rng.uniform(200, 1_000)) or _STEP_KG
    if draw < 0.015 + 0.10:
        return division(limit_kg * rng.uniform(1.0, 1.25))
    return max(division(1_100), division(limit_kg * min(0.95, rng.lognormvariate(-1.65, 0.55))))


def vehicle(rng: Random, over_kg: int | None = None) -> Vehicle:
    """A vehicle over its limit; by `over_kg` where it is given."""
    kind, axles = rng.choices(_KINDS, _SHARES)[0]
    number, colour = plate(rng, kind)
    limit = LIMITS[kind, axles]
    over = overload(rng, limit) if over_kg is None else over_kg
    tare = division(limit * rng.uniform(0.30, 0.36))
    trailer = None
    if kind == "combination" and rng.random() < 0.6:
        region = number[:2] if number != "无牌车" else "晋D"
        trailer = f"{region}{rng.randint(1000, 9999)}挂"
    return Vehicle(number, colour, kind, axles, limit, limit + over, tare, division(limit - tare), trailer)
