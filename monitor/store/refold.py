"""Folding everything again: what is stored has to be what the events say."""

from __future__ import annotations

from typing import Any, NamedTuple

from sqlalchemy import Connection, select

from monitor.store.bulk import chunks
from monitor.store.casebook import Changed, TermsOf, history, rewrite_versions
from monitor.store.log import CaseKey, events_of
from monitor.store.tables import case_versions, cases
from monitor.store.weighings import over_now, rise


class Refolded(NamedTuple):
    """What folding everything again found: cases looked at, and those whose stored versions differ, or that
    are not yet a case and ought to be one."""

    cases: int
    differing: list[CaseKey]


def refold(connection: Connection, terms: TermsOf, *, repair: bool) -> Refolded:
    """Fold every case again from its events and compare with what is stored; mend it where asked to.

    Weighings that lie in the compact log and are over the limit by the rules of today ought to be cases.
    """
    seen = 0
    differing: list[CaseKey] = []
    every = connection.execute(
        select(cases.c.id, cases.c.station, cases.c.case_no).order_by(cases.c.id)
    ).all()
    for chunk in chunks(every, 2000):
        keys = {row.id: (row.station, row.case_no) for row in chunk}
        known = events_of(connection, keys)
        stored: dict[int, list[tuple[Any, ...]]] = {key: [] for key in keys}
        # The row id is not part of what a version says.
        query = (
            select(*(column for column in case_versions.c if column.name != "id"))
            .where(case_versions.c.case_id.between(min(keys), max(keys)))
            .order_by(case_versions.c.case_id, case_versions.c.known_from)
        )
        for row in connection.execute(query):
            stored[row.case_id].append(tuple(row))
        wrong: dict[int, Changed] = {}
        for case_id, key in keys.items():
            seen += 1
            case = Changed(key, known[case_id], new=False)
            if history(case_id, case, terms) != stored[case_id]:
                differing.append(key)
                wrong[case_id] = case
        if repair and wrong:
            rewrite_versions(connection, wrong, terms)
    found = {one.key: one for one in over_now(connection, terms)}
    if repair:
        rise(connection, found, terms)
    return Refolded(seen + len(found), [*differing, *found])
