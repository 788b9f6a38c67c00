"""Hours to release with those still held counted: the product-limit estimate and its quantiles."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import exp, log, sqrt

from monitor.metrics.small_numbers import Z_95

ROUNDING = 1e-12
"""By how much a share may miss what it is compared with, for it is a product of many."""


@dataclass(slots=True)
class Step:
    """At `hours` the share still held falls to `held`, with its 95 % interval.

    Not frozen: of the thousands of a curve each would take three times as long to make.
    """

    hours: float
    at_risk: int
    released: int
    held: float
    low: float
    high: float


def held_over_time(counts: Sequence[tuple[float, int, int]]) -> list[Step]:
    """Kaplan–Meier from (hours, released, still held at that age), ages ascending and each once.

    A case still held at an age counts as at risk for releases of that same age. Interval: Greenwood's
    variance on the log-minus-log scale, which stays in [0, 1].
    Source: Kaplan and Meier, JASA 53 (1958); Kalbfleisch and Prentice (1980). Raises ValueError for ages not
    ascending or negative counts.
    """
    variance = 0.0
    steps: list[Step] = []
    for hours, at_risk, released, share in _shares(counts):
        if at_risk > released:
            variance += released / (at_risk * (at_risk - released))
        steps.append(Step(hours, at_risk, released, share, *_interval(share, variance)))
    return steps


def median_of(counts: Sequence[tuple[float, int, int]]) -> float | None:
    """The hours by which half were released, of what `held_over_time` takes, without its intervals; None
    where fewer were."""
    return next((hours for hours, _, _, share in _shares(counts) if share <= 0.5 + ROUNDING), None)


def _shares(counts: Sequence[tuple[float, int, int]]) -> Iterator[tuple[float, int, int, float]]:
    """Of each age with a release: hours, at risk, released, and the share still held thereafter."""
    at_risk = sum(released + held for _, released, held in counts)
    share, last = 1.0, float("-inf")
    for hours, released, held in counts:
        if hours <= last or released < 0 or held < 0:
            raise ValueError("ages ascend, each once, with counts of at least 0")
        last = hours
        if released:
            share *= 1 - released / at_risk
            yield hours, at_risk, released, share
        at_risk -= released + held


def _interval(share: float, variance: float) -> tuple[float, float]:
    if share <= 0:
        return 0.0, 0.0
    if share >= 1:
        return 1.0, 1.0
    slope = log(share)
    spread = exp(Z_95 * sqrt(variance) / -slope)
    return exp(slope * spread), exp(slope / spread)


def time_by_which(steps: Sequence[Step], share: float) -> float | None:
    """The hours by which at least this share was released; None where so many were not released yet.

    Raises ValueError for a share outside (0, 1].
    """
    if not 0 < share <= 1:
        raise ValueError(f"no share: {share}")
    for step in steps:
        if step.held <= 1 - share + ROUNDING:
            return step.hours
    return None
