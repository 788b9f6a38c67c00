"""The weight limit of each vehicle of art. 3, and what becomes of the facts nobody recorded."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from monitor.cases.limit import Vehicle, applied_limit
from monitor.cases.terms import terms_of
from monitor.settings.configuration import load_configuration
from monitor.settings.environment import Settings
from monitor.settings.limits import Limits

DAY = date(2024, 11, 26)


@pytest.fixture(scope="module")
def limits() -> Limits:
    return load_configuration(Settings()).limits


@pytest.mark.parametrize(
    ("axles", "kind", "more", "kg"),
    [
        (2, "truck", {}, 18_000),
        (3, "truck", {}, 25_000),
        (3, "combination", {}, 27_000),
        (4, "truck", {}, 31_000),
        (4, "combination", {}, 36_000),
        (5, "combination", {}, 43_000),
        (6, "combination", {}, 49_000),
        (8, "combination", {}, 49_000),
        (6, "combination", {"drive_axles": 2}, 49_000),
        (6, "combination", {"drive_axles": 1}, 46_000),
    ],
)
def test_each_row_of_the_table(limits: Limits, axles: int, kind: str, more: dict[str, Any], kg: int) -> None:
    found = applied_limit(limits, Vehicle(axles, kind, **more), DAY)
    assert found is not None
    assert (found.kg, found.deducted_kg) == (kg, 0)


def test_each_axle_with_single_tyres_takes_3000_kg_off(limits: Limits) -> None:
    found = applied_limit(limits, Vehicle(4, "truck", single_tyre_axles=2), DAY)
    assert found is not None
    assert (found.kg, found.rule, found.deducted_kg) == (25_000, "truck-4", 6_000)


@pytest.mark.parametrize(("kind", "rule"), [("tractor", "tractor"), ("low_speed", "low-speed")])
def test_tractors_and_low_speed_trucks_go_by_their_registered_gross_mass(
    limits: Limits, kind: str, rule: str
) -> None:
    found = applied_limit(limits, Vehicle(2, kind, registered_gross_kg=4_500), DAY)
    assert found is not None
    assert (found.kg, found.rule) == (4_500, rule)
    assert applied_limit(limits, Vehicle(2, kind), DAY) is None


@pytest.mark.parametrize(("axles", "kg"), [(2, 18_000), (5, 43_000), (6, 49_000)])
def test_an_unknown_class_is_inferred_where_only_one_class_has_such_axles(
    limits: Limits, axles: int, kg: int
) -> None:
    found = applied_limit(limits, Vehicle(axles), DAY)
    assert found is not None
    assert found.kg == kg


@pytest.mark.parametrize("axles", [3, 4, 1, None])
def test_an_unknown_class_is_not_guessed(limits: Limits, axles: int | None) -> None:
    assert applied_limit(limits, Vehicle(axles), DAY) is None


def test_no_rule_holds_before_the_text_came_into_force(limits: Limits) -> None:
    assert applied_limit(limits, Vehicle(2, "truck"), date(2016, 9, 20)) is None
    assert applied_limit(limits, Vehicle(2, "truck"), date(2016, 9, 21)) is not None


@pytest.mark.parametrize("zone", ["Asia/Shanghai", "Asia/Kolkata", "Asia/Kathmandu"])
def test_a_rule_begins_at_local_midnight_whatever_the_offset_of_the_zone(zone: str) -> None:
    configuration = load_configuration(Settings())
    station = configuration.stations["14042301"].model_copy(update={"zone": zone})
    under = terms_of(station, configuration.limits, 0)
    midnight = round(datetime(2016, 9, 21, tzinfo=ZoneInfo(zone)).timestamp()) * 1_000_000
    assert under.weight_limit("truck", 2, midnight) == (18_000, "truck-2")
    assert under.weight_limit("truck", 2, midnight - 1) is None
