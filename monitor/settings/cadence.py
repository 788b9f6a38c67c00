"""When something is to be done: every so often, or at a time of day on a local clock."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

SECOND = 1_000_000
SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400}
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
TIME = re.compile(rf"(?:({'|'.join(WEEKDAYS)}) +)?([01]?[0-9]|2[0-3]):([0-5][0-9])")


@dataclass(frozen=True)
class Every:
    """Every so many microseconds, on a grid from the epoch: every process reckons with the same times."""

    micros: int

    def last(self, now: int) -> int:
        """The latest due time that has come."""
        return now - now % self.micros

    def next(self, now: int) -> int:
        """The first due time that is still to come."""
        return self.last(now) + self.micros


@dataclass(frozen=True)
class At:
    """Once a day, or once a week on `weekday` (Monday 0), when the clock of a place shows a time.

    A time that the clock skips when it is put forward comes as much later as was skipped; one that it shows
    twice when it is put back counts the first time. So it is always once a day.
    """

    time: time
    zone: ZoneInfo
    weekday: int | None = None

    def last(self, now: int) -> int:
        """The latest due time that has come."""
        return max(due for due in self._around(now) if due <= now)

    def next(self, now: int) -> int:
        """The first due time that is still to come."""
        return min(due for due in self._around(now) if due > now)

    def _around(self, now: int) -> list[int]:
        today = datetime.fromtimestamp(now // SECOND, self.zone).date()
        days = (today + timedelta(days=distance) for distance in range(-8, 9))
        return [self._on(day) for day in days if self.weekday in (None, day.weekday())]

    def _on(self, day: date) -> int:
        # fold=0: the first of two; a time that is skipped is reckoned with the offset before the change.
        there = datetime.combine(day, self.time, self.zone)
        return int(there.astimezone(UTC).timestamp()) * SECOND


Cadence = Every | At


def every(text: str) -> Every:
    """`30s`, `5m`, `2h`, `1d`."""
    return Every(span(text))


def at(text: str, zone: ZoneInfo) -> At:
    """`08:00`, `mon 08:00`. Raises ValueError for anything else."""
    told = TIME.fullmatch(text)
    if told is None:
        raise ValueError(text)
    day, hour, minute = told.groups()
    return At(time(int(hour), int(minute)), zone, None if day is None else WEEKDAYS.index(day))


def span(text: str) -> int:
    """`90s`, `5m` in microseconds."""
    return int(text[:-1]) * SECONDS[text[-1]] * SECOND
