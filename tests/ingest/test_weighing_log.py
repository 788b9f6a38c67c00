"""Weighings that are no case: the compact log, and how they rise from it, in any order, on both engines."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from ingest.candidate import Candidate
from monitor.cases.weighing import COLUMNS
from monitor.store.board import unconfirmed_overweight
from monitor.store.cases import CaseFilter, case_file, find_cases
from monitor.store.database import Database
from monitor.store.deliveries import DeliveryRow
from monitor.store.refold import refold
from monitor.store.tables import check_numbers, weighings
from tests.engines import ENGINES, database_on
from tests.factories import HOUR, STATION, at, candidate, deliver, letter, terms
from tests.store.reading import differing

START = at("2024-11-26 08:00")
NOW = at("2024-11-30 09:00")
FILE = letter("weighings", ledger=False)


def by_rule(vehicle: str | None, axles: int | None, moment: int) -> tuple[int, str] | None:
    return (49_000, "combination-6") if (vehicle, axles) == ("combination", 6) else None


UNDER = terms(weight_limit=by_rule)


@pytest.fixture(params=ENGINES)
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    with database_on(request.param, tmp_path / "folder") as made:
        yield made


def weighed(number: str, gross_kg: int, when: int = START, **told: Any) -> Candidate:
    """A first weighing as its page maps it."""
    data = {"plate": "晋D12345", "axles": 6, "limit_kg": 49_000, "check_no": number, **told}
    name = f"{STATION}/{number}"
    return candidate("weighed", when, case_no=number, event_id=name, gross_kg=gross_kg, **data)


def take(database: Database, *told: Candidate, now: int = NOW) -> DeliveryRow:
    return deliver(database, told, now, FILE, lambda station: UNDER)


def lies(database: Database) -> dict[str, int]:
    """Check number → gross weight of what lies in the compact log."""
    with database.read() as connection:
        query = select(weighings.c.check_no, weighings.c.gross_kg).order_by(weighings.c.check_no)
        return {row.check_no: row.gross_kg for row in connection.execute(query)}


def cases(database: Database) -> dict[str, int | None]:
    return {one.case_no: one.gross_kg for one in find_cases(database, CaseFilter(), NOW).cases}


def test_within_the_limit_is_no_case_and_over_it_by_record_or_by_rule_is_one(database: Database) -> None:
    entry = take(
        database,
        weighed("C-1", 49_000),
        weighed("C-2", 49_001),
        weighed("C-3", 49_500, limit_kg=55_000, vehicle="combination"),
        weighed("C-4", 48_000, limit_kg=55_000, vehicle="combination"),
    )
    assert lies(database) == {"C-1": 49_000, "C-4": 48_000}
    assert cases(database) == {"C-2": 49_001, "C-3": 49_500}
    assert (entry.counts.mapped, entry.counts.events, entry.counts.rows_landed) == (4, 4, 4)
    assert entry.counts.cases == 2


def test_what_lies_there_has_its_station_local_day_week_hour_and_both_limits(database: Database) -> None:
    take(database, weighed("C-1", 48_000, at("2024-12-30 23:59"), limit_kg=55_000, vehicle="combination"))
    with database.read() as connection:
        one = connection.execute(select(weighings)).one()
    assert (one.station, one.local_date, one.iso_week, one.local_hour) == (
        STATION,
        "2024-12-30",
        "2025-W01",
        23,
    )
    assert (one.limit_kg, one.rule_kg, one.plate, one.axles) == (55_000, 49_000, "晋D12345", 6)


def test_told_again_it_is_a_duplicate_and_changed_it_is_a_revision_of_a_case(database: Database) -> None:
    take(database, weighed("C-1", 48_000), weighed("C-2", 30_000))
    again = take(database, weighed("C-1", 48_000), weighed("C-2", 30_000), now=NOW + HOUR)
    assert (again.counts.duplicates, again.counts.rows_unchanged, again.counts.events) == (2, 2, 0)
    changed = take(database, weighed("C-1", 41_000), now=NOW + 2 * HOUR)
    assert (changed.counts.revisions, changed.counts.events) == (1, 0)
    assert (lies(database), cases(database)) == ({"C-2": 30_000}, {"C-1": 41_000})
    file = case_file(database, (STATION, "C-1"))
    assert file is not None
    assert (len(file.events), file.versions, [file.is_valid(e) for e in file.events]) == (2, 2, [False, True])
    assert differing(database, lambda station: UNDER) == []


def test_two_versions_in_one_delivery_are_told_in_the_order_of_their_rows(database: Database) -> None:
    entry = take(database, weighed("C-1", 60_000), weighed("C-2", 30_000), weighed("C-1", 41_000))
    assert (entry.counts.events, entry.counts.revisions, entry.counts.rows_landed) == (2, 1, 3)
    assert (lies(database), cases(database)) == ({"C-2": 30_000}, {"C-1": 41_000})


def test_whatever_else_is_told_of_its_number_makes_it_the_weighing_of_that_case(database: Database) -> None:
    take(database, weighed("C-1", 48_000), weighed("C-2", 30_000))
    take(database, candidate("confirmed", START + HOUR, case_no="C-1"), now=NOW + HOUR)
    assert (lies(database), cases(database)) == ({"C-2": 30_000}, {"C-1": 48_000})
    file = case_file(database, (STATION, "C-1"))
    assert file is not None
    assert [event.activity for event in file.events] == ["weighed", "confirmed"]
    assert file.events[0].received_at < NOW + HOUR <= file.events[1].received_at


def test_told_again_with_a_case_number_it_moves_to_that_case(database: Database) -> None:
    take(database, weighed("C-1", 48_000), weighed("C-2", 30_000))
    moved = weighed("C-1", 48_000)._replace(case_no="A-7")
    entry = take(database, moved, now=NOW + HOUR)
    assert (entry.counts.revisions, lies(database), cases(database)) == (1, {"C-2": 30_000}, {"A-7": 48_000})
    assert differing(database, lambda station: UNDER) == []


def test_an_overweight_one_whose_number_a_case_names_is_not_unconfirmed(database: Database) -> None:
    take(database, weighed("C-1", 61_400), weighed("C-2", 61_400))
    seen = [one.case_no for one in unconfirmed_overweight(database, [STATION], 0)]
    take(database, candidate("confirmed", START + HOUR, case_no="A-7", check_no="C-1"), now=NOW + HOUR)
    left = [one.case_no for one in unconfirmed_overweight(database, [STATION], 0)]
    assert (sorted(seen), left) == (["C-1", "C-2"], ["C-2"])


def test_folding_again_finds_those_that_the_rules_of_today_call_over(database: Database) -> None:
    take(database, weighed("C-1", 48_000, limit_kg=55_000, vehicle="combination"), weighed("C-2", 30_000))
    stricter = terms(weight_limit=lambda *_: (46_000, "combination-6-single-drive"))
    with database.write() as connection:
        assert refold(connection, lambda station: stricter, repair=False).differing == [(STATION, "C-1")]
    with database.write() as connection:
        refold(connection, lambda station: stricter, repair=True)
    assert (lies(database), cases(database)) == ({"C-2": 30_000}, {"C-1": 48_000})
    assert differing(database, lambda station: stricter) == []


TOLD = (
    weighed("C-1", 48_000),
    weighed("C-2", 30_000),
    weighed("C-3", 61_400),
    weighed("C-4", 45_000),
    candidate("confirmed", START + HOUR, case_no="C-1"),
    candidate("reweighed", START + 2 * HOUR, case_no="C-3", gross_kg=48_000, check_no="C-9"),
    weighed("C-9", 20_000),
    candidate("confirmed", START + HOUR, case_no="A-7", check_no="C-4"),
    candidate("released", START + 3 * HOUR, case_no="C-1"),
)


def told_of(database: Database) -> tuple[Any, ...]:
    """Everything that must not hang on order, repetition or split."""
    with database.read() as connection:
        compact = [
            weighings.c[name] for name in ("station", "check_no", "at", "local_date", *COLUMNS, "rest")
        ]
        rows = connection.execute(select(*compact).order_by(weighings.c.check_no)).all()
        named = connection.execute(select(check_numbers.c.station, check_numbers.c.check_no)).all()
    states = sorted(find_cases(database, CaseFilter(), NOW).cases)
    return [tuple(row) for row in rows], sorted(tuple(row) for row in named), states


def filled(deliveries: Sequence[Sequence[Candidate]]) -> tuple[Any, ...]:
    with tempfile.TemporaryDirectory() as folder, database_on("sqlite", Path(folder)) as database:
        for place, told in enumerate(deliveries):
            entry = take(database, *told, now=NOW + place * HOUR)
            counts = entry.counts
            assert counts.mapped == len(told) == counts.events + counts.duplicates + counts.revisions
        assert differing(database, lambda station: UNDER) == []
        return told_of(database)


@settings(max_examples=25, deadline=None)
@given(order=st.permutations(range(len(TOLD))), cuts=st.sets(st.integers(1, 12)), again=st.data())
def test_any_order_repetition_or_split_gives_the_same_log_and_the_same_cases(
    order: list[int], cuts: set[int], again: st.DataObject
) -> None:
    more = again.draw(st.lists(st.integers(0, len(TOLD) - 1), max_size=4))
    told = [TOLD[place] for place in (*order, *more)]
    ends = [0, *sorted(cut for cut in cuts if cut < len(told)), len(told)]
    assert filled([told[a:b] for a, b in pairwise(ends)]) == filled([TOLD])
