"""The funnel, by exact binomial sums."""

from __future__ import annotations

from math import comb

import pytest

from monitor.metrics.funnel import ALARM, WARNING, Place, adjusted, funnel, limits, p_value


def below(k: int, n: int, p: float) -> float:
    return sum(comb(n, i) * p**i * (1 - p) ** (n - i) for i in range(k + 1))


def test_a_limit_lies_between_the_counts_that_bracket_its_probability() -> None:
    # n 20, target 0.5: P(X <= 5) = 0.0207, P(X <= 6) = 0.0577; 0.025 lies (0.0577 - 0.025) / 0.0370 below 6.
    found = limits(20, 0.5, WARNING)
    step = below(6, 20, 0.5) - below(5, 20, 0.5)
    assert found.low == pytest.approx((6 - (below(6, 20, 0.5) - 0.025) / step) / 20)
    assert found.low + found.high == pytest.approx(1 - 1 / 20, abs=0.06)


def test_the_outer_funnel_holds_the_inner_one_and_both_narrow_with_size() -> None:
    for n in (12, 40, 400):
        outer, inner = limits(n, 0.9, ALARM), limits(n, 0.9, WARNING)
        assert outer.low < inner.low < 0.9 < inner.high <= outer.high <= 1
    assert limits(400, 0.9, WARNING).low > limits(40, 0.9, WARNING).low


def test_a_p_value_is_twice_the_smaller_tail() -> None:
    assert p_value(5, 20, 0.5) == pytest.approx(2 * below(5, 20, 0.5))
    assert p_value(10, 20, 0.5) == 1.0


def test_false_discoveries_are_those_of_the_papers_example() -> None:
    # Benjamini and Hochberg (1995), section 3.2: fifteen tests, four rejected at 0.05.
    ps = [0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459, 0.3240, 0.4262, 0.5719,
          0.6528, 0.7590, 1.0]  # fmt: skip
    assert sum(p <= 0.05 for p in adjusted(ps)) == 4
    assert adjusted([]) == []


def test_a_unit_below_twelve_is_not_judged_and_an_outlier_is_found() -> None:
    found = {unit.name: unit for unit in funnel([("a", 0, 11), ("b", 45, 50), ("c", 30, 50)], 0.9)}
    assert found["a"].place is Place.TOO_FEW and not found["a"].holds_among_all
    assert found["b"].place is Place.WITHIN
    assert found["c"].place is Place.BEYOND_998 and found["c"].holds_among_all


def test_one_of_forty_just_outside_does_not_hold_among_all() -> None:
    counts = [(str(number), 90, 100) for number in range(39)] + [("x", 83, 100)]
    found = funnel(counts, 0.9)[-1]
    assert found.place is Place.BEYOND_95
    assert not found.holds_among_all


def test_a_small_unit_without_a_miss_is_ordinary_where_that_is_likely() -> None:
    # 0.9 ** 15 is 0.21: every fifth such station has no late case.
    (unit,) = funnel([("small", 15, 15)], 0.9)
    assert unit.place is Place.WITHIN
    assert limits(15, 0.9, ALARM).high == 1.0
