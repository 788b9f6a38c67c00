"""The county behaves as stations do: hours, gates, nights, offices, weights."""

from __future__ import annotations

import re
import statistics

import pytest

from ingest.mapping.values import plate_of
from ingest.simulate.case import SimCase
from ingest.simulate.moments import DAY, HOUR, MINUTE, hour_of, local
from ingest.simulate.penalties import mass_fine
from ingest.simulate.sites import sites
from ingest.simulate.vehicles import LIMITS
from ingest.simulate.world import World, build
from monitor.cases.limit import Vehicle, applied_limit
from monitor.settings.configuration import load_configuration
from monitor.settings.environment import Settings
from tests.ingest.simulate.conftest import NOW


@pytest.fixture(scope="module")
def world() -> World:
    return build(stations=4, days=120, seed=11, until=NOW)


@pytest.fixture(scope="module")
def released(world: World) -> list[SimCase]:
    return [case for case in world.cases if case.site.holds and not case.story]


def hours(case: SimCase) -> float:
    at = case.released_at()
    assert at is not None
    return (at - case.confirmed_at) / HOUR


def test_most_go_within_24_hours_and_half_within_14(released: list[SimCase]) -> None:
    taken = [hours(case) for case in released]
    assert 0.85 <= sum(one <= 24 for one in taken) / len(taken) <= 0.93
    assert 11.5 <= statistics.median(taken) <= 14.5


def test_stations_have_the_cases_of_a_county(world: World, released: list[SimCase]) -> None:
    for site in world.sites:
        assert 0.3 <= len(world.of(site)) / 120 <= 3
    assert 0.3 < sum(case.authority == "police" for case in released) / len(released) < 0.5


def test_no_vehicle_goes_before_its_gate_has_what_it_needs(released: list[SimCase]) -> None:
    seen = set()
    for case in released:
        at = case.released_at()
        assert at is not None
        removed = case.last("reweighed") or case.last("violation_removed")
        assert removed is not None and removed.at <= at
        decided = case.last("decided")
        if decided is None or decided.data["outcome"] != "fine":
            continue
        for need, activity in (
            ("decision", "decided"), ("payment", "paid"), ("payment_confirmed", "pay_confirmed"),
        ):  # fmt: skip
            if need in case.site.needs:
                step = case.last(activity)
                assert step is not None and step.at <= at
                seen.add(need)
    assert seen == {"decision", "payment", "payment_confirmed"}


def test_without_a_gate_on_payment_many_go_unpaid(released: list[SimCase]) -> None:
    north = [case for case in released if case.site.short == "北关" and case.last("paid")]
    unpaid = [case for case in north if (paid := case.last("paid")) and paid.at > (case.released_at() or 0)]
    assert len(unpaid) > len(north) / 4


def test_police_accept_no_case_at_night(released: list[SimCase]) -> None:
    accepted = [step for case in released for step in case.all("accepted")]
    assert len(accepted) > 50
    assert all(8.5 <= hour_of(step.at) < 20.1 for step in accepted)


def test_bank_counters_are_paid_in_office_hours(world: World) -> None:
    paid = [
        step for case in world.cases for step in case.all("paid") if step.data["channel"] == "bank_counter"
    ]
    assert len(paid) > 20
    assert all(local(step.at).weekday() < 5 and 8.5 <= hour_of(step.at) < 17.7 for step in paid)


def test_the_treasury_confirms_every_half_hour(world: World) -> None:
    for case in world.cases:
        if case.story:
            continue
        for paid, confirmed in zip(case.all("paid"), case.all("pay_confirmed"), strict=True):
            assert 0 < confirmed.at - paid.at <= 34 * MINUTE
            assert confirmed.at % (30 * MINUTE) == 4 * MINUTE


def test_cash_names_its_ground(world: World) -> None:
    cash = [
        step for case in world.cases for step in case.all("paid") if step.data["channel"] == "cash_on_spot"
    ]
    assert cash
    assert all("第六十九条" in step.data["ground"] for step in cash)


def test_fines_follow_the_kilograms_over(world: World) -> None:
    assert [mass_fine(kg) for kg in (1_000, 1_001, 1_999, 2_000, 18_600, 60_000, 75_000)] == [
        0, 50_000, 50_000, 100_000, 900_000, 3_000_000, 3_000_000,
    ]  # fmt: skip
    decided = [(case, step) for case in world.cases for step in case.all("decided")]
    warned = [case for case, step in decided if step.data["outcome"] == "warning"]
    assert warned and all(case.vehicle.over_kg <= 1_000 for case in warned)


def test_weights_are_over_the_configured_limit_and_reweighed_within(world: World) -> None:
    limits = load_configuration(Settings()).limits
    for (kind, axles), kg in LIMITS.items():
        applied = applied_limit(limits, Vehicle(axles, kind), local(NOW).date())
        assert applied is not None and applied.kg == kg
    for case in world.cases:
        assert case.vehicle.over_kg > 0
        if weighed := case.last("reweighed"):
            assert weighed.data["gross_kg"] <= case.vehicle.limit_kg or weighed.told_at > NOW
    double = sum(case.vehicle.over_kg > case.vehicle.limit_kg for case in world.cases)
    assert 0 < double / len(world.cases) < 0.05


def test_some_unload_twice_and_some_are_suspended_or_withdrawn(released: list[SimCase]) -> None:
    twice = [case for case in released if len(case.all("reweighed")) == 2]
    assert 0.03 < len(twice) / len(released) < 0.2
    assert all(case.all("reweighed")[0].data["gross_kg"] > case.vehicle.limit_kg for case in twice)
    for activity in ("suspended", "withdrawn", "cargo_transferred", "pay_failed"):
        assert any(case.first(activity) for case in released), activity


def test_plates_have_the_form_of_plates(world: World) -> None:
    plates = [case.vehicle.plate for case in world.cases]
    assert all(plate_of(plate)[1] for plate in plates if plate != "无牌车")
    assert "无牌车" in plates
    assert 0.5 < sum(plate.startswith("晋D") for plate in plates) / len(plates) < 0.8
    assert any(len(plate) == 8 and plate[-1] in "DF" for plate in plates)
    trailers = [case.vehicle.trailer for case in world.cases if case.vehicle.trailer]
    assert trailers and all(re.fullmatch(r"..\d{4}挂", plate) for plate in trailers)


def test_case_numbers_are_never_given_twice(world: World) -> None:
    numbers = [case.case_no for case in world.cases]
    assert len(set(numbers)) == len(numbers)


def test_seven_vehicles_stand_there_at_the_end_each_waiting_for_something_else(world: World) -> None:
    held = [case for case in world.cases if case.open_at(NOW)]
    left = sorted((case.confirmed_at + DAY - NOW) / HOUR for case in held)
    assert len(held) == 7
    assert left[0] < 0 < left[1] < 2 < left[2] < 4 < left[3]
    assert left[-1] > 22


def test_more_days_leave_the_last_ones_as_they_are() -> None:
    short = build(stations=1, days=10, seed=5, until=NOW)
    long = build(stations=2, days=40, seed=5, until=NOW)
    numbers = {case.case_no: case.vehicle for case in long.cases}
    assert short.cases
    assert all(numbers[case.case_no] == case.vehicle for case in short.cases)


def test_the_shipped_sites_are_those_of_the_configuration() -> None:
    stations = load_configuration(Settings()).stations
    for site in sites(4):
        station = stations[site.code]
        assert station.name.zh == site.name and station.short is not None and station.short.zh == site.short
        assert set(site.channels) == {channel.value for channel in station.channels}
        assert site.police == ("police" in {str(one) for one in station.authorities})
        needs = {need.value for need in station.gates[-1].needs} if station.gates else set()
        assert needs == site.needs
