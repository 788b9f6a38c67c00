"""Stations beside each other: which shares lie outside of what their size alone would give."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

WARNING, ALARM = 0.95, 0.998
"""The usual funnels: two and three standard deviations."""

TOO_FEW = 12
"""Cases below which a unit is drawn hollow and not judged."""


class Place(StrEnum):
    """Where a unit lies in the funnel."""

    WITHIN = "within"
    BEYOND_95 = "beyond_95"
    BEYOND_998 = "beyond_998"
    TOO_FEW = "too_few"


@dataclass(frozen=True, slots=True)
class Limits:
    """The shares between which a unit of this size lies by chance with a given probability."""

    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit of k in n, its place, and whether that holds after all units were looked at together."""

    name: str
    k: int
    n: int
    place: Place
    p: float
    holds_among_all: bool


def limits(n: int, target: float, within: float) -> Limits:
    """Exact binomial funnel limits, interpolated between counts.

    Source: Spiegelhalter, Funnel plots for comparing institutional performance, Statistics in Medicine 24
    (2005), appendix A.1.1. The upper one is the lower one of the other share: taken at its own quantile it
    falls below a count that is ordinary, and a small station without a late case would stand out.
    Raises ValueError for n < 1 or a target outside [0, 1].
    """
    if n < 1 or not 0 <= target <= 1:
        raise ValueError(f"no funnel for n = {n}, target {target}")
    tail = (1 - within) / 2
    return Limits(_quantile(tail, n, target), 1 - _quantile(tail, n, 1 - target))


def _quantile(p: float, n: int, target: float) -> float:
    from scipy.stats import binom

    if target in (0.0, 1.0):
        return target
    count = int(binom.ppf(p, n, target))
    at = float(binom.cdf(count, n, target))
    below = float(binom.cdf(count - 1, n, target))
    return min(1.0, max(0.0, (count - (at - p) / (at - below)) / n))


def p_value(k: int, n: int, target: float) -> float:
    """Two-sided exact probability of a count at least this far out: twice the smaller tail, at most 1."""
    from scipy.stats import binom

    return min(1.0, 2 * min(float(binom.cdf(k, n, target)), float(binom.sf(k - 1, n, target))))


def adjusted(p_values: Sequence[float]) -> list[float]:
    """p-values after control of the false discovery rate over all of them.

    Source: Benjamini and Hochberg, Journal of the Royal Statistical Society B 57 (1995).
    """
    from scipy.stats import false_discovery_control

    return [float(p) for p in false_discovery_control(list(p_values))] if p_values else []


def funnel(counts: Sequence[tuple[str, int, int]], target: float, rate: float = 0.05) -> list[Unit]:
    """The place of each (name, k, n) around the target. Units below twelve are not judged.

    `holds_among_all` is whether a unit still stands out with the false discovery rate held at `rate` over
    all that are judged: of forty stations two lie outside of the inner funnel by chance.
    """
    judged = [place for place, (_, _, n) in enumerate(counts) if n >= TOO_FEW]
    ps = [p_value(k, n, target) if n else 1.0 for _, k, n in counts]
    among = dict(zip(judged, adjusted([ps[place] for place in judged]), strict=True))
    found = []
    for place, (name, k, n) in enumerate(counts):
        where = Place.TOO_FEW if n < TOO_FEW else place_of(k / n, n, target)
        found.append(Unit(name, k, n, where, ps[place], among.get(place, 1.0) <= rate))
    return found


def place_of(share: float, n: int, target: float) -> Place:
    """Where a share of n lies in the funnel around a target."""
    outer, inner = limits(n, target, ALARM), limits(n, target, WARNING)
    if not outer.low <= share <= outer.high:
        return Place.BEYOND_998
    return Place.WITHIN if inner.low <= share <= inner.high else Place.BEYOND_95
