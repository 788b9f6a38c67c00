"""What the loop watches beside cases: silent feeds, jobs that fail three times in a row, failing channels."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import orjson
from sqlalchemy import Connection

from monitor.alerts.dues import Due, Threshold, version_of
from monitor.alerts.message import SENDING
from monitor.cases.event import SECOND
from monitor.cases.revision import valid_events
from monitor.settings.alerts import Alerts, Failing
from monitor.settings.cadence import span
from monitor.settings.configuration import Configuration
from monitor.store.board import failed_payments, feeds_seen
from monitor.store.database import Database
from monitor.store.flags import LIVE, flags_of_no_case
from monitor.store.jobs import FAILURES_SHOWN, job_states
from monitor.store.log import events_of
from monitor.store.outbox import ways_failing

SILENT, FAILING = "silent", "failing"


class Watched(NamedTuple):
    """Feeds with the seconds within which something should come of each, and names of jobs."""

    feeds: Mapping[str, int]
    jobs: Sequence[str]


NOTHING = Watched({}, ())


class AtPlace(NamedTuple):
    """A clock and its station, empty where it belongs to none."""

    station: str
    due: Due


def watched_dues(
    database: Database, configuration: Configuration, watched: Watched, now: int
) -> list[AtPlace]:
    """Their clocks. A feed begins anew whenever it speaks, a job with its first failure in a row; a feed that
    never delivered is not missed, since nobody has set it up. A channel that fails stays the same clock until
    it fails no more."""
    alerts = configuration.alerts
    found = [AtPlace("", due) for due in _feeds_and_jobs(database, alerts, watched)]
    with database.read() as connection:
        failing = [*_payment_channels(connection, configuration, now), *_ways_out(connection, alerts, now)]
        if not failing:
            return found
        known = {flag.clock: flag.version for flag in flags_of_no_case(connection, ()) if flag.state in LIVE}
    for station, clock, since in failing:
        version = known.get(clock) or version_of(since, FAILING)
        found.append(AtPlace(station, Due(clock, version, version, (Threshold(FAILING, since),))))
    return found


def _feeds_and_jobs(database: Database, alerts: Alerts, watched: Watched) -> list[Due]:
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


class _Failed(NamedTuple):
    """A channel that fails since then."""

    station: str
    clock: str
    since: int


def _payment_channels(connection: Connection, configuration: Configuration, now: int) -> list[_Failed]:
    """Channels of payment of which as many attempts failed within a while as the station's rule says, since
    the attempt that made them so many."""
    rules: dict[str, Failing] = {}
    for code, station in configuration.stations.items():
        known = configuration.alerts.at_station(code, station.day_of(now))
        if known is not None and known.channel_failing is not None:
            rules[code] = known.channel_failing
    if not rules:
        return []
    since = now - max(span(rule.within) for rule in rules.values())
    stations = failed_payments(connection, since)
    failed: dict[tuple[str, str], list[int]] = {}
    for case_id, told in events_of(connection, stations, ("pay_failed", "voided")).items():
        place = stations[case_id]
        for event in valid_events(told.own, told.elsewhere).events:
            channel = orjson.loads(event.data).get("channel") if event.data else None
            if event.activity == "pay_failed" and channel and place in rules:
                failed.setdefault((place, str(channel)), []).append(event.occurred_at)
    found = []
    for (place, channel), instants in sorted(failed.items()):
        rule = rules[place]
        late = sorted(at for at in instants if now - span(rule.within) <= at <= now)
        if len(late) >= rule.failures:
            found.append(_Failed(place, f"channel:{place}:{channel}", late[rule.failures - 1]))
    return found


def _ways_out(connection: Connection, alerts: Alerts, now: int) -> list[_Failed]:
    """Channels of our own messages that failed several times in a row, or gave messages up."""
    found = []
    for name, since in ways_failing(connection, alerts.delivery.failing_after):
        if name in alerts.channels:
            found.append(_Failed("", f"{SENDING}{name}", min(since, now)))
    return found


def _due(clock: str, since: int, threshold: Threshold) -> Due:
    version = version_of(since, threshold.name)
    return Due(clock, version, version, (threshold,))
