"""Weighings from CSV into the database, as a program: file to committed, every row accounted for.

    python tests/bench/weighings.py [ROWS]

Each round is a fresh process on an empty database. Of the rows, some are over the limit (cases), some are
re-checks of those (under their own check number), and a few are bad.
"""

from __future__ import annotations

import os
import random
import resource
import sqlite3
import subprocess
import sys
import tempfile
import time
from datetime import datetime, timedelta
from pathlib import Path
from statistics import median

ROUNDS = 3
ROWS = 1_000_000
STATIONS = ("14042301", "14042302", "14042303")
NAMES = (
    "checkNo", "siteCode", "checkType", "laneNo", "scaleNo", "checkTime", "caseNo", "plateNum",
    "plateNumColor", "vehicleType", "axleCnt", "sumWeight", "limitWeight", "overWeight", "overRate", "speed",
    "axleWeights", "axleSpacings", "length", "width", "height",
)  # fmt: skip
LIMITS = {2: 18_000, 3: 25_000, 4: 31_000, 5: 43_000, 6: 49_000}
OVER, BAD = 0.004, 0.0002
"""Of the vehicles of a county some 400 a day, about one is over its limit; a few rows are damaged."""


def rows(count: int, stations: tuple[str, ...] = STATIONS) -> list[tuple[object, ...]]:
    """Weighings in the order of time, as an exchange writes them."""
    chance = random.Random(11)
    pick = chance.random
    at = datetime(2024, 1, 1, 6)  # noqa: DTZ001 - local time of the station, as files write it
    told: list[tuple[object, ...]] = []
    pending: list[tuple[str, str, int, str, int]] = []
    number = 0
    while len(told) < count:
        number += 1
        at += timedelta(seconds=int(pick() * 60))
        station = stations[int(pick() * len(stations))]
        check_no = f"{station}{at:%Y%m%d}{number % 1_000_000:06}"
        if pending and pick() < OVER:
            # Unloaded, weighed again.
            station, plate, colour, kind, axles = pending.pop(0)
            gross, check_type = LIMITS[axles] - int(pick() * 800), 2
        else:
            axles = (2, 2, 3, 4, 5, 6, 6, 6)[int(pick() * 8)]
            plate, check_type = f"晋{'ABDEK'[int(pick() * 5)]}{int(pick() * 90_000) + 10_000}", 1
            colour, kind = (0 if axles == 2 else 1), ("货车" if axles <= 4 else "汽车列车")
            over = pick() < OVER
            gross = int(LIMITS[axles] * (1.02 + pick() * 0.4 if over else 0.3 + pick() * 0.68)) // 20 * 20
            if over:
                pending.append((station, plate, colour, kind, axles))
            if pick() < 0.01:
                plate = "无牌车"
        limit = LIMITS[axles]
        share = gross // axles
        weights = [share + int(pick() * 200) for _ in range(axles - 1)]
        over_kg = max(gross - limit, 0)
        told.append((
            check_no, station, check_type, 1 + int(pick() * 2), f"S{1 + int(pick() * 2)}",
            f"{at:%Y-%m-%d %H:%M:%S}" if pick() >= BAD else "昨天", "", plate, colour, kind, axles, gross,
            limit, over_kg, round(over_kg * 100 / limit, 2), 3 + int(pick() * 6),
            ",".join(map(str, [*weights, gross - sum(weights)])),
            ",".join(str(1300 + 50 * int(pick() * 100)) for _ in range(axles - 1)),
            6000 + 100 * int(pick() * 115), 2300 + 10 * int(pick() * 25), 2500 + 10 * int(pick() * 150),
        ))  # fmt: skip
    return told


def write(path: Path, count: int) -> None:
    """The rows as CSV."""
    with path.open("w", encoding="utf-8", newline="") as file:
        file.write(",".join(NAMES) + "\r\n")
        for row in rows(count):
            cells = (str(value) for value in row)
            file.write(",".join(f'"{cell}"' if "," in cell else cell for cell in cells) + "\r\n")


def load(file: Path, count: int) -> tuple[float, float, float, str]:
    """Rows a second from the start of the delivery to its last commit, seconds of the program and of its
    processors, and what the rows became."""
    with tempfile.TemporaryDirectory() as folder:
        program = [sys.executable, "-c", "from monitor.cli import main; main()"]
        command = [*program, "ingest", str(file), "--source", "weighings", "--json"]
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        begin = time.perf_counter()
        subprocess.run(
            command, env={**os.environ, "FANGXING_DATA_DIR": folder}, stdout=subprocess.DEVNULL, check=False
        )
        seconds = time.perf_counter() - begin
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        connection = sqlite3.connect(Path(folder) / "fangxing.db")
        begun, ended, *became = connection.execute(
            "SELECT received_at, finished_at, rows_read, rows_landed, rows_unchanged, rows_quarantined,"
            " rows_aside, mapped, events, duplicates, revisions, cases FROM deliveries"
        ).fetchone()
        connection.close()
    assert became[0] == sum(became[1:5]) == count + 1, became
    assert became[5] == sum(became[6:9]), became
    used = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    names = ("read", "landed", "unchanged", "quarantined", "aside", "mapped", "events", "duplicates",
             "revisions", "cases")  # fmt: skip
    words = ", ".join(f"{name} {value:,}" for name, value in zip(names, became, strict=True))
    return count / ((ended - begun) / 1e6), seconds, used, words


def main(count: int) -> None:
    """Measure and print the row of the README's table."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "weighings.csv"
        write(file, count)
        found = [load(file, count) for _ in range(ROUNDS)]
    for rate, seconds, used, words in found:
        print(f"{rate:,.0f}/s; program {seconds:.1f} s, processor {used:.1f} s; {words}", file=sys.stderr)
    print(f"| {count:,} weighings from CSV, file to committed | {median(one[0] for one in found):,.0f}/s |"
          " ≥ 100,000/s |")  # fmt: skip


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else ROWS)
