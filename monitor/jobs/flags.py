"""The jobs that raise flags and send their messages."""

from __future__ import annotations

import time
from collections.abc import Callable

from monitor.alerts.outbox import Delivery
from monitor.alerts.scan import scan
from monitor.alerts.watching import Watched
from monitor.cases.event import SECOND
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


def send_messages(delivery: Delivery, wait: Callable[[float], None] = time.sleep) -> Outcome:
    """Send what waits, also what a scan has just left; a notice while messages are dead."""
    sent = delivery.run()
    if delivery.has_fresh():
        wait(delivery.settle / SECOND + 0.1)
        sent += delivery.run()
    dead = delivery.dead()
    return Outcome(sent, "messages_dead", {"n": str(dead)}) if dead else Outcome(sent)
