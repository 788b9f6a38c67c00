"""Findings about decisions and payments raise flags by their class, where a station wants them."""

from __future__ import annotations

from monitor.alerts.message import what
from monitor.alerts.scan import scan
from monitor.settings.texts import texts
from monitor.store.database import Database
from tests.alerts.flagged import ALERTS, HELD, configuration, stands, terms_of
from tests.factories import HOUR, at, candidate, deliver

START = at("2026-07-01 08:00")
WANTED = ALERTS.replace("[second_confirmation]", "[paid_twice, no_notice]")


def fined_and_paid_twice(database: Database, case: str, *, notice: bool = False) -> None:
    """A fine of transport under ordinary procedure, and twice its amount paid."""
    told = [
        candidate("confirmed", START, case_no=case, station=HELD),
        candidate(
            "decided", START + 2 * HOUR, case_no=case, station=HELD, outcome="fine", fine_fen=50_000,
            authority="transport", procedure="ordinary",
        ),
        candidate("pay_requested", START + 3 * HOUR, case_no=case, station=HELD, payment_code="C1"),
        candidate(
            "paid", START + 4 * HOUR, case_no=case, station=HELD, payment_code="C1", amount_fen=100_000
        ),
    ]  # fmt: skip
    if notice:
        told.append(candidate("notice_served", START + HOUR, case_no=case, station=HELD))
    deliver(database, told, START + 5 * HOUR, terms_of=terms_of)


def found(database: Database) -> list[tuple[str | None, str]]:
    return sorted(
        (one.case_no, one.clock) for one in stands(database) if one.clock.startswith("finding:")
    )


def test_what_the_rules_note_of_a_decision_and_its_payment_is_a_flag_where_it_is_wanted(
    database: Database,
) -> None:
    fined_and_paid_twice(database, "A")
    scan(database, configuration(ALERTS), START + 5 * HOUR)
    assert found(database) == []
    scan(database, configuration(WANTED), START + 5 * HOUR)
    assert found(database) == [("A", "finding:no_notice"), ("A", "finding:paid_twice")]
    # Told once, and no more while nothing changes.
    scan(database, configuration(WANTED), START + 6 * HOUR)
    assert len(found(database)) == 2


def test_a_flag_of_a_finding_says_it_in_words() -> None:
    for clock, said in {
        "finding:paid_twice": "请看一看:重复缴款",
        "finding:second_confirmation": "请看一看:不止一次检测认定",
        "finding:of_tomorrow": "请看一看:of_tomorrow",
    }.items():
        assert what(clock, "due", texts("zh")) == said
