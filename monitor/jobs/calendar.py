"""Looking whether the calendar of the coming year has been entered, while there is time to enter it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from zoneinfo import ZoneInfo

from monitor.cases.event import SECOND
from monitor.jobs.outcome import Outcome, Problem
from monitor.settings.calendar import Calendar, file_of


def check_calendar(calendar: Calendar, ahead: int, zone: ZoneInfo, moment: Callable[[], int]) -> Outcome:
    """A notice from `ahead` days before a year without calendar begins.

    Raises Problem once that year has begun: from then on no period in working days can be reckoned.
    """
    today = datetime.fromtimestamp(moment() // SECOND, zone).date()
    year = calendar.missing_by(today, ahead)
    if year is None:
        return Outcome()
    params = {"year": str(year), "file": file_of(year)}
    if year <= today.year:
        raise Problem("calendar_missing_now", params)
    left = (date(year, 1, 1) - today).days
    return Outcome(problem="calendar_missing", params={**params, "days": str(left)})
