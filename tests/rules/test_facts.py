"""What of a case's events enters into the assessment of its decisions."""

from __future__ import annotations

from typing import Any

import pytest

from monitor.cases.event import Event
from monitor.rules.decision import Decision
from monitor.rules.facts import decision_facts, listed
from tests.factories import STATION, at, case, event

CONFIRMED = event("confirmed", at("2024-07-01 09:00"), gross_kg=55_000, limit_kg=49_000, check_no="J1")


def decisions(*events: Event) -> list[Decision]:
    return decision_facts(case(*events), events)


def decided(when: str = "2024-07-02 15:00", **told: Any) -> Event:
    return event("decided", at(when), **({"outcome": "fine", "fine_fen": 300_000} | told))


def test_a_decision_carries_the_facts_of_its_case() -> None:
    [found] = decisions(
        event("weighed", at("2024-07-01 08:50"), plate="晋D10001", plate_colour="yellow", axles=6,
              gross_kg=55_000, approved_load_kg=32_000, tare_kg=17_000, height_mm=4_100, driver_digest="d1"),
        CONFIRMED,
        event("filed", at("2024-07-01 10:00")),
        event("notified", at("2024-07-02 09:00"), fine_fen=290_000),
        event("stated", at("2024-07-02 10:00")),
        decided(authority="transport", decision_no="〔2024〕1号", officers="01042、01077", team="一班",
                factors="corrected; 配合查处", evidence="corrected", procedure="ordinary"),
    )  # fmt: skip
    assert found == Decision(
        station=STATION, case_no=found.case_no, decided_at=at("2024-07-02 15:00"),
        acted_at=at("2024-07-01 09:00"), authority="transport", outcome="fine", fine_fen=300_000,
        decision_no="〔2024〕1号", act="J1", axles=6, gross_kg=55_000, limit_kg=49_000,
        approved_load_kg=32_000, tare_kg=17_000, height_mm=4_100, plate="晋D10001", plate_colour="yellow",
        driver="d1", procedure="ordinary", officers=("01042", "01077"), team="一班",
        factors=("corrected", "配合查处"), evidence=("corrected",), filed_at=at("2024-07-01 10:00"),
        notified_at=at("2024-07-02 09:00"), notified_fen=290_000, stated_at=at("2024-07-02 10:00"),
    )  # fmt: skip


def test_without_a_decision_there_is_nothing_to_assess() -> None:
    assert decisions(CONFIRMED) == []


def test_the_act_is_the_confirmation_else_the_weighing_else_the_first_event() -> None:
    weighed = event("weighed", at("2024-07-01 08:50"), gross_kg=55_000)
    filed = event("filed", at("2024-07-01 08:00"))
    assert decisions(filed, weighed, CONFIRMED, decided())[0].acted_at == at("2024-07-01 09:00")
    assert decisions(filed, weighed, decided())[0].acted_at == at("2024-07-01 08:50")
    assert decisions(filed, decided())[0].acted_at == at("2024-07-01 08:00")


def test_the_act_has_its_own_name_else_the_check_number_else_the_case() -> None:
    assert decisions(CONFIRMED, decided(act="A9"))[0].act == "A9"
    assert decisions(CONFIRMED, decided())[0].act == "J1"
    [found] = decisions(decided())
    assert found.act == found.case_no


def test_a_change_is_laid_over_the_decision_it_names() -> None:
    changed = event("decision_changed", at("2024-07-05 09:00"), decision_no="[2024]1号", fine_fen=200_000)
    [found] = decisions(CONFIRMED, decided(decision_no="〔2024〕1号"), changed)
    assert (found.fine_fen, found.decided_at) == (200_000, at("2024-07-02 15:00"))


def test_a_revoked_decision_is_none_and_a_later_one_stands() -> None:
    revoked = event("decision_revoked", at("2024-07-03 09:00"))
    assert decisions(CONFIRMED, decided(), revoked) == []
    [found] = decisions(CONFIRMED, decided(), revoked, decided("2024-07-04 09:00", fine_fen=100_000))
    assert found.fine_fen == 100_000


def test_a_revocation_that_names_one_leaves_the_other() -> None:
    revoked = event("decision_revoked", at("2024-07-03 09:00"), decision_no="1")
    one, two = decided(decision_no="1"), decided("2024-07-02 16:00", decision_no="2", authority="police")
    assert [d.decision_no for d in decisions(CONFIRMED, one, two, revoked)] == ["2"]


def test_one_decision_told_by_two_sources_is_one() -> None:
    ledger = decided(decision_no="〔2024〕1号", authority="transport", ident="a")
    other = decided(decision_no="(2024)1号", authority="transport", ident="b", source="police")
    without = decided(authority="transport", ident="c", source="third")
    assert len(decisions(CONFIRMED, ledger, other, without)) == 1


@pytest.mark.parametrize("second", [{"decision_no": "2", "authority": "transport"}, {"authority": "police"}])
def test_two_decisions_of_one_case_stay_two(second: dict[str, Any]) -> None:
    one = decided(decision_no="1", authority="transport")
    assert len(decisions(CONFIRMED, one, decided("2024-07-02 16:00", **second))) == 2


def test_an_unread_plate_names_no_vehicle() -> None:
    unread = event("weighed", at("2024-07-01 08:50"), plate="无牌车", plate_unread=True, gross_kg=55_000)
    [found] = decisions(unread, CONFIRMED, decided())
    assert found.plate is None


def test_a_day_keeps_its_last_instant() -> None:
    first, last = at("2024-07-02 00:00"), at("2024-07-03 00:00") - 1
    [found] = decisions(CONFIRMED, event("decided", (first, last), outcome="fine", fine_fen=1))
    assert (found.decided_at, found.decided_until) == (first, last)


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        ("01042,01077", ("01042", "01077")),
        ("01042，01077；01042", ("01042", "01077")),
        (" 01042 、; ", ("01042",)),
        (["a", "b"], ("a", "b")),
        (None, ()),
    ],
)
def test_lists_as_sources_write_them(told: object, expected: tuple[str, ...]) -> None:
    assert listed(told) == expected


def test_what_is_no_number_is_not_told() -> None:
    [found] = decisions(CONFIRMED, decided(fine_fen="三百", points=True, tare_kg="8 t"))
    assert (found.fine_fen, found.points, found.tare_kg) == (None, None, None)
