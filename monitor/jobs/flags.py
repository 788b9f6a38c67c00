"""The job that raises flags."""

from __future__ import annotations

from monitor.alerts.scan import scan
from monitor.alerts.watching import Watched
from monitor.jobs.outcome import Outcome
from monitor.settings.calendar import file_of
from monitor.settings.configuration import Configuration
from monitor.store.database import Database


def raise_flags(database: Database, configuration: Configuration, watched: Watched, now: int) -> Outcome:
    """A scan; a notice while legal dates cannot be told because the calendar of a year is missing."""
    found = scan(database, configuration, now, watched)
    if not found.unknown:
        return Outcome(found.cases)
    year, n = found.unknown[0]
    params = {"year": str(year), "n": str(n), "file": file_of(year)}
    return Outcome(found.cases, "calendar_unknown", params)
