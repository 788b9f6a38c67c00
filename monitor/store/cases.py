"""One case with everything known of it, and lists of cases by filter."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import orjson
from sqlalchemy import (
    JSON,
    BigInteger,
    ColumnElement,
    Select,
    Text,
    TextClause,
    and_,
    bindparam,
    cast,
    func,
    not_,
    or_,
    select,
)

from monitor.cases.clock import Reading
from monitor.cases.event import Event
from monitor.cases.revision import valid_events
from monitor.cases.state import CaseState, Verdict
from monitor.store.board import UNCONFIRMED
from monitor.store.database import Database
from monitor.store.deliveries import DeliveryRow, delivery
from monitor.store.log import CaseKey, case_ids, events_of
from monitor.store.tables import OPEN, absences, case_versions, quarantine
from monitor.store.versions import STATE, state_of, states

V = case_versions.c


class Refused(NamedTuple):
    """A cell or row of the case that is in quarantine."""

    quarantine_id: int
    delivery_id: int
    sheet: str | None
    row: int
    column: str | None
    value: str | None
    reason: str
    accepted: str
    params: str
    activity: str | None


@dataclass(frozen=True, slots=True)
class CaseFile:
    """Everything of one case.

    `events` are all recorded versions by time, `valid` the identities and contents in force, `versions` how
    many states it has had, `deliveries` those that brought its events or hold its refused cells, `gone_from`
    full ledgers that no longer had its row.
    """

    state: CaseState
    events: tuple[Event, ...]
    valid: frozenset[tuple[bytes, bytes, int]]
    versions: int
    deliveries: dict[int, DeliveryRow]
    refused: tuple[Refused, ...]
    gone_from: tuple[int, ...]

    def is_valid(self, event: Event) -> bool:
        """Whether this version of this event counts."""
        return (event.identity, event.content, event.received_at) in self.valid


def case_file(database: Database, key: CaseKey) -> CaseFile | None:
    """The file of one case, or None where nothing valid is known of it."""
    with database.read() as connection:
        found = case_ids(connection, [key])
        if key not in found:
            return None
        case_id = found[key]
        row = connection.execute(select(*STATE).where(V.case_id == case_id, V.known_to.is_(None))).first()
        if row is None:
            return None
        known = events_of(connection, [case_id])[case_id]
        versions = connection.execute(
            select(func.count()).select_from(case_versions).where(V.case_id == case_id)
        ).scalar_one()
        q = quarantine.c
        refused = tuple(
            Refused._make(item)
            for item in connection.execute(
                select(
                    q.id,
                    q.delivery_id,
                    q.sheet,
                    q.row,
                    q.column,
                    q.value,
                    q.reason,
                    q.accepted,
                    q.params,
                    q.activity,
                ).where(q.status == "open", q.station == key[0], q.case_no == key[1])
            )
        )
        gone = tuple(
            connection.execute(
                select(absences.c.delivery_id).where(
                    absences.c.case_id == case_id, absences.c.back_delivery_id.is_(None)
                )
            ).scalars()
        )
        wanted = (
            {event.delivery_id for event in known.own} | {item.delivery_id for item in refused} | set(gone)
        )
        brought = {number: delivery(connection, number) for number in sorted(wanted)}
    valid = valid_events(known.own, known.elsewhere)
    return CaseFile(
        states([row])[0],
        tuple(sorted(known.own, key=lambda event: (event.occurred_at, event.received_at))),
        frozenset((e.identity, e.content, e.received_at) for e in (*valid.events, *valid.waiting_voids)),
        versions,
        {number: row for number, row in brought.items() if row is not None},
        refused,
        gone,
    )


@dataclass(frozen=True, slots=True)
class CaseFilter:
    """Which cases a list holds; every field left None (or False) does not narrow it.

    `state` is `open` (in custody), `unconfirmed` (weighed over the limit, nothing followed; name the stations
    that confirm) or what clock A shows; `since` and `until` bound the start of clock A, else
    the first event (half-open, microseconds); `due_by` bounds the deadline of open cases; `text` is part of a
    case number or plate; `findings` keeps those with at least one; `vehicle` is its kind; `ids` are the
    `case_id`s of cases that were chosen elsewhere.
    """

    stations: Sequence[str] | None = None
    state: str | None = None
    since: int | None = None
    until: int | None = None
    due_by: int | None = None
    authority: str | None = None
    text: str | None = None
    findings: bool = False
    vehicle: str | None = None
    ids: Sequence[int] | None = None

    @property
    def by_place_and_time(self) -> bool:
        """Whether nothing but stations and time narrows it."""
        return self == CaseFilter(stations=self.stations, since=self.since, until=self.until)


class CasePage(NamedTuple):
    """One page of a list, newest activity first, and how many cases the filter matches."""

    cases: list[CaseState]
    total: int


def find_cases(
    database: Database, chosen: CaseFilter, now: int, *, limit: int = 100, offset: int = 0
) -> CasePage:
    """Cases by filter."""
    condition = and_(*_conditions(chosen, now, database.engine.dialect.name))
    with database.read() as connection:
        total = connection.execute(
            select(func.count()).select_from(case_versions).where(condition)
        ).scalar_one()
        query = (
            select(*STATE)
            .where(condition)
            .order_by(V.last_at.desc(), V.id.desc())
            .limit(limit)
            .offset(offset)
        )
        return CasePage(states(connection.execute(query)), total)


def each_case(database: Database, chosen: CaseFilter, now: int) -> Iterator[CaseState]:
    """All cases of a filter one by one, newest activity first, from one view of the database."""
    conditions = _conditions(chosen, now, database.engine.dialect.name)
    query = select(*STATE).where(*conditions).order_by(V.last_at.desc(), V.id.desc())
    with database.read() as connection:
        for row in connection.execute(query, execution_options={"yield_per": 1000}):
            yield state_of(row)


def _conditions(chosen: CaseFilter, now: int, dialect: str) -> list[ColumnElement[bool] | TextClause]:
    conditions: list[ColumnElement[bool] | TextClause] = [V.known_to.is_(None)]
    began = func.coalesce(V.confirmed_at, V.first_at)
    if chosen.stations is not None:
        conditions.append(V.station.in_(chosen.stations))
    if chosen.state == "open":
        conditions += [OPEN, or_(V.confirmed_at.is_(None), V.confirmed_at <= now)]
    elif chosen.state == "unconfirmed":
        conditions += UNCONFIRMED
    elif chosen.state is not None:
        conditions.append(_reads(chosen.state, now))
    if chosen.since is not None:
        conditions.append(began >= chosen.since)
    if chosen.until is not None:
        conditions.append(began < chosen.until)
    if chosen.due_by is not None:
        conditions += [OPEN, V.deadline_at <= chosen.due_by]
    if chosen.authority is not None:
        conditions.append(V.authority == chosen.authority)
    if chosen.text:
        wanted = f"%{chosen.text.replace('%', '').replace('_', '')}%"
        conditions.append(or_(V.case_no.ilike(wanted), V.plate.ilike(wanted)))
    if chosen.findings:
        conditions.append(V.findings.is_not(None))
    if chosen.vehicle is not None:
        conditions.append(V.vehicle == chosen.vehicle)
    if chosen.ids is not None:
        conditions.append(V.case_id.in_(_listed(chosen.ids, dialect)))
    return conditions


def _listed(ids: Sequence[int], dialect: str) -> Select[Any]:
    """Ever so many ids as one parameter: each as its own would be more than SQLite takes."""
    told = orjson.dumps(list(ids)).decode()
    if dialect == "postgresql":
        whole = cast(bindparam(None, told, Text), JSON)
        return select(cast(func.json_array_elements_text(whole).column_valued("one"), BigInteger))
    return select(func.json_each(told).table_valued("value").c.value)


def _reads(reading: str, now: int) -> ColumnElement[bool]:
    """Cases whose clock A shows this at `now`: `monitor.cases.clock.reading_a` as a condition."""
    running = and_(OPEN, V.verdict == Verdict.RUNNING.value)
    begun = and_(running, V.confirmed_at <= now)
    past, past_for_sure = V.deadline_at < now, func.coalesce(V.deadline_until, V.deadline_at) < now
    ended = V.verdict.in_((Verdict.ON_TIME.value, Verdict.LATE.value, Verdict.UNDETERMINED.value))
    if reading == Reading.RUNNING:
        return and_(begun, not_(past))
    if reading == Reading.OVERDUE:
        return and_(begun, past_for_sure)
    told = and_(V.verdict == reading, or_(not_(ended), V.released_at <= now))
    if reading == Reading.UNDETERMINED:
        return or_(told, and_(begun, past, not_(past_for_sure)))
    if reading == Reading.IMPLAUSIBLE:
        return or_(told, and_(ended, V.released_at > now), and_(running, V.confirmed_at > now))
    return told
