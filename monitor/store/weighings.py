"""First weighings that are no case: a compact log beside that of the events.

A truck within its limit that nothing else is told of needs no case, no version and no fold. Its weighing lies
in the table `weighings` as long as it is all that is known under its check number; once anything else is
told, it rises: it becomes the `weighed` event of that case that it would have been, received when it was.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from sqlalchemy import Connection

from monitor.cases.activity import Activity
from monitor.cases.event import Event, digest
from monitor.cases.weighing import limit_or_bound, numbered, weighing_data
from monitor.store.bulk import append_rows
from monitor.store.casebook import Changed, TermsOf, rewrite_versions
from monitor.store.changes import note_weighed
from monitor.store.database import ask, ask_among
from monitor.store.log import (
    CaseKey,
    KnownEvents,
    add_cases,
    case_ids,
    insert_events,
    number_cases,
    source_ids,
)


class Lying(NamedTuple):
    """A weighing as it lies in the table; the fields are its columns, in their order."""

    received_at: int
    known_at: int
    station: str
    check_no: str
    at: int
    local_date: str
    iso_week: str
    local_hour: int
    plate: str | None
    plate_colour: str | None
    vehicle: str | None
    axles: int | None
    gross_kg: int | None
    limit_kg: int | None
    rule_kg: int | None
    rest: str
    source_id: int
    delivery_id: int
    sheet: str | None
    row: int

    @property
    def key(self) -> CaseKey:
        """The case it would belong to."""
        return self.station, self.check_no

    @property
    def content(self) -> tuple[Any, ...]:
        """What its source told; two with the same content are one weighing told twice."""
        return (self.source_id, self.at, *self[8:14], self.rest)

    def event(self, source: str) -> Event:
        """The event it would have been in the log."""
        name = numbered(self.station, self.check_no)
        data = weighing_data(self.check_no, self[8:14], self.rest)
        activity = Activity.WEIGHED.value
        content = digest(self.station, self.check_no, activity, self.at, None, data)
        return Event(
            digest(source, "id", name), content, activity, self.at, None, None, None, self.received_at,
            self.known_at, source, name, data, self.delivery_id, self.sheet, self.row, True,
        )  # fmt: skip


_COLUMNS = Lying._fields
_DATE = _COLUMNS.index("local_date")
_NAMES = ", ".join(f'"{name}"' for name in _COLUMNS)


def add_weighings(connection: Connection, rows: Sequence[tuple[Any, ...]]) -> None:
    """Append rows whose values are the fields of `Lying`."""
    append_rows(connection, "weighings", _COLUMNS, rows)
    note_weighed(connection, {row[_DATE][:7] for row in rows})


Numbers = Mapping[str, Collection[str]]
"""Station → check numbers."""


def by_station(keys: Iterable[CaseKey]) -> dict[str, set[str]]:
    """Check numbers by station."""
    found: dict[str, set[str]] = {}
    for station, number in keys:
        if station in found:
            found[station].add(number)
        else:
            found[station] = {number}
    return found


def lying(connection: Connection, numbers: Numbers) -> dict[CaseKey, Lying]:
    """Those of the check numbers under which a weighing lies, with it."""
    query = f"SELECT {_NAMES} FROM weighings WHERE station = ? AND check_no"
    return {one.key: one for one in map(Lying._make, _numbered(connection, query, numbers))}


def spoken_for(connection: Connection, numbers: Numbers) -> set[CaseKey]:
    """Those of the check numbers that are a case, or that a case names."""
    cases = "SELECT station, case_no FROM cases WHERE station = ? AND case_no"
    named = "SELECT station, check_no FROM check_numbers WHERE station = ? AND check_no"
    found = _numbered(connection, cases, numbers)
    return {(station, number) for station, number in (*found, *_numbered(connection, named, numbers))}


def name_numbers(connection: Connection, named: Collection[tuple[CaseKey, str]]) -> None:
    """Note that known cases name check numbers."""
    if not named:
        return
    ids = case_ids(connection, {key for key, _ in named})
    statement = (
        "INSERT INTO check_numbers (station, check_no, case_id) VALUES (?, ?, ?) ON CONFLICT DO NOTHING"
    )
    for key, check_no in named:
        ask(connection, statement, (key[0], check_no, ids[key]))


def rise(connection: Connection, found: Mapping[CaseKey, Lying], terms: TermsOf) -> None:
    """Turn weighings into the events of cases of their own, known since they came."""
    if not found:
        return
    ids = number_cases(connection, list(found))
    add_cases(connection, ids)
    names = {key: name for name, key in source_ids(connection).items()}
    events = [one.event(names[one.source_id]) for one in found.values()]
    changed = {
        ids[key]: Changed(key, KnownEvents([event], []), new=True)
        for key, event in zip(found, events, strict=True)
    }
    insert_events(connection, list(changed), [one.source_id for one in found.values()], events)
    rewrite_versions(connection, changed, terms)
    gone = [one.received_at for one in found.values()]
    ask_among(connection, "DELETE FROM weighings WHERE received_at {among}", gone)
    note_weighed(connection, {one.local_date[:7] for one in found.values()})


def over_now(connection: Connection, terms: TermsOf) -> Iterator[Lying]:
    """Weighings that are over the limit by the rules as they are configured now: they ought to be cases."""
    last = -1
    query = f"SELECT {_NAMES} FROM weighings WHERE received_at > ? ORDER BY received_at LIMIT 10000"
    while rows := ask(connection, query, (last,)):
        for one in map(Lying._make, rows):
            rule, bound = limit_or_bound(terms(one.station), one.vehicle, one.axles, one.at)
            if (
                one.gross_kg is not None
                and one.gross_kg > bound
                and (rule is not None or one.limit_kg is None)
            ):
                yield one
        last = rows[-1][0]


def _numbered(connection: Connection, query: str, numbers: Numbers) -> Iterator[tuple[Any, ...]]:
    """Rows of a query about the numbers of one station.

    Numbers run on, so on SQLite, which compares texts as Python does, one look from the least to the greatest
    of them mostly finds nothing or little else; where it finds much else, each number is asked for.
    """
    for station, wanted in numbers.items():
        if connection.dialect.name == "sqlite" and len(wanted) > 1:
            enough = 2 * len(wanted) + 100
            ends = (station, min(wanted), max(wanted), enough)
            place = 3 if "weighings" in query else 1
            found = ask(connection, f"{query} BETWEEN ? AND ? LIMIT ?", ends)
            if len(found) < enough:
                yield from (row for row in found if row[place] in wanted)
                continue
        yield from ask_among(connection, f"{query} {{among}}", wanted, (station,))
