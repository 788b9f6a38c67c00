"""Removing the overload: finding a truck for the surplus, unloading, reweighing until within the limit."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

from .case import SimCase
from .moments import MINUTE, spread, whole_minute
from .queue import Server
from .tracks import is_night, lag
from .vehicles import division


@dataclass(slots=True)
class Yard:
    """The unloading bay and the static scale of a station."""

    bay: Server
    scale: Server


def yard() -> Yard:
    return Yard(Server(2), Server(1))


def adjusted_on_site(rng: Random, case: SimCase) -> int:
    """A small surplus that the driver takes off himself: the violation is recorded as removed, no reweigh."""
    at = whole_minute(case.confirmed_at) + spread(rng, 150, 0.5)
    return case.add("violation_removed", at, lag(rng), reason="超限量小,当事人自行整改,现场查验")


def unloaded(rng: Random, case: SimCase, yard: Yard) -> int:
    """Unloaded, or moved to another truck, and reweighed. When the violation ended."""
    start = whole_minute(case.confirmed_at)
    wait = spread(rng, 330, 0.55)
    if is_night(start):
        wait = round(wait * 1.35)
    comes = start + wait
    gross = case.vehicle.gross_kg
    left = case.vehicle.limit_kg - division(rng.uniform(20, 900))
    failures = 1 if rng.random() < 0.11 else 0
    while True:
        begins, ends = yard.bay.serve(comes, spread(rng, 75, 0.45))
        case.add("unloading", whole_minute(begins), lag(rng))
        moved = not failures and rng.random() < 0.14
        ends = max(ends, begins + 10 * MINUTE)
        case.add("cargo_transferred" if moved else "unloaded", whole_minute(ends), lag(rng))
        weighs, done = yard.scale.serve(ends + spread(rng, 25, 0.7), 12 * MINUTE)
        at = whole_minute(max(weighs, ends) + 6 * MINUTE)
        if failures:
            failures -= 1
            gross = min(gross - 40, case.vehicle.limit_kg + division(rng.uniform(60, 1_400)))
            case.add("reweighed", at, lag(rng), gross_kg=gross)
            comes = done + spread(rng, 50, 0.5)
            continue
        case.add("reweighed", at, lag(rng), gross_kg=min(left, gross - 20))
        return at
