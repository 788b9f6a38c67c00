"""Clock B (accepted → police decision) and clock C (detained → handed in), 24 hours each as configured."""

from __future__ import annotations

from monitor.cases.clock import Reading, clock_b, clock_c
from tests.factories import HOUR, at, case, event

START = at("2024-11-26 14:32")
LIMIT = 24 * HOUR
NOW = START + 10 * HOUR


def test_clock_b_ends_with_the_police_decision_exactly_24_hours_later() -> None:
    accepted = event("accepted", START)
    in_time = case(accepted, event("decided", START + LIMIT, authority="police"))
    late = case(accepted, event("decided", START + LIMIT + 1, authority="police"))
    assert clock_b(in_time, START + 99 * HOUR, limit=LIMIT).reading is Reading.ON_TIME
    assert clock_b(late, START + 99 * HOUR, limit=LIMIT).reading is Reading.LATE


def test_clock_b_is_not_ended_by_a_decision_of_the_transport_authority() -> None:
    state = case(event("accepted", START), event("decided", START + HOUR, authority="transport"))
    assert clock_b(state, NOW, limit=LIMIT).reading is Reading.RUNNING


def test_clock_b_takes_the_police_decision_where_both_authorities_decided() -> None:
    state = case(
        event("accepted", START),
        event("decided", START + HOUR, authority="transport"),
        event("decided", START + 30 * HOUR, authority="police"),
    )
    clock = clock_b(state, START + 40 * HOUR, limit=LIMIT)
    assert (clock.reading, clock.end_at) == (Reading.LATE, START + 30 * HOUR)


def test_clock_b_is_of_the_police_where_a_police_step_was_taken_and_nobody_is_named() -> None:
    state = case(event("accepted", START), event("decided", START + HOUR))
    assert state.authority == "police"
    assert clock_b(state, NOW, limit=LIMIT).elapsed == HOUR


def test_clock_b_without_acceptance_is_no_clock_and_says_so() -> None:
    clock = clock_b(case(event("decided", START, authority="police")), NOW, limit=LIMIT)
    assert (clock.reading, clock.deadline_at, clock.elapsed) == (Reading.NO_DEADLINE, None, None)
    assert clock.reasons == (("missing_start", {}),)


def test_clock_b_without_a_decision_runs_and_names_the_missing_end() -> None:
    clock = clock_b(case(event("accepted", START)), NOW, limit=LIMIT)
    assert (clock.reading, clock.elapsed, clock.remaining) == (Reading.RUNNING, 10 * HOUR, 14 * HOUR)
    assert ("missing_end", {}) in clock.reasons
    assert clock_b(case(event("accepted", START)), START + LIMIT + 1, limit=LIMIT).reading is Reading.OVERDUE


def test_clock_b_decided_before_accepted_is_implausible() -> None:
    clock = clock_b(case(event("accepted", START), event("decided", START - 1)), NOW, limit=LIMIT)
    assert (clock.reading, clock.elapsed) == (Reading.IMPLAUSIBLE, None)
    assert ("end_before_start", {}) in clock.reasons


def test_clock_c_runs_from_detention_to_handing_in() -> None:
    detained = event("detained", START)
    state = case(detained, event("handed_in", START + 3 * HOUR))
    assert clock_c(state, NOW, limit=LIMIT).elapsed == 3 * HOUR
    assert clock_c(state, NOW, limit=LIMIT).reading is Reading.ON_TIME
    assert clock_c(case(detained), START + LIMIT, limit=LIMIT).reading is Reading.RUNNING
    assert clock_c(case(detained), START + LIMIT + 1, limit=LIMIT).reading is Reading.OVERDUE


def test_clock_c_without_detention_is_no_clock_and_says_so() -> None:
    clock = clock_c(case(event("handed_in", START)), NOW, limit=LIMIT)
    assert (clock.reading, clock.reasons) == (Reading.NO_DEADLINE, (("missing_start", {}),))


def test_the_limit_handed_in_decides() -> None:
    state = case(event("detained", START), event("handed_in", START + 3 * HOUR))
    assert clock_c(state, NOW, limit=2 * HOUR).reading is Reading.LATE
    assert clock_c(state, NOW, limit=2 * HOUR).deadline_at == START + 2 * HOUR
