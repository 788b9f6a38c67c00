"""Keeping case versions in step with the log: fold what changed, close its last version, append the next."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from itertools import chain
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from monitor.cases.event import Event
from monitor.cases.fold import fold
from monitor.cases.revision import told_once
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


class Current(NamedTuple):
    """The version of a case that counts now."""

    version_id: int
    known_from: int
    state: CaseState


States = Mapping[CaseKey, CaseState | None]
"""States of cases."""


def first_states(incoming: Mapping[CaseKey, list[Event]], terms: TermsOf) -> dict[CaseKey, CaseState | None]:
    """The states of those cases that tell each of their events once: theirs, should nothing else be known of
    them. Asks nothing of the database."""
    # Two events that are the same are rare, and found in all of them at once.
    once = told_once(list(chain.from_iterable(incoming.values())))
    return {
        key: fold(*key, events, terms(key[0]), once=True)
        for key, events in incoming.items()
        if once or told_once(events)
    }


class Late(NamedTuple):
    """What is left of writing versions: cases whose history is written anew, versions that end or are
    replaced, and `rows` that stand in their place."""

    rewritten: list[int]
    closed: list[int]
    replaced: list[int]
    rows: list[tuple[Any, ...]]
    known_to: int


def append_versions(
    connection: Connection,
    changed: Mapping[int, Changed],
    terms: TermsOf,
    known_from: int,
    current: Mapping[int, Current | None],
    first: States,
) -> Late:
    """Fold each changed case; its version is known from `known_from`. Those of new cases are appended, and go
    off in parts: the database takes them in while the others are folded. `finish_versions` does the rest.

    `current` holds what `current_versions` says of the cases that are not new, if it was asked before: now
    the answer would wait for all the rows that are under way. `first` holds states of new cases that were
    folded before.
    """
    late = Late([], [], [], [], known_from)
    rows: list[tuple[Any, ...]] = []
    again: dict[int, tuple[CaseState | None, ZoneInfo]] = {}
    for case_id, case in changed.items():
        station, case_no = case.key
        its_terms = terms(station)
        if case.new and case.key in first:
            state = first[case.key]
        else:
            state = fold(station, case_no, case.known.own, its_terms, case.known.elsewhere)
        if not case.new:
            again[case_id] = state, its_terms.zone
        elif state is not None:
            rows.append(version_row(case_id, known_from, None, state, its_terms.zone))
            if len(rows) == _PART:
                insert_versions(connection, rows)
                rows = []
    insert_versions(connection, rows)
    found = {**current, **current_versions(connection, again.keys() - current.keys())}
    for case_id, (state, zone) in again.items():
        last = found[case_id]
        if last is not None:
            if last.state == state:
                continue
            (late.replaced if last.known_from == known_from else late.closed).append(last.version_id)
        if state is not None:
            late.rows.append(version_row(case_id, known_from, None, state, zone))
    _note(connection, changed)
    return late


def append_history(connection: Connection, changed: Mapping[int, Changed], terms: TermsOf) -> Late:
    """The same for events that count as known from an earlier time: the whole history of each case anew."""
    late = Late([key for key, case in changed.items() if not case.new], [], [], [], 0)
    rows: list[tuple[Any, ...]] = []
    for case_id, case in changed.items():
        (rows if case.new else late.rows).extend(history(case_id, case, terms))
        if len(rows) >= _PART:
            insert_versions(connection, rows)
            rows = []
    insert_versions(connection, rows)
    _note(connection, changed)
    return late


def finish_versions(connection: Connection, late: Late) -> None:
    """End what no longer counts and write what stands in its place. Waits for all that is under way."""
    ask_among(connection, "DELETE FROM case_versions WHERE case_id {among}", late.rewritten)
    _close(connection, late.closed, late.known_to)
    ask_among(connection, "DELETE FROM case_versions WHERE id {among}", late.replaced)
    insert_versions(connection, late.rows)


def rewrite_versions(connection: Connection, changed: Mapping[int, Changed], terms: TermsOf) -> None:
    """Write the whole history of each case anew, at once."""
    finish_versions(connection, append_history(connection, changed, terms))


def _note(connection: Connection, changed: Mapping[int, Changed]) -> None:
    note_changed(connection, changed)
    note_names(connection, {case_id: case.known.own for case_id, case in changed.items()})


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


def current_versions(connection: Connection, ids: Iterable[int]) -> dict[int, Current | None]:
    """The current version of each of these cases; None where it has none."""
    found: dict[int, Current | None] = dict.fromkeys(ids)
    for row in ask_among(connection, _CURRENT, found.copy()):
        version_id, case_id, known_from = row[-3:]
        found[case_id] = Current(version_id, known_from, state_of(row))
    return found


def _close(connection: Connection, version_ids: list[int], known_to: int) -> None:
    ask_among(connection, "UPDATE case_versions SET known_to = ? WHERE id {among}", version_ids, (known_to,))
