"""The ISO week of a report, the weeks behind it, and why there is no report of some weeks."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from monitor.cases.event import SECOND

BACK = 12
"""Weeks that stand behind the one of the report, itself the last of them."""
CHARTED = 26
"""Weeks that the chart of the rate looks at."""
DUE = time(8)
"""The hour of the Monday after a week at which its report is due."""


class NoReport(Exception):
    """There is no report of a week: the text `weekly.no_report.<code>` with its parameters says why."""

    def __init__(self, code: str, **params: str) -> None:
        super().__init__(code, params)
        self.code = code
        self.params = params


@dataclass(frozen=True, slots=True)
class Week:
    """An ISO week by its Monday, a local day."""

    monday: date

    @classmethod
    def named(cls, text: str) -> Week:
        """The week of `2024-W30`. Raises NoReport where it is none."""
        told = re.fullmatch(r"(\d{4})-W(\d{2})", text.strip())
        try:
            if told is not None:
                return cls(date.fromisocalendar(int(told[1]), int(told[2]), 1))
        except ValueError:
            pass
        raise NoReport("not_a_week", week=text)

    @classmethod
    def holding(cls, instant: int, zone: ZoneInfo) -> Week:
        """The week that holds an instant (microseconds)."""
        day = datetime.fromtimestamp(instant // SECOND, UTC).astimezone(zone).date()
        return cls(day - timedelta(days=day.weekday()))

    @property
    def name(self) -> str:
        year, week, _ = self.monday.isocalendar()
        return f"{year:04d}-W{week:02d}"

    @property
    def sunday(self) -> date:
        return self.monday + timedelta(days=6)

    @property
    def after(self) -> date:
        """The day after its last one."""
        return self.monday + timedelta(days=7)

    def back(self, weeks: int) -> Week:
        """The week so many weeks before."""
        return Week(self.monday - timedelta(days=7 * weeks))

    def begins(self, zone: ZoneInfo) -> int:
        """Its first instant (microseconds)."""
        return _instant(self.monday, time(), zone)

    def ends(self, zone: ZoneInfo) -> int:
        """The first instant after it."""
        return _instant(self.after, time(), zone)

    def due(self, zone: ZoneInfo) -> int:
        """When its report is due: on the Monday after it."""
        return _instant(self.after, DUE, zone)


def _instant(day: date, at: time, zone: ZoneInfo) -> int:
    return round(datetime.combine(day, at, zone).timestamp()) * SECOND
