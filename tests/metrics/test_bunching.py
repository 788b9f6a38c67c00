"""Piles before the limit: planted ones are found, smooth courses are left alone."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import gamma

from monitor.metrics.bunching import Answer, bunching

Histogram = list[tuple[float, int]]


def histogram(hours: np.ndarray) -> Histogram:
    counts, edges = np.histogram(hours, bins=np.arange(0, 49))
    return [(float(low), int(n)) for low, n in zip(edges, counts, strict=False)]


def smooth(seed: int, n: int) -> np.ndarray:
    return np.random.default_rng(seed).gamma(4.0, 5.0, n)


def test_what_a_smooth_course_expects_is_given_with_its_interval() -> None:
    found = bunching(histogram(smooth(1, 4000)), 24.0, 1.0)
    assert found.answer is Answer.NOT_SHOWN
    assert found.expected_low is not None and found.expected_high is not None
    due = 4000 * (gamma.cdf(24, 4, scale=5) - gamma.cdf(22, 4, scale=5))
    assert found.expected_low < due < found.expected_high


def test_cases_pulled_before_the_limit_are_found() -> None:
    hours = smooth(2, 600)
    late = np.flatnonzero((hours >= 24) & (hours < 28))
    hours[late[: len(late) * 3 // 4]] = 23.5
    found = bunching(histogram(hours), 24.0, 1.0)
    assert found.answer is Answer.PILED
    assert found.excess is not None and found.p is not None and found.excess > 25 and found.p < 0.01


def test_below_the_least_number_nothing_is_said() -> None:
    found = bunching(histogram(smooth(3, 60)), 24.0, 1.0)
    assert (found.answer, found.expected, found.p) == (Answer.TOO_FEW, None, None)


def test_bins_have_to_divide_the_window() -> None:
    with pytest.raises(ValueError, match="divide"):
        bunching([(0.0, 1)], 24.0, 1.5)
