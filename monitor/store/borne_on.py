"""Cases of which something may be found otherwise because others changed: of the same vehicle, driver or
company, or about the same act."""

from __future__ import annotations

from collections.abc import Collection, Iterable

import orjson
from sqlalchemy import Connection

from monitor.store.database import ask_among
from monitor.store.decision_names import ACT, NAMED, names_in
from monitor.store.decisions import NUMBERED, OF_ACT, OF_PLATE
from monitor.store.log import events_of

_WERE_DECIDED = (
    "SELECT DISTINCT case_id, plate FROM case_versions WHERE decided_at IS NOT NULL AND case_id {among}"
)
_NUMBERS = "SELECT id, station, case_no FROM cases WHERE id {among}"
_TOLD = "SELECT case_id, last_at FROM case_versions WHERE known_to IS NULL AND case_id {among}"
_FLAGGED = (
    "SELECT case_id, clock FROM flags WHERE (state = 'open' OR state = 'acknowledged') AND case_id {among}"
)
_CHECK_NO = '"check_no"'


def borne_on(connection: Connection, case_ids: Collection[int], since: int) -> set[int]:
    """Ids of other cases on which these may bear, by what they say now or said before: those told of since
    then (microseconds), and those of which a flag of a finding lives. What was never decided bears on none.

    Each name is a probe of an index, however long the history.
    """
    plates = ask_among(connection, _WERE_DECIDED, case_ids)
    decided = sorted({row[0] for row in plates})
    if not decided:
        return set()
    events = events_of(connection, decided)
    found = _named(connection, OF_PLATE, {row[1] for row in plates} - {None})
    acts: dict[str, set[str]] = {}
    named: dict[str, set[str]] = {}
    for case_id, station, case_no in ask_among(connection, _NUMBERS, decided):
        data = [event.data for event in events[case_id].own] if case_id in events else []
        names = names_in(data)
        for kind, name in names:
            named.setdefault(kind, set()).add(name)
        own = {name for kind, name in names if kind == ACT} | _check_numbers(data) | {case_no}
        acts.setdefault(station, set()).update(own)
        named.setdefault(ACT, set()).update(own)
    for kind, some in named.items():
        found |= _named(connection, NAMED, some, kind)
    for station, some in acts.items():
        found |= _named(connection, OF_ACT, some, station) | _named(connection, NUMBERED, some, station)
    found -= set(case_ids)
    told = {case_id for case_id, last_at in ask_among(connection, _TOLD, sorted(found)) if last_at >= since}
    flagged = ask_among(connection, _FLAGGED, sorted(found))
    return told | {case_id for case_id, clock in flagged if clock.startswith("finding:")}


def _named(connection: Connection, query: str, names: Iterable[str], *first: str) -> set[int]:
    return {row[1] for row in ask_among(connection, query, sorted(names), first)}


def _check_numbers(told: Iterable[str]) -> set[str]:
    found = (orjson.loads(text).get("check_no") for text in told if _CHECK_NO in text)
    return {str(number) for number in found if number}
