"""A row gone from a later full ledger changes nothing, is a finding, and is taken back when it returns."""

from __future__ import annotations

from ingest.accept import Letter
from ingest.candidate import Candidate
from monitor.store.cases import case_file
from monitor.store.database import Database
from tests.factories import HOUR, STATION, at, candidate, deliver, letter
from tests.store.reading import current, differing

START = at("2024-07-02 08:00")
NOW = at("2024-08-30 09:00")
FULL = letter(full=True)


def begun(name: str, days: float) -> list[Candidate]:
    start = round(START + days * 24 * HOUR)
    return [
        candidate("confirmed", start, case_no=name), candidate("released", start + 20 * HOUR, case_no=name),
    ]  # fmt: skip


def ledger(*names: tuple[str, float]) -> list[Candidate]:
    return [event for name, days in names for event in begun(name, days)]


def gone(database: Database, name: str) -> bool:
    file = case_file(database, (STATION, name))
    assert file is not None
    return bool(file.gone_from)


A, B, C = ("A", 0.0), ("B", 3.0), ("C", 6.0)


def test_a_row_gone_from_a_later_full_ledger_is_noted_and_the_case_stays_as_it_was(
    database: Database,
) -> None:
    deliver(database, ledger(A, B, C), NOW, FULL)
    before = current(database)
    deliver(database, ledger(A, C), NOW + HOUR, FULL)
    assert [gone(database, name) for name in "ABC"] == [False, True, False]
    assert current(database) == before
    assert differing(database) == []


def test_a_row_that_is_back_is_no_finding_any_more(database: Database) -> None:
    deliver(database, ledger(A, B, C), NOW, FULL)
    for hours in (1, 2):
        deliver(database, ledger(A, C), NOW + hours * HOUR, FULL)
    file = case_file(database, (STATION, "B"))
    assert file is not None
    assert len(file.gone_from) == 1
    deliver(database, ledger(A, B, C), NOW + 3 * HOUR, FULL)
    assert not gone(database, "B")


def test_a_ledger_says_nothing_of_cases_that_began_outside_its_time(database: Database) -> None:
    # C begins six days after A. B's release falls after C's start, which makes B's month no longer C's.
    deliver(database, ledger(A, B, C), NOW, FULL)
    deliver(database, ledger(A, B), NOW + HOUR, FULL)
    assert not gone(database, "C")


def test_a_release_late_in_a_ledger_does_not_make_it_expect_the_cases_begun_until_then(
    database: Database,
) -> None:
    late = [
        candidate("confirmed", START, case_no="A"),
        candidate("released", START + 240 * HOUR, case_no="A"),
    ]
    deliver(database, [*late, *ledger(B, C)], NOW, FULL)
    deliver(database, late, NOW + HOUR, FULL)
    assert [gone(database, name) for name in "ABC"] == [False, False, False]


def test_other_sources_other_stations_and_partial_ledgers_note_nothing(database: Database) -> None:
    deliver(database, ledger(A, B, C), NOW, FULL)
    deliver(database, ledger(A, C), NOW + HOUR, letter())
    deliver(
        database,
        ledger(A, C),
        NOW + 2 * HOUR,
        Letter("police", "p.xlsx", FULL.sender, ledger=True, full=True),
    )
    elsewhere = [one._replace(station="S2") for one in ledger(A, C)]
    deliver(database, elsewhere, NOW + 3 * HOUR, FULL)
    assert not gone(database, "B")
