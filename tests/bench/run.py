"""Every measurement of the README's table, in one run.

    python tests/bench/run.py [LOG]

LOG is the public log of fines as CSV (gzip or not); without it its rows are left out. Figures are medians of
three runs in turn with what they are compared with, so that a busy machine slows both.
"""

from __future__ import annotations

import json
import os
import resource
import sqlite3
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

import xes_load

HERE = Path(__file__).parent
ROUNDS = 3
EVENTS = 561_470


def timed(command: list[str], **environment: str) -> tuple[float, float]:
    """Seconds of a command, and the peak memory in MB of its largest process."""
    begin = time.perf_counter()
    subprocess.run(command, env={**os.environ, **environment}, stdout=subprocess.DEVNULL, check=True)
    return time.perf_counter() - begin, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024


def delivery_seconds(database: Path) -> float:
    """From the beginning of the delivery to its last commit: without the start of the program."""
    connection = sqlite3.connect(database)
    begun, ended = connection.execute("SELECT received_at, finished_at FROM deliveries").fetchone()
    connection.close()
    return float(ended - begun) / 1e6


def load(log: str) -> list[str]:
    """The log through the program, file to committed and folded, against the bare script."""
    ours, bare, taken, memory = [], [], [], 0.0
    for _ in range(ROUNDS):
        with tempfile.TemporaryDirectory() as folder:
            program = [sys.executable, "-c", "from monitor.cli import main; main()"]
            command = [*program, "ingest", log, "--source", "road-traffic-fines"]
            seconds, peak = timed([*command, "--json"], FANGXING_DATA_DIR=folder)
            ours.append(seconds)
            taken.append(delivery_seconds(Path(folder) / "fangxing.db"))
            # The bare script needs more; what it used must not count as ours.
            memory = memory or peak
            bare.append(timed([sys.executable, str(HERE / "bare_load.py"), log, f"{folder}/bare.db"])[0])
    rate = EVENTS / median(taken)
    work = median(a / b for a, b in zip(taken, bare, strict=True))
    whole = median(a / b for a, b in zip(ours, bare, strict=True))
    return [
        f"| the log, file to committed and folded | {rate:,.0f} events/s | ≥ 50,000 |",
        f"| the same against pandas.read_csv, tuples, executemany | {work:.2f} × | ≤ 2.5 × |",
        f"| the same with the start of the program | {whole:.2f} × | |",
        f"| its peak memory | {memory:.0f} MB | ≤ 300 MB |",
    ]


def board() -> list[str]:
    """A refresh of the board with 500 vehicles in custody."""
    found = {}
    for closed in (10_000, 1_000_000):
        done = subprocess.run(
            [sys.executable, str(HERE / "board.py"), str(closed), "500", "100"],
            capture_output=True, text=True, check=True,
        )  # fmt: skip
        found[closed] = json.loads(done.stdout)
    ratio = found[1_000_000]["median"] / found[10_000]["median"]
    return [
        f"| board with 500 vehicles, 10,000 closed cases, p95 | {found[10_000]['p95']:.0f} ms | ≤ 100 ms |",
        f"| the same with 1,000,000 closed cases, p95 | {found[1_000_000]['p95']:.0f} ms | ≤ 100 ms |",
        f"| 1,000,000 against 10,000 closed cases, median | {ratio:.2f} × | ≤ 1.3 × |",
    ]


def push() -> list[str]:
    """Events pushed to a running server."""
    command = [sys.executable, str(HERE / "push.py")]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
    return done.stdout.splitlines()


def main(log: str | None) -> None:
    """Measure and print the table."""
    rows = (load(log) + xes_load.measure(log) if log else []) + board() + push()
    print("| measured | figure | wanted |\n|---|---|---|\n" + "\n".join(rows))


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else None)
