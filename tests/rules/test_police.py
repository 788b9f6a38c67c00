"""Art. 92: tiers on the approved load, points on the gross mass."""

from __future__ import annotations

import pytest

from monitor.rules.assess import assess
from monitor.rules.assessment import Band, Place
from monitor.rules.book import RuleBook
from tests.rules.deciding import YUAN, codes, police, values


@pytest.mark.parametrize(
    ("percent", "tier", "low", "high"),
    [
        (0.01, "mass.up-to-30", 200, 500),
        (29.99, "mass.up-to-30", 200, 500),
        (30, "mass.up-to-30", 200, 500),
        (30.01, "mass.over-30", 500, 2_000),
        (50, "mass.over-30", 500, 2_000),
        (150, "mass.over-30", 500, 2_000),
    ],
)
def test_the_law_by_the_approved_load(law: RuleBook, percent: float, tier: str, low: int, high: int) -> None:
    found = assess(police(percent, low), law)
    assert (found.tiers, found.band) == ((tier,), Band(low * YUAN, high * YUAN))
    assert (found.place, found.position, found.example) == (Place.LOW, 0.0, False)


def test_one_kilogram_decides_at_thirty_per_cent(law: RuleBook) -> None:
    # 30 % of 9,999 kg is 2,999.7 kg: 2,999 is not over it, 3,000 is.
    load = {"tare_kg": 8_000, "approved_load_kg": 9_999, "limit_kg": 18_000}
    assert assess(police(None, 500, gross_kg=20_998, **load), law).tiers == ("mass.up-to-30",)
    assert assess(police(None, 500, gross_kg=20_999, **load), law).tiers == ("mass.over-30",)


@pytest.mark.parametrize(
    ("missing", "why"),
    [
        ({"approved_load_kg": None}, "approved_load_missing"),
        ({"approved_load_kg": 0}, "approved_load_missing"),
        ({"tare_kg": None}, "tare_missing"),
        ({"gross_kg": None}, "weights_missing"),
    ],
)
def test_without_load_or_tare_it_cannot_be_assessed_and_nothing_stands_in(
    law: RuleBook, missing: dict[str, int | None], why: str
) -> None:
    found = assess(police(40, 1_000, **missing), law)
    assert (found.place, found.why, found.band, found.findings) == (Place.UNASSESSED, why, None, ())


def test_within_the_approved_load_no_tier_holds(law: RuleBook) -> None:
    assert assess(police(0, 200), law).why == "nothing_over"


@pytest.mark.parametrize(
    ("yuan", "place", "position"),
    [
        (199, Place.BELOW, -0.01 / 3),
        (200, Place.LOW, 0.0),
        (299, Place.LOW, 0.33),
        (300, Place.MIDDLE, 1 / 3),
        (400, Place.MIDDLE, 2 / 3),
        (401, Place.HIGH, 0.67),
        (500, Place.HIGH, 1.0),
        (501, Place.ABOVE, 1.00333333),
    ],
)
def test_the_thirds_of_a_band(law: RuleBook, yuan: int, place: Place, position: float) -> None:
    found = assess(police(20, yuan), law)
    assert found.place is place
    assert found.position == pytest.approx(position, abs=1e-6)


@pytest.mark.parametrize(("over", "points"), [(5_399, 1), (5_400, 3), (8_999, 3), (9_000, 6)])
def test_points_at_thirty_and_fifty_per_cent_over_the_gross_mass(
    law: RuleBook, over: int, points: int
) -> None:
    decision = police(40, 1_000, gross_kg=18_000 + over, limit_kg=18_000, tare_kg=8_000 + over - 4_000)
    assert assess(decision._replace(points=points), law).findings == ()
    found = assess(decision._replace(points=2), law)
    assert values(found, "points_differ") == {
        "points": 2,
        "points_of_tier": points,
        "gross_kg": 18_000 + over,
        "limit_kg": 18_000,
    }
    assert found.findings[0].article == "national-police#points"


def test_points_began_with_their_own_version(law: RuleBook) -> None:
    from tests.factories import at

    early = police(40, 1_000, points=12, acted_at=at("2022-03-31 23:59"), decided_at=at("2022-03-31 23:59"))
    assert assess(early, law).rule_set == "national-police@2021-04-29"
    assert codes(assess(early, law)) == []
    late = early._replace(acted_at=at("2022-04-01 00:00"), decided_at=at("2022-04-01 00:00"))
    assert assess(late, law).rule_set == "national-police@2022-04-01"
    assert codes(assess(late, law)) == ["points_differ"]


def test_the_example_baseline_narrows_the_law_and_says_so(book: RuleBook) -> None:
    found = assess(police(40, 1_200, prior_acts=0), book)
    assert (found.tiers, found.band) == (("mass.up-to-50",), Band(50_000, 100_000))
    assert (found.place, found.example) == (Place.ABOVE, True)
    assert found.rule_set == "example-police@2024-01-01"
    again = assess(police(40, 600, prior_acts=3), book)
    assert (again.tiers, again.place) == (("mass.up-to-50-again",), Place.BELOW)


def test_where_the_repeat_decides_and_is_not_known_it_cannot_be_assessed(book: RuleBook) -> None:
    assert assess(police(40, 700, prior_acts=None), book).why == "repeats_unknown"
    # Above 100 % the baseline asks for no repeats.
    assert assess(police(101, 1_600, prior_acts=None), book).place is Place.LOW


def test_before_the_baseline_began_the_law_alone_holds(book: RuleBook) -> None:
    from tests.factories import at

    found = assess(police(40, 1_900, acted_at=at("2023-12-31 23:59")), book)
    assert (found.rule_set, found.example) == ("national-police@2022-04-01", False)
