from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from monitor.settings.configuration import load_configuration
from monitor.settings.environment import Settings
from monitor.settings.limits import Limits, WeightRule

Write = Callable[[str, str], Path]


@pytest.fixture
def limits() -> Limits:
    return load_configuration(Settings()).limits


@pytest.mark.parametrize(
    ("axles", "vehicle", "kg"),
    [
        (2, "truck", 18_000),
        (3, "truck", 25_000),
        (3, "combination", 27_000),
        (4, "truck", 31_000),
        (4, "combination", 36_000),
        (5, "combination", 43_000),
        (6, "combination", 49_000),
    ],
)
def test_the_table_of_article_3(limits: Limits, axles: int, vehicle: str, kg: int) -> None:
    def fits(rule: WeightRule) -> bool:
        exact = rule.axles == axles or (rule.axles_from is not None and axles >= rule.axles_from)
        return exact and rule.vehicle == vehicle and rule.drive_axles is None and rule.suspension is None

    assert [rule.kg for rule in limits.ordered if fits(rule)] == [kg]


def test_the_more_special_rule_comes_first(limits: Limits) -> None:
    order = [rule.rule for rule in limits.ordered]
    assert order.index("combination-6-single-drive") < order.index("combination-6")
    assert limits.rules["combination-6-single-drive"].kg == 46_000


def test_a_rule_carries_its_key_and_its_text(limits: Limits) -> None:
    rule = limits.rules["truck-2"]
    assert rule.rule == "truck-2"
    assert limits.sources[rule.source].article == "第三条"
    assert "2016年第62号" in limits.sources[rule.source].document


def test_what_nobody_held_against_a_text_is_unconfirmed(limits: Limits) -> None:
    unconfirmed = {path[1] for path, value in limits.sourced() if not value.confirmed}
    assert unconfirmed == {"truck-3-air", "truck-4-air"}


def test_no_rule_is_in_force_before_its_first_day(limits: Limits) -> None:
    assert limits.rules_on(date(2016, 9, 20)) == ()
    assert len(limits.rules_on(date(2016, 9, 21))) == len(limits.rules)


def test_sizes_and_single_tyres(limits: Limits) -> None:
    [sizes], [tyres] = limits.sizes, limits.single_tyres
    assert (sizes.height_mm, sizes.width_mm, sizes.length_mm) == (4_000, 2_550, 18_100)
    assert tyres.kg_per_axle == 3_000


def test_a_bureau_confirms_one_rule_by_one_key(overlay: Write) -> None:
    folder = overlay("limits.yaml", "rules:\n  truck-4-air: {confirmed_by: 张某某 2025-01-01}\n")
    rule = load_configuration(Settings(config_dir=folder)).limits.rules["truck-4-air"]
    assert (rule.kg, rule.confirmed) == (32_000, True)


def test_a_rule_may_be_followed_by_another_for_the_same_vehicle(overlay: Write) -> None:
    text = """\
rules:
  truck-2: {until: 2025-12-31}
  truck-2-new: {axles: 2, vehicle: truck, kg: 17000, source: order62-art3, from: 2026-01-01}
"""
    limits = load_configuration(Settings(config_dir=overlay("limits.yaml", text))).limits

    def in_force(day: date) -> list[int | None]:
        return [rule.kg for rule in limits.rules_on(day) if rule.axles == 2]

    assert in_force(date(2025, 12, 31)) == [18_000]
    assert in_force(date(2026, 1, 1)) == [17_000]
