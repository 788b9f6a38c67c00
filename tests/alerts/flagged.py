"""A configuration for flags written out by hand, and what stands of them in a database."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import cache
from typing import NamedTuple

from monitor.cases.terms import Terms
from monitor.settings.alerts import read_alerts
from monitor.settings.configuration import Configuration, load_configuration
from monitor.settings.environment import Settings
from monitor.settings.yamlfile import parse_yaml
from monitor.store.database import Database, ask
from tests.factories import terms

HELD = "14042302"
"""A station whose gate waits for removal alone."""
GATED = "14042301"
"""One whose gate waits for payment as well."""

ALERTS = """
sources:
  law: {title: {zh: 法}, document: 某号}
thresholds:
  all:
    - from: 2000-01-01
      a: {left: [12h, 6h, 2h], overdue_every: 6h, overdue_for: 1d}
      b: {left: [2h]}
      c: {left: [2h]}
      steps: {decide: 6h, confirm_payment: 2h, unload: 4h, reweigh: 1h}
      held_after_removal: 30m
      paid_not_released: 30m
      legal: [publish, copy_home, pay, decide]
      legal_warn_days: [2]
      findings: [second_confirmation]
legal:
  publish: [{from: 2000-01-01, working_days: 7, source: law}]
  copy_home: [{from: 2000-01-01, working_days: 7, source: law}]
  decide: [{from: 2000-01-01, days: 90, source: law}]
feeds: true
jobs: true
channels:
  log: {kind: log}
recipients:
  duty: {name: {zh: 值班}, channel: log}
  second: {name: {zh: 副班}, channel: log}
  chief: {name: {zh: 站长}, channel: log}
levels:
  all:
    - {name: duty, recipients: [duty, second]}
    - {name: chief, after: 30m, recipients: [chief]}
"""


@cache
def configuration(alerts: str = ALERTS) -> Configuration:
    """The shipped configuration with these alerts."""
    told = read_alerts(parse_yaml(alerts, "alerts.yaml"))
    shipped = load_configuration(Settings())
    # Another text is another configuration to the scan, as another file would be.
    return replace(shipped, alerts=told, digests={"alerts.yaml": alerts})


def terms_of(station: str) -> Terms:
    """A station that holds vehicles for 24 hours."""
    return replace(terms(), station=station)


class Stands(NamedTuple):
    """A flag as a test asks of it."""

    case_no: str | None
    clock: str
    threshold: str
    state: str


def stands(database: Database, *clocks: str) -> list[Stands]:
    """Every flag in the order of being raised, of these clocks alone where any are named."""
    statement = "SELECT case_no, clock, threshold, state FROM flags ORDER BY id"
    with database.read() as connection:
        found = [Stands(*row) for row in ask(connection, statement)]
    return [one for one in found if not clocks or one.clock in clocks]


def messages(database: Database, *clocks: str) -> list[tuple[str, str, str, str]]:
    """Clock, threshold, recipient and state of every message, in order."""
    statement = (
        "SELECT f.clock, f.threshold, o.recipient, o.state FROM outbox o JOIN flags f ON f.id = o.flag_id"
        " ORDER BY o.id"
    )
    with database.read() as connection:
        found = [(row[0], row[1], row[2], row[3]) for row in ask(connection, statement)]
    return [one for one in found if not clocks or one[0] in clocks]


Told = Callable[..., None]
