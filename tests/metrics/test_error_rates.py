"""What the statistics promise, tried on chance alone: how often an interval holds the truth, how often a
chart or a test cries out where nothing happened, and how often it finds what is there.

With `--full` over 500 seeds, else over 40. The bounds are the promised rate and what chance allows around it
at that number of tries, four standard deviations.
"""

from __future__ import annotations

from math import sqrt

import numpy as np
import pytest

from monitor.metrics.bunching import Answer, bunching
from monitor.metrics.control_chart import ALPHA, Rule, gap_chart, hours_chart, share_chart
from monitor.metrics.funnel import Place, funnel
from monitor.metrics.small_numbers import clopper_pearson, wilson
from tests.long import seeds

SEEDS = seeds(range(40), range(500))


def above(rate: float, tries: int) -> float:
    """The most that chance allows of events with this rate in so many tries."""
    return rate + 4 * sqrt(rate * (1 - rate) / tries)


@pytest.mark.parametrize(("n", "share"), [(15, 0.9), (40, 0.95), (200, 0.8)])
def test_intervals_hold_the_true_share_as_often_as_they_say(n: int, share: float) -> None:
    held = {wilson: 0, clopper_pearson: 0}
    tries = 0
    for seed in SEEDS:
        for k in np.random.default_rng(seed).binomial(n, share, 20):
            tries += 1
            for interval in held:
                found = interval(int(k), n)
                assert found is not None
                held[interval] += found.low <= share <= found.high
    # Wilson's is right on average over shares; for one of them it may lie some percent lower.
    assert 1 - held[wilson] / tries <= above(0.05, tries) + 0.03
    assert 1 - held[clopper_pearson] / tries <= above(0.05, tries)


def test_a_share_chart_cries_out_at_no_more_ordinary_weeks_than_it_says() -> None:
    outside = judged = 0
    for seed in SEEDS:
        random = np.random.default_rng(seed)
        counts = [(int(random.binomial(n, 0.85)), int(n)) for n in random.integers(40, 90, 30)]
        chart = share_chart(counts, 0.85)
        outside += sum(1 for signal in chart.signals if signal.rule is Rule.OUTSIDE)
        judged += sum(1 for point in chart.points if point.judged)
    assert judged > 30 * len(SEEDS) * 0.9
    assert outside / judged <= above(ALPHA, judged)


def test_an_hours_chart_cries_out_seldom_at_ordinary_hours_and_finds_a_lasting_change() -> None:
    outside = points = found = 0
    for seed in SEEDS:
        hours = np.exp(np.random.default_rng(seed).normal(2.3, 0.4, 60))
        chart = hours_chart(list(hours))
        outside += sum(1 for signal in chart.signals if signal.rule is Rule.OUTSIDE)
        points += len(hours)
        changed = [*hours[:30], *(hours[30:45] * 1.8)]
        found += bool(hours_chart(changed, base=list(hours[:30])).signals)
    # Limits worked out from sixty points themselves vary: up to twice three sigma's 0.27 %.
    assert outside / points <= above(2 * ALPHA, points)
    assert found / len(SEEDS) >= 0.8


def test_a_gap_chart_cries_out_at_no_more_ordinary_gaps_than_it_says() -> None:
    outside = points = 0
    for seed in SEEDS:
        gaps = [int(gap) - 1 for gap in np.random.default_rng(seed).geometric(0.05, 300)]
        # Two hundred gaps make the limits, a hundred are judged by them.
        chart = gap_chart(gaps[200:], base=gaps[:200])
        outside += sum(1 for signal in chart.signals if signal.rule is Rule.OUTSIDE)
        points += len(chart.points)
    assert outside / points <= above(2 * ALPHA, points)


def test_among_forty_ordinary_stations_few_counties_see_any_stand_out() -> None:
    any_found = beyond = stations = 0
    for seed in SEEDS:
        random = np.random.default_rng(seed)
        counts = [
            (str(i), int(random.binomial(n, 0.9)), int(n)) for i, n in enumerate(random.integers(15, 120, 40))
        ]
        units = funnel(counts, 0.9)
        any_found += any(unit.holds_among_all for unit in units)
        beyond += sum(1 for unit in units if unit.place is Place.BEYOND_998)
        stations += len(units)
    assert any_found / len(SEEDS) <= above(0.05, len(SEEDS))
    assert beyond / stations <= above(0.002, stations)


def test_of_stations_said_to_stand_out_no_more_are_ordinary_than_the_rate_allows() -> None:
    shares = []
    for seed in SEEDS:
        random = np.random.default_rng(seed)
        counts = [(str(i), int(random.binomial(80, 0.65 if i < 6 else 0.9)), 80) for i in range(40)]
        named = [int(unit.name) for unit in funnel(counts, 0.9) if unit.holds_among_all]
        assert named
        shares.append(sum(1 for name in named if name >= 6) / len(named))
    assert float(np.mean(shares)) <= 0.05 + 4 * float(np.std(shares)) / sqrt(len(SEEDS))


def _released(seed: int, cases: int, pulled: float) -> list[tuple[float, int]]:
    random = np.random.default_rng(seed)
    hours = random.gamma(9, 2.6, cases)
    late = (hours > 24) & (hours < 28) & (random.random(cases) < pulled)
    hours[late] = 24 - random.random(int(late.sum())) * 1.5
    counts, edges = np.histogram(hours, bins=np.arange(0, 60, 0.5))
    return [(float(low), int(n)) for low, n in zip(edges, counts, strict=False)]


def test_bunching_is_seldom_seen_where_there_is_none_and_mostly_where_there_is() -> None:
    false = sum(bunching(_released(seed, 500, 0.0), 24, 0.5).answer is Answer.PILED for seed in SEEDS)
    true = sum(bunching(_released(seed, 500, 0.8), 24, 0.5).answer is Answer.PILED for seed in SEEDS)
    assert false / len(SEEDS) <= above(0.05, len(SEEDS))
    assert true / len(SEEDS) >= 0.8
