"""How long `consistency` and the nearest like cases take: `python -m tests.bench.consistency [DECISIONS]`.

Decisions of five years at twelve stations, written as the lake writes them, a file per month.
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median

from monitor.lake.files import put
from monitor.lake.manifest import Manifest, Part, Place, write_manifest
from monitor.metrics.ask import Ask
from monitor.metrics.consistency import consistency
from monitor.metrics.exemptions import exemptions
from monitor.metrics.lake_engine import LakeEngine
from monitor.metrics.like_cases import like_cases
from monitor.metrics.repeat_offenders import repeat_offenders
from monitor.metrics.resident import Resident
from tests.metrics.drawn_decisions import DAY, FIRST, drawn

MONTHS = 60
ROUNDS = 5


def made(folder: Path, decisions: int) -> Manifest:
    """A lake of so many decisions and nothing else."""
    parts: dict[Place, Part] = {}
    done = 0
    for number in range(MONTHS):
        until = decisions * (number + 1) // MONTHS
        rows = drawn(
            until - done, number, stations=12, days=27, first_id=done + 1, since=FIRST + number * 31 * DAY
        )
        done = until
        put(folder, parts, Place("decisions", f"{2024 + number // 12}-{number % 12 + 1:02d}", "cases"), rows)
    manifest = Manifest(parts, 0)
    write_manifest(folder, manifest)
    return manifest


def seconds(work: Callable[[], object], rounds: int = ROUNDS) -> tuple[float, float]:
    """The median and the longest of some runs, and processor time is not told apart."""
    taken = []
    for _ in range(rounds):
        begin = time.perf_counter()
        work()
        taken.append(time.perf_counter() - begin)
    return median(taken), max(taken)


def main(decisions: int = 1_000_000) -> None:
    """Measure and print rows for the README."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        made(folder, decisions)
        resident = Resident(folder, 2_000_000_000)
        engine = LakeEngine.open(folder, resident)
        now = FIRST + 3_000 * DAY
        found = consistency(engine, Ask(now), 12)
        assert {line.kind for line in found} >= {"tier", "station", "team", "officer", "circumstance"}
        took, most = seconds(lambda: consistency(engine, Ask(now), 12))
        print(f"| consistency over {decisions:,} decisions | {took:.2f} s (longest {most:.2f}) | < 5 s |")
        table = engine.table("decisions")
        owns = [
            engine.rows(table.filter(table.case_id == number))[0]
            for number in range(7, decisions, decisions // 19)
        ]
        numbers = iter(range(1_000))

        def ask_like() -> None:
            number = next(numbers)
            own = owns[number % len(owns)]
            begin = time.perf_counter()
            told = like_cases(engine, own, now)
            taken.append(time.perf_counter() - begin)
            assert len(told.nearest) == 10

        taken: list[float] = []
        for where in ("from the files", "from memory"):
            if where == "from memory":
                resident.fill(engine.at, "decisions")
            ask_like()
            taken.clear()
            begin = time.process_time()
            for _ in range(18):
                ask_like()
            busy = (time.process_time() - begin) / 18
            print(f"| nearest like cases of a case, {where} | {1_000 * median(taken):.0f} ms, "
                  f"of which a processor was ours for {1_000 * busy:.0f} ms | < 50 ms |")  # fmt: skip
        for label, work in (
            ("exemptions", lambda: exemptions(engine, Ask(now), 12)),
            ("repeat_offenders", lambda: repeat_offenders(engine, Ask(now), 12)),
        ):
            print(f"| {label} | {seconds(work)[0]:.2f} s | |")


if __name__ == "__main__":
    main(*(int(argument) for argument in sys.argv[1:2]))
