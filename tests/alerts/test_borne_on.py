"""A finding that another case brings about: a flag once that one is told, gone when it says otherwise."""

from __future__ import annotations

from typing import Any

import pytest

from ingest.candidate import Candidate
from monitor.alerts.noted import looks_beyond
from monitor.alerts.scan import Scanned, scan
from monitor.settings.findings import BEYOND, OF_DECISIONS
from monitor.store.borne_on import borne_on
from monitor.store.database import Database
from tests.alerts.flagged import ALERTS, HELD, configuration, stands, terms_of
from tests.factories import HOUR, at, candidate, deliver, letter
from tests.store.test_plans_of_pages import plans, scanned

NOW = at("2026-07-01 08:00")
DAY = 24 * HOUR
WANTED = ALERTS.replace("[second_confirmation]", "[double_fine, fourth_act, company_over_share]")
TRUCK: dict[str, Any] = {"plate": "晋D10001", "plate_colour": "yellow"}
FIRM = {"company": "91140423MA0K000011", "company_trucks": 15}
DRIVER = {"driver_digest": "d1"}


def fined(case_no: str, when: int, **told: Any) -> list[Candidate]:
    """A case that was confirmed then and fined an hour later; told again, with its numbers, corrected."""
    facts = TRUCK | {"gross_kg": 55_000, "limit_kg": 49_000} | told
    decision = {"authority": "transport", "outcome": "fine", "fine_fen": 300_000, "decision_no": case_no}
    decision |= {key: told[key] for key in ("act", "driver_digest", "company") if key in told}
    return [
        candidate("confirmed", when, case_no=case_no, station=HELD, event_id=f"{case_no}-1", **facts),
        candidate(
            "decided", when + HOUR, case_no=case_no, station=HELD, event_id=f"{case_no}-2", **decision
        ),
    ]


def tell(database: Database, told: list[Candidate], now: int) -> Scanned:
    deliver(database, told, now, letter("push", ledger=False), terms_of)
    return scan(database, configuration(WANTED), now)


def live(database: Database) -> set[tuple[str | None, str]]:
    return {
        (one.case_no, one.clock.partition(":")[2])
        for one in stands(database)
        if one.clock.startswith("finding:") and one.state == "open"
    }


OTHER_TRUCK = {"plate": "晋D20002"}
BEFORE = NOW - 300 * DAY

Acts = list[list[Candidate]]
"""Cases told before, the case that bears on them, and the same as it is corrected."""

CASES: dict[str, tuple[Acts, list[Candidate], list[Candidate], str]] = {
    "act": (
        [fined("A", NOW, act="X1")],
        fined("B", NOW, act="X1", **OTHER_TRUCK),
        fined("B", NOW, act="X2", **OTHER_TRUCK),
        "double_fine",
    ),
    "check number": (
        [fined("A", NOW, check_no="J1")],
        fined("B", NOW, check_no="J1", **OTHER_TRUCK),
        fined("B", NOW, check_no="J2", **OTHER_TRUCK),
        "double_fine",
    ),
    "case number": (
        [fined("A", NOW)],
        fined("B", NOW, act="A", **OTHER_TRUCK),
        fined("B", NOW, act="C", **OTHER_TRUCK),
        "double_fine",
    ),
    "plate": (
        [fined(f"O{n}", BEFORE + n * DAY) for n in range(2)] + [fined("A", NOW)],
        fined("B", NOW - 100 * DAY),
        fined("B", NOW - 100 * DAY, **OTHER_TRUCK),
        "fourth_act",
    ),
    "driver": (
        [fined(f"O{n}", BEFORE + n * DAY, plate=f"晋D3000{n}", **DRIVER) for n in range(2)]
        + [fined("A", NOW, **DRIVER)],
        fined("B", NOW - 100 * DAY, **OTHER_TRUCK, **DRIVER),
        fined("B", NOW - 100 * DAY, **OTHER_TRUCK, driver_digest="d2"),
        "fourth_act",
    ),
    "company": (
        [fined("A", NOW, **FIRM)],
        fined("B", NOW - 100 * DAY, **OTHER_TRUCK, **FIRM),
        fined("B", NOW - 100 * DAY, **OTHER_TRUCK, company="91140423MA0K000022"),
        "company_over_share",
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_what_another_case_says_raises_a_flag_and_its_correction_takes_it_back(
    database: Database, name: str
) -> None:
    before, other, corrected, code = CASES[name]
    tell(database, [one for case in before for one in case], NOW + 2 * HOUR)
    assert ("A", code) not in live(database)
    tell(database, other, NOW + 3 * HOUR)
    assert ("A", code) in live(database)
    tell(database, corrected, NOW + 4 * HOUR)
    assert ("A", code) not in live(database)


def test_a_case_that_bears_on_none_has_only_itself_looked_at(database: Database) -> None:
    old = [one for n in range(5) for one in fined(f"O{n}", BEFORE + n * DAY)]
    tell(database, [*old, *fined("A", NOW)], NOW + 2 * HOUR)
    # Of the same truck: what was told long ago raises nothing and is not looked at; A is.
    assert tell(database, fined("B", NOW + HOUR), NOW + 3 * HOUR).cases == 2
    assert tell(database, fined("C", NOW, **OTHER_TRUCK), NOW + 3 * HOUR).cases == 1
    undecided = [candidate("confirmed", NOW, case_no="D", station=HELD, event_id="D-1", **TRUCK)]
    assert tell(database, undecided, NOW + 3 * HOUR).cases == 1


@pytest.mark.parametrize(
    ("code", "looks"), [("paid_twice", False), ("no_notice", False), ("double_fine", True)]
)
def test_others_are_looked_at_only_where_a_wanted_class_asks(code: str, looks: bool) -> None:
    assert looks_beyond(configuration(ALERTS.replace("[second_confirmation]", f"[{code}]")).alerts) is looks
    assert set(BEYOND) <= set(OF_DECISIONS)


def test_each_name_is_a_probe_of_an_index(database: Database) -> None:
    many = [
        one
        for n in range(600)
        for one in fined(
            f"M{n}", NOW + n, plate=f"晋D{n:05}", check_no=f"J{n}", driver_digest=f"d{n}", company=f"c{n}"
        )
    ]
    deliver(database, many, NOW + DAY, letter("push", ledger=False), terms_of)
    with database.write() as connection:
        connection.exec_driver_sql("ANALYZE")

    def ask(asked: Database) -> None:
        with asked.read() as connection:
            assert borne_on(connection, [7], NOW) == set()

    read_whole = {scanned(step) for _, steps in plans(database, ask) for step in steps}
    assert not read_whole & {"case_versions", "cases", "events", "check_numbers", "decision_names"}
