"""The only way into the log: identify, tell new from known, append, fold, and account for every row."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack
from itertools import chain
from typing import NamedTuple

from sqlalchemy import Connection

from ingest.append import Appender
from ingest.drawn import Drawn, drawn_events
from ingest.gathered import Gathered
from ingest.letter import Letter as Letter
from ingest.mapping.batch import Batch
from ingest.turns import short_turns
from ingest.weighings import Part, Settled, Settler
from monitor.cases.event import Event
from monitor.cases.revision import Merge
from monitor.store.bulk import arrived, shared_by_threads
from monitor.store.casebook import States, TermsOf, finish_versions, first_states
from monitor.store.database import Database
from monitor.store.deliveries import (
    Counts,
    DeliveryRow,
    already_delivered,
    next_receipt,
    open_delivery,
    record_counts,
)
from monitor.store.ledger_rows import note_absences
from monitor.store.log import CaseKey
from monitor.store.people import remember_people
from monitor.store.quarantine import put_in_quarantine, supersede
from monitor.store.weighings import name_numbers

ROWS_AT_ONCE = 20_000
"""Events written in one transaction; bounds memory and how long others wait to write."""


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
    reception = _Reception(terms, letter, moment, heard)
    with database.write() as connection:
        reception.open(connection)
    try:
        with short_turns():
            for batch in batches:
                reception.take(batch)
                if reception.has_enough():
                    reception.write(database)
            reception.write(database, last=True)
    except BaseException as error:
        # Also where a person stops it: a delivery must not stay `loading` for ever.
        reception.fail(database, error)
        raise
    return reception.entry()


def accept_at_once(
    connection: Connection,
    terms: TermsOf,
    letter: Letter,
    batch: Batch,
    moment: Callable[[], int],
    heard: Callable[[Merge], None] | None = None,
) -> DeliveryRow:
    """The same for a small delivery, within a write transaction of the caller: all of it or, where that is
    rolled back, nothing, its entry included."""
    reception = _Reception(terms, letter, moment, heard)
    reception.open(connection)
    reception.take(batch)
    reception.write_within(connection)
    return reception.entry()


def enter_failed(
    database: Database, terms: TermsOf, letter: Letter, moment: Callable[[], int], error: BaseException
) -> None:
    """Enter a delivery of which nothing landed."""
    reception = _Reception(terms, letter, moment, None)
    with database.write() as connection:
        reception.open(connection)
        reception.end(error)
        reception.record(connection)


_Problem = tuple[str, dict[str, str]]


class _Ending(NamedTuple):
    """A transaction that a thread ends, and the counts once it has."""

    counts: Counts
    ended: Future[None]


def _end(transaction: ExitStack, rest: Callable[[], None]) -> None:
    with transaction:
        rest()


class _Reception:
    def __init__(
        self,
        terms: TermsOf,
        letter: Letter,
        moment: Callable[[], int],
        heard: Callable[[Merge], None] | None,
    ) -> None:
        self._terms = terms
        self._letter = letter
        self._moment = moment
        self._heard = heard
        self._counts = Counts()
        self._stations: set[str] = set()
        self._seen: set[CaseKey] = set()
        self._span: tuple[int, int] | None = None
        self._equal: Counter[bytes] = Counter()
        self._refused_alike: Counter[bytes] = Counter()
        self._problem: _Problem | None = None
        self._status = "loading"
        self._finished_at: int | None = None
        self._waiting = Gathered()
        self._weighed: list[Part] = []
        self._ending: _Ending | None = None

    def open(self, connection: Connection) -> None:
        """Enter the delivery as begun."""
        letter = self._letter
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
            now=self._moment(),
        )
        self._id, self._source_id, self._received_at = opened
        self._until = opened.received_at
        self._settler = Settler(self._terms, letter, self._source_id, self._id)
        self._appender = Appender(self._terms, letter, self._source_id, self._heard, self._repeats)

    def take(self, batch: Batch) -> None:
        """Gather a batch."""
        for problem in batch.problems:
            self._problem = self._problem or (problem.reason, problem.params)
        self._waiting.add(batch, self._seen)
        if batch.weighings is not None and batch.weighings.rows:
            self._waiting.counts.rows_read += len(batch.weighings.rows)
            self._weighed.append(
                self._settler.part(batch.weighings, [batch.sheet] * len(batch.weighings.rows))
            )

    def has_enough(self) -> bool:
        """Whether what has gathered is to be written."""
        return len(self._waiting) + sum(len(part.keys) for part in self._weighed) >= ROWS_AT_ONCE

    def write(self, database: Database, last: bool = False) -> None:
        """Write what has gathered in a transaction of its own; with `last` the delivery is done.

        The others are ended by a thread, while the rows of the next are gathered and drawn: the database has
        some on their way yet, and brings them to the disk without a processor. What is rolled back is not
        claimed.
        """
        now = self._moment()
        try:
            drawn = self._draw(now)
            self.ended()
        except BaseException:
            # As if what comes behind rows that did not land had not been read.
            self._waiting, self._weighed = Gathered(), []
            raise
        with ExitStack() as transaction:
            connection = transaction.enter_context(database.write())
            self._until = max(next_receipt(connection, now) - 1, self._until)
            counts, rest = self._write(connection, last, drawn)
            if last or not shared_by_threads(connection):
                rest()
            else:
                ending = ThreadPoolExecutor(1, "ending")
                self._ending = _Ending(counts, ending.submit(_end, transaction.pop_all(), rest))
                ending.shutdown(wait=False)
                return
        self._counts = counts

    def ended(self) -> None:
        """Wait for the last transaction to have ended. Raises what it raised."""
        if self._ending is not None:
            (counts, ending), self._ending = self._ending, None
            ending.result()
            self._counts = counts

    def write_within(self, connection: Connection) -> None:
        """Write all that has gathered behind the last receipt of this delivery, which is the last of all."""
        self._counts, rest = self._write(connection, True, None)
        rest()

    def _draw(self, now: int) -> Drawn | None:
        """Draw what has gathered while the last transaction is being ended, for receipt at `now`.

        A guess: where another wrote in between, or some of it turns out to be no events of cases, it is drawn
        again within the transaction. States are of cases of which nothing is known, if the last were such.
        """
        letter = self._letter
        if self._ending is None or not self._waiting.told or self._weighed:
            return None
        if letter.distinct or letter.full or letter.statement:
            return None
        base = max(now, self._until + 1)
        incoming = self._events(self._waiting, base)
        states: States = {}
        if self._heard is None and not letter.backfill and self._appender.mostly_new:
            states = first_states(incoming, self._terms)
        return Drawn(self._waiting.told, base, incoming, states)

    def _write(
        self, connection: Connection, last: bool, drawn: Drawn | None
    ) -> tuple[Counts, Callable[[], None]]:
        """Begin to write what has gathered. Returns the counts once it is, and what ends it: that touches
        nothing but the connection and what a next batch leaves alone."""
        waiting, self._waiting = self._waiting, Gathered()
        weighed, self._weighed = self._weighed, []
        if self._letter.statement:
            # A line's number is that of no case and of no weighing.
            settled = Settled([], 0, set(), set())
        else:
            settled = self._settler.settle(connection, waiting, weighed, self._until + 1)
        base = self._until + 1 + len(settled.rows)
        self._until = base + len(waiting.told)
        if self._heard is not None and settled.rows:
            self._heard(self._settler.heard(settled))
        self._stations |= settled.stations
        if drawn is None or not drawn.holds(waiting.told, base):
            drawn = Drawn(waiting.told, base, self._events(waiting, base), {})
        incoming = drawn.incoming
        # Not where they are drawn: the thread that ends the last transaction writes its stations down then.
        self._stations.update({station for station, _ in incoming})
        if self._letter.statement:
            self._stations.discard("")
            added, revisions, late = self._appender.lay_lines(connection, incoming)
        else:
            added, revisions, late = self._appender.append(connection, incoming, base, drawn.states)
        quiet = len(settled.rows)
        tracks = waiting.tracks
        if len(tracks) == waiting.rows and not waiting.refused_rows:
            # Each row is one event, as in every event file: no two of them share a row.
            rows_added: Collection[int] = range(len(added))
        else:
            rows_added = {tracks[event.received_at - base] for event in added}
        counts = self._counts.plus(waiting.counts)
        counts.mapped += len(waiting.told) + quiet + settled.duplicates
        counts.events += len(added) - revisions + quiet
        counts.revisions += revisions
        counts.duplicates += len(waiting.told) - len(added) + settled.duplicates
        counts.rows_landed += len(rows_added) + quiet
        refused_only = len(waiting.refused_rows.difference(rows_added))
        counts.rows_quarantined += refused_only
        counts.rows_unchanged += waiting.rows - len(rows_added) - refused_only + settled.duplicates
        counts.refusals += len(waiting.quarantined)
        counts.cases = len(self._appender.touched)
        problem = self._problem

        def rest() -> None:
            if late is not None:
                finish_versions(connection, late)
            name_numbers(connection, settled.named)
            remember_people(connection, waiting.persons, self._id)
            put_in_quarantine(
                connection, self._id, self._source_id, waiting.quarantined, self._refused_alike, self._until,
                repeats=self._repeats,
            )  # fmt: skip
            refused = {(item.station, item.case_no, item.activity) for item in waiting.quarantined}
            told = ((*key, event.activity) for key, events in incoming.items() for event in events)
            come = (one for one in chain(told, settled.told()) if one not in refused)
            supersede(connection, self._source_id, [*incoming, *settled.keys()], come, self._id, self._until)
            if last:
                if self._letter.full and problem is None:
                    note_absences(
                        connection, self._id, self._source_id, self._stations, self._seen, self._span
                    )
                self._status = "failed" if problem and not counts.mapped else "done"
                self._settler.lay(connection, settled)
                arrived(connection)
                self._finished_at = self._moment()
            self._record(connection, counts, problem)
            if not last:
                self._settler.lay(connection, settled)

        return counts, rest

    def record(self, connection: Connection) -> None:
        """Enter how far the delivery has come."""
        self._record(connection, self._counts, self._problem)

    def _record(self, connection: Connection, counts: Counts, problem: _Problem | None) -> None:
        reason, params = problem or (None, None)
        record_counts(
            connection,
            self._id,
            counts,
            received_until=self._until,
            stations=self._stations,
            status=self._status,
            finished_at=self._finished_at,
            problem=reason,
            params=params,
        )

    def _events(self, waiting: Gathered, base: int) -> dict[CaseKey, list[Event]]:
        """The candidates as events, by case."""
        by_case = drawn_events(waiting, base, self._letter, self._id, self._equal)
        if self._letter.full and by_case:
            self._seen.update(by_case)
            begun = [min(event.occurred_at for event in events) for events in by_case.values()]
            low, high = self._span or (begun[0], begun[0])
            self._span = (min(low, *begun), max(high, *begun))
        return by_case

    def fail(self, database: Database, error: BaseException) -> None:
        """Write what was read before the error, and enter the delivery as failed.

        Rows whose own transaction failed are not tried again: `write` took them out of the waiting ones.
        """
        if len(self._waiting) or self._waiting.rows or self._weighed:
            self.write(database)
        self.ended()
        self.end(error)
        with database.write() as connection:
            self.record(connection)

    def end(self, error: BaseException) -> None:
        """The delivery has failed, with what is counted so far."""
        code = getattr(error, "code", None) or type(error).__name__
        params = getattr(error, "params", None) or {}
        counts = self._counts
        # Rows that were read and never written are not accounted for: they will come again with the file.
        counts.rows_read = (
            counts.rows_landed + counts.rows_unchanged + counts.rows_quarantined + counts.rows_aside
        )
        self._problem = (str(code), {str(key): str(value) for key, value in params.items()})
        self._status, self._finished_at = "failed", self._moment()

    def entry(self) -> DeliveryRow:
        """The delivery as entered."""
        letter = self._letter
        reason, params = self._problem or (None, {})
        return DeliveryRow(
            self._id, letter.source, letter.name, letter.sender.actor, letter.sender.origin, letter.backfill,
            self._status, self._received_at, self._finished_at, tuple(sorted(self._stations)), self._counts,
            reason, params,
        )  # fmt: skip
