"""The only way into the log: identify, tell new from known, append, fold, and account for every row."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple

from sqlalchemy import Connection

from ingest.candidate import Person, RowResult
from ingest.mapping.batch import Batch
from ingest.moved import read_again, told_elsewhere, told_together
from monitor.cases.event import Event, digest, digest_text
from monitor.cases.revision import Merge, merge
from monitor.store.casebook import Changed, TermsOf, rewrite_versions, write_versions
from monitor.store.database import Database
from monitor.store.deliveries import (
    Counts,
    DeliveryRow,
    Sender,
    already_delivered,
    delivery,
    next_receipt,
    open_delivery,
    record_counts,
)
from monitor.store.ledger_rows import note_absences
from monitor.store.log import (
    CaseKey,
    KnownEvents,
    add_cases,
    case_ids,
    events_of,
    insert_events,
)
from monitor.store.people import remember_people
from monitor.store.quarantine import Quarantined, put_in_quarantine, supersede

ROWS_AT_ONCE = 20_000
"""Events written in one transaction; bounds memory and how long others wait to write."""


class Letter(NamedTuple):
    """A delivery before it is read: what it is, who sent it, and how its source tells events apart.

    `ledger`: an event is its source, case, activity and ordinal, so that a later export corrects it. Else it
    is its id, and without one its content. `distinct`: equal events of one delivery are several events.
    `full`: a case missing from it although its source told of it before is a finding. `backfill`: history,
    known from when its source recorded it.
    """

    source: str
    name: str
    sender: Sender
    ledger: bool = False
    distinct: bool = False
    full: bool = False
    backfill: bool = False
    sha256: str | None = None
    size: int | None = None


@dataclass(slots=True)
class _Waiting:
    """Rows read and not yet written. `tracks[i]` is the place in `rows` of the i-th candidate."""

    sheets: list[str | None] = field(default_factory=list)
    numbers: list[int] = field(default_factory=list)
    told: list[tuple[Any, ...]] = field(default_factory=list)
    tracks: list[int] = field(default_factory=list)
    rows: int = 0
    refused_rows: set[int] = field(default_factory=set)
    quarantined: list[Quarantined] = field(default_factory=list)
    persons: list[Person] = field(default_factory=list)


def accept(
    database: Database,
    terms: TermsOf,
    letter: Letter,
    batches: Iterable[Batch],
    moment: Callable[[], int],
    heard: Callable[[Merge], None] | None = None,
) -> DeliveryRow:
    """Take a delivery into the log. Returns its entry, whose counts add up. `heard` is told what each case
    gained, before it is committed.

    Where a batch fails, all that was read before it has landed; the delivery is entered as failed and the
    error goes on to the caller. `moment` gives the time now in microseconds, once per transaction.
    """
    reception = _Reception(database, terms, letter, moment)
    reception.heard = heard
    try:
        for batch in batches:
            reception.take(batch)
        reception.close()
    except BaseException as error:
        # Also where a person stops it: a delivery must not stay `loading` for ever.
        reception.fail(error)
        raise
    return reception.entry()


class _Reception:
    def __init__(self, database: Database, terms: TermsOf, letter: Letter, moment: Callable[[], int]) -> None:
        self._database = database
        self._terms = terms
        self._letter = letter
        self._moment = moment
        self._counts = Counts()
        self._stations: set[str] = set()
        self._touched: set[int] = set()
        self._seen: set[CaseKey] = set()
        self._span: tuple[int, int] | None = None
        self._equal: Counter[bytes] = Counter()
        self._refused_alike: Counter[bytes] = Counter()
        self._problem: tuple[str, dict[str, str]] | None = None
        with database.write() as connection:
            self._repeats = letter.sha256 is not None and (
                already_delivered(connection, letter.source, letter.sha256) is not None
            )
            opened = open_delivery(
                connection,
                source=letter.source,
                name=letter.name,
                sha256=letter.sha256,
                size=letter.size,
                sender=letter.sender,
                backfill=letter.backfill,
                now=moment(),
            )
        self._id, self._source_id = opened.delivery_id, opened.source_id
        self._until = opened.received_at
        self._waiting = _Waiting()
        self.heard: Callable[[Merge], None] | None = None

    def take(self, batch: Batch) -> None:
        """Gather a batch; write what has gathered once it is enough."""
        waiting = self._waiting
        for problem in batch.problems:
            self._problem = self._problem or (problem.reason, problem.params)
            waiting.quarantined.append(
                Quarantined(
                    problem.sheet, problem.row or 0, None, None, problem.reason, problem.accepted,
                    problem.params, None, None, None, None,
                )
            )  # fmt: skip
        waiting.persons += batch.persons
        if batch.landed:
            first = waiting.rows
            count = len(batch.landed)
            waiting.sheets += [batch.sheet] * count
            waiting.numbers += [row[0] for row in batch.landed]
            waiting.told += [row[1:] for row in batch.landed]
            waiting.tracks += range(first, first + count)
            waiting.rows += count
            self._counts.rows_read += count
        for row in batch.rows:
            self._take_row(row)
        if len(waiting.told) + len(waiting.quarantined) >= ROWS_AT_ONCE:
            self._write()

    def _take_row(self, row: RowResult) -> None:
        waiting, counts = self._waiting, self._counts
        counts.rows_read += 1
        counts.rows_hidden += row.hidden
        if row.aside is not None:
            counts.rows_aside += 1
            return
        place = waiting.rows
        waiting.rows += 1
        waiting.sheets.append(row.sheet)
        waiting.numbers.append(row.row)
        if row.station is not None and row.case_no is not None:
            self._seen.add((row.station, row.case_no))
        for candidate in row.candidates:
            waiting.told.append(tuple(candidate))
            waiting.tracks.append(place)
        if row.refusals:
            waiting.refused_rows.add(place)
            waiting.quarantined += [
                Quarantined(
                    row.sheet, row.row, one.column, one.value, one.reason, one.accepted, one.params,
                    one.activity, row.station, row.case_no, row.raw,
                )
                for one in row.refusals
            ]  # fmt: skip
        elif not row.candidates:
            # The row names a case and fills in no time: nothing to tell, nothing to refuse.
            counts.rows_aside += 1
            waiting.rows -= 1
            waiting.sheets.pop()
            waiting.numbers.pop()

    def _write(self, last: bool = False) -> None:
        waiting, self._waiting = self._waiting, _Waiting()
        with self._database.write() as connection:
            base = max(next_receipt(connection, self._moment()), self._until + 1)
            self._until = base + len(waiting.told)
            incoming = self._events(waiting, base)
            added, revisions = self._append(connection, incoming, base)
            tracks = waiting.tracks
            if len(tracks) == waiting.rows and not waiting.refused_rows:
                # Each row is one event, as in every event file: no two of them share a row.
                rows_added: Collection[int] = range(len(added))
            else:
                rows_added = {tracks[event.received_at - base] for event in added}
            # A copy: where this transaction fails, the delivery must not claim what was rolled back.
            counts = replace(self._counts)
            counts.mapped += len(waiting.told)
            counts.events += len(added) - revisions
            counts.revisions += revisions
            counts.duplicates += len(waiting.told) - len(added)
            counts.rows_landed += len(rows_added)
            refused_only = len(waiting.refused_rows.difference(rows_added))
            counts.rows_quarantined += refused_only
            counts.rows_unchanged += waiting.rows - len(rows_added) - refused_only
            counts.refusals += len(waiting.quarantined)
            counts.cases = len(self._touched)
            remember_people(connection, waiting.persons, self._id)
            put_in_quarantine(
                connection, self._id, self._source_id, waiting.quarantined, self._refused_alike,
                repeats=self._repeats,
            )  # fmt: skip
            refused = {(item.station, item.case_no, item.activity) for item in waiting.quarantined}
            told = ((*key, event.activity) for key, events in incoming.items() for event in events)
            supersede(connection, self._source_id, (one for one in told if one not in refused), self._id)
            if last and self._letter.full and self._problem is None:
                note_absences(connection, self._id, self._source_id, self._stations, self._seen, self._span)
            record_counts(
                connection,
                self._id,
                counts,
                received_until=self._until,
                stations=self._stations,
                status=("failed" if self._problem and not counts.mapped else "done") if last else "loading",
                finished_at=self._moment() if last else None,
                problem=self._problem[0] if self._problem else None,
                params=self._problem[1] if self._problem else None,
            )
        self._counts = counts

    def _events(self, waiting: _Waiting, base: int) -> dict[CaseKey, list[Event]]:
        """The candidates as events, by case."""
        source, ledger = self._letter.source, self._letter.ledger
        distinct, backfill = self._letter.distinct, self._letter.backfill
        by_case: dict[CaseKey, list[Event]] = {}
        sheets, numbers, tracks, delivery_id = waiting.sheets, waiting.numbers, waiting.tracks, self._id
        events: list[Event] = []
        last_station = last_no = None
        new = tuple.__new__
        for place, told in enumerate(waiting.told):
            station, case_no, activity, at, until, recorded, revision, event_id, ordinal, data = told
            if event_id is not None:
                identity = digest(source, "id", event_id)
                content = digest(station, case_no, activity, at, until, data)
            elif ledger:
                identity = digest(source, station, case_no, activity, ordinal)
                content = digest(at, until, data)
            else:
                identity = content = digest_text(
                    f"{source}\x1f{station}\x1f{case_no}\x1f{activity}\x1f{at}\x1f{until}\x1f{data}"
                )
                if distinct:
                    self._equal[identity] += 1
                    if self._equal[identity] > 1:
                        identity = digest(identity.hex(), self._equal[identity])
            known_at = base
            if backfill:
                # Of a day it is known once the day is over, not at its first instant.
                happened = at if until is None else until
                known_at = min(base, happened if recorded is None else recorded)
            track = tracks[place]
            event = new(
                Event,
                (
                    identity, content, activity, at, until, recorded, revision, base + place, known_at,
                    source, event_id, data, delivery_id, sheets[track], numbers[track], event_id is not None,
                ),
            )  # fmt: skip
            if case_no != last_no or station != last_station:
                # Rows of a case mostly follow one another.
                last_station, last_no = station, case_no
                events = by_case.setdefault((station, case_no), [])
            events.append(event)
        self._stations.update({station for station, _ in by_case})
        if self._letter.full and by_case:
            self._seen.update(by_case)
            begun = [min(event.occurred_at for event in events) for events in by_case.values()]
            low, high = self._span or (begun[0], begun[0])
            self._span = (min(low, *begun), max(high, *begun))
        return by_case

    def _append(
        self, connection: Connection, incoming: dict[CaseKey, list[Event]], base: int
    ) -> tuple[list[Event], int]:
        """Merge with what is known, append, fold. Returns the events added and how many are revisions."""
        ids = case_ids(connection, incoming)
        fresh = [key for key in incoming if key not in ids]
        known = events_of(connection, ids.values())
        ids |= add_cases(connection, fresh)
        moved = told_elsewhere(connection, incoming, ids)
        known |= events_of(connection, set().union(*moved.values()) - set(known) - set(ids.values()))
        added: list[Event] = []
        revisions = 0
        rows = []
        changed: dict[int, Changed] = {}
        gained: set[int] = set()
        source_id = self._source_id
        for keys in told_together(incoming, moved, ids):
            merged = self._merge(keys, incoming, known, moved, ids)
            revisions += merged.revisions
            added += merged.added
            if self.heard is not None:
                self.heard(merged)
            kept = merged.added + merged.affirmed if merged.affirmed else merged.added
            if not kept:
                continue
            home = {} if len(keys) == 1 else {e.received_at: key for key in keys for e in incoming[key]}
            for key in keys:
                case_id = ids[key]
                own = [event for event in kept if home[event.received_at] == key] if home else kept
                if own:
                    if not merged.affirmed or any(event not in merged.affirmed for event in own):
                        gained.add(case_id)
                    rows += [(case_id, *event[:9], source_id, *event[10:]) for event in own]
                    before = known.get(case_id)
                    earlier, elsewhere = ([], []) if before is None else before
                    changed[case_id] = Changed(key, KnownEvents(earlier + own, elsewhere), before is None)
        insert_events(connection, rows)
        read_again(connection, changed, moved, ids)
        if self._letter.backfill:
            rewrite_versions(connection, changed, self._terms)
        else:
            write_versions(connection, changed, self._terms, base)
        self._touched |= gained
        return added, revisions

    def _merge(
        self,
        keys: tuple[CaseKey, ...],
        incoming: dict[CaseKey, list[Event]],
        known: dict[int, KnownEvents],
        moved: dict[CaseKey, set[int]],
        ids: dict[CaseKey, int],
    ) -> Merge:
        """Merge what is told of some cases with all that was told before of the same events."""
        told: dict[int, Event] = {}
        for key in keys:
            for case_id in (ids[key], *moved.get(key, ())):
                if case_id in known:
                    told.update((event.received_at, event) for part in known[case_id] for event in part)
        events = incoming[keys[0]]
        if len(keys) > 1:
            events = sorted((e for key in keys for e in incoming[key]), key=lambda e: e.received_at)
        return merge(list(told.values()), events, repeats=self._repeats)

    def close(self) -> None:
        """Write what is left and enter the delivery as done."""
        self._write(last=True)

    def fail(self, error: BaseException) -> None:
        """Write what was read before the error, and enter the delivery as failed.

        Rows whose own transaction failed are not tried again: `_write` took them out of the waiting ones.
        """
        if self._waiting.rows or self._waiting.quarantined:
            self._write()
        code = getattr(error, "code", None) or type(error).__name__
        params = getattr(error, "params", None) or {}
        counts = self._counts
        # Rows that were read and never written are not accounted for: they will come again with the file.
        counts.rows_read = (
            counts.rows_landed + counts.rows_unchanged + counts.rows_quarantined + counts.rows_aside
        )
        with self._database.write() as connection:
            record_counts(
                connection,
                self._id,
                counts,
                received_until=self._until,
                stations=self._stations,
                status="failed",
                finished_at=self._moment(),
                problem=str(code),
                params={str(key): str(value) for key, value in params.items()},
            )

    def entry(self) -> DeliveryRow:
        """The delivery as entered."""
        with self._database.read() as connection:
            found = delivery(connection, self._id)
        if found is None:
            raise LookupError(f"delivery {self._id} is not entered")
        return found
