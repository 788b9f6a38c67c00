"""Control charts for few and many cases: which weeks or cases stand out from the ordinary variation."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise
from math import exp, log

ALPHA = 0.0027
"""Chance that an ordinary point lies outside exact limits, both sides together: Shewhart's three sigma."""

RUN = 8
"""Points in a row on one side of the centre that make a shift."""

LEAST_EXPECTED = 5
"""Cases of either kind expected in a period before a p-chart says anything about it."""

_TO_LIMITS = 3 / 1.128
"""Mean moving range to three sigma (d2 for ranges of two)."""

_TO_RANGE_LIMIT = 3.268
"""Mean moving range to the upper limit of moving ranges (D4 for ranges of two)."""

_SHORTEST_HOURS = 1 / 60


class Rule(StrEnum):
    """Why points stand out. Source: Wheeler, Understanding Variation (1993); rules 1, 2 and 3 there."""

    OUTSIDE = "outside_limits"
    SHIFT = "run_of_eight"
    NEAR = "three_of_four_near_limit"


class Side(StrEnum):
    """On which side of the centre."""

    ABOVE = "above"
    BELOW = "below"


@dataclass(frozen=True, slots=True)
class Signal:
    """A rule that fired, at the last of the points that made it fire; `since` is the first of them."""

    rule: Rule
    side: Side
    since: int
    at: int


@dataclass(frozen=True, slots=True)
class Point:
    """A value of a chart with the centre and limits that hold for it; None where there is no limit.

    `judged` is False where too little was expected for the point to say anything.
    """

    value: float
    centre: float
    low: float | None
    high: float | None
    judged: bool = True


@dataclass(frozen=True, slots=True)
class Chart:
    """Points in their order and the rules that fired."""

    points: tuple[Point, ...]
    signals: tuple[Signal, ...]


def signals_of(points: Sequence[Point]) -> tuple[Signal, ...]:
    """The rules that fire, in the order of the points. Points not judged neither count nor break a run.

    A run of eight or more is one signal, told at its last point. A point on the centre breaks a run.
    """
    placed = [(index, point) for index, point in enumerate(points) if point.judged]
    found = [
        Signal(Rule.OUTSIDE, side, index, index)
        for index, point in placed
        if (side := _outside(point)) is not None
    ]
    return tuple(sorted([*found, *_runs(placed), *_near(placed)], key=lambda one: (one.at, one.rule.value)))


def _outside(point: Point) -> Side | None:
    if point.high is not None and point.value > point.high:
        return Side.ABOVE
    if point.low is not None and point.value < point.low:
        return Side.BELOW
    return None


def _side(point: Point) -> Side | None:
    if point.value == point.centre:
        return None
    return Side.ABOVE if point.value > point.centre else Side.BELOW


def _runs(placed: Sequence[tuple[int, Point]]) -> list[Signal]:
    found: list[Signal] = []
    run: list[int] = []
    side: Side | None = None
    for index, point in placed:
        now = _side(point)
        if now is None or now != side:
            run, side = [], now
        if now is not None:
            run.append(index)
        if side is not None and len(run) >= RUN:
            if len(run) > RUN:
                found.pop()
            found.append(Signal(Rule.SHIFT, side, run[0], index))
    return found


def _near(placed: Sequence[tuple[int, Point]]) -> list[Signal]:
    """Three of four in a row on one side and nearer to the limit than to the centre."""
    found: list[Signal] = []
    for end in range(3, len(placed)):
        four = placed[end - 3 : end + 1]
        for side in Side:
            near = [index for index, point in four if _nearer(point, side)]
            if len(near) >= 3 and near[-1] == four[-1][0]:
                found.append(Signal(Rule.NEAR, side, near[0], near[-1]))
    return found


def _nearer(point: Point, side: Side) -> bool:
    limit = point.high if side is Side.ABOVE else point.low
    if limit is None:
        return False
    middle = (limit + point.centre) / 2
    return point.value > middle if side is Side.ABOVE else point.value < middle


@dataclass(frozen=True, slots=True)
class MovingRange:
    """The centre and limits of single values, and of the ranges between neighbours."""

    centre: float
    low: float
    high: float
    mean_range: float
    range_high: float


def moving_range(values: Sequence[float]) -> MovingRange:
    """Limits of an XmR chart from the values of its base: mean ± 2.66 mean moving ranges.

    Source: Shewhart (1931); NIST/SEMATECH e-Handbook of Statistical Methods 6.3.2.2, whose example is a test.
    Raises ValueError for fewer than two values: there is no range then.
    """
    if len(values) < 2:
        raise ValueError("a moving range needs two values")
    centre = sum(values) / len(values)
    ranges = [abs(after - before) for before, after in pairwise(values)]
    mean = sum(ranges) / len(ranges)
    spread = _TO_LIMITS * mean
    return MovingRange(centre, centre - spread, centre + spread, mean, _TO_RANGE_LIMIT * mean)


def hours_chart(hours: Sequence[float], base: Sequence[float] | None = None) -> Chart:
    """XmR on the logarithm of hours per case in order of release; values and limits are given in hours.

    Hours are skewed to the right, so that limits on them as they are would cry out at every long case; their
    logarithms are near enough to symmetric. The centre is then the geometric mean. `base` are the hours that
    give the limits, all of them by default. Times under a minute count as one.
    """
    logs = [log(max(value, _SHORTEST_HOURS)) for value in hours]
    own = logs if base is None else [log(max(value, _SHORTEST_HOURS)) for value in base]
    limits = moving_range(own)
    points = [Point(value, limits.centre, limits.low, limits.high) for value in logs]
    told = tuple(Point(exp(p.value), exp(limits.centre), exp(limits.low), exp(limits.high)) for p in points)
    return Chart(told, signals_of(points))


def share_limits(n: int, centre: float, alpha: float = ALPHA) -> tuple[float, float]:
    """The smallest and the largest share of n that are ordinary: each tail beyond holds at most alpha / 2.

    Exact binomial limits; the usual ± 3 sigma leave the unit interval for shares near 1.
    Raises ValueError for n < 1 or a centre outside [0, 1].
    """
    from scipy.stats import binom

    if n < 1 or not 0 <= centre <= 1:
        raise ValueError(f"no limits of a share for n = {n}, centre {centre}")
    low = int(binom.ppf(alpha / 2, n, centre))
    high = int(binom.isf(alpha / 2, n, centre))
    return max(low, 0) / n, min(high, n) / n


def is_judged(n: int, centre: float) -> bool:
    """Whether n is enough for a p-chart: at least five cases of either kind expected."""
    return round(n * min(centre, 1 - centre), 9) >= LEAST_EXPECTED


def share_chart(counts: Sequence[tuple[int, int]], centre: float) -> Chart:
    """A p-chart of (k, n) per period around a centre. Periods too small for it are there and not judged."""
    points = []
    for k, n in counts:
        if n == 0:
            points.append(Point(float("nan"), centre, None, None, judged=False))
            continue
        low, high = share_limits(n, centre)
        points.append(Point(k / n, centre, low, high, judged=is_judged(n, centre)))
    return Chart(tuple(points), signals_of(points))


def gap_chart(gaps: Sequence[int], base: Sequence[int] | None = None, alpha: float = ALPHA) -> Chart:
    """A g-chart: the on-time cases between one late release and the next, for shares near 1 or few cases.

    Exact limits of the geometric distribution. A gap over the upper limit means fewer late releases than
    before. There is mostly no lower limit: late releases one after the other are ordinary where their share
    is not small. Source: Kaminsky, Benneyan, Davis and Burke, Journal of Quality Technology 24 (1992);
    Benneyan, Health Care Management Science 4 (2001). Raises ValueError without a gap.
    """
    from scipy.stats import geom

    own = gaps if base is None else base
    if not own:
        raise ValueError("a g-chart needs a gap")
    centre = sum(own) / len(own)
    share = 1 / (centre + 1)
    high = float(geom.isf(alpha / 2, share)) - 1
    low = float(geom.ppf(alpha / 2, share)) - 1
    limit = low if low > 0 else None
    points = [Point(float(gap), centre, limit, high) for gap in gaps]
    # Half of the gaps of a geometric distribution lie under 0.7 of its mean: runs are told by the median.
    median = float(geom.median(share)) - 1
    placed = [Point(point.value, median, point.low, point.high) for point in points]
    outside = [s for s in signals_of(placed) if s.rule is not Rule.NEAR]
    return Chart(tuple(points), tuple(outside))


def gaps_between_late(on_time: Sequence[bool]) -> list[int]:
    """On-time cases before each late one, counted from the late one before it.

    What lies before the first late case is left out: it has no beginning. What follows the last is not over.
    """
    gaps: list[int] = []
    since: int | None = None
    for fine in on_time:
        if not fine:
            if since is not None:
                gaps.append(since)
            since = 0
        elif since is not None:
            since += 1
    return gaps


@dataclass(frozen=True, slots=True)
class Rebasing:
    """A person's statement that a lasting change began with a period, so that limits start anew there."""

    since: str
    reason: str
    actor: str
    at: int
