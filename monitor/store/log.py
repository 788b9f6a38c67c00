"""The event log: looking up what is known of cases, and appending to it. Rows are never changed."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from sqlalchemy import Connection

from monitor.cases.event import Event
from monitor.store.bulk import append_columns, append_rows
from monitor.store.database import ask, ask_among

CaseKey = tuple[str, str]
"""(station code, case number)."""


class KnownEvents(NamedTuple):
    """The events of a case, and versions of its named events that stand under another case number."""

    own: list[Event]
    elsewhere: list[Event]


def source_ids(connection: Connection) -> dict[str, int]:
    """Every source's id by its name."""
    return {name: key for key, name in ask(connection, "SELECT id, name FROM sources")}


def source_id(connection: Connection, name: str) -> int:
    """The id of a source, made on first use."""
    known = ask(connection, "SELECT id FROM sources WHERE name = ?", (name,))
    if not known:
        known = ask(connection, "INSERT INTO sources (name) VALUES (?) RETURNING id", (name,))
    found: int = known[0][0]
    return found


def case_ids(connection: Connection, keys: Iterable[CaseKey]) -> dict[CaseKey, int]:
    """Ids of those of the cases that are known."""
    by_station: dict[str, list[str]] = {}
    for station, case_no in keys:
        by_station.setdefault(station, []).append(case_no)
    found: dict[CaseKey, int] = {}
    for station, numbers in by_station.items():
        for case_no, key in ask_among(connection, _CASES, numbers, (station,)):
            found[(station, case_no)] = key
    return found


def number_cases(connection: Connection, keys: Sequence[CaseKey]) -> dict[CaseKey, int]:
    """The ids that new cases will have; they follow one another in the order given. Needs the write
    transaction, in which `add_cases` makes them."""
    if not keys:
        return {}
    [(top,)] = ask(connection, "SELECT coalesce(max(id), 0) FROM cases")
    return {key: top + place for place, key in enumerate(keys, 1)}


def add_cases(connection: Connection, numbered: Mapping[CaseKey, int]) -> None:
    """Make new cases."""
    append_rows(
        connection,
        "cases",
        ("id", "station", "case_no"),
        [(number, *key) for key, number in numbered.items()],
    )


def keys_of(connection: Connection, ids: Iterable[int]) -> dict[int, CaseKey]:
    """Station and number of each case by its id."""
    query = "SELECT id, station, case_no FROM cases WHERE id {among}"
    return {key: (station, case_no) for key, station, case_no in ask_among(connection, query, ids)}


def events_of(
    connection: Connection, ids: Iterable[int], activities: Collection[str] | None = None
) -> dict[int, KnownEvents]:
    """All recorded events of the cases, by case id; of some activities alone, those that were ever told as
    one of them, in all their versions."""
    found: dict[int, KnownEvents] = {key: KnownEvents([], []) for key in ids}
    if not found:
        return found
    names = {key: name for name, key in source_ids(connection).items()}
    named: dict[bytes, list[int]] = {}
    chosen, values = "", tuple(activities or ())
    if activities is not None:
        chosen = f"activity IN ({', '.join('?' * len(values))}) AND "
    for row in ask_among(connection, _EVENTS.replace("WHERE ", f"WHERE {chosen}"), found, values):
        event = _event(row, names)
        found[row[0]].own.append(event)
        if event.named:
            named.setdefault(event.identity, []).append(row[0])
    for row in ask_among(connection, _NAMED, named):
        event = _event(row, names)
        for key in dict.fromkeys(named[event.identity]):
            if key != row[0]:
                found[key].elsewhere.append(event)
            elif activities is not None and event.activity not in activities:
                # Told anew, it is another activity.
                found[key].own.append(event)
    return found


def cases_naming(connection: Connection, identities: Iterable[bytes]) -> dict[bytes, set[int]]:
    """The cases under which events with these source-given identities are recorded."""
    found: dict[bytes, set[int]] = {}
    for identity, case_id in ask_among(connection, _NAMING, identities):
        found.setdefault(identity, set()).add(case_id)
    return found


_EVENT_COLUMNS = (
    "identity", "content", "activity", "occurred_at", "occurred_until", "recorded_at", "revision",
    "received_at", "known_at", "source_id", "event_id", "data", "delivery_id", "sheet", "row", "named",
)  # fmt: skip
_SOURCE = 1 + _EVENT_COLUMNS.index("source_id")
_EVENT = "SELECT case_id, " + ", ".join(f'"{name}"' for name in _EVENT_COLUMNS) + " FROM events"
_EVENTS = f"{_EVENT} WHERE case_id {{among}} ORDER BY case_id, received_at"
_NAMED = f"{_EVENT} WHERE named AND identity {{among}}"
_NAMING = "SELECT identity, case_id FROM events WHERE named AND identity {among}"
_CASES = "SELECT case_no, id FROM cases WHERE station = ? AND case_no {among}"


def _event(row: tuple[Any, ...], names: dict[int, str]) -> Event:
    values: list[Any] = list(row[1:])
    values[9] = names[values[9]]
    values[15] = bool(values[15])
    return Event(*values)


def insert_events(
    connection: Connection, case_ids: Sequence[int], source_ids: Sequence[int], events: Sequence[Event]
) -> None:
    """Append events, with the ids of the case and of the source of each."""
    if events:
        columns: list[Sequence[Any]] = [case_ids, *zip(*events, strict=True)]
        columns[_SOURCE] = source_ids
        append_columns(connection, "events", ("case_id", *_EVENT_COLUMNS), columns)
