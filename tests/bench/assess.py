"""How fast decisions are assessed: `python -m tests.bench.assess [--decisions N] [--processes N]`.

Decisions as a county has them: both tracks, weights and sizes at random, every check taking part; a tenth of
the fines lie outside their band. Each process compiles the rules once and assesses its share.
"""

from __future__ import annotations

import argparse
import os
import random
import time
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import Manager
from threading import Barrier

from monitor.rules.assess import assess
from monitor.rules.book import rule_book
from monitor.rules.decision import Decision
from monitor.settings.configuration import load_configuration
from monitor.settings.environment import Settings

DAY = 86_400_000_000
BANDS = ((30, (300, 500)), (50, (700, 1_000)), (100, (1_200, 1_500)))
"""Per cent over the approved load (31,000 kg): yuan that every repeat allows."""
SINCE = 1_704_067_200_000_000
"""2024-01-01T00:00:00Z."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--decisions", type=int, default=1_000_000)
    parser.add_argument("--processes", type=int, default=min(2, os.cpu_count() or 1))
    chosen = parser.parse_args()
    shares = [chosen.decisions // chosen.processes] * chosen.processes
    with Manager() as manager, ProcessPoolExecutor(chosen.processes) as pool:
        together = manager.Barrier(chosen.processes)
        told = list(pool.map(assessed, range(chosen.processes), shares, [together] * chosen.processes))
    places = sum((counts for counts, _, _ in told), Counter[str]())
    n, wall, busy = sum(places.values()), max(one[1] for one in told), max(one[2] for one in told)
    print(f"{n:,} decisions on {chosen.processes} processes: {n / wall:,.0f}/s in {wall:.2f} s")
    print(f"of which a processor was ours for {busy:.2f} s: {n / busy:,.0f}/s where nothing else runs")
    print(", ".join(f"{place} {count:,}" for place, count in places.most_common()))


def assessed(seed: int, n: int, together: Barrier) -> tuple[Counter[str], float, float]:
    """Makes up decisions, waits for the others, assesses: the places, seconds and processor seconds."""
    rng = random.Random(seed)
    decisions = [_decision(rng, number) for number in range(n)]
    book = rule_book(load_configuration(Settings()))
    places: Counter[str] = Counter()
    together.wait()
    began, busy = time.perf_counter(), time.process_time()
    for decision in decisions:
        places[assess(decision, book).place] += 1
    return places, time.perf_counter() - began, time.process_time() - busy


def _decision(rng: random.Random, number: int) -> Decision:
    acted_at = SINCE + rng.randrange(900 * DAY)
    police = rng.random() < 0.6
    over = rng.randrange(1, 30_000)
    fine = 500 * (over // 1_000)
    if police:
        low, high = next(span for most, span in BANDS if over <= most * 310)
        fine = rng.randrange(low, high + 1, 50)
    if rng.random() < 0.1:
        fine += 700
    sized = not police and rng.random() < 0.05
    return Decision(
        "14042301", str(number), acted_at + rng.randrange(2 * DAY), acted_at,
        "police" if police else "transport", "fine" if fine else "warning", fine * 100,
        rng.choice((1, 3, 6)) if police else None, str(number), str(number), "truck", 6,
        49_000 + over, 49_000, 31_000, 18_000,
        4_300 if sized else None, 2_550 if sized else None, 17_000 if sized else None,
        "晋D10001", "yellow", None, None, "organisation", "ordinary", ("01042", "01077"), "一班",
        ("corrected",) if rng.random() < 0.3 else (), (), None, None, None,
        acted_at, acted_at + DAY // 8, fine * 100, None, None, None, None, rng.randrange(4),
    )  # fmt: skip


if __name__ == "__main__":
    main()
