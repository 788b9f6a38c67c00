"""Case durations and variants of the public log of fines, beside pm4py on its own frame.

    python tests/bench/against_pm4py.py PYTHON LOG

PYTHON is that of another environment, with pm4py; it is no part of this one. Both have the log as they like
it: pm4py its formatted frame in memory, we the events of a lake. Answers are compared, seconds are medians.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from statistics import median
from typing import Any

import pandas as pd
import pyarrow as pa
from ibis import _
from ibis.expr import types as ir

from monitor.lake.files import put
from monitor.lake.manifest import Manifest, Part, Place
from monitor.lake.tables import SCHEMAS
from monitor.metrics.ask import Ask
from monitor.metrics.engine import Engine, answer
from monitor.metrics.lake_engine import LakeEngine

ROUNDS = 7
COLUMNS = ["case_id", "concept:name", "time:timestamp"]
BY_PM4PY = """
import json, sys, time, warnings
warnings.simplefilter("ignore")
import pandas as pd, pm4py
frame = pd.read_csv(sys.argv[1], usecols=json.loads(sys.argv[3]), dtype=str)
frame["time:timestamp"] = pd.to_datetime(frame["time:timestamp"], utc=True)
frame = pm4py.format_dataframe(frame, case_id="case_id", activity_key="concept:name",
                               timestamp_key="time:timestamp")
taken = []
for _ in range(int(sys.argv[4])):
    begin = time.perf_counter()
    durations = pm4py.get_all_case_durations(frame)
    between = time.perf_counter()
    variants = pm4py.get_variants(frame)
    taken.append((between - begin, time.perf_counter() - between))
counted = sorted((list(name), n if isinstance(n, int) else len(n)) for name, n in variants.items())
with open(sys.argv[2], "w") as file:
    json.dump({"taken": taken, "durations": sorted(durations), "variants": counted}, file)
"""


def log_as_lake(log: str, folder: Path) -> Manifest:
    """The log's events as those of a lake; of one instant, the order of the file is that of receipt."""
    frame = pd.read_csv(log, usecols=COLUMNS, dtype=str)
    instants = pd.to_datetime(frame["time:timestamp"], utc=True).astype("datetime64[us, UTC]").astype("int64")
    told = {
        "case_id": pd.factorize(frame["case_id"])[0], "station": ["1"] * len(frame),
        "case_no": frame["case_id"], "activity": frame["concept:name"], "occurred_at": instants,
        "received_at": range(len(frame)), "known_from": [0] * len(frame), "backfill": [True] * len(frame),
        "date": pd.to_datetime(instants, unit="us").dt.strftime("%Y-%m-%d"),
    }  # fmt: skip
    month = pd.to_datetime(instants, unit="us").groupby(told["case_id"]).transform("min").dt.strftime("%Y")
    told["month"] = month
    schema = SCHEMAS["events"]
    whole = pa.table(
        [pa.array(told[f.name], f.type) if f.name in told else pa.nulls(len(frame), f.type) for f in schema],
        schema=schema,
    )
    parts: dict[Place, Part] = {}
    for name, rows in whole.to_pandas().groupby("month"):
        put(folder, parts, Place("events", str(name), "cases"), pa.Table.from_pandas(rows, schema, False))
    return Manifest(parts, 0)


def _known(engine: Engine, ask: Ask) -> ir.Table:
    events = engine.table("events")
    ended = events.known_to.notnull() & (events.known_to <= ask.as_of)
    return events.filter(events.known_from <= ask.as_of, ~ended)


def durations(engine: Engine, ask: Ask) -> ir.Table:
    """Microseconds from the first event of each case to its last."""
    return _known(engine, ask).group_by("case_id").agg(held_us=_.occurred_at.max() - _.occurred_at.min())


def variants(engine: Engine, ask: Ask) -> ir.Table:
    """How many cases have each order of activities."""
    order = [_.occurred_at, _.received_at]
    paths = _known(engine, ask).group_by("case_id").agg(path=_.activity.group_concat("\n", order_by=order))
    return paths.group_by("path").agg(cases=_.count())


def main(python: str, log: str) -> None:
    """Measure, compare, and print a row for the README."""
    with tempfile.TemporaryDirectory() as scratch:
        told = f"{scratch}/told.json"
        command = [python, "-c", BY_PM4PY, log, told, json.dumps(COLUMNS), str(ROUNDS)]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        theirs: dict[str, Any] = json.loads(Path(told).read_bytes())
        engine = LakeEngine(Path(scratch), log_as_lake(log, Path(scratch)))
        taken = []
        for number in range(ROUNDS):
            ask, begin = Ask(2**61 + number), time.perf_counter()
            held = answer(engine, ask, "durations", durations)
            between = time.perf_counter()
            paths = answer(engine, ask, "variants", variants)
            taken.append((between - begin, time.perf_counter() - between))
    mine = sorted(row["held_us"] / 1e6 for row in held)
    assert len(mine) == len(theirs["durations"])
    assert all(abs(a - b) < 1e-3 for a, b in zip(mine, theirs["durations"], strict=True))
    ours = Counter({tuple(row["path"].split("\n")): row["cases"] for row in paths})
    assert ours == Counter({tuple(path): cases for path, cases in theirs["variants"]})
    for place, name in enumerate(("case durations", "variants")):
        own, other = (median(one[place] for one in rows[1:]) for rows in (taken, theirs["taken"]))
        print(f"| {name} of the log against pm4py {other:.2f} s | {other / own:.1f} × faster | ≥ 5 × |")
    own, other = (median(sum(one) for one in rows[1:]) for rows in (taken, theirs["taken"]))
    print(f"| both together | {other / own:.1f} × faster | ≥ 5 × |")


if __name__ == "__main__":
    main(*sys.argv[1:3])
