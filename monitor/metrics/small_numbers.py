"""Statistics that stay honest with a handful of cases."""

from __future__ import annotations

from math import sqrt
from typing import NamedTuple

Z_95 = 1.959963984540054
"""The 97.5 % quantile of the standard normal distribution."""


class Interval(NamedTuple):
    """A share's interval, both ends in [0, 1]."""

    low: float
    high: float


def wilson(k: int, n: int, z: float = Z_95) -> Interval | None:
    """Wilson's score interval for a share of k in n, 95 % by default; None where n is 0.

    Source: E. B. Wilson, Probable inference, the law of succession, and statistical inference,
    JASA 22 (1927) 209-212; recommended for small n by Brown, Cai and DasGupta, Statistical Science 16 (2001).
    Raises ValueError unless 0 <= k <= n.
    """
    if not 0 <= k <= n:
        raise ValueError(f"{k} of {n} is no share")
    if n == 0:
        return None
    share = k / n
    centre = share + z * z / (2 * n)
    spread = z * sqrt(share * (1 - share) / n + z * z / (4 * n * n))
    scale = 1 + z * z / n
    low = 0.0 if k == 0 else (centre - spread) / scale
    high = 1.0 if k == n else (centre + spread) / scale
    return Interval(low, high)


def difference(k: int, n: int, before_k: int, before_n: int) -> Interval | None:
    """The 95 % interval of how much a share of k in n lies above an earlier one, ends in [-1, 1]; None where
    either is of nothing.

    Source: R. G. Newcombe, Interval estimation for the difference between independent proportions, Statistics
    in Medicine 17 (1998) 873-890, method 10, whose example is a test.
    """
    now, before = wilson(k, n), wilson(before_k, before_n)
    if now is None or before is None:
        return None
    share, earlier = k / n, before_k / before_n
    down = sqrt((share - now.low) ** 2 + (before.high - earlier) ** 2)
    up = sqrt((now.high - share) ** 2 + (earlier - before.low) ** 2)
    return Interval(share - earlier - down, share - earlier + up)


def clopper_pearson(k: int, n: int, level: float = 0.95) -> Interval | None:
    """The exact interval for a share of k in n: it holds the true share at least as often as it says, and so
    is wider than Wilson's; None where n is 0.

    Source: C. J. Clopper and E. S. Pearson, The use of confidence or fiducial limits illustrated in the case
    of the binomial, Biometrika 26 (1934) 404-413. Raises ValueError unless 0 <= k <= n.
    """
    from scipy.stats import beta

    if not 0 <= k <= n:
        raise ValueError(f"{k} of {n} is no share")
    if n == 0:
        return None
    tail = (1 - level) / 2
    low = 0.0 if k == 0 else float(beta.ppf(tail, k, n - k + 1))
    high = 1.0 if k == n else float(beta.ppf(1 - tail, k + 1, n - k))
    return Interval(low, high)
