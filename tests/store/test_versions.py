"""Case versions: one after another without gap or overlap, the same however deliveries are cut."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import cycle, pairwise
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, update

from ingest.accept import Letter
from ingest.candidate import Candidate
from monitor.cases.fold import fold
from monitor.cases.state import CaseState
from monitor.store.database import Database
from monitor.store.log import CaseKey, case_ids, events_of
from monitor.store.migrate import upgrade
from monitor.store.refold import refold
from monitor.store.tables import case_versions, metadata
from monitor.store.versions import local_day
from tests.factories import CASE, HOUR, ROME, SENDER, SHANGHAI, STATION, at, candidate, deliver, letter, terms
from tests.long import examples
from tests.store.reading import current, differing, known_at, spans, state_now

START = at("2024-11-26 08:00")
NOW = at("2024-12-20 09:00")
UNDER = terms()
FEW = settings(
    max_examples=examples(25), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
EVENTS = Letter("events", "events.csv", SENDER)

Fresh = Callable[[], Database]


@pytest.fixture(scope="module")
def pair() -> Iterator[tuple[Database, Database]]:
    """Two databases in memory: hundreds of examples would spend their time on the disk."""
    made = Database("sqlite://"), Database("sqlite://")
    for database in made:
        upgrade(database)
    yield made
    for database in made:
        database.dispose()


@pytest.fixture
def fresh(pair: tuple[Database, Database]) -> Fresh:
    """One of the two, emptied; the other at the next call."""
    turns = cycle(pair)

    def make() -> Database:
        database = next(turns)
        with database.write() as connection:
            for table in reversed(metadata.sorted_tables):
                connection.execute(delete(table))
        return database

    return make


@st.composite
def told(draw: st.DrawFn, most: int = 9) -> list[Candidate]:
    """What sources tell of two cases: with ids, which may move between them, without, and voids."""
    found = []
    for _ in range(draw(st.integers(1, most))):
        activity = draw(
            st.sampled_from(["confirmed", "released", "reweighed", "detained", "voided", "suspended"])
        )
        event_id = draw(st.sampled_from([None, "e0", "e1", "e2"]))
        more: dict[str, Any] = {}
        if activity == "voided":
            more["voids"] = draw(st.sampled_from(["e0", "e1", "e2"]))
        if activity == "reweighed":
            more["gross_kg"] = 48_000
        found.append(
            candidate(
                activity,
                START + draw(st.integers(0, 60)) * HOUR,
                case_no=draw(st.sampled_from([CASE, "襄2024002"])),
                event_id=event_id,
                recorded=draw(st.one_of(st.none(), st.integers(0, 2).map(lambda n: NOW - n * HOUR))),
                **more,
            )
        )
    return found


def pieces(items: list[Candidate], cuts: list[int]) -> list[list[Candidate]]:
    ends = [0, *sorted(cut % (len(items) + 1) for cut in cuts), len(items)]
    return [items[begin:end] for begin, end in pairwise(ends)]


def check_versions(database: Database) -> None:
    """Versions follow one another: none overlaps, none is empty, and a gap means that nothing was valid."""
    for case_no in (CASE, "襄2024002"):
        found = spans(database, case_no)
        for begin, end in found:
            assert end is None or begin < end
        for (_, end), (begin, _) in pairwise(found):
            assert end is not None
            assert end <= begin
    assert differing(database) == []


@FEW
@given(items=told(), cuts=st.lists(st.integers(0, 9), max_size=3), ledger=st.booleans())
def test_deliveries_cut_anyhow_end_in_the_same_states(
    fresh: Fresh, items: list[Candidate], cuts: list[int], ledger: bool
) -> None:
    how = letter() if ledger else EVENTS
    whole, cut = fresh(), fresh()
    entry = deliver(whole, items, NOW, how)
    entries = [deliver(cut, part, NOW + n * HOUR, how) for n, part in enumerate(pieces(items, cuts))]
    assert current(whole) == current(cut)
    for name in ("mapped", "events", "revisions", "duplicates"):
        assert getattr(entry.counts, name) == sum(getattr(one.counts, name) for one in entries)
    check_versions(whole)
    check_versions(cut)


@FEW
@given(items=told(), order=st.randoms(use_true_random=False))
def test_exports_with_their_own_clock_end_in_the_same_states_in_any_order(
    fresh: Fresh, items: list[Candidate], order: Any
) -> None:
    # Each version recorded at an instant of its own; a ledger, so that every cell has versions.
    clocked = [one._replace(recorded_at=NOW - n * HOUR) for n, one in enumerate(items)]
    first, second = fresh(), fresh()
    for n, one in enumerate(clocked):
        deliver(first, [one], NOW + n * HOUR)
    order.shuffle(clocked)
    for n, one in enumerate(clocked):
        deliver(second, [one], NOW + n * HOUR)
    assert current(first) == current(second)


@FEW
@given(
    items=told(),
    backfill=st.lists(st.booleans(), min_size=3, max_size=3),
    cuts=st.lists(st.integers(0, 9), min_size=2, max_size=2),
)
def test_as_of_any_instant_the_versions_say_what_was_known_then(
    fresh: Fresh, items: list[Candidate], backfill: list[bool], cuts: list[int]
) -> None:
    database = fresh()
    for n, (part, old) in enumerate(zip(pieces(items, cuts), backfill, strict=True)):
        deliver(database, part, NOW + n * HOUR, EVENTS._replace(backfill=old))
    check_versions(database)
    with database.read() as connection:
        ids = case_ids(connection, [(STATION, CASE), (STATION, "襄2024002")])
        logs = {key: events_of(connection, [case])[case] for key, case in ids.items()}
    for key, log in logs.items():
        moments = sorted({e.known_at for e in (*log.own, *log.elsewhere)})
        for moment in (m + step for m in moments for step in (-1, 0)):
            expected = fold(
                *key,
                [e for e in log.own if e.known_at <= moment],
                UNDER,
                [e for e in log.elsewhere if e.known_at <= moment],
            )
            assert known_at(database, moment, key[1]) == expected


def states_over_time(database: Database, moments: list[int]) -> list[CaseState | None]:
    return [known_at(database, moment) for moment in moments]


def test_history_loaded_as_backfill_is_known_from_when_it_was_recorded(database: Database) -> None:
    items = [
        candidate("confirmed", START, recorded=START + HOUR),
        candidate("released", START + 5 * HOUR),
    ]
    deliver(database, items, NOW, letter(backfill=True))
    assert spans(database) == [(START + HOUR, START + 5 * HOUR), (START + 5 * HOUR, None)]
    before, running, released = states_over_time(
        database, [START + HOUR - 1, START + 2 * HOUR, START + 5 * HOUR]
    )
    assert before is None
    assert running is not None
    assert released is not None
    assert (running.verdict, released.verdict) == ("running", "released_on_time")


def test_the_same_history_delivered_live_is_known_from_its_receipt(database: Database) -> None:
    deliver(database, [candidate("confirmed", START, recorded=START + HOUR)], NOW)
    [(begin, end)] = spans(database)
    assert begin >= NOW
    assert end is None
    assert known_at(database, NOW - 1) is None


def test_history_of_which_only_the_day_is_known_counts_from_the_end_of_that_day(database: Database) -> None:
    first, last = at("2024-11-26 00:00"), at("2024-11-27 00:00") - 1
    deliver(database, [candidate("confirmed", (first, last))], NOW, letter(backfill=True))
    assert spans(database) == [(last, None)]


def test_history_is_never_known_later_than_it_was_received(database: Database) -> None:
    deliver(database, [candidate("confirmed", NOW + 9 * HOUR)], NOW, letter(backfill=True))
    assert spans(database)[0][0] < NOW + HOUR


def test_a_correction_after_the_backfill_begins_a_version_at_its_receipt(database: Database) -> None:
    deliver(
        database,
        [candidate("confirmed", START), candidate("released", START + 5 * HOUR)],
        NOW,
        letter(backfill=True),
    )
    deliver(database, [candidate("released", START + 30 * HOUR)], NOW + HOUR)
    assert [begin for begin, _ in spans(database)] == [START, START + 5 * HOUR, spans(database)[2][0]]
    as_of = known_at(database, NOW)
    assert as_of is not None
    assert as_of.verdict == "released_on_time"
    assert state_now(database).verdict == "released_late"


def test_a_case_of_which_nothing_is_left_has_no_open_version(database: Database) -> None:
    deliver(database, [candidate("confirmed", START, event_id="e0")], NOW, EVENTS)
    deliver(database, [candidate("voided", START, event_id="v", voids="e0")], NOW + HOUR, EVENTS)
    assert current(database) == {}
    assert [end is None for _, end in spans(database)] == [False]
    assert differing(database) == []


def test_refold_finds_what_was_changed_by_hand_and_mends_it(database: Database) -> None:
    deliver(database, [candidate("confirmed", START)], NOW)
    with database.write() as connection:
        connection.execute(update(case_versions).values(verdict="released_on_time"))
    key: CaseKey = (STATION, CASE)
    assert differing(database) == [key]
    with database.write() as connection:
        found = refold(connection, lambda station: UNDER, repair=True)
    assert (found.cases, found.differing) == (1, [key])
    assert differing(database) == []
    assert state_now(database).verdict == "running"


def test_a_state_comes_back_from_its_row_as_it_went_in(database: Database) -> None:
    items = [
        candidate("confirmed", START),
        candidate("confirmed", START + HOUR, ordinal=1),
        candidate("suspended", START + HOUR, reason="weather"),
        candidate("resumed", START + 2 * HOUR),
        candidate("weighed", START, gross_kg=61_400, limit_kg=49_000, plate="晋D12345"),
        candidate("reweighed", START + 3 * HOUR, gross_kg=70_000),
    ]
    deliver(database, items, NOW)
    with database.read() as connection:
        ids = case_ids(connection, [(STATION, CASE)])
        log = events_of(connection, ids.values())[ids[STATION, CASE]]
    state = state_now(database)
    assert state == fold(STATION, CASE, log.own, UNDER)
    assert len(state.findings) == 2
    assert state.pauses


@pytest.mark.parametrize(
    ("moment", "zone", "date", "week"),
    [
        (at("2024-12-01 23:59:59.999999"), SHANGHAI, "2024-12-01", "2024-W48"),
        (at("2024-12-02 00:00"), SHANGHAI, "2024-12-02", "2024-W49"),
        (at("2024-12-02 02:30"), SHANGHAI, "2024-12-02", "2024-W49"),
        (at("2024-12-30 00:00"), SHANGHAI, "2024-12-30", "2025-W01"),
        (at("2024-10-27 02:30", ROME), ROME, "2024-10-27", "2024-W43"),
        (at("1969-12-31 23:59:59.5"), SHANGHAI, "1969-12-31", "1970-W01"),
    ],
)
def test_local_date_and_week_are_those_of_the_station(moment: int, zone: Any, date: str, week: str) -> None:
    assert local_day(moment, zone) == (date, week)
