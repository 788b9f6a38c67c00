"""The decisions of a case, with what other cases in the database say of them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from ingest.candidate import Candidate
from monitor.rules.decision import Decision
from monitor.store.cases import case_file
from monitor.store.database import Database, ask
from monitor.store.decision_names import NAMED
from monitor.store.decisions import NUMBERED, OF_ACT, OF_PLATE, case_decisions
from tests.engines import database_on
from tests.factories import SHANGHAI, STATION, at, candidate, deliver

PLATE = {"plate": "晋D10001", "plate_colour": "yellow"}


def fined(case_no: str, day: str, **told: Any) -> list[Candidate]:
    """A case that was confirmed on a day and fined on the same."""
    facts = PLATE | {"gross_kg": 55_000, "limit_kg": 49_000} | told
    decision = {"authority": "transport", "outcome": "fine", "fine_fen": 300_000, "decision_no": case_no}
    decision |= {key: told[key] for key in ("authority", "act", "driver_digest", "company") if key in told}
    return [
        candidate("confirmed", at(f"{day} 09:00"), case_no=case_no, **facts),
        candidate("decided", at(f"{day} 15:00"), case_no=case_no, **decision),
    ]


def decisions(database: Database, case_no: str) -> list[Decision]:
    file = case_file(database, (STATION, case_no))
    assert file is not None
    return case_decisions(database, file, SHANGHAI)


def test_repeats_of_the_vehicle_are_counted_over_the_rolling_year(database: Database) -> None:
    days = ("2023-06-30", "2023-07-02", "2024-01-01", "2024-06-30")
    cases = [one for number, day in enumerate(days) for one in fined(f"c{number}", day)]
    other = fined("x", "2024-03-01", plate="晋D10002")
    deliver(database, [*cases, *other, *fined("this", "2024-07-01")], at("2024-07-02 09:00"))
    [found] = decisions(database, "this")
    assert (found.prior_acts, found.other_fines, found.fine_fen) == (3, (), 300_000)
    assert (found.prior_driver_acts, found.company_share) == (None, None)


def test_a_driver_is_known_again_in_other_trucks(database: Database) -> None:
    days = ("2024-01-01", "2024-02-01", "2024-03-01")
    cases = [
        one
        for number, day in enumerate(days)
        for one in fined(f"c{number}", day, plate=f"晋D2000{number}", driver_digest="d1")
    ]
    this = fined("this", "2024-07-01", driver_digest="d1")
    deliver(database, [*cases, *fined("x", "2024-03-01", driver_digest="d2"), *this], at("2024-07-02 09:00"))
    [found] = decisions(database, "this")
    assert (found.prior_acts, found.prior_driver_acts) == (1, 3)


def test_the_share_of_a_company_where_its_trucks_are_told(database: Database) -> None:
    firm = {"company": "91140423MA0K000011", "company_trucks": 20}
    other = fined("o", "2024-01-01", plate="晋D20001", **firm)
    deliver(database, [*other, *fined("this", "2024-07-01", **firm)], at("2024-07-02 09:00"))
    [found] = decisions(database, "this")
    assert found.company_share == 2 / 20


def test_an_act_with_a_name_of_its_own_is_found_at_the_same_station(database: Database) -> None:
    here, there = fined("t", "2024-07-01", act="A1"), fined("p", "2024-07-01", act="A1", authority="police")
    other = fined("q", "2024-07-01", act="A2", authority="police")
    deliver(database, [*here, *there, *other], at("2024-07-02 09:00"))
    assert [one.other_fines for one in decisions(database, "t")] == [(("police", "p", 300_000),)]


def test_a_fine_of_the_other_authority_for_the_same_check_number_is_found(database: Database) -> None:
    here = fined("t", "2024-07-01", check_no="J1")
    there = fined("p", "2024-07-01", check_no="J1", authority="police", plate=None, plate_colour=None)
    deliver(database, [*here, *there], at("2024-07-02 09:00"))
    assert [one.other_fines for one in decisions(database, "t")] == [(("police", "p", 300_000),)]
    assert [one.other_fines for one in decisions(database, "p")] == [(("transport", "t", 300_000),)]


def test_a_case_without_a_decision_has_none(database: Database) -> None:
    deliver(database, fined("t", "2024-07-01")[:1], at("2024-07-02 09:00"))
    assert decisions(database, "t") == []


@pytest.mark.parametrize(
    ("statement", "index"),
    [
        (OF_PLATE.replace("{among}", "IN (?)"), "ix_case_versions_plate"),
        (OF_ACT.replace("{among}", "IN (?)"), "sqlite_autoindex_check_numbers"),
        (NAMED.replace("{among}", "IN (?)"), "sqlite_autoindex_decision_names"),
        (NUMBERED.replace("{among}", "IN (?)"), "sqlite_autoindex_cases"),
    ],
)
def test_other_cases_are_found_by_index(tmp_path: Path, statement: str, index: str) -> None:
    with database_on("sqlite", tmp_path) as database, database.read() as connection:
        values = ("x",) * statement.count("?")
        plan = [str(row[3]) for row in ask(connection, f"EXPLAIN QUERY PLAN {statement}", values)]
    assert len(plan) == 1
    assert plan[0].startswith("SEARCH")
    assert index in plan[0]


def test_company_and_driver_told_with_the_first_event_alone_are_known_again(database: Database) -> None:
    firm = {"company": "91140423MA0K000011", "company_trucks": 20, "driver_digest": "d"}
    other, this = fined("o", "2024-01-01", plate="晋D20001"), fined("this", "2024-07-01")
    for case, plate in ((other, "晋D20001"), (this, "晋D10001")):
        [told] = [one for one in case if one.activity == "confirmed"]
        facts = {"plate": plate, "plate_colour": "yellow", "gross_kg": 55_000, "limit_kg": 49_000, **firm}
        case[case.index(told)] = candidate("confirmed", told.occurred_at, case_no=told.case_no, **facts)
    deliver(database, [*other, *this], at("2024-07-02 09:00"))
    [found] = decisions(database, "this")
    assert (found.company_share, found.prior_driver_acts) == (2 / 20, 1)
