"""Art. 43, mass: a warning up to 1,000 kg, then 500 yuan for every 1,000 kg, at most 30,000."""

from __future__ import annotations

import pytest

from monitor.rules.assess import assess
from monitor.rules.assessment import Band, Place
from monitor.rules.book import RuleBook
from tests.rules.deciding import YUAN, codes, transport, values


@pytest.mark.parametrize(
    ("over_kg", "floor", "ceil"),
    [
        (1, 0, 0),
        (999, 0, 0),
        (1_000, 0, 0),
        (1_001, 500, 1_000),
        (1_999, 500, 1_000),
        (2_000, 1_000, 1_000),
        (2_001, 1_000, 1_500),
        (59_000, 29_500, 29_500),
        (59_001, 29_500, 30_000),
        (60_000, 30_000, 30_000),
        (60_001, 30_000, 30_000),
        (90_000, 30_000, 30_000),
    ],
)
def test_the_fine_by_both_readings_of_a_part_tonne(
    law: RuleBook, over_kg: int, floor: int, ceil: int
) -> None:
    found = assess(transport(over_kg, floor), law)
    assert found.band is not None
    assert (found.band.low, found.band.high) == (floor * YUAN, floor * YUAN)
    if floor == ceil:
        assert found.band.other_low is None
    else:
        assert (found.band.other_low, found.band.other_high) == (ceil * YUAN, ceil * YUAN)
    assert found.rule_set == "national-transport@2021-08-11"
    assert found.position is None
    # The reading is unconfirmed, and it is used where it makes a difference.
    assert found.example is (floor != ceil)


@pytest.mark.parametrize("yuan", [500, 1_000])
def test_a_fine_by_either_reading_is_not_outside(law: RuleBook, yuan: int) -> None:
    found = assess(transport(1_500, yuan), law)
    assert found.place is Place.NO_DISCRETION
    assert found.findings == ()


@pytest.mark.parametrize(
    ("yuan", "place", "code"),
    [
        (499, Place.BELOW, "below_band"),
        (750, Place.ABOVE, "above_band"),
        (1_001, Place.ABOVE, "above_band"),
    ],
)
def test_a_fine_by_neither_reading_is_outside_and_shows_both(
    law: RuleBook, yuan: int, place: Place, code: str
) -> None:
    found = assess(transport(1_500, yuan), law)
    assert found.place is place
    assert values(found, code) == {
        "fine_fen": yuan * YUAN,
        "low_fen": 50_000,
        "high_fen": 50_000,
        "other_low_fen": 100_000,
        "other_high_fen": 100_000,
        "gross_kg": 50_500,
        "limit_kg": 49_000,
    }
    assert found.findings[0].article == "national-transport#art43-mass"


@pytest.mark.parametrize("over_kg", [1, 1_000])
def test_up_to_a_tonne_a_warning_is_the_penalty(law: RuleBook, over_kg: int) -> None:
    warned = assess(transport(over_kg, outcome="warning"), law)
    assert (warned.place, warned.tiers, warned.band) == (Place.EXEMPT, ("mass.up-to-a-tonne",), Band(0, 0))
    assert warned.findings == ()
    fined = assess(transport(over_kg, 500), law)
    assert fined.place is Place.ABOVE
    assert codes(fined) == ["above_band"]


def test_above_a_tonne_a_warning_is_below_the_band(law: RuleBook) -> None:
    found = assess(transport(1_001, outcome="warning"), law)
    assert (found.place, found.departure) == (Place.BELOW, "without_reason")
    assert codes(found) == ["below_band", "departure_without_reason"]
    assert values(found, "below_band")["fine_fen"] == 0


def test_exactly_at_the_limit_nothing_is_over(law: RuleBook) -> None:
    found = assess(transport(0, 500), law)
    assert (found.place, found.why, found.band) == (Place.UNASSESSED, "nothing_over", None)


def test_without_a_weight_or_a_limit_it_cannot_be_assessed(law: RuleBook) -> None:
    for missing in ({"gross_kg": 50_000}, {"limit_kg": 49_000}, {}):
        found = assess(transport(None, 500, **missing), law)
        assert (found.place, found.why, found.findings) == (Place.UNASSESSED, "weights_missing", ())


def test_a_fine_without_authority_is_a_finding(law: RuleBook) -> None:
    found = assess(transport(2_000, 1_000, authority=None), law)
    assert (found.place, found.why) == (Place.UNASSESSED, "no_authority")
    assert codes(found) == ["no_authority"]
    assert found.findings[0].article == "national-procedure#art17"


def test_a_negative_amount_is_a_finding_and_no_fine(law: RuleBook) -> None:
    found = assess(transport(2_000, -1_000), law)
    assert (found.place, found.why) == (Place.UNASSESSED, "negative_amount")
    assert codes(found) == ["negative_amount"]


@pytest.mark.parametrize("yuan", [0.1, 10_000_000])
def test_an_amount_that_fits_with_wan_yuan_and_yuan_exchanged_is_called_that(
    law: RuleBook, yuan: float
) -> None:
    assert codes(assess(transport(2_000, yuan), law)) == ["factor_of_10000"]


def test_before_the_first_version_no_set_is_in_force(law: RuleBook) -> None:
    from tests.factories import at

    early = transport(2_000, 1_000, acted_at=at("2021-08-10 23:59"), decided_at=at("2021-08-10 23:59"))
    assert assess(early, law).why == "no_rule_set"
    first = transport(2_000, 1_000, acted_at=at("2021-08-11 00:00"), decided_at=at("2021-08-12 00:00"))
    assert assess(first, law).place is Place.NO_DISCRETION
