"""What the loop watches beside cases: feeds that go silent, jobs that fail three times in a row."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from monitor.alerts.dues import Due, Threshold, version_of
from monitor.cases.event import SECOND
from monitor.settings.alerts import Alerts
from monitor.store.board import feeds_seen
from monitor.store.database import Database
from monitor.store.jobs import FAILURES_SHOWN, job_states

SILENT, FAILING = "silent", "failing"


class Watched(NamedTuple):
    """Feeds with the seconds within which something should come of each, and names of jobs."""

    feeds: Mapping[str, int]
    jobs: Sequence[str]


NOTHING = Watched({}, ())


def watched_dues(database: Database, alerts: Alerts, watched: Watched, now: int) -> list[Due]:
    """Their clocks. A feed begins anew whenever it speaks, a job with its first failure in a row; a feed that
    never delivered is not missed, since nobody has set it up."""
    found = []
    if alerts.feeds:
        for name, feed in feeds_seen(database).items():
            seconds = watched.feeds.get(name)
            if seconds is not None:
                silent = Threshold(SILENT, feed.last_at + seconds * SECOND)
                found.append(_due(f"feed:{name}", feed.last_at, silent))
    if alerts.jobs:
        for name, state in job_states(database, watched.jobs).items():
            if state.failures >= FAILURES_SHOWN and state.since is not None and state.last is not None:
                found.append(_due(f"job:{name}", state.since, Threshold(FAILING, state.last.started)))
    return found


def _due(clock: str, since: int, threshold: Threshold) -> Due:
    version = version_of(since, threshold.name)
    return Due(clock, version, version, (threshold,))
