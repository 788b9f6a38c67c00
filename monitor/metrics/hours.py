"""Hours from confirmation to release, to and past the limit; vehicles still held count as such.

Over the cases of the 24-hour rate. Quantiles are those of the product-limit estimate: where vehicles are
still held, those of the released ones alone would be too short.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from operator import itemgetter

from ibis import _
from ibis.expr import types as ir

from monitor.cases.event import HOUR, SECOND
from monitor.metrics.ask import Ask
from monitor.metrics.compliance import ON_TIME
from monitor.metrics.engine import Engine, answer
from monitor.metrics.known import Lean
from monitor.metrics.rate_cases import rate_cases
from monitor.metrics.survival import Step, held_over_time, time_by_which

MINUTE = 60 * SECOND
BIN_HOURS = 1


@dataclass(frozen=True, slots=True)
class HourBin:
    """Cases whose hours lie in [low, low + 1): released on time, released late, still held."""

    low: int
    on_time: int
    late: int
    held: int


@dataclass(frozen=True, slots=True)
class Hours:
    """The hours of n cases; `untimed` more are known only to the day and are in none of it.

    `median` and `p90` are None where not enough were released. `longest`: of released and still held ones.
    """

    n: int
    untimed: int
    held: int
    median: float | None
    p90: float | None
    longest: float | None
    bins: tuple[HourBin, ...]
    curve: tuple[Step, ...]


def members(engine: Engine, ask: Ask) -> ir.Table:
    """A row per case of the rate with `minutes` (whole ones) and `hour_bin`; None where not timed."""
    return in_minutes(rate_cases(engine, ask)).mutate(hour_bin=_.timed.ifelse(_.held_us // HOUR, None))


def in_minutes(cases: ir.Table) -> ir.Table:
    """Cases of the rate with the whole `minutes` they were held and whether they are `released`."""
    return cases.mutate(
        minutes=_.timed.ifelse(_.held_us // MINUTE, None), released=_.released_at.notnull()
    )


def counts(engine: Engine, ask: Ask) -> ir.Table:
    """The expression: cases by whole minutes, whether released, and whether on time."""
    cases = members(Lean(engine), ask).mutate(on_time=_.place == ON_TIME)
    return cases.group_by("minutes", "released", "on_time").agg(cases=_.count(), longest=_.held_us.max())


def by_age(released: Mapping[int, int], held: Mapping[int, int]) -> list[tuple[float, int, int]]:
    """Cases released, and still held, at an age of so many whole minutes: by hours, as the product-limit
    estimate wants them."""
    return [(age / 60, released.get(age, 0), held.get(age, 0)) for age in sorted({*released, *held})]


_FIGURES = itemgetter("minutes", "released", "on_time", "cases", "longest")


def hours(engine: Engine, ask: Ask) -> Hours | None:
    """The hours of the period; None where there is no case. The breakdown of `ask` is not used."""
    rows = answer(engine, ask, "hours", counts)
    if not rows:
        return None
    released_at: Counter[int] = Counter()
    held_at: Counter[int] = Counter()
    bins: dict[int, list[int]] = {}
    untimed, longest = 0, None
    # There are thousands of minutes.
    for minutes, released, on_time, cases, most in map(_FIGURES, rows):
        if minutes is None:
            untimed += cases
            continue
        (released_at if released else held_at)[minutes] += cases
        into = bins.setdefault(minutes * MINUTE // HOUR, [0, 0, 0])
        into[2 if not released else 0 if on_time else 1] += cases
        longest = most if longest is None else max(longest, most)
    curve = held_over_time(by_age(released_at, held_at))
    held = sum(held_at.values())
    return Hours(
        sum(released_at.values()) + held,
        untimed,
        held,
        time_by_which(curve, 0.5),
        time_by_which(curve, 0.9),
        None if longest is None else longest / HOUR,
        tuple(HourBin(low, *bins[low]) for low in sorted(bins)),
        tuple(curve),
    )
