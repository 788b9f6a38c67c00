"""Clock A by examples worked out by hand: confirmed → released within 24 hours, wall clock."""

from __future__ import annotations

import pytest

from monitor.cases.clock import Reading, clock_a, in_custody, reading_a
from monitor.cases.state import Pause, Verdict
from tests.factories import HOUR, MINUTE, at, case, event, terms

START = at("2024-11-26 14:32")
DEADLINE = at("2024-11-27 14:32")
CONFIRMED = event("confirmed", START)


def codes(state: object) -> list[str]:
    return [finding.code for finding in state.findings]  # type: ignore[attr-defined]


def test_release_at_exactly_24_hours_is_on_time() -> None:
    state = case(CONFIRMED, event("released", DEADLINE))
    assert state.deadline_at == DEADLINE
    assert state.verdict == Verdict.ON_TIME
    assert clock_a(state, DEADLINE + HOUR).elapsed == 24 * HOUR


def test_release_one_microsecond_after_24_hours_is_late() -> None:
    state = case(CONFIRMED, event("released", DEADLINE + 1))
    assert state.verdict == Verdict.LATE


def test_held_at_the_deadline_still_runs_and_one_microsecond_later_is_overdue() -> None:
    state = case(CONFIRMED)
    assert reading_a(state, DEADLINE) is Reading.RUNNING
    assert clock_a(state, DEADLINE).remaining == 0
    assert reading_a(state, DEADLINE + 1) is Reading.OVERDUE
    assert clock_a(state, DEADLINE + HOUR).remaining == -HOUR
    assert in_custody(state, DEADLINE + HOUR)


def test_the_first_confirmation_starts_the_clock_and_a_second_one_is_a_finding() -> None:
    state = case(event("confirmed", START + HOUR), CONFIRMED)
    assert state.confirmed_at == START
    assert codes(state) == ["second_confirmation"]


def test_the_same_confirmation_told_by_two_sources_is_no_finding() -> None:
    assert codes(case(CONFIRMED, event("confirmed", START, source="police"))) == []


def test_the_first_of_several_releases_ends_the_clock_and_they_are_a_finding() -> None:
    state = case(CONFIRMED, event("released", START + 30 * HOUR), event("released", START + 5 * HOUR))
    assert (state.released_at, state.verdict) == (START + 5 * HOUR, Verdict.ON_TIME)
    assert codes(state) == ["several_releases"]


def test_a_release_followed_by_a_reweigh_is_not_the_end() -> None:
    first, second = event("released", START + 5 * HOUR), event("released", START + 26 * HOUR)
    reweigh = event("reweighed", START + 6 * HOUR, gross_kg=48_000)
    held = case(CONFIRMED, first, reweigh)
    assert (held.released_at, held.verdict) == (None, Verdict.RUNNING)
    assert "custody_after_release" in codes(held)
    assert in_custody(held, START + 7 * HOUR)
    assert case(CONFIRMED, first, reweigh, second).verdict == Verdict.LATE


def test_a_release_at_the_instant_of_the_reweigh_is_the_end() -> None:
    moment = START + 5 * HOUR
    state = case(CONFIRMED, event("released", moment), event("reweighed", moment, gross_kg=48_000))
    assert (state.released_at, codes(state)) == (moment, [])


def test_withdrawing_a_case_does_not_stop_the_clock() -> None:
    state = case(CONFIRMED, event("withdrawn", START + HOUR))
    assert reading_a(state, DEADLINE + 1) is Reading.OVERDUE
    assert in_custody(state, DEADLINE + 1)
    assert ("withdrawn_runs_on", {"at": START + HOUR}) in clock_a(state, DEADLINE).reasons


def test_released_before_confirmed_is_implausible_and_off_the_board_with_a_finding() -> None:
    state = case(CONFIRMED, event("released", START - 1))
    assert state.verdict == Verdict.IMPLAUSIBLE
    assert codes(state) == ["released_before_confirmed"]
    assert not in_custody(state, START + HOUR)
    assert clock_a(state, START + HOUR).elapsed is None


def test_released_in_the_same_instant_as_confirmed_is_on_time() -> None:
    assert case(CONFIRMED, event("released", START)).verdict == Verdict.ON_TIME


def test_a_release_later_than_now_is_implausible_until_it_comes_to_pass() -> None:
    state = case(CONFIRMED, event("released", START + 5 * HOUR, received=START + HOUR))
    assert codes(state) == ["future_time"]
    assert reading_a(state, START + HOUR) is Reading.IMPLAUSIBLE
    assert not in_custody(state, START + HOUR)
    assert reading_a(state, START + 5 * HOUR) is Reading.ON_TIME


def test_a_confirmation_later_than_now_is_implausible_and_off_the_board() -> None:
    state = case(event("confirmed", START, received=START - HOUR))
    assert reading_a(state, START - HOUR) is Reading.IMPLAUSIBLE
    assert not in_custody(state, START - HOUR)
    assert codes(state) == ["future_time"]


def test_a_source_whose_clock_is_five_minutes_ahead_is_no_finding() -> None:
    assert codes(case(event("confirmed", START, received=START - 5 * MINUTE))) == []
    assert codes(case(event("confirmed", START, received=START - 5 * MINUTE - 1))) == ["future_time"]


def test_the_limit_is_the_one_in_force_at_the_start() -> None:
    changed = at("2024-12-01 00:00")
    under = terms(limits=((at("2024-01-01 00:00"), 24 * 3600), (changed, 12 * 3600)))
    before, after = (
        case(event("confirmed", changed - 1), under=under),
        case(event("confirmed", changed), under=under),
    )
    assert before.deadline_at == changed - 1 + 24 * HOUR
    assert after.deadline_at == changed + 12 * HOUR


def test_the_first_limit_also_holds_before_its_own_beginning() -> None:
    under = terms(limits=((at("2025-01-01 00:00"), 24 * 3600),))
    assert case(CONFIRMED, under=under).deadline_at == DEADLINE


def test_net_time_leaves_out_the_union_of_overlapping_suspensions() -> None:
    # 16:00–19:00 for the weather, 18:00–20:00 for the scale: four hours together, not five.
    state = case(
        CONFIRMED,
        event("suspended", at("2024-11-26 16:00"), reason="weather"),
        event("suspended", at("2024-11-26 18:00"), reason="scale"),
        event("resumed", at("2024-11-26 19:00"), reason="weather"),
        event("resumed", at("2024-11-26 20:00"), reason="scale"),
        event("released", at("2024-11-27 00:32")),
    )
    clock = clock_a(state, at("2024-11-28 00:00"))
    assert (clock.elapsed, clock.net) == (10 * HOUR, 6 * HOUR)
    assert state.pauses == (
        Pause(at("2024-11-26 16:00"), at("2024-11-26 19:00"), "weather"),
        Pause(at("2024-11-26 18:00"), at("2024-11-26 20:00"), "scale"),
    )


def test_a_suspension_does_not_move_the_deadline_and_one_not_resumed_runs_on() -> None:
    state = case(CONFIRMED, event("suspended", START + 2 * HOUR, reason="weather"))
    clock = clock_a(state, START + 25 * HOUR)
    assert (clock.reading, clock.elapsed, clock.net) == (Reading.OVERDUE, 25 * HOUR, 2 * HOUR)


@pytest.mark.parametrize("told", [{}, {"reason": "手续已齐"}])
def test_a_resumption_without_the_reason_of_a_suspension_ends_every_one(told: dict[str, str]) -> None:
    state = case(
        CONFIRMED,
        event("suspended", START + HOUR, reason="weather"),
        event("suspended", START + 2 * HOUR, reason="scale"),
        event("resumed", START + 3 * HOUR, **told),
    )
    assert [pause.until for pause in state.pauses] == [START + 3 * HOUR] * 2


def test_only_what_lies_inside_the_clock_is_taken_off() -> None:
    # Suspended an hour before the start, resumed an hour after the release: nothing of five hours is left.
    state = case(
        CONFIRMED,
        event("suspended", START - HOUR),
        event("resumed", START + 6 * HOUR),
        event("released", START + 5 * HOUR),
    )
    assert clock_a(state, DEADLINE).net == 0


def test_an_off_site_case_is_not_held_and_has_no_clock() -> None:
    state = case(CONFIRMED, event("released", START + 40 * HOUR), under=terms(holds=False, hours=None))
    assert (state.verdict, state.custody, state.deadline_at) == (Verdict.NOT_HELD, False, None)
    assert clock_a(state, DEADLINE).reasons == (("not_held", {}),)


def test_a_vehicle_detained_elsewhere_is_in_custody_under_the_limit_of_that_place() -> None:
    detained = event("detained", START + HOUR)
    state = case(CONFIRMED, detained, under=terms(holds=False))
    assert (state.custody, state.verdict, state.deadline_at) == (True, Verdict.RUNNING, DEADLINE)
    without = case(CONFIRMED, detained, under=terms(holds=False, hours=None))
    assert (without.custody, without.verdict) == (True, Verdict.NO_DEADLINE)


def test_detained_without_a_confirmation_has_no_deadline_and_stays_on_the_board() -> None:
    state = case(event("detained", START))
    assert state.verdict == Verdict.NO_DEADLINE
    assert reading_a(state, DEADLINE) is Reading.NO_DEADLINE
    assert in_custody(state, DEADLINE)
    assert ("no_start", {}) in clock_a(state, DEADLINE).reasons


def test_a_vehicle_unloading_at_a_station_stands_there_also_where_its_confirmation_was_refused() -> None:
    state = case(event("unloading", START))
    assert (state.custody, state.verdict) == (True, Verdict.NO_DEADLINE)


def test_weighed_again_within_the_limit_and_never_confirmed_is_not_held() -> None:
    first = event("weighed", START - MINUTE, gross_kg=50_200, limit_kg=49_000)
    again = event("reweighed", START + 20 * MINUTE, gross_kg=48_600)
    assert case(first, again).verdict == Verdict.NOT_HELD
    assert case(first, again, CONFIRMED).verdict == Verdict.RUNNING


def test_weighed_at_a_station_and_not_confirmed_is_not_held() -> None:
    assert case(event("weighed", START, gross_kg=17_000)).verdict == Verdict.NOT_HELD
