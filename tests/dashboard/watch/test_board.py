"""The order of the board, the sign of each row, what it waits for, and what becomes of the rest."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from dashboard.views.board import RowState, board_view
from monitor.cases.activity import Activity, Owner, Step
from monitor.cases.event import HOUR
from monitor.cases.state import CaseState
from monitor.settings.configuration import Configuration
from monitor.store.notes import Note

Held = Callable[..., CaseState]
PAYS_FIRST, LAWFUL, TREASURY_FIRST = "14042301", "14042302", "14042303"
NONE: frozenset[str] = frozenset()


@pytest.mark.parametrize(
    ("hours", "sign"),
    [
        (1.0, RowState.RUNNING),
        (19.999, RowState.RUNNING),
        (20.0, RowState.NEAR),
        (24.0, RowState.NEAR),
        (24.001, RowState.OVERDUE),
    ],
)
def test_the_sign_follows_the_time_left(
    held: Held, configuration: Configuration, now: int, hours: float, sign: RowState
) -> None:
    assert board_view([held(hours)], NONE, configuration, now).rows[0].state is sign


def test_rows_stand_by_deadline_and_those_without_a_countdown_at_the_end(
    held: Held, configuration: Configuration, now: int
) -> None:
    no_start = held(30, case_no="no start")._replace(
        confirmed_at=None, deadline_at=None, limit_s=None, verdict="no_deadline"
    )
    day = held(20, case_no="day")
    day = day._replace(
        confirmed_until=now, deadline_until=now + 24 * HOUR, deadline_at=now - HOUR, verdict="running"
    )
    states = [no_start, held(2, case_no="fresh"), day, held(26, case_no="late"), held(21, case_no="near")]
    rows = board_view(states, NONE, configuration, now).rows
    assert [row.key[1] for row in rows] == ["late", "near", "fresh", "day", "no start"]
    assert [row.state for row in rows[3:]] == [RowState.UNDETERMINED, RowState.NO_DEADLINE]
    assert [row.remaining for row in rows[3:]] == [None, None]


def test_the_next_limit_is_that_of_a_vehicle_not_yet_over_it(
    held: Held, configuration: Configuration, now: int
) -> None:
    view = board_view([held(26, case_no="a"), held(22.8, case_no="b")], NONE, configuration, now)
    assert view.overdue == 1
    assert view.nearest is not None
    assert view.nearest.key[1] == "b"
    assert view.nearest.remaining == round(1.2 * HOUR)


def test_plates_are_masked_and_the_overload_is_that_over_the_applied_limit(
    held: Held, configuration: Configuration, now: int
) -> None:
    row = board_view([held(2)], NONE, configuration, now).rows[0]
    assert row.plate == "晋D·8**21"
    assert row.over_kg == 18_600


def test_a_row_says_what_its_stations_gate_waits_for_and_who_owes_it(
    held: Held, configuration: Configuration, now: int
) -> None:
    paid = {"decided_h": 2.0, "outcome": "fine", "pay_requested_h": 3.0, "paid_h": 4.0, "removed_h": 5.0}
    states = [
        held(20, station=PAYS_FIRST, case_no="1", **paid),
        held(10, station=TREASURY_FIRST, case_no="2", **paid),
    ]
    first, second = board_view(states, NONE, configuration, now).rows
    assert first.waiting is not None
    assert (first.waiting.step, first.waiting.owner) == (Step.RELEASE, Owner.STATION)
    assert second.waiting is not None
    assert (second.waiting.step, second.waiting.owner) == (Step.CONFIRM_PAYMENT, Owner.TREASURY)


def test_where_payment_holds_the_ground_of_the_gate_goes_with_the_row(
    held: Held, configuration: Configuration, now: int
) -> None:
    unpaid = {"decided_h": 2.0, "outcome": "fine", "pay_requested_h": 3.0, "removed_h": 5.0}
    states = [
        held(20, station=PAYS_FIRST, case_no="1", **unpaid),
        held(10, station=LAWFUL, case_no="2", **unpaid),
    ]
    gated, lawful = board_view(states, NONE, configuration, now).rows
    assert gated.payment_holds
    assert gated.ground is not None
    assert not gated.gate_confirmed
    assert not lawful.payment_holds
    assert lawful.ground is None
    assert lawful.gate_confirmed


def test_a_wait_is_in_doubt_only_where_every_source_of_its_end_is_silent(
    held: Held, configuration: Configuration, now: int
) -> None:
    unpaid = held(20, decided_h=2.0, outcome="fine", pay_requested_h=3.0, removed_h=5.0)
    half = frozenset({Activity.PAY_CONFIRMED.value})
    both = half | {Activity.PAID.value}
    assert not board_view([unpaid], half, configuration, now).rows[0].silent
    view = board_view([unpaid], both, configuration, now)
    assert view.rows[0].silent
    assert view.waits_for_silent == {"pay": 1}


def test_more_vehicles_than_whole_rows_become_tiles_in_time_order(
    held: Held, configuration: Configuration, now: int
) -> None:
    states = [held(hours, case_no=str(hours)) for hours in range(1, 13)]
    view = board_view(states, NONE, configuration, now)
    assert [row.key[1] for row in view.rows] == ["12", "11", "10", "9", "8", "7", "6", "5"]
    assert view.rest is not None
    assert [row.key[1] for row in view.rest.rows] == ["4", "3", "2", "1"]
    assert view.rest.least == 20 * HOUR
    assert all(row.strip is not None for row in view.rows)
    assert all(row.strip is None for row in view.rest.rows)
    assert dict(view.owed) == {"station": 12}


def test_exactly_as_many_vehicles_as_whole_rows_leave_no_rest(
    held: Held, configuration: Configuration, now: int
) -> None:
    states = [held(hours, case_no=str(hours)) for hours in range(1, 9)]
    assert board_view(states, NONE, configuration, now).rest is None


def test_contradictory_times_are_off_the_board_and_counted(
    held: Held, configuration: Configuration, now: int
) -> None:
    view = board_view([held(-3, case_no="to come"), held(3)], NONE, configuration, now)
    assert (view.held, view.implausible) == (1, 1)


def test_a_withdrawn_case_stays_while_its_vehicle_does(
    held: Held, configuration: Configuration, now: int
) -> None:
    row = board_view([held(3, withdrawn_h=2.0)], NONE, configuration, now).rows[0]
    assert row.withdrawn


def test_the_axis_grows_with_a_longer_limit(held: Held, configuration: Configuration, now: int) -> None:
    view = board_view([held(3, limit_h=48)], NONE, configuration, now)
    assert (view.limit_hours, view.axis_hours) == (48, pytest.approx(52.8))
    assert view.rows[0].strip is not None
    assert view.rows[0].strip.limit == pytest.approx(90.91)


def test_notes_go_to_the_row_of_their_case(held: Held, configuration: Configuration, now: int) -> None:
    view = board_view([held(3, case_no="a"), held(2, case_no="b")], NONE, configuration, now)
    said = (Note("note", now, "x", "text"),)
    noted = view.noted({(PAYS_FIRST, "b"): said})
    assert [row.notes for row in noted.rows] == [(), said]
