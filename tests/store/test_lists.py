"""Lists of cases by filter agree with what each case's own clock says."""

from __future__ import annotations

import pytest

from monitor.cases.clock import Reading, in_custody, reading_a
from monitor.store.cases import CaseFilter, case_file, find_cases
from monitor.store.database import Database
from monitor.store.log import case_ids
from tests.factories import CASE, HOUR, STATION, at, candidate, day, deliver
from tests.store.reading import current

NOW = at("2024-11-27 14:32")

CASES = {
    "running": [("confirmed", NOW - HOUR)],
    "at the deadline": [("confirmed", NOW - 24 * HOUR)],
    "overdue": [("confirmed", NOW - 24 * HOUR - 1)],
    "today": [("confirmed", day("2024-11-27"))],
    "yesterday": [("confirmed", day("2024-11-26"))],
    "long ago": [("confirmed", day("2024-11-24"))],
    "to come": [("confirmed", NOW + HOUR)],
    "on time": [("confirmed", NOW - 9 * HOUR), ("released", NOW - HOUR)],
    "late": [("confirmed", NOW - 50 * HOUR), ("released", NOW - HOUR)],
    "either": [("confirmed", day("2024-11-25")), ("released", day("2024-11-26"))],
    "release to come": [("confirmed", NOW - 9 * HOUR), ("released", NOW + HOUR)],
    "before": [("confirmed", NOW - 9 * HOUR), ("released", NOW - 10 * HOUR)],
    "no start": [("detained", NOW - 9 * HOUR)],
    "not held": [("weighed", NOW - 9 * HOUR)],
}


@pytest.fixture
def filled(database: Database) -> Database:
    told = [
        candidate(activity, when, case_no=name) for name, events in CASES.items() for activity, when in events
    ]
    deliver(database, told, NOW)
    return database


def listed(database: Database, **chosen: object) -> set[str]:
    page = find_cases(database, CaseFilter(**chosen), NOW)  # type: ignore[arg-type]
    assert page.total == len(page.cases)
    return {state.case_no for state in page.cases}


@pytest.mark.parametrize("reading", list(Reading))
def test_a_list_by_state_holds_the_cases_whose_clock_shows_it(filled: Database, reading: Reading) -> None:
    expected = {s.case_no for s in current(filled).values() if reading_a(s, NOW) is reading}
    assert listed(filled, state=reading.value) == expected
    assert expected


def test_the_list_of_open_cases_is_what_stands_at_the_station(filled: Database) -> None:
    expected = {s.case_no for s in current(filled).values() if in_custody(s, NOW)}
    assert listed(filled, state="open") == expected
    assert {"overdue", "no start", "running"} <= expected
    assert not {"to come", "release to come", "late"} & expected


def test_due_by_holds_what_stands_there_with_a_deadline_until_then(filled: Database) -> None:
    assert listed(filled, due_by=NOW) == {"at the deadline", "overdue", "yesterday", "long ago"}


def test_a_span_is_half_open_and_goes_by_the_start_or_the_first_event(filled: Database) -> None:
    assert listed(filled, since=NOW - HOUR, until=NOW + HOUR) == {"running"}
    assert "no start" in listed(filled, since=NOW - 9 * HOUR, until=NOW - 9 * HOUR + 1)


def test_text_is_part_of_a_number_or_a_plate_and_no_pattern(database: Database) -> None:
    told = [
        candidate("confirmed", NOW, case_no="A_1", plate="晋D12345"),
        candidate("confirmed", NOW, case_no="AX1"),
    ]
    deliver(database, told, NOW)
    assert listed(database, text="d123") == {"A_1"}
    assert listed(database, text="%") == {"A_1", "AX1"}


def test_other_stations_are_left_out(filled: Database) -> None:
    assert listed(filled, stations=["S2"]) == set()
    assert listed(filled, stations=[STATION], state="not_held") == {"not held"}


def test_findings_keeps_the_cases_with_something_to_look_at(filled: Database) -> None:
    assert listed(filled, findings=True) == {"before", "to come", "release to come"}


def test_a_page_is_the_newest_activity_first_and_counts_all(filled: Database) -> None:
    page = find_cases(filled, CaseFilter(), NOW, limit=2, offset=1)
    every = find_cases(filled, CaseFilter(), NOW, limit=99).cases
    assert (page.total, page.cases) == (len(CASES), every[1:3])
    assert [state.last_at for state in every] == sorted((state.last_at for state in every), reverse=True)


def test_the_file_of_a_case_marks_the_version_that_counts(database: Database) -> None:
    for hour in (5, 30):
        told = [candidate("confirmed", NOW), candidate("released", NOW + hour * HOUR)]
        deliver(database, told, NOW + (40 + hour) * HOUR)
    file = case_file(database, (STATION, CASE))
    assert file is not None
    assert [(e.activity, file.is_valid(e)) for e in file.events] == [
        ("confirmed", True), ("released", False), ("released", True),
    ]  # fmt: skip
    assert (file.versions, len(file.deliveries)) == (2, 2)
    assert case_file(database, (STATION, "nobody")) is None


def test_a_list_of_chosen_cases_holds_them_and_no_other_however_many_are_named(filled: Database) -> None:
    with filled.read() as connection:
        ids = case_ids(connection, [(STATION, "late"), (STATION, "running")])
    assert listed(filled, ids=list(ids.values())) == {"late", "running"}
    assert listed(filled, ids=[*ids.values(), *range(10**6, 10**6 + 70_000)]) == {"late", "running"}
    assert listed(filled, ids=list(ids.values()), state="running") == {"running"}
    assert listed(filled, ids=[]) == set()
