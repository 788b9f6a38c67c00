"""The decisions of one case with what other cases say of them, found by index however long the history."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, select

from monitor.cases.revision import valid_events
from monitor.rules.decision import Decision
from monitor.rules.facts import decision_facts
from monitor.rules.others import with_others
from monitor.store.cases import CaseFile
from monitor.store.database import Database, ask_among
from monitor.store.decision_names import ACT, COMPANY, DRIVER, NAMED
from monitor.store.log import case_ids, events_of
from monitor.store.tables import case_versions
from monitor.store.versions import STATE, state_of

V = case_versions.c

OF_PLATE = (
    "SELECT plate, case_id FROM case_versions "
    "WHERE known_to IS NULL AND decided_at IS NOT NULL AND plate {among}"
)
OF_ACT = "SELECT check_no, case_id FROM check_numbers WHERE station = ? AND check_no {among}"
NUMBERED = "SELECT case_no, id FROM cases WHERE station = ? AND case_no {among}"


def case_decisions(database: Database, file: CaseFile, zone: ZoneInfo) -> list[Decision]:
    """The decisions in force of a case, with repeats of its vehicle and driver and other fines for its act.

    Other cases are found by plate, by the driver and company that their decision tells, and by the act: its
    own name, a check number or a case number at the same station.
    """
    own = decision_facts(file.state, [event for event in file.events if file.is_valid(event)])
    if not own:
        return []
    with database.read() as connection:
        [key] = case_ids(connection, [(file.state.station, file.state.case_no)]).values()
        related = related_cases(connection, {key: own})[key]
        others = [d for some in decisions_of(connection, related).values() for d in some]
    return with_others(own, zone, others)


def related_cases(connection: Connection, told: Mapping[int, Iterable[Decision]]) -> dict[int, set[int]]:
    """Ids of other cases that may say something of the decisions of each case: of the same vehicle or driver,
    of its company where its share can be known, and about the same act."""
    wanted: dict[tuple[str, tuple[str, ...]], dict[str, set[int]]] = {}
    for case_id, decisions in told.items():
        for d in decisions:
            for query, values, name in _leads(d):
                wanted.setdefault((query, values), {}).setdefault(name, set()).add(case_id)
    found: dict[int, set[int]] = {case_id: set() for case_id in told}
    for (query, values), names in wanted.items():
        for name, other in ask_among(connection, query, sorted(names), values):
            for case_id in names[name]:
                found[case_id].add(other)
    return {case_id: others - {case_id} for case_id, others in found.items()}


def _leads(d: Decision) -> Iterator[tuple[str, tuple[str, ...], str]]:
    """By which query, with which values, under which name other cases of a decision are found."""
    for name in {d.act or d.case_no, d.case_no}:
        yield OF_ACT, (d.station,), name
        yield NUMBERED, (d.station,), name
        yield NAMED, (ACT,), name
    if d.plate is not None:
        yield OF_PLATE, (), d.plate
    if d.driver is not None:
        yield NAMED, (DRIVER,), d.driver
    if d.company is not None and d.company_trucks is not None:
        yield NAMED, (COMPANY,), d.company


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
