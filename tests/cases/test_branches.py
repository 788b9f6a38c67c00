"""What a release waits for, who owes it and since when: the seven vehicles of one afternoon, and edges."""

from __future__ import annotations

import pytest

from monitor.cases.activity import Lane, Owner, Step
from monitor.cases.branch import LAWFUL_GATE, Gate, OpenStep, branches, held_after_removal, waiting_on
from monitor.cases.event import Event
from tests.factories import HOUR, MINUTE, at, case, day, event, state

NOW = at("2024-11-26 14:32")
WEST = Gate(frozenset({Lane.REMOVAL, Lane.PAYMENT}), legal_ground="示例", example=True)
NORTH = LAWFUL_GATE
RIVER = Gate(frozenset({Lane.REMOVAL, Lane.DECISION, Lane.PAYMENT}), payment_confirmed=True, example=True)


def on(moment: str, activity: str, **told: object) -> Event:
    """An event of 25 (`-`) or 26 November."""
    date = "2024-11-25" if moment.startswith("-") else "2024-11-26"
    return event(activity, at(f"{date} {moment.lstrip('-')}"), **told)


FINE = {"outcome": "fine", "fine_fen": 100_000}

ROWS = [
    pytest.param(
        WEST,
        [
            on("-12:52", "confirmed"), on("-15:00", "decided", **FINE), on("-15:10", "pay_requested"),
            on("-15:40", "paid", amount_fen=100_000), on("08:22", "unloading"),
        ],
        (Lane.REMOVAL, Step.UNLOAD, Owner.PARTY, 6 * HOUR + 10 * MINUTE),
        id="overdue while the party unloads",
    ),
    pytest.param(
        RIVER,
        [
            on("-15:44", "confirmed"), on("04:14", "violation_removed"), on("10:00", "decided", **FINE),
            on("10:30", "pay_requested"), on("11:12", "paid", amount_fen=100_000),
        ],
        (Lane.PAYMENT, Step.CONFIRM_PAYMENT, Owner.TREASURY, 3 * HOUR + 20 * MINUTE),
        id="paid, and the treasury has not confirmed it",
    ),
    pytest.param(
        WEST,
        [
            on("-18:20", "confirmed"), on("-19:00", "handed_over"), on("03:20", "violation_removed"),
            on("12:00", "decided", authority="police", **FINE), on("12:10", "pay_requested"),
            on("12:40", "pay_failed"), on("13:30", "pay_failed"),
        ],
        (Lane.PAYMENT, Step.PAY_AGAIN, Owner.POLICE, 2 * HOUR + 22 * MINUTE),
        id="payment failed twice and waits since its request",
    ),
    pytest.param(
        NORTH,
        [on("-23:26", "confirmed"), on("09:00", "unloading"), on("12:29", "unloaded")],
        (Lane.REMOVAL, Step.REWEIGH, Owner.STATION, 2 * HOUR + 3 * MINUTE),
        id="unloaded and waiting for the reweigh",
    ),
    pytest.param(
        WEST,
        [on("04:10", "confirmed"), on("09:26", "handed_over"), on("10:34", "violation_removed")],
        (Lane.DECISION, Step.DECIDE, Owner.POLICE, 5 * HOUR + 6 * MINUTE),
        id="payment waits for the decision of the police",
    ),
    pytest.param(
        RIVER,
        [
            on("09:35", "confirmed"), on("11:00", "decided", **FINE), on("11:26", "unloading"),
            on("11:40", "pay_requested"),
        ],
        (Lane.REMOVAL, Step.UNLOAD, Owner.PARTY, 3 * HOUR + 6 * MINUTE),
        id="the branch waiting longest is named",
    ),
    pytest.param(
        NORTH,
        [on("13:20", "confirmed")],
        (Lane.REMOVAL, Step.ARRANGE_UNLOADING, Owner.STATION, HOUR + 12 * MINUTE),
        id="just confirmed",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("gate", "events", "expected"), ROWS)
def test_what_each_vehicle_of_the_afternoon_waits_on(
    gate: Gate, events: list[Event], expected: tuple[Lane, Step, Owner, int]
) -> None:
    lane, step, owner, waited = expected
    assert waiting_on(case(*events), gate) == OpenStep(lane, step, owner, NOW - waited)


PAID = [
    on("08:00", "confirmed"), on("09:00", "decided", **FINE), on("09:10", "pay_requested"),
    on("10:00", "paid", amount_fen=100_000), on("11:00", "violation_removed"),
]  # fmt: skip


def test_a_gate_on_payment_opens_when_it_is_paid_and_one_on_arrival_when_it_has_arrived() -> None:
    paid = case(*PAID)
    release = OpenStep(Lane.REMOVAL, Step.RELEASE, Owner.STATION, at("2024-11-26 11:00"))
    assert waiting_on(paid, WEST) == release
    assert waiting_on(paid, RIVER) == OpenStep(
        Lane.PAYMENT, Step.CONFIRM_PAYMENT, Owner.TREASURY, at("2024-11-26 10:00")
    )
    arrived = waiting_on(case(*PAID, on("12:00", "pay_confirmed")), RIVER)
    assert arrived == OpenStep(Lane.REMOVAL, Step.RELEASE, Owner.STATION, at("2024-11-26 12:00"))


def test_an_arrival_without_a_payment_told_opens_a_gate_on_payment() -> None:
    told = [one for one in PAID if one.activity != "paid"]
    step = waiting_on(case(*told, on("12:00", "pay_confirmed")), WEST)
    assert step is not None
    assert step.step is Step.RELEASE


def test_the_lawful_gate_waits_for_removal_alone() -> None:
    unpaid = case(on("08:00", "confirmed"), on("11:00", "violation_removed"))
    step = waiting_on(unpaid, LAWFUL_GATE)
    assert step == OpenStep(Lane.REMOVAL, Step.RELEASE, Owner.STATION, at("2024-11-26 11:00"))
    decision, payment, _ = branches(unpaid, LAWFUL_GATE)
    assert decision.open_step is not None
    assert not decision.needed
    assert payment.open_step is None


@pytest.mark.parametrize("outcome", ["warning", "none"])
def test_after_a_warning_there_is_nothing_to_pay(outcome: str) -> None:
    held = case(
        on("08:00", "confirmed"), on("09:00", "decided", outcome=outcome), on("08:30", "violation_removed")
    )
    _, payment, _ = branches(held, WEST)
    assert (payment.since, payment.done_at, payment.open_step) == (None, at("2024-11-26 09:00"), None)
    assert waiting_on(held, WEST) == OpenStep(
        Lane.REMOVAL, Step.RELEASE, Owner.STATION, at("2024-11-26 09:00")
    )


def test_withdrawing_ends_decision_and_payment_and_leaves_the_truck_to_be_released() -> None:
    held = case(*PAID[:3], on("10:30", "withdrawn"), PAID[4])
    decision, payment, _ = branches(held, WEST)
    assert decision.done_at == at("2024-11-26 09:00")
    assert payment.done_at == at("2024-11-26 10:30")
    step = waiting_on(held, WEST)
    assert step is not None
    assert (step.step, step.since) == (Step.RELEASE, at("2024-11-26 11:00"))


def test_after_a_revoked_decision_a_new_one_is_owed() -> None:
    held = case(*PAID[:2], on("10:00", "decision_revoked"), PAID[4])
    step = waiting_on(held, RIVER)
    assert step is not None
    assert (step.lane, step.step) == (Lane.DECISION, Step.DECIDE)


def test_a_decided_fine_without_a_payment_code_is_owed_by_who_decided() -> None:
    station = waiting_on(case(*PAID[:2], PAID[4]), WEST)
    police = waiting_on(case(PAID[0], on("09:00", "decided", authority="police", **FINE), PAID[4]), WEST)
    assert station is not None
    assert police is not None
    assert (station.step, station.owner) == (Step.REQUEST_PAYMENT, Owner.STATION)
    assert (police.step, police.owner) == (Step.REQUEST_PAYMENT, Owner.POLICE)


def test_a_failed_reweigh_sends_the_party_back_to_unload_and_unloading_again_to_the_scale() -> None:
    failed = [
        on("08:00", "confirmed"), on("08:00", "weighed", gross_kg=60_000, limit_kg=49_000),
        on("10:00", "unloaded"), on("11:00", "reweighed", gross_kg=50_000),
    ]  # fmt: skip
    more = waiting_on(case(*failed), NORTH)
    again = waiting_on(case(*failed, on("12:00", "unloaded")), NORTH)
    assert more == OpenStep(Lane.REMOVAL, Step.UNLOAD_MORE, Owner.PARTY, at("2024-11-26 11:00"))
    assert again == OpenStep(Lane.REMOVAL, Step.REWEIGH, Owner.STATION, at("2024-11-26 12:00"))


def test_a_released_or_not_held_vehicle_waits_for_nothing() -> None:
    assert waiting_on(case(*PAID, on("12:00", "released")), RIVER) is None
    assert waiting_on(state(custody=False), RIVER) is None


def test_held_after_removal_runs_until_the_release() -> None:
    assert held_after_removal(case(*PAID), NOW) == 3 * HOUR + 32 * MINUTE
    assert held_after_removal(case(*PAID, on("12:00", "released")), NOW) == HOUR
    assert held_after_removal(case(PAID[0]), NOW) is None


def test_held_after_removal_is_not_told_where_only_a_day_is_known() -> None:
    of_day = event("violation_removed", day("2024-11-26"))
    assert held_after_removal(case(PAID[0], of_day), NOW) is None
    assert held_after_removal(case(*PAID, event("released", day("2024-11-26"))), NOW) is None


def test_a_vehicle_released_before_its_violation_ended_was_not_held_after_it() -> None:
    assert (
        held_after_removal(case(PAID[0], on("10:00", "released"), on("11:00", "violation_removed")), NOW) == 0
    )


def test_a_wait_that_began_on_a_day_claims_no_hour() -> None:
    midnight = at("2024-11-26 00:00")
    held = case(on("-18:00", "confirmed"), event("decided", day("2024-11-26"), **FINE))
    waits = branches(held, WEST)[1].open_step
    assert waits == OpenStep(Lane.PAYMENT, Step.REQUEST_PAYMENT, Owner.STATION, midnight, day=True)
    assert held.days == (midnight,)


def test_an_exact_event_at_the_same_midnight_keeps_its_hour() -> None:
    held = case(on("-18:00", "confirmed"), on("00:00", "filed"), event("decided", day("2024-11-26"), **FINE))
    assert held.days == ()
