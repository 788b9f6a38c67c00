"""`fangxing db check`: whether the database is whole, and still says what its log says."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from ingest.intake import Intake
    from monitor.cases.state import CaseState

SAMPLE = 2_000
"""Cases folded again; `db refold` does them all."""


@dataclass(frozen=True)
class Found:
    """One check: the text `cli.db.check.<key>` with its fields, and whether all is well; `lines` say more."""

    key: str
    fine: bool
    params: dict[str, Any] = field(default_factory=dict)
    lines: tuple[str, ...] = ()


def checks(intake: Intake, lake: Path) -> Iterator[Found]:
    """Every check, cheapest first; the last one holds the lake in a folder against the database."""
    with intake.database.read() as connection:
        if intake.database.is_sqlite:
            yield from _pages(connection)
        yield _counts(connection)
        yield _versions(connection)
        yield _unfinished(connection)
        yield _sample(connection, intake)
    yield _lake(intake, lake)


def _lake(intake: Intake, folder: Path) -> Found:
    """Files against the manifest, and rows and digests of each month against those written anew."""
    from monitor.cli.lake import compared, differences

    found = compared(intake.database, folder, intake.configuration)
    if [one.code for one in found.faults] == ["no_lake"]:
        return Found("lake_none", fine=True)
    counts = {"rows": f"{found.rows:,}", "months": found.months, "n": len(found.faults)}
    return Found("lake", not found.faults, counts, tuple(differences(found)))


def _pages(connection: Connection) -> Iterator[Found]:
    lines = connection.exec_driver_sql("PRAGMA integrity_check(10)").scalars().all()
    yield Found("integrity", lines == ["ok"], {"detail": "; ".join(lines)})
    orphans = connection.exec_driver_sql("PRAGMA foreign_key_check").all()
    yield Found("references", not orphans, {"n": len(orphans)})


def _counts(connection: Connection) -> Found:
    """What deliveries say they brought is what the log holds, in all and of each."""
    from sqlalchemy import func, select

    from monitor.store.tables import deliveries, events

    d = deliveries.c
    held = select(events.c.delivery_id, func.count().label("n")).group_by(events.c.delivery_id).subquery()
    query = (
        select(func.count())
        .select_from(deliveries.outerjoin(held, held.c.delivery_id == d.id))
        .where(d.events + d.revisions != func.coalesce(held.c.n, 0))
    )
    rows = d.rows_landed + d.rows_unchanged + d.rows_quarantined + d.rows_aside
    off = select(func.count()).where(
        (d.rows_read != rows) | (d.mapped != d.events + d.duplicates + d.revisions)
    )
    wrong = connection.execute(query).scalar_one() + connection.execute(off).scalar_one()
    total = connection.execute(select(func.count()).select_from(events)).scalar_one()
    return Found("counts", wrong == 0, {"events": f"{total:,}", "n": wrong})


def _versions(connection: Connection) -> Found:
    """No case has two versions in force."""
    from sqlalchemy import func, select

    from monitor.store.tables import case_versions

    v = case_versions.c
    twice = select(v.case_id).where(v.known_to.is_(None)).group_by(v.case_id).having(func.count() > 1)
    wrong = connection.execute(select(func.count()).select_from(twice.subquery())).scalar_one()
    return Found("versions", wrong == 0, {"n": wrong})


def _unfinished(connection: Connection) -> Found:
    """Deliveries that broke off: to be delivered again, which doubles nothing. One may be running now."""
    from sqlalchemy import func, select

    from monitor.store.tables import deliveries

    query = select(func.count()).where(deliveries.c.status == "loading")
    return Found("unfinished", True, {"n": connection.execute(query).scalar_one()})


def _sample(connection: Connection, intake: Intake) -> Found:
    """Cases spread over the whole log, folded from their events, against the version in force."""
    from sqlalchemy import func, select

    from monitor.cases.fold import fold
    from monitor.store.bulk import chunks
    from monitor.store.log import events_of, keys_of
    from monitor.store.tables import case_versions, cases
    from monitor.store.versions import STATE, states

    top = connection.execute(select(func.coalesce(func.max(cases.c.id), 0))).scalar_one()
    step = max(1, top // SAMPLE)
    ids = list(range(1, top + 1, step))[:SAMPLE]
    keys = keys_of(connection, ids)
    known = events_of(connection, keys)
    stored: dict[tuple[str, str], CaseState] = {}
    for chunk in chunks(keys, 500):
        query = select(*STATE).where(case_versions.c.case_id.in_(chunk), case_versions.c.known_to.is_(None))
        stored |= {(one.station, one.case_no): one for one in states(connection.execute(query))}
    wrong = 0
    for case_id, (station, case_no) in keys.items():
        if station not in intake.configuration.stations:
            wrong += 1
            continue
        told = known[case_id]
        folded = fold(station, case_no, told.own, intake.terms(station), told.elsewhere)
        wrong += folded != stored.get((station, case_no))
    return Found("sample", wrong == 0, {"cases": f"{len(keys):,}", "n": wrong})
