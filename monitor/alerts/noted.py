"""Findings about decisions and payments of a case, as the rules give them now: for stations that want a flag
of their class. Where none is wanted nothing is read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime

from sqlalchemy import Connection

from monitor.cases.event import SECOND, Event
from monitor.cases.revision import valid_events
from monitor.cases.state import CaseState
from monitor.lake.judging import Judging, judging
from monitor.rules.assess import assess
from monitor.rules.decision import Decision
from monitor.rules.facts import decision_facts
from monitor.rules.others import with_others
from monitor.rules.payments import payments_of
from monitor.settings.alerts import Alerts
from monitor.settings.configuration import Configuration
from monitor.settings.findings import BEYOND
from monitor.store.decisions import decisions_of, related_cases
from monitor.store.log import events_of

_judging: dict[int, tuple[Configuration, Judging]] = {}


def noted_of(
    connection: Connection, states: Mapping[int, CaseState], configuration: Configuration, now: int
) -> dict[int, tuple[tuple[str, int], ...]]:
    """Codes of findings of each of these cases that has any, with the instant of what they are about: the
    decision, or the first that is told of the payment."""
    wanted = {key: state for key, state in states.items() if _is_wanted(state, configuration)}
    if not wanted:
        return {}
    known = {
        key: valid_events(one.own, one.elsewhere).events
        for key, one in events_of(connection, sorted(wanted)).items()
    }
    decided = {key: decision_facts(wanted[key], events) for key, events in known.items()}
    related = related_cases(connection, {key: told for key, told in decided.items() if told})
    beside = decisions_of(connection, set().union(*related.values()))
    found = {}
    for key, state in wanted.items():
        codes = dict(_of_payments(state, known[key], configuration, now))
        if decided[key]:
            others = [d for other in sorted(related[key]) for d in beside.get(other, ())]
            codes |= dict(_of_decisions(state, decided[key], others, configuration))
        if codes:
            found[key] = tuple(sorted(codes.items()))
    return found


def looks_beyond(alerts: Alerts) -> bool:
    """Whether some station wants a class of findings that another case may bring about."""
    entries = (entry for some in alerts.thresholds.values() for entry in some)
    return any(code in BEYOND for entry in entries for code in entry.findings or ())


def _is_wanted(state: CaseState, configuration: Configuration) -> bool:
    day = datetime.fromtimestamp(state.first_at // SECOND, configuration.zone_of(state.station)).date()
    rules = configuration.alerts.at_station(state.station, day)
    return rules is not None and bool(rules.findings)


def _of_decisions(
    state: CaseState, own: list[Decision], others: list[Decision], configuration: Configuration
) -> Iterator[tuple[str, int]]:
    for decision in with_others(own, configuration.zone_of(state.station), others):
        for finding in assess(decision, _rules(configuration).book).findings:
            yield finding.code, decision.decided_at


def _of_payments(
    state: CaseState, events: list[Event], configuration: Configuration, now: int
) -> Iterator[tuple[str, int]]:
    zone = configuration.zone_of(state.station)
    for payment in payments_of(state, events, configuration.payments, zone, now):
        told = [one.at for one in (payment.requested, payment.paid, payment.confirmed) if one is not None]
        for finding in payment.findings:
            yield finding.code, min(told, default=state.first_at)


def _rules(configuration: Configuration) -> Judging:
    """The rules, made ready once for a configuration."""
    known = _judging.get(id(configuration))
    if known is None or known[0] is not configuration:
        _judging.clear()
        known = _judging[id(configuration)] = (configuration, judging(configuration))
    return known[1]
