"""Weights: the limit recorded or by rule, reweighings, and when the violation ended."""

from __future__ import annotations

from dataclasses import replace

from monitor.cases.state import Finding
from tests.factories import HOUR, at, case, day, event, terms

START = at("2024-11-26 14:32")
CONFIRMED = event("confirmed", START)
WEIGHED = event("weighed", START - HOUR, gross_kg=61_400, limit_kg=49_000, axles=6, vehicle="combination")


def by_rule(vehicle: str | None, axles: int | None, moment: int) -> tuple[int, str] | None:
    return (49_000, "combination-6") if (vehicle, axles) == ("combination", 6) else None


UNDER = terms(weight_limit=by_rule)


def test_a_reweigh_exactly_at_the_limit_is_within_it_and_ends_the_violation() -> None:
    state = case(WEIGHED, CONFIRMED, event("reweighed", START + 3 * HOUR, gross_kg=49_000))
    assert (state.removed_at, state.removed_derived) == (START + 3 * HOUR, True)
    assert (state.reweigh_kg, state.over_kg) == (49_000, 12_400)


def test_a_reweigh_one_kilogram_over_the_limit_does_not() -> None:
    state = case(WEIGHED, CONFIRMED, event("reweighed", START + 3 * HOUR, gross_kg=49_001))
    assert (state.removed_at, state.reweigh_failed_at) == (None, START + 3 * HOUR)


def test_the_first_reweigh_within_the_limit_counts_after_one_that_failed() -> None:
    state = case(
        WEIGHED,
        CONFIRMED,
        event("reweighed", START + 3 * HOUR, gross_kg=50_000),
        event("reweighed", START + 5 * HOUR, gross_kg=48_000),
        event("reweighed", START + 6 * HOUR, gross_kg=47_000),
    )
    assert (state.removed_at, state.reweigh_kg, state.reweigh_failed_at) == (START + 5 * HOUR, 48_000, None)


def test_an_explicit_removal_goes_before_the_derived_one() -> None:
    state = case(
        WEIGHED,
        CONFIRMED,
        event("reweighed", START + 3 * HOUR, gross_kg=48_000),
        event("violation_removed", START + 4 * HOUR, reason="转运"),
    )
    assert (state.removed_at, state.removed_derived) == (START + 4 * HOUR, False)


def test_a_removal_of_which_the_day_is_known_stays_a_day() -> None:
    state = case(WEIGHED, CONFIRMED, event("violation_removed", day("2024-11-27")))
    assert (state.removed_at, state.removed_until) == day("2024-11-27")


def test_a_reweigh_heavier_than_the_first_weighing_is_a_finding_with_both_weights() -> None:
    state = case(WEIGHED, CONFIRMED, event("reweighed", START + 3 * HOUR, gross_kg=61_401))
    numbers = (("first_kg", "61400"), ("reweigh_kg", "61401"))
    assert state.findings == (Finding("reweigh_heavier", START + 3 * HOUR, numbers),)


def test_a_limit_nobody_recorded_is_worked_out_and_named_by_its_rule() -> None:
    weighed = event("weighed", START - HOUR, gross_kg=61_400, axles=6, vehicle="combination")
    state = case(weighed, CONFIRMED, under=UNDER)
    assert (state.limit_kg, state.limit_rule) == (49_000, "combination-6")


def test_a_recorded_limit_stands_and_another_one_by_rule_is_a_finding() -> None:
    weighed = event("weighed", START - HOUR, gross_kg=61_400, limit_kg=46_000, axles=6, vehicle="combination")
    state = case(weighed, CONFIRMED, under=UNDER)
    assert (state.limit_kg, state.limit_rule) == (46_000, "recorded")
    numbers = (("recorded_kg", "46000"), ("rule_kg", "49000"))
    assert state.findings == (Finding("limit_differs", START - HOUR, numbers),)


def test_a_confirmed_weight_without_any_limit_is_a_finding() -> None:
    state = case(event("weighed", START - HOUR, gross_kg=61_400), CONFIRMED, under=UNDER)
    assert (state.limit_kg, [finding.code for finding in state.findings]) == (None, ["limit_unknown"])


def test_the_first_word_on_a_vehicle_stands_whatever_the_order_of_receipt() -> None:
    told = (
        event("weighed", START - HOUR, plate="晋D11111"),
        event("released", START + HOUR, plate="晋D22222"),
    )
    assert case(*told).plate == case(*reversed(told)).plate == "晋D11111"


def test_a_weight_outside_the_dates_of_its_scale_is_a_finding_and_an_unknown_scale_is_none() -> None:
    under = replace(UNDER, certified=lambda scale, at: at < START if scale == "W1" else None)
    before = event("weighed", START - HOUR, gross_kg=61_400, scale="W1", vehicle="combination", axles=6)
    after = event("reweighed", START + HOUR, gross_kg=48_000, lane="W1")
    strange = event("reweighed", START + 2 * HOUR, gross_kg=48_000, scale="W9")
    state = case(before, CONFIRMED, after, strange, under=under)
    assert state.findings == (Finding("scale_uncertified", START + HOUR, (("scale", "W1"),)),)


def test_axle_weights_that_do_not_add_up_to_the_gross_weight_are_a_finding_with_both() -> None:
    told = {"gross_kg": 50_000, "limit_kg": 49_000, "axles": 2}
    at_the_edge = case(event("weighed", START, axle_weights_kg=[20_000, 31_000], **told))
    assert at_the_edge.findings == ()
    beyond = case(event("weighed", START, axle_weights_kg=[20_000, 31_001], **told))
    numbers = (("sum_kg", "51001"), ("gross_kg", "50000"))
    assert beyond.findings == (Finding("axle_sum_differs", START, numbers),)
    strict = case(
        event("weighed", START, axle_weights_kg=[20_000, 31_000], **told),
        under=replace(terms(), axle_sum_tolerance=0.01),
    )
    assert [one.code for one in strict.findings] == ["axle_sum_differs"]
