"""The weekly report of a lake of 1,000,000 cases in its four formats: `python tests/bench/report.py [CASES]`.

Each case has a decision, a request to pay and a payment. The frame is made in a process that asked nothing
before, as the command line does.
"""

from __future__ import annotations

import sys
import tempfile
import time
from pathlib import Path

import pyarrow as pa

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from monitor.metrics.lake_engine import LakeEngine
from monitor.reports.weekly.chapters import paper_of
from monitor.reports.weekly.formats import Format, written
from monitor.reports.weekly.period import Week
from monitor.reports.weekly.weekly import weekly
from monitor.settings.configuration import load_configuration
from monitor.settings.environment import Settings
from monitor.settings.texts import texts
from monitor.store.database import Database
from monitor.store.migrate import upgrade
from tests.bench.made_lake import NOW, STATIONS, TABLES, made_lake
from tests.metrics.drawn_decisions import drawn


def main(cases: int) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        made_lake(folder / "lake", cases, (*TABLES, "payments"), _decisions)
        database = Database(f"sqlite:///{folder / 'empty.db'}")
        upgrade(database)
        configuration = load_configuration(Settings(data_dir=folder))
        engine = LakeEngine.open(folder / "lake")
        begun, worked = time.perf_counter(), time.process_time()
        report = weekly(
            engine, database, configuration, {}, Week.named("2023-W51"), stations=None, as_of=NOW, now=NOW
        )
        _told("frame", begun, worked)
        print(f"{len(report.rate.late):,} late cases listed")
        words = texts("zh")
        paper = paper_of(report, words)
        for form in Format:
            at, processor = time.perf_counter(), time.process_time()
            size = len(written(report, words, form, paper))
            _told(f"{form.value} of {size:,} bytes", at, processor)
        _told("all", begun, worked)


def _decisions(first_id: int, count: int, since: int) -> pa.Table:
    rows = drawn(count, first_id, stations=len(STATIONS), days=27, first_id=first_id, since=since)
    named = [STATIONS[int(name[1:]) - 1] for name in rows["station"].to_pylist()]
    place = rows.schema.get_field_index("station")
    field = rows.schema.field(place)
    return rows.set_column(place, field, pa.array(named).cast(field.type))


def _told(what: str, begun: float, worked: float) -> None:
    clock, processor = time.perf_counter() - begun, time.process_time() - worked
    print(f"{what}: {clock:.1f} s on the clock, {processor:.1f} s of processor time")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000)
