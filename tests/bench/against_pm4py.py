"""Case durations and variants of the public log of fines, beside pm4py on its own frame.

    python tests/bench/against_pm4py.py PYTHON LOG

PYTHON is that of another environment, with pm4py; it is no part of this one. Both have the log as they like
it: pm4py its formatted frame in memory, with the activities that the log's page reads and those of one day in
the order in which we read them; we the lake of a database that took the log in, by its files and as a server
keeps it in memory. Answers are compared; the two take turns, and seconds are medians.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from statistics import median
from typing import IO, Any

import yaml

from monitor.cases.activity import ORDER
from monitor.metrics.ask import Ask
from monitor.metrics.case_durations import durations_us
from monitor.metrics.histories import histories
from monitor.metrics.lake_engine import LakeEngine
from monitor.metrics.resident import Resident
from monitor.metrics.variants import variants

ROUNDS = 11
PAGE = Path(__file__).parents[2] / "config" / "sources" / "road-traffic-fines.yaml"
BY_PM4PY = """
import json, sys, time, warnings
warnings.simplefilter("ignore")
import pandas as pd, pm4py
log, codes, order, out = sys.argv[1], *map(json.loads, sys.argv[2:4]), open(sys.argv[4], "w")
frame = pd.read_csv(log, usecols=["case_id", "concept:name", "time:timestamp"], dtype=str)
frame["time:timestamp"] = pd.to_datetime(frame["time:timestamp"], utc=True)
frame["concept:name"] = frame["concept:name"].map(codes)
frame["place"] = frame["concept:name"].map(order)
frame = frame.sort_values(["case_id", "time:timestamp", "place"], kind="stable").drop(columns="place")
frame = pm4py.format_dataframe(frame, case_id="case_id", activity_key="concept:name",
                               timestamp_key="time:timestamp")
for line in sys.stdin:
    begin = time.perf_counter()
    durations = pm4py.get_all_case_durations(frame)
    between = time.perf_counter()
    variants = pm4py.get_variants(frame)
    taken = between - begin, time.perf_counter() - between
    counted = sorted((list(name), n if isinstance(n, int) else len(n)) for name, n in variants.items())
    told = {"taken": taken}
    if line.startswith("whole"):
        told |= {"durations": sorted(durations), "variants": counted}
    print(json.dumps(told), file=out, flush=True)
"""


def log_as_lake(log: str, folder: Path) -> LakeEngine:
    """The log taken in by the program, and its lake."""
    for command in (["ingest", log, "--source", "road-traffic-fines", "--json"], ["lake", "rebuild"]):
        program = [sys.executable, "-c", "from monitor.cli import main; main()", *command]
        environment = {**os.environ, "FANGXING_DATA_DIR": str(folder)}
        subprocess.run(program, env=environment, check=True, stdout=subprocess.DEVNULL)
    return LakeEngine.open(folder / "lake")


def timed(work: Callable[[], Any]) -> tuple[float, Any]:
    """Seconds on the clock, and what was found."""
    begin = time.perf_counter()
    found = work()
    return time.perf_counter() - begin, found


def ours(engine: LakeEngine, ask: Ask) -> tuple[tuple[float, float], Any, Any]:
    """Seconds of durations and of variants, each asked by itself, and the answers."""
    first, spans = timed(lambda: durations_us(histories(engine, ask)).tolist())
    second, paths = timed(lambda: variants(engine, ask))
    return (first, second), spans, paths


def compare(spans: Sequence[int], paths: Sequence[Any], theirs: dict[str, Any]) -> None:
    """Raises AssertionError where the two do not say the same."""
    mine = sorted(span / 1e6 for span in spans)
    assert len(mine) == len(theirs["durations"]) > 0
    assert all(abs(a - b) < 1e-3 for a, b in zip(mine, theirs["durations"], strict=True))
    counted = Counter({tuple(row.activities.split(" > ")): row.k for row in paths})
    assert counted == Counter({tuple(path): cases for path, cases in theirs["variants"]})


def main(python: str, log: str) -> None:
    """Measure, compare, and print rows for the README."""
    told = yaml.safe_load(PAGE.read_text(encoding="utf-8"))["activity"]["codes"]
    codes = {name: code if isinstance(code, str) else code["activity"] for name, code in told.items()}
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        engine = log_as_lake(log, folder)
        resident = Resident(folder / "lake", 2**30)
        kept = LakeEngine(folder / "lake", engine.at, resident=resident)
        resident.fill(engine.at, "events")
        # What pm4py prints of itself goes elsewhere.
        pipe = folder / "told"
        os.mkfifo(pipe)
        command = [python, "-c", BY_PM4PY, log, json.dumps(codes), json.dumps(ORDER), str(pipe)]
        other = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True)
        with pipe.open() as answers:
            theirs = asked(other, answers, "whole")
            for one in (engine, kept):
                _, spans, paths = ours(one, Ask(2**61))
                compare(spans, paths, theirs)
            taken: dict[str, list[tuple[float, ...]]] = {"files": [], "memory": [], "pm4py": []}
            for number in range(1, ROUNDS + 1):
                taken["pm4py"].append(tuple(asked(other, answers, "again")["taken"]))
                for name, one in (("files", engine), ("memory", kept)):
                    taken[name].append(ours(one, Ask(2**61 + number))[0])
            assert other.stdin is not None
            other.stdin.close()
            other.wait()
    print(f"{len(spans):,} cases, {len(paths)} variants, the same from both")
    for place, name in enumerate(("case durations", "variants")):
        for where in ("files", "memory"):
            pairs = [(a[place], b[place]) for a, b in zip(taken["pm4py"], taken[where], strict=True)]
            both = [median(side) for side in zip(*pairs, strict=True)]
            ratio = median(a / b for a, b in pairs)
            print(f"| {name} of the log from {where} {both[1]:.3f} s, by pm4py {both[0]:.3f} s "
                  f"| {ratio:.1f} × faster | ≥ 5 × |")  # fmt: skip


def asked(process: subprocess.Popen[str], answers: IO[str], what: str) -> dict[str, Any]:
    """An answer of pm4py."""
    assert process.stdin is not None
    print(what, file=process.stdin, flush=True)
    found: dict[str, Any] = json.loads(answers.readline())
    return found


if __name__ == "__main__":
    main(*sys.argv[1:3])
