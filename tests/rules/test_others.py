"""Repeats within the rolling year, and other fines for one act."""

from __future__ import annotations

import random

import pytest

from monitor.rules.assess import assess
from monitor.rules.book import RuleBook
from monitor.rules.decision import Decision
from monitor.rules.others import with_others, year_before
from tests.factories import SHANGHAI, at
from tests.rules.deciding import codes, transport, values


def on(day: str, number: str, **told: object) -> Decision:
    fields = {"plate": "晋D10001", "plate_colour": "yellow", "case_no": number, "acted_at": at(day)} | told
    return transport(5_000, 2_500, **fields)


THIS = on("2024-07-01 09:00", "this")


@pytest.mark.parametrize(
    ("day", "counts"),
    [
        ("2023-07-01 08:59", 0),
        ("2023-07-01 09:00", 0),
        ("2023-07-01 09:01", 1),
        ("2024-07-01 08:59", 1),
        ("2024-07-01 09:00", 0),
        ("2024-07-02 09:00", 0),
    ],
)
def test_the_rolling_year_ends_with_the_act(day: str, counts: int) -> None:
    [found] = with_others([THIS], SHANGHAI, [on(day, "other")])
    assert found.prior_acts == counts


def test_a_year_before_the_29th_of_february_is_the_28th() -> None:
    assert year_before(at("2024-02-29 10:00"), SHANGHAI) == at("2023-02-28 10:00")


@pytest.mark.parametrize(
    ("other", "counts"),
    [
        ({"outcome": "warning", "fine_fen": None}, 1),
        ({"outcome": "no_penalty", "fine_fen": None}, 0),
        ({"plate_colour": "blue"}, 0),
        ({"plate_colour": None}, 1),
        ({"plate": "晋D10002"}, 0),
        ({"station": "S2"}, 1),
    ],
)
def test_what_counts_as_an_act_of_the_vehicle(other: dict[str, object], counts: int) -> None:
    [found] = with_others([THIS], SHANGHAI, [on("2024-01-01 09:00", "other", **other)])
    assert found.prior_acts == counts


def test_two_decisions_for_one_act_are_one_act() -> None:
    twice = [on("2024-01-01 09:00", number, act="J9") for number in ("a", "b")]
    [found] = with_others([THIS], SHANGHAI, twice)
    assert found.prior_acts == 1


def test_without_a_plate_repeats_are_not_known() -> None:
    [found] = with_others([THIS._replace(plate=None)], SHANGHAI, [on("2024-01-01 09:00", "other")])
    assert found.prior_acts is None


@pytest.mark.parametrize(("before", "flagged"), [(2, False), (3, True), (4, True)])
def test_the_fourth_act_within_the_year(law: RuleBook, before: int, flagged: bool) -> None:
    others = [on(f"2024-0{month}-01 09:00", str(month)) for month in range(1, before + 1)]
    [found] = with_others([THIS], SHANGHAI, others)
    assessed = assess(found, law)
    assert ("fourth_act" in codes(assessed)) is flagged
    if flagged:
        assert values(assessed, "fourth_act") == {"acts_of_vehicle": before + 1, "acts_from": 4}
        assert assessed.findings[0].article == "national-road-protection#art66"


def test_the_fourth_act_of_a_driver_in_different_trucks(law: RuleBook) -> None:
    others = [
        on(f"2024-0{month}-01 09:00", str(month), plate=f"晋D2000{month}", driver="d") for month in (1, 2, 3)
    ]
    [found] = with_others([THIS._replace(driver="d")], SHANGHAI, others)
    assert (found.prior_acts, found.prior_driver_acts) == (0, 3)
    assert values(assess(found, law), "fourth_act")["acts_of_driver"] == 4


@pytest.mark.parametrize(("fleet", "flagged"), [(10, True), (20, False), (19, True), (None, False)])
def test_a_company_with_more_than_a_tenth_of_its_trucks(
    law: RuleBook, fleet: int | None, flagged: bool
) -> None:
    own = THIS._replace(company="C", company_trucks=fleet)
    other = on("2024-01-01 09:00", "o", plate="晋D30001", company="C")
    again = on("2024-02-01 09:00", "p", plate="晋D30001", company="C")
    [found] = with_others([own], SHANGHAI, [other, again])
    assert found.company_share == (None if fleet is None else 2 / fleet)
    assert ("company_over_share" in codes(assess(found, law))) is flagged


def test_a_fine_by_each_authority_for_one_act_shows_on_both(law: RuleBook) -> None:
    here = on("2024-07-01 09:00", "t", act="J1", decision_no="T1")
    there = on("2024-07-01 09:00", "p", act="J1", authority="police", decision_no="P1", fine_fen=50_000)
    found = with_others([here, there], SHANGHAI)
    assert found[0].other_fines == (("police", "P1", 50_000),)
    assert found[1].other_fines == (("transport", "T1", 250_000),)
    assert values(assess(found[0], law), "double_fine") == {
        "fine_fen": 250_000, "other_authority": "police", "other_decision": "P1", "other_fen": 50_000,
    }  # fmt: skip
    assert assess(found[0], law).findings[0].article == "national-procedure#art29"


def test_a_case_whose_number_is_the_check_number_of_another_is_the_same_act() -> None:
    here, there = on("2024-07-01 09:00", "J1"), on("2024-07-01 09:00", "p", act="J1", authority="police")
    assert len(with_others([here], SHANGHAI, [there])[0].other_fines) == 1


def test_a_warning_beside_a_fine_is_no_double_fine() -> None:
    there = on("2024-07-01 09:00", "p", act="J1", outcome="warning", fine_fen=None)
    assert with_others([on("2024-07-01 09:00", "t", act="J1")], SHANGHAI, [there])[0].other_fines == ()


def test_the_order_in_which_cases_come_changes_nothing() -> None:
    cases = [
        on(f"2024-{month:02}-0{day} 09:00", f"{month}-{day}", act=f"{month}")
        for month in range(1, 7)
        for day in (1, 2)
    ]
    expected = {one.case_no: one for one in with_others(cases, SHANGHAI)}
    shuffled = random.Random(1).sample(cases, len(cases))
    assert {one.case_no: one for one in with_others(shuffled, SHANGHAI)} == expected
    alone = with_others(cases[:1], SHANGHAI, cases[1:])
    assert alone[0] == expected[cases[0].case_no]
