"""What legal dates ask of a decided case beside its state: publication, copy, by when it is paid."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta

import orjson
from sqlalchemy import Connection

from monitor.alerts.dues import NO_FACTS, LegalFacts
from monitor.alerts.noted import noted_of
from monitor.cases.event import SECOND, Event
from monitor.cases.revision import valid_events
from monitor.cases.state import CaseState
from monitor.rules.payments import MONEY, payments_of
from monitor.settings.configuration import Configuration
from monitor.settings.entry import latest_in_force
from monitor.store.log import events_of
from monitor.store.marks import mark_of, set_mark

TOLD = "alerts told"
"""The mark that says which stations ever told of a publication or a copy."""

PUBLISHED, COPIED = "published", "copied_home"

_HEARD = (PUBLISHED, COPIED, "served", "appealed", "appeal_decided", *MONEY, "voided")
"""What is read of a case: the rest says nothing of these dates."""


def legal_facts(
    connection: Connection, states: Mapping[int, CaseState], configuration: Configuration, now: int
) -> dict[int, LegalFacts]:
    """The facts of those of these cases on which a legal date may run, or of which rules note something."""
    noted = {
        case_id: NO_FACTS._replace(noted=codes)
        for case_id, codes in noted_of(connection, states, configuration, now).items()
    }
    wanted = [case_id for case_id, state in states.items() if _has_dates(state)]
    if not wanted:
        return noted
    found = events_of(connection, wanted, _HEARD)
    facts = {
        case_id: _facts(states[case_id], valid_events(known.own, known.elsewhere).events, configuration, now)
        for case_id, known in found.items()
    }
    told = told_of(connection) | newly_told(states, facts)
    return noted | {
        case_id: one._replace(
            noted=noted.get(case_id, NO_FACTS).noted,
            publishes=(states[case_id].station, PUBLISHED) in told,
            copies=(states[case_id].station, COPIED) in told,
        )
        for case_id, one in facts.items()
    }


def told_of(connection: Connection) -> frozenset[tuple[str, str]]:
    """Stations with the activities (publication, copy) that were ever told of them."""
    mark = mark_of(connection, TOLD)
    return frozenset((station, activity) for station, activity in orjson.loads(mark or "[]"))


def newly_told(
    states: Mapping[int, CaseState], facts: Mapping[int, LegalFacts]
) -> frozenset[tuple[str, str]]:
    """What these cases tell of their stations in the same way."""
    found = set()
    for case_id, one in facts.items():
        if one.published_at is not None:
            found.add((states[case_id].station, PUBLISHED))
        if one.copied_at is not None:
            found.add((states[case_id].station, COPIED))
    return frozenset(found)


def note_told(
    connection: Connection, states: Mapping[int, CaseState], facts: Mapping[int, LegalFacts]
) -> None:
    """Remember what these cases tell of their stations. Where that is news, the scan looks at every case."""
    before = told_of(connection)
    if more := newly_told(states, facts) - before:
        set_mark(connection, TOLD, orjson.dumps(sorted(before | more)).decode())


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
