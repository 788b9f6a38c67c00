"""Values of which only the day is known: a verdict where every instant of the day gives the same one."""

from __future__ import annotations

import pytest

from monitor.cases.clock import Reading, clock_a, clock_b, reading_a
from monitor.cases.state import Verdict
from tests.factories import HOUR, ROME, at, case, day, event, terms

LIMIT = 24 * HOUR


def test_a_day_is_an_interval_and_never_an_hour() -> None:
    state = case(event("confirmed", day("2024-11-26")))
    assert (state.confirmed_at, state.confirmed_until) == (at("2024-11-26 00:00"), at("2024-11-27 00:00") - 1)
    assert (state.deadline_at, state.deadline_until) == (at("2024-11-27 00:00"), at("2024-11-28 00:00") - 1)
    clock = clock_a(state, at("2024-11-26 20:00"))
    assert (clock.elapsed, clock.net, clock.remaining) == (None, None, None)
    assert clock.reasons[0] == ("start_day", {"day_at": at("2024-11-26 00:00")})


@pytest.mark.parametrize(
    ("released", "verdict"),
    [
        ("2024-11-26 23:00", Verdict.ON_TIME),
        ("2024-11-27 00:00", Verdict.ON_TIME),
        ("2024-11-27 12:00", Verdict.UNDETERMINED),
        ("2024-11-27 23:59:59.999999", Verdict.UNDETERMINED),
        ("2024-11-28 00:00", Verdict.LATE),
        ("2024-11-25 23:59:59", Verdict.IMPLAUSIBLE),
    ],
)
def test_confirmed_on_a_day_released_at_an_instant(released: str, verdict: Verdict) -> None:
    state = case(event("confirmed", day("2024-11-26")), event("released", at(released)))
    assert state.verdict == verdict


@pytest.mark.parametrize(
    ("released", "verdict"),
    [
        ("2024-11-26", Verdict.ON_TIME),
        ("2024-11-27", Verdict.UNDETERMINED),
        ("2024-11-28", Verdict.LATE),
        ("2024-11-25", Verdict.IMPLAUSIBLE),
    ],
)
def test_confirmed_at_an_instant_released_on_a_day(released: str, verdict: Verdict) -> None:
    # From 26 Nov 14:32 to 27 Nov 14:32: all of the 26th is in time, the 27th allows both.
    state = case(event("confirmed", at("2024-11-26 14:32")), event("released", day(released)))
    assert state.verdict == verdict


def test_confirmed_at_midnight_released_on_the_same_day_is_on_time_for_sure() -> None:
    state = case(event("confirmed", at("2024-11-26 00:00")), event("released", day("2024-11-26")))
    assert state.verdict == Verdict.ON_TIME


@pytest.mark.parametrize(
    ("released", "verdict"),
    [
        ("2024-11-26", Verdict.ON_TIME),
        ("2024-11-27", Verdict.UNDETERMINED),
        ("2024-11-28", Verdict.LATE),
    ],
)
def test_confirmed_and_released_on_days(released: str, verdict: Verdict) -> None:
    # From the 26th to the 28th it is at least 24 h and 1 µs; to the 27th between 1 µs and 48 h.
    state = case(event("confirmed", day("2024-11-26")), event("released", day(released)))
    assert state.verdict == verdict


def test_running_since_a_day_is_undetermined_between_its_first_and_its_last_deadline() -> None:
    state = case(event("confirmed", day("2024-11-26")))
    assert reading_a(state, at("2024-11-27 00:00")) is Reading.RUNNING
    assert reading_a(state, at("2024-11-27 00:00") + 1) is Reading.UNDETERMINED
    assert reading_a(state, at("2024-11-28 00:00") - 1) is Reading.UNDETERMINED
    assert reading_a(state, at("2024-11-28 00:00")) is Reading.OVERDUE


def test_an_exact_confirmation_of_the_same_day_bounds_the_start() -> None:
    # The first of both lies between midnight and 10:00; released at 10:00 next day allows no late start.
    told = (
        event("confirmed", day("2024-11-26")),
        event("confirmed", at("2024-11-26 10:00"), source="police"),
    )
    state = case(*told)
    assert (state.confirmed_at, state.confirmed_until) == (at("2024-11-26 00:00"), at("2024-11-26 10:00"))
    assert case(*told, event("released", at("2024-11-27 10:00") + 1)).verdict == Verdict.LATE
    assert case(*told, event("released", at("2024-11-27 10:00"))).verdict == Verdict.UNDETERMINED


def test_a_release_on_the_day_of_a_reweigh_may_be_after_it() -> None:
    state = case(
        event("confirmed", at("2024-11-26 08:00")),
        event("reweighed", at("2024-11-26 15:00"), gross_kg=48_000),
        event("released", day("2024-11-26")),
    )
    assert state.verdict == Verdict.ON_TIME


def test_a_day_of_23_hours_in_spring_is_23_hours_long() -> None:
    # Rome, 31 March 2024: the clocks go from 02:00 to 03:00.
    under = terms(zone=ROME)
    first, last = day("2024-03-31", ROME)
    assert last + 1 - first == 23 * HOUR
    start = event("confirmed", (first, last))
    assert case(start, under=under).deadline_until == last + LIMIT
    # 24 h after its first instant it is 01:00 of the next day: on time until then, late from 00:00 + 24 h on.
    assert (
        case(start, event("released", at("2024-04-01 01:00", ROME)), under=under).verdict == Verdict.ON_TIME
    )
    late = event("released", at("2024-04-02 00:00", ROME))
    assert case(start, late, under=under).verdict == Verdict.LATE
    almost = event("released", at("2024-04-02 00:00", ROME) - 1)
    assert case(start, almost, under=under).verdict == Verdict.UNDETERMINED


def test_a_day_of_25_hours_in_autumn_is_25_hours_long() -> None:
    # Rome, 27 October 2024: 24 h after its first instant it is 23:00 of the same day.
    under = terms(zone=ROME)
    first, last = day("2024-10-27", ROME)
    assert last + 1 - first == 25 * HOUR
    start = event("confirmed", (first, last))
    in_time = event("released", at("2024-10-27 23:00", ROME))
    assert case(start, in_time, under=under).verdict == Verdict.ON_TIME
    same_day = event("released", (first, last))
    assert case(start, same_day, under=under).verdict == Verdict.UNDETERMINED


def test_24_hours_over_a_clock_change_are_wall_clock_hours_that_passed() -> None:
    state = case(event("confirmed", at("2024-03-30 12:00", ROME)), under=terms(zone=ROME))
    assert state.deadline_at == at("2024-03-31 13:00", ROME)


def test_clock_b_of_days_gives_a_verdict_only_where_every_instant_does() -> None:
    accepted = event("accepted", day("2024-11-26"))
    now = at("2024-12-01 00:00")

    def reading(decided: str) -> Reading:
        return clock_b(case(accepted, event("decided", day(decided))), now, limit=LIMIT).reading

    assert reading("2024-11-26") is Reading.ON_TIME
    assert reading("2024-11-27") is Reading.UNDETERMINED
    assert reading("2024-11-29") is Reading.LATE
