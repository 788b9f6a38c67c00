"""Keeping case versions in step with the log: fold what changed, close its last version, append the next."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from monitor.cases.fold import fold
from monitor.cases.state import CaseState
from monitor.cases.terms import Terms
from monitor.cases.timeline import timeline
from monitor.store.changes import note_changed
from monitor.store.database import ask_among
from monitor.store.decision_names import note_names
from monitor.store.log import CaseKey, KnownEvents
from monitor.store.tables import case_versions
from monitor.store.versions import STATE, insert_versions, state_of, version_row

_PART = 2_000
"""Versions that are sent together."""

TermsOf = Callable[[str], Terms]
"""Station code → its terms."""


class Changed(NamedTuple):
    """A case whose events changed: all of its events now, and whether it had none before."""

    key: CaseKey
    known: KnownEvents
    new: bool


class _Current(NamedTuple):
    version_id: int
    known_from: int
    state: CaseState


def write_versions(
    connection: Connection, changed: Mapping[int, Changed], terms: TermsOf, known_from: int
) -> int:
    """Fold each changed case and append its version, known from `known_from`. Returns how many.

    New cases come first and go off in parts: the database takes them in while the others are folded.
    """
    rows: list[tuple[Any, ...]] = []
    again: dict[int, tuple[CaseState | None, ZoneInfo]] = {}
    written = 0
    for case_id, case in changed.items():
        station, case_no = case.key
        its_terms = terms(station)
        state = fold(station, case_no, case.known.own, its_terms, case.known.elsewhere)
        if not case.new:
            again[case_id] = state, its_terms.zone
        elif state is not None:
            rows.append(version_row(case_id, known_from, None, state, its_terms.zone))
            if len(rows) == _PART:
                insert_versions(connection, rows)
                written, rows = written + _PART, []
    closed: list[int] = []
    replaced: list[int] = []
    current = _current(connection, again)
    for case_id, (state, zone) in again.items():
        last = current.get(case_id)
        if last is not None:
            if last.state == state:
                continue
            (replaced if last.known_from == known_from else closed).append(last.version_id)
        if state is not None:
            rows.append(version_row(case_id, known_from, None, state, zone))
    note_changed(connection, changed)
    note_names(connection, {case_id: case.known.own for case_id, case in changed.items()})
    _close(connection, closed, known_from)
    ask_among(connection, "DELETE FROM case_versions WHERE id {among}", replaced)
    insert_versions(connection, rows)
    return written + len(rows)


def rewrite_versions(connection: Connection, changed: Mapping[int, Changed], terms: TermsOf) -> int:
    """Write the whole history of each case anew, for events that count as known from an earlier time."""
    known_before = [key for key, case in changed.items() if not case.new]
    ask_among(connection, "DELETE FROM case_versions WHERE case_id {among}", known_before)
    rows: list[tuple[Any, ...]] = []
    for case_id, case in changed.items():
        rows += history(case_id, case, terms)
    note_changed(connection, changed)
    note_names(connection, {case_id: case.known.own for case_id, case in changed.items()})
    insert_versions(connection, rows)
    return len(rows)


def history(case_id: int, case: Changed, terms: TermsOf) -> list[tuple[Any, ...]]:
    """Every version of a case as a row."""
    station, case_no = case.key
    its_terms = terms(station)
    versions = timeline(station, case_no, case.known.own, its_terms, case.known.elsewhere)
    # Nothing may be left of a case, and then it never had a version.
    ends = [*(version.known_from for version in versions[1:]), None]
    return [
        version_row(case_id, version.known_from, end, version.state, its_terms.zone)
        for version, end in zip(versions, ends, strict=False)
        if version.state is not None
    ]


_CURRENT = (
    "SELECT "
    + ", ".join(f'"{column.name}"' for column in (*STATE, *case_versions.c["id", "case_id", "known_from"]))
    + " FROM case_versions WHERE case_id {among} AND known_to IS NULL"
)


def _current(connection: Connection, ids: Iterable[int]) -> dict[int, _Current]:
    found: dict[int, _Current] = {}
    for row in ask_among(connection, _CURRENT, ids):
        version_id, case_id, known_from = row[-3:]
        found[case_id] = _Current(version_id, known_from, state_of(row))
    return found


def _close(connection: Connection, version_ids: list[int], known_to: int) -> None:
    ask_among(connection, "UPDATE case_versions SET known_to = ? WHERE id {among}", version_ids, (known_to,))
