"""Every truck that rolls over a scale: many more than there are cases, and most of them within the limit."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace
from random import Random

from ..moments import DAY, MINUTE, SECOND, day_start, instant, local
from ..sites import Site
from ..vehicles import Vehicle, division, vehicle

DAYS = 4
"""So many of the last days have weighings: a record a truck is a lot, and one week says as much as a year."""

OLD_SCALE_UNTIL = instant(dt.date(2024, 1, 1))
"""W2 of 城西 stands in the configuration with a certificate that ran out the day before."""


@dataclass(frozen=True, slots=True)
class Weighing:
    """One passage over a scale; weights in kg. A re-check has the check number of the first weighing."""

    site: Site
    check_no: str
    check_type: int
    at: int
    car: Vehicle
    lane: str
    scale: str
    told_at: int

    @property
    def activity(self) -> str:
        return "weighed" if self.check_type == 1 else "reweighed"


def traffic(seed: int, site: Site, since: int, until: int, per_day: int) -> list[Weighing]:
    """First weighings and re-checks of the last days at a site, in the order of time.

    Vehicles of cases are not among them: their weighings come with their case number elsewhere. About one
    truck in forty is over its limit by a little, shifts its load and is weighed again, within the limit then.
    """
    begin = max(since, day_start(until) - (DAYS - 1) * DAY)
    scale = "W1" if site.holds else "D1"
    found: list[Weighing] = []
    for number in range((until - day_start(begin)) // DAY + 1):
        start = day_start(begin) + number * DAY
        rng = Random(f"{seed}/traffic/{site.code}/{local(start):%Y-%m-%d}")
        for place in range(per_day):
            at = start + (place * 86_400 + rng.randrange(86_400)) // per_day * SECOND
            first = _passing(rng, site, at, place, scale)
            again = rng.random() < 0.025 and site.holds
            if again:
                first = replace(first, car=_weighing(first.car, first.car.limit_kg + rng.randint(5, 40) * 20))
            late = replace(first, check_type=2, at=at + rng.randint(6, 40) * MINUTE)
            late = replace(
                late, told_at=late.at + 2 * SECOND,
                car=_weighing(first.car, first.car.limit_kg - rng.randint(3, 60) * 20),
            )  # fmt: skip
            if begin <= at and first.told_at <= until:
                found.append(first)
                if again and late.told_at <= until:
                    found.append(late)
    return sorted(found, key=lambda one: (one.told_at, one.check_no))


def _passing(rng: Random, site: Site, at: int, place: int, scale: str) -> Weighing:
    car = vehicle(rng, 0)
    gross = division(car.tare_kg + (car.limit_kg - car.tare_kg) * min(0.985, rng.betavariate(2.2, 1.0)))
    check_no = f"{site.code}{local(at):%Y%m%d%H%M%S}{500 + place}"
    return Weighing(
        site, check_no, 1, at, _weighing(car, gross), str(rng.randint(1, 4)), scale, at + 2 * SECOND
    )


def _weighing(car: Vehicle, gross_kg: int) -> Vehicle:
    return replace(car, gross_kg=gross_kg)


def overloaded(rng: Random, one: Weighing) -> Weighing:
    """The same passage over the limit by 12 to 40 %: what nobody confirms afterwards."""
    over = division(one.car.limit_kg * rng.uniform(0.12, 0.4))
    return replace(one, car=_weighing(one.car, one.car.limit_kg + over))
