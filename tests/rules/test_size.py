"""Art. 43, size, and several acts together."""

from __future__ import annotations

import pytest

from monitor.rules.assess import assess
from monitor.rules.assessment import Band, Place
from monitor.rules.book import RuleBook
from tests.rules.deciding import YUAN, codes, transport


@pytest.mark.parametrize(
    ("height", "width", "length", "tier", "low", "high"),
    [
        (4_001, 2_550, 18_100, "small", 0, 200),
        (4_200, 3_000, 20_000, "small", 0, 200),
        (4_201, 3_000, 20_000, "middle", 200, 1_000),
        (4_200, 3_001, 20_000, "middle", 200, 1_000),
        (4_200, 3_000, 20_001, "middle", 200, 1_000),
        (4_500, 3_750, 28_000, "middle", 200, 1_000),
        (4_501, 2_000, 12_000, "large", 1_000, 3_000),
        (4_000, 3_751, 12_000, "large", 1_000, 3_000),
        (4_000, 2_000, 28_001, "large", 1_000, 3_000),
    ],
)
def test_the_tiers_of_size(
    law: RuleBook, height: int, width: int, length: int, tier: str, low: int, high: int
) -> None:
    sizes = {"height_mm": height, "width_mm": width, "length_mm": length}
    found = assess(transport(-100, high, **sizes), law)
    assert (found.tiers, found.band) == ((f"size.{tier}",), Band(low * YUAN, high * YUAN))
    assert found.place is Place.HIGH


def test_sizes_within_their_limits_are_no_act(law: RuleBook) -> None:
    found = assess(transport(-100, 200, height_mm=4_000, width_mm=2_550, length_mm=18_100), law)
    assert found.why == "nothing_over"


def test_a_size_that_is_not_told_matters_only_where_it_decides(law: RuleBook) -> None:
    assert assess(transport(-100, 500, height_mm=4_300), law).why == "sizes_missing"
    assert assess(transport(-100, 2_000, height_mm=4_600), law).tiers == ("size.large",)


def test_mass_and_size_add_up(law: RuleBook) -> None:
    sizes = {"height_mm": 4_300, "width_mm": 2_500, "length_mm": 18_000}
    found = assess(transport(5_000, 3_000, **sizes), law)
    assert found.tiers == ("mass.per-tonne", "size.middle")
    assert found.band == Band(2_700 * YUAN, 3_500 * YUAN)
    assert (found.place, found.position) == (Place.MIDDLE, 0.375)
    part = assess(transport(5_200, 3_900, **sizes), law)
    assert part.band == Band(270_000, 350_000, 320_000, 400_000)
    assert part.place is Place.HIGH
    assert part.position == pytest.approx(0.875)
    assert codes(assess(transport(5_200, 4_001, **sizes), law)) == ["above_band"]


@pytest.mark.parametrize(
    ("over_kg", "low", "high"),
    [(59_000, 29_700, 30_000), (60_000, 30_000, 30_000), (80_000, 30_000, 30_000), (58_000, 29_200, 30_000)],
)
def test_together_they_are_at_most_thirty_thousand(law: RuleBook, over_kg: int, low: int, high: int) -> None:
    sizes = {"height_mm": 4_300, "width_mm": 2_500, "length_mm": 18_000}
    found = assess(transport(over_kg, 30_000, **sizes), law)
    assert found.band == Band(low * YUAN, high * YUAN)
    assert found.findings == ()
    assert codes(assess(transport(over_kg, 30_001, **sizes), law)) == ["above_band"]


def test_a_warning_for_mass_does_not_spare_the_fine_for_size(law: RuleBook) -> None:
    sizes = {"height_mm": 4_300, "width_mm": 2_500, "length_mm": 18_000}
    warned = assess(transport(900, outcome="warning", **sizes), law)
    assert (warned.band, warned.place) == (Band(20_000, 100_000), Place.BELOW)
    # Up to 200 yuan may be none at all.
    small = assess(transport(900, outcome="warning", height_mm=4_100, width_mm=2_500, length_mm=9_000), law)
    assert (small.band, small.place) == (Band(0, 20_000), Place.EXEMPT)


def test_an_unknown_mass_leaves_the_sum_unknown(law: RuleBook) -> None:
    sizes = {"height_mm": 4_300, "width_mm": 2_500, "length_mm": 18_000}
    found = assess(transport(None, 500, **sizes), law)
    assert (found.band, found.why, found.tiers) == (None, "weights_missing", ("size.middle",))


def test_the_example_baseline_splits_size_by_repeats(book: RuleBook) -> None:
    sizes = {"height_mm": 4_300, "width_mm": 2_500, "length_mm": 18_000}
    first = assess(transport(2_000, 1_400, prior_acts=0, **sizes), book)
    assert (first.band, first.example) == (Band(120_000, 160_000), True)
    assert first.rule_set == "national-transport@2021-08-11+example-transport@2024-01-01"
    again = assess(transport(2_000, 1_400, prior_acts=3, **sizes), book)
    assert again.band == Band(160_000, 200_000)


@pytest.mark.parametrize(("act", "most"), [("forced_through", 30_000), ("ordered_driver", 30_000)])
def test_an_act_that_a_decision_names_has_its_own_rule(law: RuleBook, act: str, most: int) -> None:
    found = assess(transport(2_000, 20_000, act=act), law)
    assert (found.tiers, found.band) == ((f"{act}.any",), Band(0, most * YUAN))
    # The amounts of art. 67 and 68 are unconfirmed.
    assert found.example is True
