"""Messages that go to a server on loopback, flags to send, and a sender with a false clock."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from monitor.alerts.outbox import Delivery
from monitor.alerts.scan import scan
from monitor.alerts.ways import Send, send_by
from monitor.cases.event import SECOND
from monitor.settings.texts import texts
from monitor.store.database import Database, ask
from tests.alerts.flagged import ALERTS, HELD, configuration, terms_of
from tests.factories import HOUR, MINUTE, at, candidate, deliver

START = at("2026-07-01 08:00")
LEASE, MOST_ATTEMPTS = 120 * SECOND, 24
"""As shipped."""
CROSSED = START + 12 * HOUR
"""Twelve hours are left: the first threshold of clock A."""

STEPS = "{decide: 6h, confirm_payment: 2h, unload: 4h, reweigh: 1h}"
HEAD = ALERTS.partition("channels:")[0].replace(STEPS, "{}")
"""Clock A alone, so that a case has one flag at a time."""
WEBHOOK = (
    HEAD
    + """
pages: https://fangxing.example
channels:
  hook: {kind: webhook, address: "${TEST_HOOK}", private_hosts: [127.0.0.1]}
recipients:
  duty: {name: {zh: 值班}, channel: hook}
  chief: {name: {zh: 站长}, channel: hook}
levels:
  all:
    - {name: duty, recipients: [duty]}
    - {name: chief, after: 30m, recipients: [chief]}
"""
)
WECOM = WEBHOOK.replace("kind: webhook", "kind: wecom")


def raise_flags(
    database: Database, alerts: str, cases: Sequence[str], *, station: str = HELD, start: int = START
) -> int:
    """Cases that were confirmed, and the flag of each of twelve hours left; when it was raised."""
    deliver(
        database,
        [candidate("confirmed", start, case_no=case, station=station) for case in cases],
        start,
        terms_of=terms_of,
    )
    scan(database, configuration(alerts), start + 12 * HOUR)
    return start + 12 * HOUR


def release(database: Database, case: str, when: int, *, station: str = HELD) -> None:
    """The vehicle leaves."""
    deliver(
        database, [candidate("released", when, case_no=case, station=station)], when, terms_of=terms_of
    )


@dataclass
class Sender:
    """A sender whose clock goes only when it is told to."""

    database: Database
    alerts: str
    now: int
    send: Send = send_by
    chance: Callable[[], float] = field(default=lambda: 0.5)

    @property
    def delivery(self) -> Delivery:
        return Delivery(
            self.database, configuration(self.alerts), texts("zh"), lambda: self.now, self.send, self.chance
        )

    def run(self, *, after: int = 2 * SECOND) -> int:
        """One run so long after the one before."""
        self.now += after
        return self.delivery.run()

    def run_on(self, *, until: int, step: int = MINUTE) -> int:
        """Runs, one a step, until then."""
        taken = 0
        while self.now < until:
            taken += self.run(after=step)
        return taken


def outbox(database: Database, *columns: str) -> list[tuple[Any, ...]]:
    """These columns of every message, by case and recipient."""
    statement = (
        f"SELECT {', '.join(columns)} FROM outbox o JOIN flags f ON f.id = o.flag_id"
        " ORDER BY f.case_no, f.id, o.recipient"
    )
    with database.read() as connection:
        return ask(connection, statement)


def states(database: Database) -> list[str]:
    """The state of every message."""
    return [row[0] for row in outbox(database, "o.state")]
