"""Weighings of every kind, newest first: those that are no case, and those of cases."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import orjson
from sqlalchemy import ColumnElement, Connection, and_, or_, select

from monitor.cases.activity import Activity
from monitor.cases.revision import valid_events
from monitor.cases.weighing import COLUMNS, weighing_data
from monitor.store.board import UNCONFIRMED
from monitor.store.database import Database
from monitor.store.log import events_of
from monitor.store.tables import WEIGHED, case_versions, cases, check_numbers, events, weighings

W, E, V = weighings.c, events.c, case_versions.c

_FIRST = Activity.WEIGHED.value


class Weighing(NamedTuple):
    """One weighing. `case_no` is that of its case, if it is one; `followed_by` another case that names its
    check number; `unconfirmed` that it was over the limit and nothing followed. Weights in kg."""

    at: int
    received_at: int
    station: str
    check_no: str
    again: bool
    plate: str | None
    axles: int | None
    gross_kg: int | None
    limit_kg: int | None
    case_no: str | None
    unconfirmed: bool
    data: dict[str, Any]
    followed_by: str | None = None

    @property
    def over_kg(self) -> int | None:
        """Kilograms over the limit; None where either is unknown, or it is not over."""
        if self.gross_kg is None or self.limit_kg is None or self.gross_kg <= self.limit_kg:
            return None
        return self.gross_kg - self.limit_kg


@dataclass(frozen=True, slots=True)
class WeighingFilter:
    """Which weighings a list holds: at these stations, in [since, until), only over the limit (those that
    became a case), only overweight first weighings that nothing followed."""

    stations: Sequence[str] | None = None
    since: int | None = None
    until: int | None = None
    over: bool = False
    unconfirmed: bool = False


Place = tuple[int, int]
"""Instant and receipt of a weighing: where the next page begins."""


class WeighingPage(NamedTuple):
    """One page, newest first, and where the next one begins, if there is one."""

    weighings: list[Weighing]
    next: Place | None


def find_weighings(
    database: Database, chosen: WeighingFilter, *, before: Place | None = None, limit: int = 50
) -> WeighingPage:
    """Weighings by filter, by the index of their instants: what a page costs does not follow the history."""
    with database.read() as connection:
        found: list[Weighing] = []
        if not (chosen.over or chosen.unconfirmed):
            found += _lying(connection, chosen, before, limit + 1)
        told = _told(connection, chosen, before, limit + 1)
        found = sorted((*found, *told), key=lambda one: (one.at, one.received_at), reverse=True)
        page = found[:limit]
        following = (page[-1].at, page[-1].received_at) if len(found) > limit else None
        return WeighingPage(list(_valid(connection, page)), following)


class Lain(NamedTuple):
    """A first weighing that is no case, with all that its source told of it."""

    at: int
    received_at: int
    station: str
    check_no: str
    data: dict[str, Any]


def each_lain(database: Database, chosen: WeighingFilter, at_once: int = 2_000) -> Iterator[Lain]:
    """Those of a filter's stations and time, the newest first, read part by part."""
    before: Place | None = None
    while True:
        query = select(weighings).where(*_within(chosen, W.station, W.at, W.received_at, before))
        query = query.order_by(W.at.desc(), W.received_at.desc()).limit(at_once)
        with database.read() as connection:
            rows = connection.execute(query).all()
        for row in rows:
            values = tuple(getattr(row, name) for name in COLUMNS)
            data = orjson.loads(weighing_data(row.check_no, values, row.rest))
            del data["check_no"]
            yield Lain(row.at, row.received_at, row.station, row.check_no, data)
        if len(rows) < at_once:
            return
        before = rows[-1].at, rows[-1].received_at


def _lying(
    connection: Connection, chosen: WeighingFilter, before: Place | None, limit: int
) -> list[Weighing]:
    query = select(weighings).where(*_within(chosen, W.station, W.at, W.received_at, before))
    query = query.order_by(W.at.desc(), W.received_at.desc()).limit(limit)
    return [
        Weighing(
            row.at, row.received_at, row.station, row.check_no, False, row.plate, row.axles, row.gross_kg,
            row.rule_kg if row.limit_kg is None else row.limit_kg, None, False,
            {**orjson.loads(row.rest), "gross_kg": row.gross_kg, "rule_kg": row.rule_kg},
        )
        for row in connection.execute(query)
    ]  # fmt: skip


def _told(connection: Connection, chosen: WeighingFilter, before: Place | None, limit: int) -> list[Weighing]:
    unconfirmed = and_(*UNCONFIRMED).label("unconfirmed")
    query = (
        select(
            E.occurred_at, E.received_at, E.activity, E.data, V.station, V.case_no, V.plate, V.axles,
            V.limit_kg, unconfirmed,
        )
        .join(case_versions, and_(V.case_id == E.case_id, V.known_to.is_(None)))
        .where(WEIGHED, *_within(chosen, V.station, E.occurred_at, E.received_at, before))
        .order_by(E.occurred_at.desc(), E.received_at.desc())
        .limit(limit)
    )  # fmt: skip
    if chosen.over:
        query = query.where(V.gross_kg > V.limit_kg, E.activity == _FIRST)
    if chosen.unconfirmed:
        query = query.where(*UNCONFIRMED, E.activity == _FIRST)
    found = []
    for row in connection.execute(query):
        data = orjson.loads(row.data) if row.data else {}
        again = row.activity != _FIRST
        found.append(
            Weighing(
                row.occurred_at, row.received_at, row.station, data.get("check_no", row.case_no), again,
                data.get("plate", row.plate), data.get("axles", row.axles), data.get("gross_kg"),
                data.get("limit_kg", row.limit_kg), row.case_no, bool(row.unconfirmed) and not again, data,
            )
        )  # fmt: skip
    return found


def _within(
    chosen: WeighingFilter, station: Any, at: Any, received_at: Any, before: Place | None
) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if chosen.stations is not None:
        conditions.append(station.in_(chosen.stations))
    if chosen.since is not None:
        conditions.append(at >= chosen.since)
    if chosen.until is not None:
        conditions.append(at < chosen.until)
    if before is not None:
        conditions += [at <= before[0], or_(at < before[0], received_at < before[1])]
    return conditions


def _valid(connection: Connection, page: Sequence[Weighing]) -> Iterable[Weighing]:
    """Without versions that were corrected or voided, and with the case that names a check number."""
    keys = {(one.station, one.case_no) for one in page if one.case_no is not None}
    if not keys:
        return page
    # By station as well: the indexes begin with it.
    stations, numbers = {station for station, _ in keys}, {number for _, number in keys}
    ids = {
        (row.station, row.case_no): row.id
        for row in connection.execute(
            select(cases).where(cases.c.station.in_(stations), cases.c.case_no.in_(numbers))
        )
        if (row.station, row.case_no) in keys
    }
    known = events_of(connection, ids.values())
    standing = {
        event.received_at
        for own, elsewhere in known.values()
        for event in valid_events(own, elsewhere).events
    }
    named = {
        (row.station, row.check_no): row.case_no
        for row in connection.execute(
            select(check_numbers.c.station, check_numbers.c.check_no, cases.c.case_no)
            .join(cases, cases.c.id == check_numbers.c.case_id)
            .where(check_numbers.c.station.in_(stations), check_numbers.c.check_no.in_(numbers))
            .order_by(cases.c.case_no.desc())
        )
    }
    return [
        one._replace(followed_by=named.get((one.station, one.case_no or "")))
        for one in page
        if one.case_no is None or one.received_at in standing
    ]
