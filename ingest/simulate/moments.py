"""Instants of the simulated county, and how its people write them. China has one zone, no clock changes."""

from __future__ import annotations

import datetime as dt
from random import Random
from zoneinfo import ZoneInfo

ZONE = ZoneInfo("Asia/Shanghai")
SECOND = 1_000_000
MINUTE = 60 * SECOND
HOUR = 60 * MINUTE
DAY = 24 * HOUR
OFFSET = 8 * HOUR


def local(at: int) -> dt.datetime:
    """The instant as a local datetime."""
    return dt.datetime.fromtimestamp(at // SECOND, ZONE)


def instant(day: dt.date, hour: float = 0.0) -> int:
    """Microseconds of an hour of a local day."""
    midnight = dt.datetime(day.year, day.month, day.day, tzinfo=ZONE)
    return int(midnight.timestamp()) * SECOND + round(hour * 60) * MINUTE


def day_start(at: int) -> int:
    """The local midnight at or before an instant."""
    return at - (at + OFFSET) % DAY


def hour_of(at: int) -> float:
    """Local hour of the day, with its fraction."""
    return ((at + OFFSET) % DAY) / HOUR


def whole_minute(at: float) -> int:
    """Cut to the minute: what people write into ledgers."""
    return int(at) - int(at) % MINUTE


def within_hours(at: int, opens: float, closes: float, *, weekdays_only: bool = False) -> int:
    """The instant itself where it lies in opening hours, else the next opening."""
    for _ in range(12):
        start = day_start(at)
        closed = weekdays_only and local(at).weekday() >= 5
        if not closed and at < start + round(closes * HOUR):
            return max(at, start + round(opens * HOUR))
        at = start + DAY
    raise ValueError("no opening within twelve days")


def spread(rng: Random, median_minutes: float, sigma: float) -> int:
    """A duration with this median and a long tail, in whole minutes, as microseconds."""
    return max(1, round(median_minutes * rng.lognormvariate(0.0, sigma))) * MINUTE


def stamp(at: int) -> str:
    """`2026-11-26 14:32:00`."""
    return local(at).strftime("%Y-%m-%d %H:%M:%S")


def iso(at: int) -> str:
    """RFC 3339 with the county's offset."""
    return local(at).isoformat()
