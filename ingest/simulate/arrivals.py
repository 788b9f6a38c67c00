"""When overloaded vehicles are confirmed: by hour of day and day of week."""

from __future__ import annotations

import datetime as dt
import math
from random import Random

from .moments import HOUR, SECOND, instant

_BY_HOUR = (5, 4, 4, 4, 4, 4, 3, 3, 3, 4, 4, 3, 3, 3, 4, 4, 4, 4, 5, 6, 7, 7, 6, 6)
"""Relative numbers: trucks run late in the evening and at night, when towns are open to them."""

_BY_WEEKDAY = (1.05, 1.05, 1.0, 1.0, 1.1, 0.95, 0.85)


def poisson(rng: Random, mean: float) -> int:
    """A count with this mean (Knuth's method; means here are below ten)."""
    edge, product, count = math.exp(-mean), rng.random(), 0
    while product > edge:
        count += 1
        product *= rng.random()
    return count


def arrivals(rng: Random, day: dt.date, per_day: float) -> list[int]:
    """Instants of confirmation on a local day, in order, seconds told."""
    count = poisson(rng, per_day * _BY_WEEKDAY[day.weekday()])
    hours = rng.choices(range(24), _BY_HOUR, k=count)
    midnight = instant(day)
    return sorted(midnight + hour * HOUR + rng.randrange(3600) * SECOND for hour in hours)
