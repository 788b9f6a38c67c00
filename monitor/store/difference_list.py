"""Differences by filter, a page at a time, and how many there are of each kind."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from sqlalchemy import ColumnElement, Connection, Select, and_, func, or_, select

from monitor.store.database import Database
from monitor.store.differences import OPEN, Difference, difference_of
from monitor.store.tables import difference_steps, differences

D = differences.c

NOBODY = "-"
"""In the place of an owner: those that nobody works on."""


@dataclass(frozen=True, slots=True)
class DifferenceFilter:
    """Which differences. None is all; `owner` is a name or `NOBODY`; `text` is part of a case number, a
    payment code or a line's number; `since` and `until`: local days (YYYY-MM-DD), the last one included."""

    stations: Sequence[str] | None = None
    kinds: Sequence[str] | None = None
    state: str | None = OPEN
    owner: str | None = None
    text: str | None = None
    since: str | None = None
    until: str | None = None


class OfKind(NamedTuple):
    """Open differences of one kind: how many, since when the oldest (microseconds UTC)."""

    kind: str
    n: int
    oldest: int


class DifferencePage(NamedTuple):
    """A page of a list, open ones first and the oldest of them first; how many there are in all; and open
    ones by kind under the same filter, whatever its kinds and state say."""

    differences: list[Difference]
    total: int
    open_kinds: list[OfKind]


def find_differences(
    database: Database, chosen: DifferenceFilter, *, limit: int = 50, offset: int = 0
) -> DifferencePage:
    """A page of the differences that a filter lets through."""
    with database.read() as connection:
        return differences_page(connection, chosen, limit=limit, offset=offset)


def differences_page(
    connection: Connection, chosen: DifferenceFilter, *, limit: int = 50, offset: int = 0
) -> DifferencePage:
    """The same within a view of the caller."""
    where = _where(chosen)
    if chosen.kinds is not None:
        where.append(D.kind.in_(list(chosen.kinds)))
    if chosen.state is not None:
        where.append(D.state == chosen.state)
    query = select(differences).where(and_(True, *where))
    total: int = connection.execute(select(func.count()).select_from(query.subquery())).scalar_one()
    ordered: Select[tuple[object, ...]] = query.order_by(D.state.desc(), D.since, D.id)
    rows = connection.execute(ordered.limit(limit).offset(offset)).mappings().all()
    kinds = (
        select(D.kind, func.count(), func.min(D.since))
        .where(and_(True, *_where(chosen), D.state == OPEN))
        .group_by(D.kind)
        .order_by(D.kind)
    )
    counted = [OfKind(*row) for row in connection.execute(kinds)]
    return DifferencePage([difference_of(row) for row in rows], total, counted)


def _where(chosen: DifferenceFilter) -> list[ColumnElement[bool]]:
    """All but kinds and state."""
    where: list[ColumnElement[bool]] = []
    if chosen.stations is not None:
        where.append(D.station.in_(list(chosen.stations)))
    if chosen.owner is not None:
        where.append(D.owner.is_(None) if chosen.owner == NOBODY else D.owner == chosen.owner)
    if chosen.text:
        told = (D.case_no, D.code, D.line)
        where.append(or_(*(column.contains(chosen.text, autoescape=True) for column in told)))
    if chosen.since is not None:
        where.append(D.date >= chosen.since)
    if chosen.until is not None:
        where.append(D.date <= chosen.until)
    return where


def owners(connection: Connection) -> list[str]:
    """Who works on a difference, or did when it was closed; by name."""
    query = select(D.owner).where(D.owner.is_not(None)).distinct().order_by(D.owner)
    return list(connection.execute(query).scalars())


def last_step(connection: Connection) -> int:
    """The id of the last step of any difference; 0 where there is none. Every change of one is a step."""
    found: int = connection.execute(select(func.coalesce(func.max(difference_steps.c.id), 0))).scalar_one()
    return found
