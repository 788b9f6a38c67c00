"""The decisions of one case with what other cases say of them, found by index however long the history."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, select

from monitor.cases.revision import valid_events
from monitor.rules.decision import Decision
from monitor.rules.facts import decision_facts
from monitor.rules.others import with_others
from monitor.store.cases import CaseFile
from monitor.store.database import Database, ask, ask_among
from monitor.store.decision_names import ACT, COMPANY, DRIVER, NAMED
from monitor.store.log import case_ids, events_of
from monitor.store.tables import case_versions
from monitor.store.versions import STATE, state_of

V = case_versions.c

OF_PLATE = "SELECT case_id FROM case_versions WHERE plate = ? AND known_to IS NULL AND decided_at IS NOT NULL"
OF_ACT = "SELECT case_id FROM check_numbers WHERE station = ? AND check_no {among}"
NUMBERED = "SELECT id FROM cases WHERE station = ? AND case_no {among}"


def case_decisions(database: Database, file: CaseFile, zone: ZoneInfo) -> list[Decision]:
    """The decisions in force of a case, with repeats of its vehicle and driver and other fines for its act.

    Other cases are found by plate, by the driver and company that their decision tells, and by the act: its
    own name, a check number or a case number at the same station.
    """
    own = decision_facts(file.state, [event for event in file.events if file.is_valid(event)])
    if not own:
        return []
    with database.read() as connection:
        related = _related(connection, own)
        related -= set(case_ids(connection, [(own[0].station, own[0].case_no)]).values())
        others = [d for some in decisions_of(connection, related).values() for d in some]
    return with_others(own, zone, others)


def _related(connection: Connection, own: Iterable[Decision]) -> set[int]:
    """Ids of cases of the same vehicle or driver and of cases about the same act."""
    found: set[int] = set()
    for d in own:
        names = {d.act or d.case_no, d.case_no}
        rows = ask_among(connection, OF_ACT, names, (d.station,))
        rows += ask_among(connection, NUMBERED, names, (d.station,))
        rows += ask_among(connection, NAMED, names, (ACT,))
        if d.plate is not None:
            rows += ask(connection, OF_PLATE, (d.plate,))
        if d.driver is not None:
            rows += ask_among(connection, NAMED, [d.driver], (DRIVER,))
        if d.company is not None and d.company_trucks is not None:
            rows += ask_among(connection, NAMED, [d.company], (COMPANY,))
        found.update(row[0] for row in rows)
    return found


def decisions_of(connection: Connection, ids: Collection[int]) -> dict[int, list[Decision]]:
    """The decisions in force of cases by their ids, without what other cases say of them."""
    if not ids:
        return {}
    query = select(*STATE, V.case_id).where(V.case_id.in_(sorted(ids)), V.known_to.is_(None))
    states = {row[-1]: state_of(row) for row in connection.execute(query)}
    return {
        case_id: decision_facts(states[case_id], valid_events(known.own, known.elsewhere).events)
        for case_id, known in events_of(connection, sorted(states)).items()
    }
