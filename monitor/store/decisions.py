"""The decisions of one case with what other cases say of them, found by index however long the history."""

from __future__ import annotations

from collections.abc import Iterable
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, select

from monitor.cases.revision import valid_events
from monitor.rules.decision import Decision
from monitor.rules.facts import decision_facts
from monitor.rules.others import with_others
from monitor.store.cases import CaseFile
from monitor.store.database import Database, ask, ask_among
from monitor.store.log import case_ids, events_of
from monitor.store.tables import case_versions
from monitor.store.versions import STATE, state_of

V = case_versions.c

OF_PLATE = "SELECT case_id FROM case_versions WHERE plate = ? AND known_to IS NULL AND decided_at IS NOT NULL"
OF_ACT = "SELECT case_id FROM check_numbers WHERE station = ? AND check_no {among}"
NUMBERED = "SELECT id FROM cases WHERE station = ? AND case_no {among}"


def case_decisions(database: Database, file: CaseFile, zone: ZoneInfo) -> list[Decision]:
    """The decisions in force of a case, with repeats of its vehicle and other fines for its act.

    Other cases are found by plate, and by check number or case number at the same station. A driver or a
    company is found by no index: what they did in other trucks is not known here (None).
    """
    valid = [event for event in file.events if file.is_valid(event)]
    own = decision_facts(file.state, valid)
    if not own:
        return []
    with database.read() as connection:
        others = _decisions_of(connection, _related(connection, own), own[0])
    return [d._replace(prior_driver_acts=None, company_share=None) for d in with_others(own, zone, others)]


def _related(connection: Connection, own: Iterable[Decision]) -> set[int]:
    """Ids of decided cases of the same vehicle and of cases about the same act."""
    found: set[int] = set()
    for d in own:
        names = {d.act or d.case_no, d.case_no}
        if d.plate is not None:
            found.update(row[0] for row in ask(connection, OF_PLATE, (d.plate,)))
        found.update(row[0] for row in ask_among(connection, OF_ACT, names, (d.station,)))
        found.update(row[0] for row in ask_among(connection, NUMBERED, names, (d.station,)))
    return found


def _decisions_of(connection: Connection, ids: set[int], own: Decision) -> list[Decision]:
    """The decisions of cases by their ids, the own one's left out."""
    key = (own.station, own.case_no)
    ids = ids - set(case_ids(connection, [key]).values())
    if not ids:
        return []
    query = select(*STATE, V.case_id).where(V.case_id.in_(sorted(ids)), V.known_to.is_(None))
    states = {row[-1]: state_of(row) for row in connection.execute(query)}
    found: list[Decision] = []
    for case_id, known in events_of(connection, sorted(states)).items():
        found += decision_facts(states[case_id], valid_events(known.own, known.elsewhere).events)
    return found
