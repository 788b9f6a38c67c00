"""The nearest like cases of a case: which, how far apart, and why they count as alike."""

from __future__ import annotations

from typing import Any

import pytest

from monitor.metrics.engine import MemoryEngine
from monitor.metrics.like_cases import NEAREST, apart, like_cases
from tests.metrics.drawn_decisions import FIRST, drawn, rows_of

ALIKE = "police|example-police@2024-01-01|mass.up-to-30"
NOW = FIRST + 10**15


def row(number: int, **told: Any) -> dict[str, Any]:
    """A police decision 6,200 kg (20 %) over the approved load, fined 300 yuan."""
    plain = {
        "case_id": number, "station": "S1", "case_no": f"C{number:02d}", "known_from": FIRST, "alike": ALIKE,
        "decision_no": None,
        "decided_at": FIRST, "decided_date": "2024-01-01", "outcome": "fine", "fine_fen": 30_000,
        "place": "middle", "compared_kg": 6_200, "compared_share": 0.2, "axles": 6, "prior_acts": 0,
        "mitigating": 0, "aggravating": 0, "procedure": "ordinary", "party": "organisation", "factors": [],
    }  # fmt: skip
    return {**plain, **told}


def test_parts_of_the_distance_by_hand() -> None:
    other = row(2, compared_kg=7_200, compared_share=0.25, axles=5, prior_acts=2, mitigating=1, party=None)
    # 1,000 of 2,000 kg; 5 % of 5 %; an axle; two repeats; a circumstance; a party that is not told.
    assert apart(row(1), other) == pytest.approx(
        {"compared_kg": 0.5, "compared_share": 1, "axles": 1, "prior_acts": 2, "factors": 1, "party": 0.5}
    )
    assert apart(row(1), row(2)) == {}
    assert apart(row(1, axles=None), row(2, axles=None)) == {}
    assert apart(row(1, axles=None), row(2)) == {"axles": 1}


def test_the_nearest_come_first_and_none_of_another_tier_rule_set_or_past() -> None:
    rows = [
        row(1),
        row(2, prior_acts=1, fine_fen=40_000),
        row(3, compared_kg=6_300, compared_share=6_300 / 31_000),
        row(4, alike=ALIKE.replace("30", "50")),
        row(5, known_to=FIRST + 1),
        row(6, known_from=NOW + 1),
        row(7, compared_kg=40_000, compared_share=40 / 31, mitigating=1),
        row(8, compared_kg=None, compared_share=None),
    ]
    engine = MemoryEngine({"decisions": rows_of(rows)})
    found = like_cases(engine, rows[0], NOW)
    assert found.why == ALIKE
    assert [one.case_no for one in found.nearest] == ["C03", "C02", "C08", "C07"]
    assert [one.fine_fen for one in found.nearest] == [30_000, 40_000, 30_000, 30_000]
    for one in found.nearest:
        assert one.distance == pytest.approx(sum(one.apart.values()), abs=1e-8)
    assert found.nearest[1].apart == {"prior_acts": 1.0}


def test_a_decision_in_no_tier_has_no_like_cases() -> None:
    engine = MemoryEngine({"decisions": rows_of([row(1, alike=None), row(2)])})
    assert like_cases(engine, row(1, alike=None), NOW).nearest == []


@pytest.mark.parametrize("number", [3, 77, 150])
def test_ten_are_the_ten_with_the_smallest_sums_of_all(number: int) -> None:
    table = drawn(400, seed=number)
    rows = table.to_pylist()
    own = next(one for one in rows[number:] if one["position"] is not None)
    engine = MemoryEngine({"decisions": table})
    found = like_cases(engine, own, NOW).nearest
    others = [one for one in rows if one["alike"] == own["alike"] and one["case_id"] != own["case_id"]]
    ranked = sorted(
        (round(sum(apart(own, one).values()), 9), one["station"], one["case_no"]) for one in others
    )
    assert [(one.case_no) for one in found] == [case_no for _, _, case_no in ranked[:NEAREST]]
    assert [one.distance for one in found] == pytest.approx([gap for gap, _, _ in ranked[:NEAREST]], abs=1e-8)
