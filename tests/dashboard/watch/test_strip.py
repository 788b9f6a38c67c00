"""The strip of a case. Positions are per cent of 26.4 hours, worked out by hand: one hour is 3.7879 %."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from dashboard.views.strip import Kind, Segment, Strip, strip_of
from monitor.cases.activity import Lane
from monitor.cases.branch import Gate
from monitor.cases.event import HOUR
from monitor.cases.state import CaseState, Pause

Held = Callable[..., CaseState]
AXIS = 26.4
LAWFUL = Gate(frozenset({Lane.REMOVAL}))
PAYS_FIRST = Gate(frozenset({Lane.REMOVAL, Lane.PAYMENT}))
TREASURY_FIRST = Gate(frozenset({Lane.REMOVAL, Lane.DECISION, Lane.PAYMENT}), payment_confirmed=True)


def drawn(state: CaseState, gate: Gate, now: int) -> Strip:
    strip = strip_of(state, gate, now, AXIS)
    assert strip is not None
    return strip


def test_waiting_for_the_treasury_is_blue_from_the_payment_on(held: Held, now: int) -> None:
    state = held(13.2, decided_h=2.64, outcome="fine", pay_requested_h=3.96, paid_h=6.6, removed_h=5.28)
    decision, payment, removal = drawn(state, TREASURY_FIRST, now).lanes
    assert decision == (Segment(Kind.DONE, 0.0, 10.0, tick=True),)
    assert payment == (Segment(Kind.DONE, 15.0, 10.0, tick=True), Segment(Kind.WAIT, 25.0, 25.0))
    assert removal == (Segment(Kind.DONE, 0.0, 20.0, tick=True), Segment(Kind.HELD, 20.0, 30.0))


def test_the_hatch_carries_the_hours_held_after_removal(held: Held, now: int) -> None:
    strip = drawn(held(13.2, decided_h=2.64, outcome="fine", removed_h=5.28), PAYS_FIRST, now)
    assert strip.held == round(7.92 * HOUR)
    assert (strip.held_at, strip.held_width) == (35.0, 30.0)


def test_an_open_branch_that_the_gate_does_not_need_is_hollow(held: Held, now: int) -> None:
    state = held(13.2, decided_h=2.64, outcome="fine", pay_requested_h=5.28, unloaded_h=6.6)
    _, payment, removal = drawn(state, LAWFUL, now).lanes
    assert payment == (Segment(Kind.OPEN, 20.0, 30.0),)
    assert removal == (Segment(Kind.DONE, 0.0, 25.0), Segment(Kind.WAIT, 25.0, 25.0))


def test_only_one_step_is_blue_and_another_needed_one_is_told_from_it(held: Held, now: int) -> None:
    state = held(13.2, decided_h=2.64, outcome="fine", pay_requested_h=2.64, unloaded_h=6.6)
    lanes = drawn(state, PAYS_FIRST, now).lanes
    waits = [one for lane in lanes for one in lane if one.kind is Kind.WAIT]
    assert waits == [Segment(Kind.WAIT, 10.0, 40.0)]
    assert lanes[2] == (Segment(Kind.NEXT, 0.0, 50.0),)


def test_a_release_that_nothing_holds_up_is_awaited_over_the_time_held(held: Held, now: int) -> None:
    strip = drawn(held(13.2, decided_h=2.64, outcome="fine", removed_h=6.6), LAWFUL, now)
    assert strip.lanes[2] == (
        Segment(Kind.DONE, 0.0, 25.0, tick=True),
        Segment(Kind.WAIT, 25.0, 25.0, over_held=True),
    )
    assert strip.held == round(6.6 * HOUR)


def test_past_the_limit_the_lanes_end_at_it_and_the_rest_is_late(held: Held, now: int) -> None:
    strip = drawn(held(25.08, decided_h=5.28, outcome="fine", unloading_h=13.2), LAWFUL, now)
    assert strip.limit == pytest.approx(90.91)
    assert strip.late == (90.91, 4.09)
    assert strip.end == 95.0
    assert not strip.beyond
    assert strip.lanes[2][-1] == Segment(Kind.WAIT, 50.0, pytest.approx(40.91))


def test_past_the_axis_the_late_stretch_is_cut_and_marked(held: Held, now: int) -> None:
    strip = drawn(held(33.0), LAWFUL, now)
    assert strip.late == (90.91, 9.09)
    assert strip.beyond


def test_exactly_at_the_limit_nothing_is_late(held: Held, now: int) -> None:
    assert drawn(held(24.0), LAWFUL, now).late is None


def test_the_limit_line_stands_where_the_stations_limit_is(held: Held, now: int) -> None:
    assert drawn(held(6.6, limit_h=13.2), LAWFUL, now).limit == 50.0


def test_what_happened_before_the_confirmation_begins_at_it(held: Held, now: int) -> None:
    state = held(13.2, decided_h=-1.0, outcome="fine", pay_requested_h=-0.5, paid_h=2.64)
    decision, payment, _ = drawn(state, PAYS_FIRST, now).lanes
    assert decision == ()
    assert payment == (Segment(Kind.DONE, 0.0, 10.0, tick=True),)


def test_a_pause_is_a_gap_that_runs_to_now_while_it_lasts(held: Held, now: int) -> None:
    state = held(13.2)
    start = state.confirmed_at
    assert start is not None
    pauses = (
        Pause(start + round(2.64 * HOUR), start + round(5.28 * HOUR), "broken_down"),
        Pause(start + round(10.56 * HOUR), None, "road_closed"),
    )
    gaps = drawn(state._replace(pauses=pauses), LAWFUL, now).gaps
    assert [(gap.left, gap.width, gap.reason) for gap in gaps] == [
        (10.0, 10.0, "broken_down"),
        (40.0, 10.0, "road_closed"),
    ]


def test_a_start_known_only_to_the_day_has_no_strip(held: Held, now: int) -> None:
    state = held(13.2)
    assert strip_of(state._replace(confirmed_until=now), LAWFUL, now, AXIS) is None
    assert (
        strip_of(state._replace(confirmed_at=None, deadline_at=None, limit_s=None), LAWFUL, now, AXIS) is None
    )


def test_a_released_vehicle_ends_at_its_release_and_waits_for_nothing(held: Held, now: int) -> None:
    state = held(20.0, decided_h=2.64, outcome="fine", pay_requested_h=3.96, removed_h=6.6, released_h=13.2)
    strip = drawn(state, PAYS_FIRST, now)
    kinds = {one.kind for lane in strip.lanes for one in lane}
    assert Kind.WAIT not in kinds
    assert (strip.end, strip.held, strip.released) == (50.0, round(6.6 * HOUR), True)


def test_a_decision_of_a_day_has_no_tick_at_an_hour(held: Held, now: int) -> None:
    told = held(13.2, decided_h=5.28, outcome="fine")
    state = told._replace(days=(told.decided_at,))
    decision, payment, _ = drawn(state, PAYS_FIRST, now).lanes
    assert decision == (Segment(Kind.DONE, 0.0, 20.0), Segment(Kind.OPEN, 20.0, 30.0))
    assert all(segment.kind is not Kind.WAIT for segment in payment)
