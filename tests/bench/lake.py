"""The lake brought up to one event, beside a database of made-up cases over three years.

    python tests/bench/lake.py [CASES]

Every case has a decision, held against the shipped rules; eleven share a vehicle, so that a change of one
writes the decisions of the others too. It prints the seconds in which the whole lake is written, and those in
which it follows one event: the median of several, each of another case, on the clock and of the processor.
"""

from __future__ import annotations

import json
import sys
import tempfile
import time
from pathlib import Path
from statistics import median
from typing import Any
from zoneinfo import ZoneInfo

from monitor.cases.event import HOUR
from monitor.lake.judging import judging
from monitor.lake.keeper import bring_up
from monitor.settings.configuration import load_configuration
from monitor.settings.environment import Settings
from monitor.store.database import Database
from monitor.store.migrate import upgrade
from tests.factories import SHANGHAI, candidate, deliver, letter

STATIONS = 40
BEGIN = 1_672_502_400_000_000
"""2023-01-01 00:00 in Shanghai."""
SPAN = 1096 * 24 * HOUR
NOW = BEGIN + SPAN
STEPS = ("weighed", "confirmed", "decided", "paid", "released")
LAST = len(STEPS) - 1
VEHICLES = 1 / 11
"""Vehicles to a case."""
ROUNDS = 7

_LOCAL = "{} / 1000000, 'unixepoch', '+8 hours'"
MADE = f"""
CREATE TEMP TABLE made AS
WITH RECURSIVE number(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM number WHERE i < ?)
SELECT i AS id, '晋D' || (10000 + i % MAX(1, CAST(? * {VEHICLES} AS INTEGER))) AS plate,
  CAST(14042300 + i % {STATIONS} AS TEXT) AS station, 'C' || i AS case_no,
  {BEGIN} + CAST(i * ({SPAN}.0 / ?) AS INTEGER) / 1000000 * 1000000 AS start,
  (4 + i * 7919 % 2200 / 100) * {HOUR} AS held, abs(random()) % 30000 AS over
FROM number
"""
CASES = "INSERT INTO cases (id, station, case_no) SELECT id, station, case_no FROM made"
EVENTS = f"""
INSERT INTO events (case_id, identity, content, activity, occurred_at, received_at, known_at, source_id, data,
  delivery_id, "row", named)
SELECT id, randomblob(16), randomblob(16), column2, start + held * column1 / {LAST},
  start + held * column1 / {LAST} + 1, start + held * column1 / {LAST} + 1, 1,
  CASE column1 WHEN 0 THEN '{{"axles":6,"gross_kg":' || (50000 + over) || ',"limit_kg":49000,"plate":"'
    || plate || '","plate_colour":"yellow","vehicle":"combination"}}'
  WHEN 2 THEN '{{"authority":"police","fine_fen":' || (20000 + over * 10) || ',"outcome":"fine"}}'
  WHEN 3 THEN '{{"amount_fen":' || (20000 + over * 10) || ',"channel":"wechat"}}' ELSE '' END, 1, id, 0
FROM made, (VALUES {", ".join(f"({n}, '{step}')" for n, step in enumerate(STEPS))}) ORDER BY id
"""
VERSIONS: dict[str, str] = {
    "case_id": "id", "known_from": "CASE column1 WHEN 0 THEN start ELSE start + held END",
    "known_to": "CASE column1 WHEN 0 THEN start + held END", "station": "station", "case_no": "case_no",
    "verdict": f"CASE WHEN column1 = 0 THEN 'running' WHEN held <= {24 * HOUR} THEN 'released_on_time' "
    "ELSE 'released_late' END",
    "custody": "1", "events": str(len(STEPS)), "first_at": "start", "last_at": "start + held",
    "plate": "plate", "plate_colour": "'yellow'", "vehicle": "'combination'",
    "axles": "6", "gross_kg": "50000 + over", "limit_kg": "49000", "limit_rule": "'combination-6'",
    "confirmed_at": "start + held / 4", "limit_s": "86400",
    "deadline_at": f"start + held / 4 + {24 * HOUR}",
    "released_at": "CASE column1 WHEN 1 THEN start + held END", "authority": "'police'",
    "decided_at": "CASE column1 WHEN 1 THEN start + held / 2 END",
    "outcome": "CASE column1 WHEN 1 THEN 'fine' END",
    "paid_at": "CASE column1 WHEN 1 THEN start + held * 3 / 4 END",
    "fine_fen": "CASE column1 WHEN 1 THEN 20000 + over * 10 END",
    "start_date": f"date({_LOCAL.format('(start + held / 4)')})",
    "start_week": f"strftime('%G-W%V', {_LOCAL.format('(start + held / 4)')})",
}  # fmt: skip
"""Two versions of each case: held, and released."""


def zone_of(_station: str) -> ZoneInfo:
    return SHANGHAI


def filled(database: Database, cases: int) -> None:
    """A SQLite database of so many cases, each of five events and two versions, by a few statements."""
    first = [candidate("weighed", BEGIN - 60 * 24 * HOUR, case_no="C0", station="14042300")]
    deliver(database, first, BEGIN - 59 * 24 * HOUR, letter(source="events", ledger=False))
    with database.write() as connection:
        told = connection.exec_driver_sql("PRAGMA table_info(case_versions)").all()
        needed = {
            name: "0"
            for _, name, _, needs, default, key in told
            if needs and default is None and not key and name not in VERSIONS
        }
        made = {**needed, **VERSIONS}
        columns = ", ".join(f'"{name}"' for name in made)
        for statement, values in (
            ("DELETE FROM case_versions", ()), ("DELETE FROM events", ()), ("DELETE FROM cases", ()),
            (MADE, (cases, cases, cases)), (CASES, ()), (EVENTS, ()),
            (
                f"INSERT INTO case_versions ({columns}) SELECT {', '.join(made.values())} FROM made, "
                "(VALUES (0), (1)) ORDER BY id, column1",
                (),
            ),
        ):
            connection.exec_driver_sql(statement, values)


def measure(cases: int = 1_000_000) -> dict[str, Any]:
    """Seconds of writing all of the lake, and of following one event."""
    with tempfile.TemporaryDirectory() as name:
        database = Database(f"sqlite:///{Path(name) / 'fangxing.db'}")
        upgrade(database)
        filled(database, cases)
        lake = Path(name) / "lake"
        rules = judging(load_configuration(Settings(data_dir=Path(name))))
        begin = time.perf_counter()
        bring_up(database, lake, zone_of, NOW, rules)
        whole = time.perf_counter() - begin
        found, worked, months = [], [], []
        for number in range(ROUNDS):
            case = 1 + (cases - 1) * number // (ROUNDS - 1)
            station = str(14042300 + case % STATIONS)
            again = candidate("unloaded", NOW - HOUR, case_no=f"C{case}", station=station)
            how = letter(source="events", ledger=False, name=str(number))
            deliver(database, [again], NOW + number * HOUR, how)
            begin, used = time.perf_counter(), time.process_time()
            done = bring_up(database, lake, zone_of, NOW, rules)
            found.append(time.perf_counter() - begin)
            worked.append(time.process_time() - used)
            months.append(len(done.months))
            assert (done.cases, done.mended) == (1, None), done
        size = sum(file.stat().st_size for file in lake.glob("*/*.parquet"))
        database.dispose()
    result = {
        "cases": cases, "whole_s": round(whole, 1), "one_event_s": round(median(found), 3),
        "slowest_s": round(max(found), 3), "processor_s": round(median(worked), 3),
        "months": median(months), "lake_mb": round(size / 1e6),
    }  # fmt: skip
    print(json.dumps(result))
    return result


if __name__ == "__main__":
    measure(*(int(argument) for argument in sys.argv[1:]))
