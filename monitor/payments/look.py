"""Payments that a person should look at, over many cases, each judged as its own case judges it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Connection, Row, func, select

from monitor.cases.revision import valid_events
from monitor.rules.payments import Payment, payments_of
from monitor.settings.configuration import Configuration
from monitor.store.database import Database
from monitor.store.log import CaseKey, events_of
from monitor.store.tables import case_versions
from monitor.store.versions import STATE, state_of

AT_ONCE = 2_000
"""Cases whose events are read together."""

V = case_versions.c


class ToLook(NamedTuple):
    """A payment with findings, and its case; `plate` is whole: who shows it masks it."""

    key: CaseKey
    payment: Payment
    case_id: int
    plate: str | None


def payments_to_look_at(
    database: Database,
    configuration: Configuration,
    now: int,
    *,
    stations: Sequence[str] | None = None,
    since: int | None = None,
    until: int | None = None,
) -> list[ToLook]:
    """Those whose first money was told in [since, until) (microseconds; None is open), oldest first.

    Every case with money in that span is read: the cost follows the span.
    """
    began = func.coalesce(V.pay_requested_at, V.first_paid_at, V.pay_confirmed_at, V.pay_failed_at)
    wanted: list[ColumnElement[bool]] = [V.known_to.is_(None), began.is_not(None)]
    if stations is not None:
        wanted.append(V.station.in_(stations))
    if since is not None:
        wanted.append(began >= since)
    if until is not None:
        wanted.append(began < until)
    query = select(V.case_id, *STATE).where(*wanted).order_by(began, V.case_id)
    with database.read() as connection:
        rows = connection.execute(query).fetchall()
        return [
            found
            for first in range(0, len(rows), AT_ONCE)
            for found in _of(connection, rows[first : first + AT_ONCE], configuration, now)
        ]


def payments_of_cases(
    database: Database, configuration: Configuration, case_ids: Sequence[int], as_of: int
) -> list[ToLook]:
    """Those of some cases as they were known at a moment (microseconds UTC)."""
    with database.read() as connection:
        found: list[ToLook] = []
        for first in range(0, len(case_ids), AT_ONCE):
            query = select(V.case_id, *STATE).where(
                V.case_id.in_(case_ids[first : first + AT_ONCE]),
                V.known_from <= as_of,
                V.known_to.is_(None) | (V.known_to > as_of),
            )
            found += _of(connection, connection.execute(query).fetchall(), configuration, as_of)
        return found


def _of(
    connection: Connection, rows: Sequence[Row[Any]], configuration: Configuration, now: int
) -> Iterator[ToLook]:
    known = events_of(connection, [row[0] for row in rows])
    for row in rows:
        state = state_of(row[1:])
        own, elsewhere = ([one for one in told if one.known_at <= now] for told in known[row[0]])
        valid = valid_events(own, elsewhere).events
        zone = configuration.zone_of(state.station)
        for one in payments_of(state, valid, configuration.payments, zone, now):
            if one.findings:
                yield ToLook((state.station, state.case_no), one, row[0], state.plate)
