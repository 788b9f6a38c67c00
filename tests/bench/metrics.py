"""Metrics over a lake of made-up cases, against the same queries written by hand in DuckDB's SQL.

    python tests/bench/metrics.py [CASES] [ROUNDS] [FOLDER]

Both read the same files, answers are compared, and each figure is a median of the rounds, taken in turn after
a warm-up: on the wall clock, and in processor time of all threads, which a busy machine changes least. FOLDER
keeps the lake for the next time. The last lines are rows for the README.
"""

from __future__ import annotations

import json
import math
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from statistics import median
from typing import Any

import duckdb
from by_hand import by_hand
from made_lake import EARLIER, GATES, HOUR, NOW, made_lake

from monitor.lake.manifest import read_manifest
from monitor.metrics.ask import Ask
from monitor.metrics.catalog import METRICS, Rules
from monitor.metrics.columns import COUNTED
from monitor.metrics.lake_engine import LakeEngine
from monitor.metrics.resident import Resident

RULES = Rules(GATES, HOUR, 24 * HOUR, 24 * HOUR)
MEMORY = 2**30
"""As a server has it, unless told otherwise."""
BOUNDS = {1_000_000: 0.2, 10_000_000: 0.5}


def _told(metric: str, rows: Sequence[Any], as_of: int) -> list[tuple[Any, ...]]:
    """A metric's answer in the words of the query by hand."""
    if metric == "compliance":
        beside = ("not_held", "no_deadline", "undetermined", "implausible", "withdrawn")
        return [(r.k, r.n, r.net_k, *(r.beside[name] for name in beside)) for r in rows]
    if metric == "hours":
        (told,) = rows
        bins = [(one.low, one.on_time, one.late, one.held) for one in told.bins]
        return [*bins, (told.n, told.held, len(told.curve), told.longest)]
    if metric == "stages":
        each = [(r.hours, r.cases, r.median, r.p90) for r in rows]
        return [(rows[0].n, sum(r.hours for r in rows), *(value for one in each for value in one))]
    if metric == "held_after_removal":
        return [
            (r.n, r.hours / r.share, r.hours, r.cases, r.derived, r.median, r.p90, r.longest) for r in rows
        ]
    if metric == "throughput":
        return [(r.arrivals, r.releases) for r in rows]
    if metric == "hours_of_week":
        return [(r.hour, r.arrivals, r.releases) for r in rows]
    if metric == "open_ages":
        return [(r.station, r.case_no, r.hours, r.past_limit) for r in rows]
    if metric == "overload_rate":
        return [(r.k, r.n, r.rule_k, r.unknown, r.unread, r.median_over, r.p90_over) for r in rows]
    if metric == "late_entry":
        return [(r.activity, r.n, r.late, r.untold, r.median, r.p90, r.longest) for r in rows]
    return [(r.k, r.n, r.undetermined) for r in rows]


_IN_HOURS = {
    "stages": {1, *range(2, 22, 4), *range(4, 22, 4), *range(5, 22, 4)},
    "held_after_removal": {1, 2, 5, 6, 7},
    "late_entry": {4, 5, 6},
}


def _hours(rows: Sequence[Sequence[Any]]) -> list[tuple[Any, ...]]:
    bins: dict[int, list[int]] = {}
    for minute, ended, on_time, cases, _ in rows:
        bins.setdefault(minute // 60, [0, 0, 0])[2 if not ended else 0 if on_time else 1] += cases
    held = sum(told[2] for told in bins.values())
    whole = sum(map(sum, bins.values())), held, len({row[0] for row in rows}), max(r[4] for r in rows) / HOUR
    return [*((low, *told) for low, told in bins.items()), whole]


def _by_hand(metric: str, rows: Sequence[Sequence[Any]], as_of: int) -> list[tuple[Any, ...]]:
    if metric == "hours":
        return _hours(rows)
    flat = []
    for row in rows:
        values = [value for part in row for value in (part if isinstance(part, list) else [part])]
        for place in _IN_HOURS.get(metric, ()):
            values[place] = float(values[place]) / HOUR
        if metric == "open_ages":
            station, case_no, start, unsure, last = values
            hours = (as_of - start) / HOUR if start is not None and unsure is None else None
            values = [station, case_no, hours, None if last is None else as_of > last]
        flat.append(tuple(values))
    return flat


def _same(mine: Sequence[Any], other: Sequence[Any]) -> bool:
    return len(mine) == len(other) and all(
        math.isclose(a, b, rel_tol=1e-9) if isinstance(a, float) else a == b
        for a, b in zip(mine, other, strict=True)
    )


def compare(metric: str, answer: Sequence[Any], rows: Sequence[Sequence[Any]], as_of: int) -> None:
    """Raises AssertionError where the two do not say the same."""
    mine, other = _told(metric, answer, as_of), _by_hand(metric, rows, as_of)
    if metric != "clocks_bc":
        mine, other = sorted(mine), sorted(other)
    assert len(mine) == len(other) > 0, (metric, len(mine), len(other))
    for one, two in zip(mine, other, strict=True):
        assert _same(one, two), (metric, one, two)


def seconds(work: Callable[[], object]) -> tuple[float, float]:
    """On the wall clock, and of the processors."""
    begin, spent = time.perf_counter(), time.process_time()
    work()
    return time.perf_counter() - begin, time.process_time() - spent


def measure(engine: LakeEngine, hand: duckdb.DuckDBPyConnection, rounds: int) -> list[dict[str, Any]]:
    """Seconds of each metric now, as of four hundred days before, and by hand."""
    found = []
    for metric in by_hand(NOW):
        function = METRICS[metric]

        def asked(as_of: int, function: Any = function) -> Any:
            return function(engine, Ask(as_of), RULES)

        def fetched(as_of: int, metric: str = metric) -> list[Any]:
            return [row for query in by_hand(as_of)[metric] for row in hand.execute(query).fetchall()]

        for as_of in (NOW, EARLIER):
            compare(metric, asked(as_of), fetched(as_of), as_of)
        taken: dict[str, list[tuple[float, float]]] = {"now": [], "as_of": [], "by_hand": []}
        for number in range(rounds):
            # Another moment every time, as when people ask: a kept answer would be no answer.
            later = number + 1
            taken["now"].append(seconds(lambda asked=asked, at=NOW + later: asked(at)))
            taken["by_hand"].append(seconds(lambda fetched=fetched, at=NOW + later: fetched(at)))
            taken["as_of"].append(seconds(lambda asked=asked, at=EARLIER + later: asked(at)))
        row: dict[str, Any] = {"metric": metric}
        for name, pairs in taken.items():
            row[name], row[f"{name}_cpu"] = (median(one) for one in zip(*pairs, strict=True))
        row["ratio"] = row["now_cpu"] / row["by_hand_cpu"]
        row["as_of_ratio"] = row["as_of_cpu"] / row["now_cpu"]
        print(json.dumps({k: round(v, 3) if isinstance(v, float) else v for k, v in row.items()}), flush=True)
        found.append(row)
    return found


def main(cases: int = 1_000_000, rounds: int = 7, folder: str | None = None) -> None:
    """Measure, and print rows for the README."""
    with tempfile.TemporaryDirectory() as scratch:
        lake = Path(folder or scratch)
        manifest = read_manifest(lake) or made_lake(lake, cases)
        resident = Resident(lake, MEMORY)
        spent = time.process_time()
        for table in ("case_versions", "events", "weighings"):
            resident.fill(manifest, table)
        spent = time.process_time() - spent
        print(f"kept: {resident.used_bytes / 2**20:.0f} MiB, {spent:.1f} s of processors", flush=True)
        engine = LakeEngine(lake, manifest, resident=resident)
        views: list[object] = []
        # By hand over the same columns in memory: over files it would take longer.
        hand = resident.cursor()
        for table in ("case_versions", "events", "weighings"):
            query, files, held = resident.source(manifest, table)
            views.append(held)
            parts = [] if query is None else [query]
            if files:
                named = [str(lake / file) for file in files]
                parts.append(f"SELECT {', '.join(COUNTED[table])} FROM read_parquet({named})")
            hand.execute(f"CREATE TEMP VIEW {table} AS {' UNION ALL '.join(parts)}")
        rows = measure(engine, hand, rounds)
    bound = BOUNDS.get(cases)
    wanted = "" if bound is None else f"each ≤ {bound} s"
    for name, words in (("now", "on the wall clock"), ("now_cpu", "processor time")):
        slow = sorted(rows, key=lambda row: row[name])
        told = ", ".join(f"{row['metric']} {row[name]:.2f}" for row in slow)
        print(f"| metrics over {cases:,} cases, {words} | {told} s | {wanted} |")
    print(f"| the same against SQL by hand, least and most | {min(r['ratio'] for r in rows):.2f}, "
          f"{max(r['ratio'] for r in rows):.2f} × | ≤ 1.35 × |")  # fmt: skip
    print(f"| as of a moment against now, most | {max(r['as_of_ratio'] for r in rows):.2f} × | ≤ 1.5 × |")


if __name__ == "__main__":
    main(*(int(argument) for argument in sys.argv[1:3]), *sys.argv[3:4])
