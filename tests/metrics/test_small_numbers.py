"""Wilson's interval against published values."""

from __future__ import annotations

import pytest

from monitor.metrics.small_numbers import clopper_pearson, difference, wilson


@pytest.mark.parametrize(
    ("k", "n", "low", "high"),
    [
        # R. G. Newcombe, Statistics in Medicine 17 (1998) 857-872, table I, method 3.
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0000, 0.1611),
        (1, 29, 0.0061, 0.1718),
    ],
)
def test_the_interval_is_the_published_one(k: int, n: int, low: float, high: float) -> None:
    found = wilson(k, n)
    assert found is not None
    assert (round(found.low, 4), round(found.high, 4)) == (low, high)


def test_nothing_to_count_has_no_interval_and_no_share_is_an_error() -> None:
    assert wilson(0, 0) is None
    for k, n in ((1, 0), (-1, 5), (6, 5)):
        with pytest.raises(ValueError, match="no share"):
            wilson(k, n)


def test_all_and_nothing_reach_the_ends_exactly_and_mirror_each_other() -> None:
    for n in (1, 7, 40):
        none, every = wilson(0, n), wilson(n, n)
        assert none is not None
        assert every is not None
        assert (none.low, every.high) == (0.0, 1.0)
        assert every.low == pytest.approx(1 - none.high, abs=1e-12)


@pytest.mark.parametrize(
    ("k", "n", "low", "high"),
    [
        # R. G. Newcombe, Statistics in Medicine 17 (1998) 857-872, table I, method 5.
        (81, 263, 0.2527, 0.3676),
        (15, 148, 0.0578, 0.1617),
        (0, 20, 0.0000, 0.1684),
        (1, 29, 0.0009, 0.1776),
    ],
)
def test_the_exact_interval_is_the_published_one(k: int, n: int, low: float, high: float) -> None:
    found = clopper_pearson(k, n)
    assert found is not None
    assert (round(found.low, 4), round(found.high, 4)) == (low, high)


def test_the_exact_interval_leaves_the_tails_that_it_says() -> None:
    from scipy.stats import binom

    found = clopper_pearson(7, 31)
    assert found is not None
    assert float(binom.sf(6, 31, found.low)) == pytest.approx(0.025, abs=1e-9)
    assert float(binom.cdf(7, 31, found.high)) == pytest.approx(0.025, abs=1e-9)
    assert clopper_pearson(0, 0) is None
    with pytest.raises(ValueError, match="no share"):
        clopper_pearson(3, 2)


def test_the_difference_of_two_shares_is_that_of_the_published_example() -> None:
    # Newcombe (1998), table II, example (a), method 10: 56/70 and 48/80.
    found = difference(56, 70, 48, 80)
    assert found is not None
    assert (round(found.low, 4), round(found.high, 4)) == (0.0524, 0.3339)
    assert difference(3, 4, 0, 0) is None and difference(0, 0, 1, 2) is None
