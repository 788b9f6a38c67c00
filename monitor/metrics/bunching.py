"""Whether releases pile up just before the limit: observed against a smooth fit without the window.

It says that more cases were released just before the limit than the hours around lead one to expect. Why is
for a person to find out in the cases.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from math import sqrt

BEFORE, AFTER = 2.0, 2.0
"""Hours before the limit that are tested, and after it that are left out of the fit beside them."""

REACH = 12.0
"""Hours on either side of the limit that the fit looks at."""

LEAST_CASES = 60
"""Cases within reach below which nothing is said: simulated, the test finds less than half of twofold piles
there."""

DEGREE = 2
LEVEL = 0.05


class Answer(StrEnum):
    """What the counts allow to be said."""

    PILED = "piled_up"
    NOT_SHOWN = "not_shown"
    TOO_FEW = "too_few"


@dataclass(frozen=True, slots=True)
class Bunching:
    """Cases in the hours before the limit, and what a smooth course would have there with a 95 % interval.

    `excess` is observed − expected with its interval; `p` the chance of so many or more where nothing piles
    up, the fit's own uncertainty in it. `detectable` is the excess that a test of this size finds four times
    out of five. `curve` is the expected count of each bin of the histogram within reach.
    """

    answer: Answer
    cases: int
    observed: int
    expected: float | None = None
    expected_low: float | None = None
    expected_high: float | None = None
    excess: float | None = None
    p: float | None = None
    detectable: float | None = None
    curve: tuple[tuple[float, float], ...] = ()


def bunching(counts: Sequence[tuple[float, int]], limit: float, width: float) -> Bunching:
    """Test the two hours before `limit` in a histogram of (bin's lower end, cases), bins of `width` hours.

    A Poisson regression with a parabola for the logarithm of the rate is fitted to the bins within twelve
    hours of the limit. It leaves out the two hours before it, which are tested, and the two after it, where
    what was pulled before the limit is missing. The p-value is that of the negative
    binomial predictive distribution whose variance adds that of the fit.
    Source: the estimator of Kleven, Bunching, Annual Review of Economics 8 (2016); statsmodels' GLM.
    Raises ValueError for bins that do not divide the window.
    """
    if abs(BEFORE / width - round(BEFORE / width)) > 1e-9:
        raise ValueError(f"bins of {width} h do not divide {BEFORE} h")
    near = [(low, cases) for low, cases in counts if limit - REACH <= low < limit + REACH]
    window = [(low, n) for low, n in near if limit - BEFORE <= low < limit]
    outside = [(low, n) for low, n in near if not limit - BEFORE <= low < limit + AFTER]
    total, observed = sum(n for _, n in near), sum(n for _, n in window)
    if total < LEAST_CASES or sum(1 for _, n in outside if n) < DEGREE + 3:
        return Bunching(Answer.TOO_FEW, total, observed)
    return _tested(near, window, outside, limit, width)


def _tested(
    near: Sequence[tuple[float, int]],
    window: Sequence[tuple[float, int]],
    outside: Sequence[tuple[float, int]],
    limit: float,
    width: float,
) -> Bunching:
    import numpy as np
    import statsmodels.api as sm
    from scipy.stats import nbinom, norm, poisson

    def shape(bins: Sequence[tuple[float, int]]) -> np.ndarray:
        x = (np.array([low for low, _ in bins]) + width / 2 - limit) / REACH
        return np.vander(x, DEGREE + 1, increasing=True)

    fit = sm.GLM(np.array([n for _, n in outside]), shape(outside), family=sm.families.Poisson()).fit()
    # Hours vary more than Poisson counts do: the spread that the fit leaves is not taken for a pile.
    over = max(1.0, float(fit.pearson_chi2) / max(1, fit.df_resid))
    design = shape(window)
    rates = np.exp(design @ fit.params)
    expected = float(rates.sum())
    gradient = (rates[:, None] * design).sum(axis=0)
    of_fit = float(gradient @ fit.cov_params() @ gradient) * over
    spread = sqrt(of_fit) / expected
    variance = expected * over + of_fit
    observed = sum(n for _, n in window)
    if variance > expected * (1 + 1e-9):
        size = expected**2 / (variance - expected)
        p = float(nbinom.sf(observed - 1, size, size / (size + expected)))
    else:
        p = float(poisson.sf(observed - 1, expected))
    z = norm.ppf(1 - LEVEL / 2)
    detectable = _detectable(expected, variance)
    smooth = np.exp(shape(near) @ fit.params)
    curve = tuple((low, float(rate)) for (low, _), rate in zip(near, smooth, strict=True))
    return Bunching(
        Answer.PILED if p <= LEVEL else Answer.NOT_SHOWN,
        sum(n for _, n in near),
        observed,
        expected,
        expected * float(np.exp(-z * spread)),
        expected * float(np.exp(z * spread)),
        observed - expected,
        p,
        detectable,
        curve,
    )


def _detectable(expected: float, variance: float) -> float:
    """The excess that the test finds four times out of five: counted from its critical number, and with the
    excess adding its own variance."""
    from scipy.stats import nbinom, norm, poisson

    if variance > expected * (1 + 1e-9):
        size = expected**2 / (variance - expected)
        critical = float(nbinom.isf(LEVEL, size, size / (size + expected))) + 1
    else:
        critical = float(poisson.isf(LEVEL, expected)) + 1
    excess = critical - expected
    for _ in range(20):
        excess = critical - expected + float(norm.ppf(0.8)) * sqrt(variance + excess)
    return excess
