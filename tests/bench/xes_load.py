"""The public log as XES, from file to committed and folded, against the least that reads all of it.

python tests/bench/xes_load.py LOG [ROUNDS]

LOG is the log of fines as CSV (gzip or not); the XES is made of it in a folder of its own. Whole programs in
turn, started anew each time: ours, a bare `lxml.iterparse(tag=("{*}event", "{*}trace"))` that clears as it
goes, and one of ours that tells how long it took once it was up, as the bare one does. Prints the medians.
"""

from __future__ import annotations

import csv
import gzip
import itertools
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from statistics import median
from typing import NamedTuple
from xml.sax.saxutils import quoteattr

ROUNDS = 3
KINDS = {"amount": "float", "expense": "float", "paymentAmount": "float", "points": "int"}
BARE = """
import sys, time
from lxml import etree
begin = time.perf_counter()
for _, node in etree.iterparse(sys.argv[1], tag=("{*}event", "{*}trace")):
    node.clear()
print(time.perf_counter() - begin)
"""
RUNNING = """
import os, sys, time
from pathlib import Path
from monitor.cli.ingest import fewer_collections
from monitor.cli.installation import open_intake, sender
from monitor.settings.environment import load_settings
intake = open_intake(load_settings())
page = intake.pages["road-traffic-fines"]
begin = time.perf_counter()
with fewer_collections():
    intake.file(Path(sys.argv[1]), page, sender())
print(time.perf_counter() - begin)
"""
"""A program that is up already, as the one that watches a folder."""


def xes_lines(log: Path) -> Iterator[str]:
    """A trace a case, an attribute a filled cell, typed as the standard has it."""
    opened = gzip.open if log.suffix == ".gz" else open
    yield '<?xml version="1.0" encoding="UTF-8"?>\n<log xes.version="1849.2016" '
    yield 'xmlns="http://www.xes-standard.org/">\n'
    with opened(log, "rt", encoding="utf-8", newline="") as file:
        head, *rows = csv.reader(file)
    for case, group in itertools.groupby(rows, key=lambda row: row[0]):
        yield f'<trace>\n<string key="concept:name" value={quoteattr(case)}/>\n'
        for row in group:
            yield "<event>\n"
            for name, text in itertools.islice(zip(head, row, strict=True), 1, None):
                if text:
                    kind = "date" if name == "time:timestamp" else KINDS.get(name, "string")
                    yield f'<{kind} key="{name}" value={quoteattr(text)}/>\n'
            yield "</event>\n"
        yield "</trace>\n"
    yield "</log>\n"


class Taken(NamedTuple):
    """Seconds of a command: on the clock, of processors with its children, and as it tells itself."""

    clock: float
    work: float
    told: float


def timed(command: list[str], **environment: str) -> Taken:
    """Run a command; what it prints last may be a number of seconds."""
    # what ran before must not be written down meanwhile
    os.sync()
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    begin = time.perf_counter()
    done = subprocess.run(command, env={**os.environ, **environment}, capture_output=True, check=True)
    taken = time.perf_counter() - begin
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    told = done.stdout.split()[-1:]
    seconds = float(told[0]) if told and told[0].replace(b".", b"").isdigit() else 0.0
    return Taken(taken, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, seconds)


def measure(log: str, rounds: int = ROUNDS) -> list[str]:
    """Rows of the table of measurements."""
    clock, work, running = [], [], []
    with tempfile.TemporaryDirectory() as folder:
        xes = Path(folder) / "road_traffic_fines.xes"
        with xes.open("w", encoding="utf-8") as file:
            file.writelines(xes_lines(Path(log)))
        program = [sys.executable, "-c", "from monitor.cli import main; main()"]
        for place in range(rounds):
            command = [*program, "ingest", str(xes), "--source", "road-traffic-fines", "--json"]
            ours = timed(command, FANGXING_DATA_DIR=f"{folder}/{place}")
            bare = timed([sys.executable, "-c", BARE, str(xes)])
            up = timed([sys.executable, "-c", RUNNING, str(xes)], FANGXING_DATA_DIR=f"{folder}/up{place}")
            clock.append(ours.clock / bare.clock)
            work.append(ours.work / bare.work)
            running.append(up.told / bare.told)
    return [
        f"| the log as XES against a bare iterparse, both under way | {median(running):.2f} × | ≤ 2 × |",
        f"| the same as programs, with the start of each | {median(clock):.2f} × | ≤ 2 × |",
        f"| the same in seconds of processors, of which the program uses two | {median(work):.2f} × | |",
    ]


if __name__ == "__main__":
    print("\n".join(measure(sys.argv[1], *(int(one) for one in sys.argv[2:]))))
