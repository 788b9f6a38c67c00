"""The way into the log: every row and event is accounted for, and corrections win."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from threading import Event
from typing import Any

import pytest
from sqlalchemy import select

import ingest.accept
from ingest.accept import Letter, accept
from ingest.candidate import Candidate, Person, Refusal, RowResult
from ingest.mapping.batch import NONE, Batch, SheetProblem, batch_of
from monitor.cases.event import SECOND
from monitor.cases.state import Verdict
from monitor.store.database import Database
from monitor.store.deliveries import DeliveryRow, recent_deliveries
from monitor.store.quality import refused_between
from monitor.store.quarantine import quarantine_rows
from monitor.store.tables import deliveries, events, quarantine, sources
from tests.engines import ENGINES, database_on
from tests.factories import CASE, HOUR, SENDER, STATION, at, candidate, deliver, letter, terms
from tests.store.reading import count, current, differing, spans, state_now

START = at("2024-11-26 14:32")
NOW = at("2024-11-30 09:00")
LATER = NOW + 24 * HOUR
EVENTS = Letter("events", "events.csv", SENDER)


@pytest.fixture(params=ENGINES)
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    with database_on(request.param, tmp_path) as database:
        yield database


def adds_up(row: DeliveryRow) -> bool:
    c = row.counts
    return (
        c.rows_read == c.rows_landed + c.rows_unchanged + c.rows_quarantined + c.rows_aside
        and c.mapped == c.events + c.duplicates + c.revisions
    )


def refused(column: str, activity: str | None, value: str = "25:00") -> Refusal:
    return Refusal(column, value, "impossible_time", "times", {}, activity)


def row(
    number: int,
    candidates: list[Candidate],
    refusals: list[Refusal] | None = None,
    case_no: str | None = CASE,
) -> RowResult:
    told = refusals or []
    raw = {"案件号": str(case_no)} if told else None
    return RowResult(number, None, STATION if case_no else None, case_no, candidates, told, None, False, raw)


def aside(number: int) -> RowResult:
    return RowResult(number, None, None, None, [], [], "title", False, None)


def take(database: Database, *batches: Batch, how: Letter | None = None, now: int = NOW) -> DeliveryRow:
    under = terms()
    return accept(database, lambda station: under, how or letter(), batches, lambda: now)


def rows_batch(*rows: RowResult) -> Batch:
    return Batch(None, NONE, list(rows), [], [], [])


CONFIRMED = candidate("confirmed", START)
RELEASED = candidate("released", START + 5 * HOUR)


def test_a_ledger_loaded_again_brings_nothing_new(database: Database) -> None:
    first = deliver(database, [CONFIRMED, RELEASED], NOW)
    again = deliver(database, [CONFIRMED, RELEASED], LATER)
    assert (first.counts.events, first.counts.cases) == (2, 1)
    assert (again.counts.events, again.counts.duplicates, again.counts.cases) == (0, 2, 0)
    assert (again.counts.rows_landed, again.counts.rows_unchanged) == (0, 2)
    assert count(database) == 2
    assert len(spans(database)) == 1


def test_a_corrected_cell_is_a_revision_and_the_old_one_is_kept(database: Database) -> None:
    deliver(database, [CONFIRMED, RELEASED], NOW)
    corrected = RELEASED._replace(occurred_at=START + 30 * HOUR)
    entry = deliver(database, [CONFIRMED, corrected], LATER)
    assert (entry.counts.revisions, entry.counts.duplicates) == (1, 1)
    assert state_now(database).verdict == Verdict.LATE
    assert count(database) == 3
    assert spans(database) == [(spans(database)[0][0], spans(database)[1][0]), (spans(database)[1][0], None)]


def test_a_value_corrected_and_set_back_is_as_it_was_and_every_step_is_kept(database: Database) -> None:
    other = RELEASED._replace(occurred_at=START + 30 * HOUR)
    for step, told in enumerate((RELEASED, other, RELEASED, other, RELEASED)):
        deliver(database, [CONFIRMED, told], NOW + step * HOUR)
    assert state_now(database).released_at == START + 5 * HOUR
    assert len(spans(database)) == 5
    assert differing(database) == []


def test_the_very_same_file_delivered_again_later_does_not_set_a_correction_back(database: Database) -> None:
    old, new = letter(sha256="a" * 64), letter(sha256="b" * 64)
    corrected = RELEASED._replace(occurred_at=START + 30 * HOUR)
    deliver(database, [CONFIRMED, RELEASED], NOW, old)
    deliver(database, [CONFIRMED, corrected], NOW + HOUR, new)
    again = deliver(database, [CONFIRMED, RELEASED], NOW + 2 * HOUR, old)
    assert (again.counts.duplicates, again.counts.revisions) == (2, 0)
    assert state_now(database).verdict == Verdict.LATE


def test_an_export_recorded_earlier_does_not_win_though_it_comes_last(database: Database) -> None:
    def export(recorded: int, released: int) -> list[Candidate]:
        return [candidate("released", released, recorded=NOW + recorded)]

    deliver(database, export(1, START + 5 * HOUR), NOW)
    affirmed = deliver(database, export(3, START + 5 * HOUR), NOW + HOUR)
    deliver(database, export(2, START + 30 * HOUR), NOW + 2 * HOUR)
    assert (affirmed.counts.duplicates, affirmed.counts.rows_unchanged, affirmed.counts.cases) == (1, 1, 0)
    assert state_now(database).released_at == START + 5 * HOUR
    assert differing(database) == []


def test_a_second_column_of_an_activity_is_another_event(database: Database) -> None:
    told = [candidate("reweighed", START + n * HOUR, ordinal=n, gross_kg=50_000) for n in range(2)]
    assert deliver(database, told, NOW).counts.events == 2
    moved = told[1]._replace(occurred_at=START + 9 * HOUR)
    assert deliver(database, [told[0], moved], LATER).counts.revisions == 1


def test_equal_events_of_a_file_without_ids_are_one_unless_its_source_keeps_them_apart(
    database: Database,
) -> None:
    twice = [candidate("paid", START, amount_fen=5_000)] * 2
    assert deliver(database, twice, NOW, EVENTS).counts.duplicates == 1
    distinct = EVENTS._replace(source="distinct", distinct=True)
    assert deliver(database, twice, NOW, distinct).counts.events == 2
    thrice = deliver(database, [*twice, twice[0]], NOW, distinct)
    assert (thrice.counts.events, thrice.counts.duplicates) == (1, 2)
    assert deliver(database, twice[:1], NOW, distinct).counts.events == 0


def test_an_event_with_an_id_that_moves_to_another_case_changes_both(database: Database) -> None:
    wrong = candidate("released", START + 5 * HOUR, event_id="r-1")
    right = wrong._replace(case_no="襄2024002")
    deliver(database, [CONFIRMED, CONFIRMED._replace(case_no="襄2024002"), wrong], NOW, EVENTS)
    entry = deliver(database, [right], LATER, EVENTS)
    assert entry.counts.revisions == 1
    assert state_now(database).released_at is None
    assert state_now(database, "襄2024002").released_at == START + 5 * HOUR
    deliver(database, [wrong], LATER + HOUR, EVENTS)
    assert state_now(database).released_at == START + 5 * HOUR
    assert state_now(database, "襄2024002").released_at is None
    assert differing(database) == []


def test_an_event_that_moves_and_moves_back_within_one_delivery_ends_where_it_was_told_last(
    database: Database,
) -> None:
    here = candidate("released", START + 5 * HOUR, event_id="r-1")
    there = here._replace(case_no="襄2024002")
    entry = deliver(
        database, [CONFIRMED, CONFIRMED._replace(case_no="襄2024002"), here, there, here], NOW, EVENTS
    )
    assert (entry.counts.events, entry.counts.revisions, entry.counts.duplicates) == (3, 2, 0)
    assert state_now(database).released_at == START + 5 * HOUR
    assert state_now(database, "襄2024002").released_at is None
    assert differing(database) == []


def test_a_void_that_comes_before_its_event_waits_and_is_listed(database: Database) -> None:
    void = candidate("voided", START + HOUR, event_id="v-1", voids="r-1")
    deliver(database, [void], NOW, EVENTS)
    assert [finding.code for finding in state_now(database).findings] == ["void_unmatched"]
    deliver(database, [CONFIRMED, candidate("released", START + 5 * HOUR, event_id="r-1")], LATER, EVENTS)
    state = state_now(database)
    assert (state.released_at, state.findings) == (None, ())


def test_a_bad_cell_loses_its_own_event_and_not_the_vehicle(database: Database) -> None:
    entry = take(
        database,
        rows_batch(
            aside(1),
            row(2, [CONFIRMED], [refused("放行时间", "released")]),
            row(3, [], [refused("站点", None)], case_no=None),
            row(4, []),
        ),
    )
    counts = entry.counts
    assert adds_up(entry)
    assert (counts.rows_read, counts.rows_landed, counts.rows_quarantined, counts.rows_aside) == (4, 1, 1, 2)
    assert (counts.events, counts.refusals) == (1, 2)
    assert state_now(database).confirmed_at == START
    with database.read() as connection:
        cells = [(one.item.row, one.item.column, one.item.case_no) for one in quarantine_rows(connection)]
    assert cells == [(2, "放行时间", CASE), (3, "站点", None)]


def test_the_same_refusal_in_the_next_export_is_the_same_entry_wherever_its_row_moved(
    database: Database,
) -> None:
    cell = refused("放行时间", "released")
    take(database, rows_batch(row(2, [CONFIRMED], [cell])))
    again = take(database, rows_batch(row(7, [CONFIRMED], [cell])), now=LATER)
    assert (again.counts.rows_quarantined, again.counts.refusals) == (1, 1)
    assert count(database, quarantine) == 1


def test_two_equal_refusals_of_one_file_are_two_entries(database: Database) -> None:
    both = rows_batch(*(row(n, [], [refused("站点", None)], case_no=None) for n in (2, 3)))
    take(database, both)
    take(database, both, now=LATER)
    assert count(database, quarantine) == 2


def statuses(database: Database) -> list[str]:
    with database.read() as connection:
        return [one.status for one in quarantine_rows(connection, status=None)]


def test_a_corrected_row_settles_what_was_refused_of_it(database: Database) -> None:
    take(database, rows_batch(row(2, [CONFIRMED], [refused("放行时间", "released")])))
    later = take(database, rows_batch(row(2, [CONFIRMED, RELEASED])), now=LATER)
    assert statuses(database) == ["superseded"]
    with database.read() as connection:
        [settled] = quarantine_rows(connection, settled=True)
        [until] = connection.execute(
            select(deliveries.c.received_until).where(deliveries.c.id == later.delivery_id)
        ).scalars()
    # By the transaction that brought its event: on its clock, and by nobody.
    assert (settled.settled_at, settled.settled_by) == (until, None)
    assert LATER <= until < LATER + SECOND


def test_a_refusal_that_comes_back_after_its_correction_is_open_again(database: Database) -> None:
    wrong = row(2, [CONFIRMED], [refused("放行时间", "released")])
    take(database, rows_batch(wrong))
    take(database, rows_batch(row(2, [CONFIRMED, RELEASED])), now=LATER)
    take(database, rows_batch(wrong), now=LATER + HOUR)
    assert statuses(database) == ["open"]
    again = RELEASED._replace(occurred_at=START)
    take(database, rows_batch(row(2, [CONFIRMED, again])), now=LATER + 2 * HOUR)

    def superseded(as_of: int) -> int:
        with database.read() as connection:
            return refused_between(connection, NOW, NOW + HOUR, as_of, None).superseded

    # What is said of a moment stays as it was said then.
    moments = [NOW + HOUR, LATER + SECOND, LATER + HOUR + SECOND, LATER + 2 * HOUR + SECOND]
    assert list(map(superseded, moments)) == [0, 1, 0, 1]


def test_another_source_or_another_activity_settles_nothing(database: Database) -> None:
    take(database, rows_batch(row(2, [CONFIRMED], [refused("放行时间", "released")])))
    take(database, rows_batch(row(2, [RELEASED])), how=letter("police"), now=LATER)
    take(database, rows_batch(row(2, [candidate("decided", START + HOUR)])), now=LATER + HOUR)
    assert statuses(database) == ["open"]


def test_the_first_reweigh_of_a_row_does_not_settle_the_refused_second_one(database: Database) -> None:
    first = candidate("reweighed", START + HOUR, gross_kg=50_000)
    told = row(2, [first], [refused("第二次复检时间", "reweighed")])
    take(database, rows_batch(told))
    take(database, rows_batch(told), now=LATER)
    assert statuses(database) == ["open"]
    second = first._replace(occurred_at=START + 3 * HOUR, ordinal=1)
    take(database, rows_batch(row(2, [first, second])), now=LATER + HOUR)
    assert statuses(database) == ["superseded"]


def batches_then(error: BaseException, *batches: Batch) -> Iterator[Batch]:
    yield from batches
    raise error


def one_case(number: int) -> Candidate:
    return CONFIRMED._replace(case_no=f"襄{number:04d}")


@pytest.mark.parametrize("error", [ValueError("row 4"), KeyboardInterrupt()])
def test_a_delivery_that_breaks_off_keeps_all_that_was_read_and_is_entered_as_failed(
    database: Database, monkeypatch: pytest.MonkeyPatch, error: BaseException
) -> None:
    monkeypatch.setattr(ingest.accept, "ROWS_AT_ONCE", 3)
    written = batch_of([one_case(1), one_case(2), one_case(3)])
    waiting = rows_batch(row(4, [one_case(4)], [refused("放行时间", "released")]), aside(5))
    under = terms()
    with pytest.raises(type(error)):
        accept(database, lambda _: under, letter(), batches_then(error, written, waiting), lambda: NOW)
    with database.read() as connection:
        [entry] = recent_deliveries(connection)
    assert (entry.status, entry.problem) == ("failed", type(error).__name__)
    assert adds_up(entry)
    assert (entry.counts.rows_read, entry.counts.events, entry.counts.refusals) == (5, 4, 1)
    assert len(current(database)) == count(database) == 4
    assert count(database, quarantine) == 1


def test_a_failed_delivery_sent_again_lands_whole(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ingest.accept, "ROWS_AT_ONCE", 2)
    whole = [batch_of([one_case(1), one_case(2)]), batch_of([one_case(3)])]
    how, under = letter(sha256="a" * 64), terms()
    with pytest.raises(ValueError, match="cut off"):
        accept(database, lambda _: under, how, batches_then(ValueError("cut off"), whole[0]), lambda: NOW)
    entry = take(database, *whole, how=how, now=LATER)
    assert (entry.status, entry.counts.events, entry.counts.duplicates) == ("done", 1, 2)


def test_what_a_transaction_rolled_back_is_not_counted(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ingest.accept, "ROWS_AT_ONCE", 2)
    remember = ingest.accept.remember_people

    def full_disk(connection: object, persons: list[Person], delivery_id: int) -> None:
        if persons:
            raise OSError("no space left on the device")
        remember(connection, persons, delivery_id)  # type: ignore[arg-type]

    monkeypatch.setattr(ingest.accept, "remember_people", full_disk)
    second = batch_of([one_case(3), one_case(4)])._replace(persons=[Person("d1", "name", "张三")])
    with pytest.raises(OSError, match="no space"):
        take(database, batch_of([one_case(1), one_case(2)]), second, batch_of([one_case(5), one_case(6)]))
    with database.read() as connection:
        [entry] = recent_deliveries(connection)
    assert adds_up(entry)
    assert (entry.status, entry.counts.events, entry.counts.cases) == ("failed", 2, 2)
    assert count(database) == 2


def test_a_file_of_which_nothing_could_be_read_has_failed_and_one_sheet_of_many_has_not(
    database: Database,
) -> None:
    problem = SheetProblem("7月", 1, "missing_column", {"column": "案件号"}, "columns")
    alone = take(database, Batch("7月", NONE, [], [], [], [problem]))
    assert (alone.status, alone.problem, alone.counts.refusals) == ("failed", "missing_column", 1)
    beside = take(database, Batch("7月", NONE, [], [], [], [problem]), batch_of([CONFIRMED]), now=LATER)
    assert (beside.status, beside.problem, beside.counts.events) == ("done", "missing_column", 1)


def test_a_file_of_nothing_but_refusals_is_written_piece_by_piece(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ingest.accept, "ROWS_AT_ONCE", 2)
    seen: list[int] = []

    def told() -> Iterator[Batch]:
        for number in range(6):
            seen.append(count(database, quarantine))
            yield rows_batch(row(number, [], [refused("站点", None, str(number))], case_no=None))

    under = terms()
    accept(database, lambda _: under, letter(), told(), lambda: NOW)
    # A piece may be on its way to the disk while the next is gathered, and no more than one.
    assert seen[:2] == [0, 0]
    assert seen[4] in (2, 4)
    assert count(database, quarantine) == 6


def test_every_event_says_where_it_was_told(database: Database) -> None:
    entry = take(database, Batch("7月", NONE, [row(12, [CONFIRMED])._replace(sheet="7月")], [], [], []))
    assert count(database, where=(events.c.sheet == "7月") & (events.c.row == 12)) == 1
    assert count(database, where=events.c.delivery_id == entry.delivery_id) == 1
    assert (entry.actor, entry.origin) == (SENDER.actor, SENDER.origin)


def test_a_delivery_counts_its_cases_once_over_all_its_pieces(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ingest.accept, "ROWS_AT_ONCE", 1)
    entry = take(database, batch_of([CONFIRMED]), batch_of([RELEASED]))
    assert (entry.counts.cases, entry.counts.events) == (1, 2)
    assert replace(entry.counts, cases=0) != entry.counts


def test_rows_drawn_before_another_wrote_are_received_after_what_it_wrote(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ingest.accept, "ROWS_AT_ONCE", 2)
    drawn: list[bool] = []
    folded: list[int] = []
    holds, first_states = ingest.accept.Drawn.holds, ingest.accept.first_states

    def still(self: ingest.accept.Drawn, told: list[tuple[Any, ...]], base: int) -> bool:
        drawn.append(holds(self, told, base))
        return drawn[-1]

    def states(incoming: Any, under: Any) -> Any:
        folded.append(len(incoming))
        return first_states(incoming, under)

    monkeypatch.setattr(ingest.accept.Drawn, "holds", still)
    monkeypatch.setattr(ingest.accept, "first_states", states)
    under = terms()

    def told() -> Iterator[Batch]:
        yield batch_of([one_case(1), one_case(2)])
        yield batch_of([one_case(3), one_case(4)])
        # a case that the first told, one that another tells at once, and one told twice
        known = RELEASED._replace(case_no="襄0001")
        accept(database, lambda _: under, letter("other"), [batch_of([one_case(5)])], lambda: NOW)
        yield batch_of([known, RELEASED._replace(case_no="襄0005")])
        yield batch_of([one_case(6), one_case(6), one_case(7)])

    entry = accept(database, lambda _: under, letter(), told(), lambda: NOW)
    assert (drawn, folded) == ([True, False, True], [2, 2])
    assert adds_up(entry)
    assert (entry.counts.events, entry.counts.duplicates, entry.counts.cases) == (8, 1, 7)
    with database.read() as connection:
        received = connection.execute(select(events.c.case_id, events.c.received_at)).all()
        latest = dict(map(tuple, connection.execute(_RECEIVED)))
    assert len({at for _, at in received}) == len(received) == 9
    assert max(at for _, at in received) <= latest["ledger"]
    assert latest["other"] < latest["ledger"]
    assert not differing(database)
    assert state_now(database, "襄0001").released_at == RELEASED.occurred_at
    assert state_now(database, "襄0005").released_at == RELEASED.occurred_at


def test_a_transaction_that_is_being_ended_tells_no_stations_of_the_rows_behind_it(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ingest.accept, "ROWS_AT_ONCE", 2)
    drawn = Event()
    told: list[list[str]] = []
    first_states, record_counts = ingest.accept.first_states, ingest.accept.record_counts

    def states(incoming: Any, under: Any) -> Any:
        found = first_states(incoming, under)
        drawn.set()
        return found

    def record(*given: Any, **more: Any) -> None:
        assert drawn.wait(10)
        told.append(sorted(more["stations"]))
        record_counts(*given, **more)

    monkeypatch.setattr(ingest.accept, "first_states", states)
    monkeypatch.setattr(ingest.accept, "record_counts", record)
    other = [one_case(number)._replace(station="14042301") for number in (3, 4)]
    entry = take(database, batch_of([one_case(1), one_case(2)]), batch_of(other))
    assert told == [[STATION], ["14042301", STATION], ["14042301", STATION]]
    assert entry.stations == ("14042301", STATION)


_RECEIVED = select(sources.c.name, deliveries.c.received_until).join(
    sources, sources.c.id == deliveries.c.source_id
)
