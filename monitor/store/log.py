"""The event log: looking up what is known of cases, and appending to it. Rows are never changed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Any, NamedTuple, TypeVar

from sqlalchemy import Connection, Row, select

from monitor.cases.event import Event
from monitor.store.database import append_rows, ask, ask_among
from monitor.store.tables import cases

CaseKey = tuple[str, str]
"""(station code, case number)."""

T = TypeVar("T")

_CHUNK = 500


class KnownEvents(NamedTuple):
    """The events of a case, and versions of its named events that stand under another case number."""

    own: list[Event]
    elsewhere: list[Event]


def chunks(items: Iterable[T], size: int = _CHUNK) -> Iterator[list[T]]:
    """The items in lists of at most `size`."""
    iterator = iter(items)
    while chunk := list(islice(iterator, size)):
        yield chunk


def source_ids(connection: Connection) -> dict[str, int]:
    """Every source's id by its name."""
    return {name: key for key, name in ask(connection, "SELECT id, name FROM sources")}


def source_id(connection: Connection, name: str) -> int:
    """The id of a source, made on first use."""
    known: int | None = ask(connection, "SELECT id FROM sources WHERE name = ?", (name,)).scalar_one_or_none()
    if known is not None:
        return known
    made: int = ask(connection, "INSERT INTO sources (name) VALUES (?) RETURNING id", (name,)).scalar_one()
    return made


def case_ids(connection: Connection, keys: Iterable[CaseKey]) -> dict[CaseKey, int]:
    """Ids of those of the cases that are known."""
    by_station: dict[str, list[str]] = {}
    for station, case_no in keys:
        by_station.setdefault(station, []).append(case_no)
    found: dict[CaseKey, int] = {}
    for station, numbers in by_station.items():
        for chunk in chunks(numbers):
            for case_no, key in ask_among(connection, _CASES, chunk, (station,)):
                found[(station, case_no)] = key
    return found


def add_cases(connection: Connection, keys: Sequence[CaseKey]) -> dict[CaseKey, int]:
    """Make new cases; their ids follow one another in the order given. Needs the write transaction."""
    if not keys:
        return {}
    top = connection.exec_driver_sql("SELECT coalesce(max(id), 0) FROM cases").scalar_one()
    numbered = {key: top + place for place, key in enumerate(keys, 1)}
    append_rows(
        connection,
        "cases",
        ("id", "station", "case_no"),
        [(number, *key) for key, number in numbered.items()],
    )
    return numbered


def keys_of(connection: Connection, ids: Iterable[int]) -> dict[int, CaseKey]:
    """Station and number of each case by its id."""
    found: dict[int, CaseKey] = {}
    for chunk in chunks(ids):
        query = select(cases.c.id, cases.c.station, cases.c.case_no).where(cases.c.id.in_(chunk))
        for key, station, case_no in connection.execute(query):
            found[key] = (station, case_no)
    return found


def events_of(connection: Connection, ids: Iterable[int]) -> dict[int, KnownEvents]:
    """All recorded events of the cases, by case id."""
    found: dict[int, KnownEvents] = {key: KnownEvents([], []) for key in ids}
    if not found:
        return found
    names = {key: name for name, key in source_ids(connection).items()}
    named: dict[bytes, list[int]] = {}
    for chunk in chunks(found):
        for row in ask_among(connection, _EVENTS, chunk):
            event = _event(row, names)
            found[row.case_id].own.append(event)
            if event.named:
                named.setdefault(event.identity, []).append(row.case_id)
    for identities in chunks(named):
        for case_id, event in _named(connection, identities, names):
            for key in named[event.identity]:
                if key != case_id:
                    found[key].elsewhere.append(event)
    return found


def cases_naming(connection: Connection, identities: Iterable[bytes]) -> dict[bytes, set[int]]:
    """The cases under which events with these source-given identities are recorded."""
    found: dict[bytes, set[int]] = {}
    for chunk in chunks(identities):
        for identity, case_id in ask_among(connection, _NAMING, chunk):
            found.setdefault(identity, set()).add(case_id)
    return found


def _named(
    connection: Connection, identities: Sequence[bytes], names: dict[int, str]
) -> Iterator[tuple[int, Event]]:
    for row in ask_among(connection, _NAMED, identities):
        yield row.case_id, _event(row, names)


_EVENT_COLUMNS = (
    "identity", "content", "activity", "occurred_at", "occurred_until", "recorded_at", "revision",
    "received_at", "known_at", "source_id", "event_id", "data", "delivery_id", "sheet", "row", "named",
)  # fmt: skip
_EVENT = "SELECT case_id, " + ", ".join(f'"{name}"' for name in _EVENT_COLUMNS) + " FROM events"
_EVENTS = f"{_EVENT} WHERE case_id {{among}} ORDER BY case_id, received_at"
_NAMED = f"{_EVENT} WHERE named AND identity {{among}}"
_NAMING = "SELECT identity, case_id FROM events WHERE named AND identity {among}"
_CASES = "SELECT case_no, id FROM cases WHERE station = ? AND case_no {among}"


def _event(row: Row[Any], names: dict[int, str]) -> Event:
    values: list[Any] = list(row[1:])
    values[9] = names[values[9]]
    values[15] = bool(values[15])
    return Event(*values)


def insert_events(connection: Connection, rows: Sequence[tuple[Any, ...]]) -> None:
    """Append rows: the case id, then the fields of the event in their order, its source by its id."""
    append_rows(connection, "events", ("case_id", *_EVENT_COLUMNS), rows)
