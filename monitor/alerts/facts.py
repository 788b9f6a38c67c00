"""What legal dates ask of a decided case beside its state: publication, copy, by when it is paid."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta

from sqlalchemy import Connection

from monitor.alerts.dues import LegalFacts
from monitor.cases.event import SECOND, Event
from monitor.cases.revision import valid_events
from monitor.cases.state import CaseState
from monitor.rules.payments import MONEY, payments_of
from monitor.settings.configuration import Configuration
from monitor.settings.entry import latest_in_force
from monitor.store.log import events_of

_HEARD = ("published", "copied_home", "served", "appealed", "appeal_decided", *MONEY, "voided")
"""What is read of a case: the rest says nothing of these dates."""


def legal_facts(
    connection: Connection, states: Mapping[int, CaseState], configuration: Configuration, now: int
) -> dict[int, LegalFacts]:
    """The facts of those of these cases on which a legal date may run."""
    wanted = [case_id for case_id, state in states.items() if _has_dates(state)]
    found = events_of(connection, wanted, _HEARD)
    return {
        case_id: _facts(states[case_id], valid_events(known.own, known.elsewhere).events, configuration, now)
        for case_id, known in found.items()
    }


def _has_dates(state: CaseState) -> bool:
    fined = state.decided_at is not None and state.outcome != "none"
    return state.custody and fined and state.withdrawn_at is None


def _facts(
    state: CaseState, valid: Sequence[Event], configuration: Configuration, now: int
) -> LegalFacts:
    first: dict[str, int] = {}
    for event in valid:
        first[event.activity] = min(event.occurred_at, first.get(event.activity, event.occurred_at))
    pay_day = None if state.paid_at is not None else _pay_day(state, valid, first, configuration, now)
    return LegalFacts(first.get("published"), first.get("copied_home"), pay_day)


def _pay_day(
    state: CaseState, valid: Sequence[Event], first: Mapping[str, int], configuration: Configuration, now: int
) -> date | None:
    """The last day in time of the first payment that is not made; before any is asked for, by the service of
    the decision. None where neither is told: from when the days count is then not known."""
    zone = configuration.zone_of(state.station)
    asked = payments_of(state, valid, configuration.payments, zone, now)
    if asked:
        return next((one.due for one in asked if one.paid is None and one.due is not None), None)
    served = first.get("served")
    if served is None or not state.fine_fen:
        return None
    received = datetime.fromtimestamp(served // SECOND, zone).date()
    term = latest_in_force(configuration.payments.due, received)
    return None if term is None else received + timedelta(days=term.days)
