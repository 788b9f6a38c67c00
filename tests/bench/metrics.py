"""Metrics over a lake of made-up cases, against the same queries written by hand in DuckDB's SQL.

    python tests/bench/metrics.py CASES [ROUNDS]

It prints seconds per metric: the fastest of the rounds after a warm-up, beside what it is held against.
"""

from __future__ import annotations

import json
import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from monitor.lake.manifest import Manifest, Part, Place
from monitor.lake.refresh import SCHEMAS
from monitor.metrics.ask import Ask
from monitor.metrics.catalog import METRICS, Rules
from monitor.metrics.gates import GateSpan
from monitor.metrics.lake_engine import LakeEngine
from monitor.settings.stations import Need

STATIONS, MONTHS, EVENTS_PER_CASE = 40, 36, 4
HOUR = 3_600_000_000
BEGIN = 1_672_502_400_000_000
"""2023-01-01 00:00 in Shanghai."""
SPAN = 1096 * 24 * HOUR
NOW = BEGIN + SPAN
EARLIER = NOW - 30 * 24 * HOUR

# Local times are those of Shanghai: eight hours on, without a change of clocks.
_LOCAL = "make_timestamp({} + 28800000000)"


def _day(at: str) -> str:
    return f"strftime({_LOCAL.format(at)}, '%Y-%m-%d')"


def _week(at: str) -> str:
    return f"strftime({_LOCAL.format(at)}, '%G-W%V')"


def _hour(at: str) -> str:
    local = _LOCAL.format(at)
    return f"((isodow({local}) - 1) * 24 + hour({local}))::SMALLINT"


CASES = f"""
CREATE TEMP TABLE made AS
WITH drawn AS (
  SELECT i AS id, 14042300 + i % {STATIONS} AS place,
    {BEGIN} + (i * ({SPAN} / $n))::BIGINT + (hash(i) % 1000)::BIGINT * 1000000 AS start,
    (hash(i * 3) % 10000) / 10000.0 AS u, (hash(i * 7) % 10000) / 10000.0 AS v,
    (hash(i * 11) % 10000) / 10000.0 AS w
  FROM range($n) t(i)
)
SELECT *, start + ((4 + 22 * u * (0.6 + v)) * {HOUR})::BIGINT AS done FROM drawn ORDER BY start
"""

VERSIONS: dict[str, str] = {
    "id": "id", "case_id": "id", "known_from": "CASE WHEN half = 0 THEN start ELSE done END",
    "known_to": "CASE WHEN half = 0 THEN done END", "station": "place::VARCHAR",
    "case_no": "'C' || id", "verdict": f"CASE WHEN w < 0.03 THEN 'not_held' WHEN half = 0 THEN 'running' "
    f"WHEN done <= start + 24 * {HOUR} THEN 'released_on_time' ELSE 'released_late' END",
    "custody": "w >= 0.03", "events": "6", "first_at": f"start - {HOUR} // 3", "last_at": "done",
    "vehicle": "['truck', 'combination', 'low_speed'][1 + id % 3]", "axles": "2 + id % 5",
    "gross_kg": "50000 + (v * 30000)::BIGINT", "limit_kg": "49000", "confirmed_at": "start",
    "limit_s": "86400", "deadline_at": f"CASE WHEN w >= 0.03 THEN start + 24 * {HOUR} END",
    "released_at": "CASE WHEN half = 1 THEN done END", "accepted_at": f"start + {HOUR}",
    "police_decided_at": f"start + ((1 + 30 * v) * {HOUR})::BIGINT", "detained_at": "start",
    "handed_in_at": f"start + (28 * u * {HOUR})::BIGINT",
    "authority": "CASE WHEN v < 0.6 THEN 'police' ELSE 'transport' END",
    "decided_at": "start + (0.3 * (done - start))::BIGINT", "outcome": "'fine'",
    "paid_at": "start + ((0.3 + 0.3 * v) * (done - start))::BIGINT",
    "pay_confirmed_at": "start + ((0.6 + 0.3 * v) * (done - start))::BIGINT", "pay_failures": "0",
    "removed_at": "start + ((0.2 + 0.5 * v) * (done - start))::BIGINT", "removed_derived": "v < 0.5",
    "withdrawn_at": "CASE WHEN w > 0.98 THEN done END",
    "paused_us": f"CASE WHEN v > 0.9 THEN {HOUR} ELSE 0 END",
    "start_date": _day("start"), "start_week": _week("start"), "deadline_date": _day(f"start + 24 * {HOUR}"),
    "deadline_week": _week(f"start + 24 * {HOUR}"),
    "released_date": f"CASE WHEN half = 1 THEN {_day('done')} END",
    "released_week": f"CASE WHEN half = 1 THEN {_week('done')} END",
    "month": f"strftime({_LOCAL.format('start')}, '%Y-%m')", "first_date": _day("start"),
    "first_week": _week("start"), "start_hour": _hour("start"),
    "released_hour": f"CASE WHEN half = 1 THEN {_hour('done')} END",
}  # fmt: skip
"""Columns that are told; two versions of each case: held, and released."""

EVENTS: dict[str, str] = {
    "case_id": "id", "station": "place::VARCHAR", "case_no": "'C' || id",
    "month": VERSIONS["month"], "activity": "['weighed', 'confirmed', 'decided', 'released'][1 + half]",
    "occurred_at": "start + half * (done - start) // 3", "known_from": "start + half * (done - start) // 3",
    "recorded_at": f"start + half * (done - start) // 3 + (v * u * 4 * {HOUR})::BIGINT",
    "received_at": f"start + half * (done - start) // 3 + 5 * {HOUR}",
    "source": "'events'", "backfill": "false",
    "date": _day("start + half * (done - start) // 3"), "week": _week("start + half * (done - start) // 3"),
    "hour": _hour("start + half * (done - start) // 3"),
}  # fmt: skip

WEIGHINGS: dict[str, str] = {
    "case_id": "id", "station": "place::VARCHAR", "case_no": "'C' || id", "month": VERSIONS["month"],
    "occurred_at": "start", "known_from": "start", "date": _day("start"), "week": _week("start"),
    "hour": _hour("start"), "first": "true", "plate_read": "w < 0.97", "vehicle": VERSIONS["vehicle"],
    "axles": "2 + id % 5", "gross_kg": "30000 + (v * 30000)::BIGINT", "limit_kg": "49000", "rule_kg": "49000",
}  # fmt: skip

WANTED = {"case_versions": (VERSIONS, 2), "events": (EVENTS, EVENTS_PER_CASE), "weighings": (WEIGHINGS, 1)}

_TYPES = {pa.int64(): "BIGINT", pa.int16(): "SMALLINT", pa.string(): "VARCHAR", pa.bool_(): "BOOLEAN"}


def made_up(folder: Path, cases: int) -> Manifest:
    """A lake of so many cases over three years, written by DuckDB month by month."""
    connection = duckdb.connect()
    connection.execute(CASES, {"n": cases})
    months = [
        row[0] for row in connection.execute(f"SELECT DISTINCT {VERSIONS['month']} FROM made").fetchall()
    ]
    parts: dict[Place, Part] = {}
    for table, (told, copies) in WANTED.items():
        (folder / table).mkdir(parents=True)
        columns = ", ".join(
            f'({told.get(field.name, "NULL")})::{_TYPES[field.type]} AS "{field.name}"'
            for field in SCHEMAS[table]
        )
        for month in sorted(months):
            file = f"{table}/{month}.parquet"
            of_month = f"made, range({copies}) h(half) WHERE {VERSIONS['month']} = '{month}'"
            query = f"SELECT {columns} FROM {of_month} ORDER BY id, half"
            connection.execute(f"COPY ({query}) TO '{folder / file}' (FORMAT parquet, COMPRESSION zstd)")
            place = Place(table, month, "cases")
            parts[place] = Part(place, file, 0, "")
    return Manifest(parts, NOW)


def by_hand(as_of: int) -> dict[str, str]:
    """The same figures without a breakdown, as one would write them for DuckDB."""
    known = f"known_from <= {as_of} AND (known_to IS NULL OR known_to > {as_of})"
    fate = f"""CASE WHEN verdict = 'not_held' THEN 'not_held' WHEN deadline_at IS NULL THEN 'no_deadline'
        WHEN verdict = 'implausible' OR coalesce(released_at > {as_of}, false) THEN 'implausible'
        WHEN verdict = 'undetermined' THEN 'undetermined'
        WHEN verdict = 'released_on_time' THEN 'on_time' ELSE 'late' END"""
    come = f"coalesce(deadline_until, deadline_at) <= {as_of}"
    end = f"coalesce(released_at, {as_of})"
    paused = f"paused_us + CASE WHEN paused_since IS NULL THEN 0 ELSE greatest({end} - paused_since, 0) END"
    cases = f"""SELECT *, {fate} AS fate, {end} AS end_at FROM case_versions WHERE {known}"""
    inside = f"SELECT * FROM ({cases}) WHERE fate IN ('on_time', 'late') AND {come}"
    wait = {
        "decision": "decided_at",
        "removal": "removed_at",
        "payment": "paid_at",
        "arrival": "pay_confirmed_at",
    }
    steps, before = "", "confirmed_at"
    for name, done in wait.items():
        steps += f", greatest({before}, least(end_at, coalesce({done}, end_at))) AS {name}_at_"
        before = f"{name}_at_"
    spans = {"decision": "decision_at_ - confirmed_at", "removal": "removal_at_ - decision_at_",
             "payment": "payment_at_ - removal_at_", "arrival": "arrival_at_ - payment_at_",
             "release": "end_at - arrival_at_"}  # fmt: skip
    figures = ", ".join(
        f"sum({one}), count(*) FILTER ({one} > 0), quantile_cont({one}, [0.5, 0.9]) FILTER ({one} > 0)"
        for one in spans
    )
    named = ", ".join(f"{span} AS {one}" for one, span in spans.items())
    timed = "confirmed_until IS NULL AND released_until IS NULL"
    return {
        "compliance": f"""SELECT count(*) FILTER (fate = 'on_time'),
            count(*) FILTER (fate IN ('on_time', 'late')), count(*) FILTER (fate = 'not_held'),
            count(*) FILTER (fate = 'no_deadline'), count(*) FILTER (fate = 'undetermined'),
            count(*) FILTER (fate = 'implausible'),
            count(*) FILTER (fate IN ('on_time', 'late') AND withdrawn_at IS NOT NULL),
            count(*) FILTER (fate = 'on_time' OR (fate = 'late' AND
              coalesce(released_until, end_at) - confirmed_at - ({paused}) <= limit_s * 1000000))
            FROM ({cases}) WHERE fate IN ('not_held', 'no_deadline') OR {come}""",
        "hours": f"""SELECT (end_at - confirmed_at) // 60000000, released_at IS NOT NULL, fate = 'on_time',
            count(*), max(end_at - confirmed_at) FROM ({inside}) WHERE {timed} GROUP BY 1, 2, 3""",
        "stages": f"""SELECT count(*), sum(end_at - confirmed_at), {figures} FROM (SELECT *, {named} FROM
            (SELECT *{steps} FROM ({inside}) WHERE {timed} AND days IS NULL))""",
    }


def _fetched(connection: duckdb.DuckDBPyConnection, query: str) -> object:
    return connection.execute(query).fetchall()


def least_seconds(work: Callable[[], object], rounds: int) -> float:
    found = []
    for _ in range(rounds):
        begin = time.perf_counter()
        work()
        found.append(time.perf_counter() - begin)
    return min(found)


def measure(cases: int, rounds: int = 5) -> list[dict[str, Any]]:
    """Seconds of each metric now and as of a month before, and by hand."""
    gates = tuple(GateSpan(str(14042300 + n), 0, 2**62, frozenset(Need)) for n in range(STATIONS))
    rules = Rules(gates, HOUR, 24 * HOUR, 24 * HOUR)
    found = []
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        engine = LakeEngine(folder, made_up(folder, cases))
        hand = duckdb.connect()
        for table in WANTED:
            hand.execute(f"CREATE VIEW {table} AS FROM read_parquet('{folder}/{table}/*.parquet')")
        for metric, function in METRICS.items():
            now, then = Ask(NOW), Ask(EARLIER)
            row: dict[str, Any] = {"metric": metric, "cases": cases}
            function(engine, now, rules)
            row["now"] = least_seconds(partial(function, engine, now, rules), rounds)
            row["as_of"] = least_seconds(partial(function, engine, then, rules), rounds)
            query = by_hand(NOW).get(metric)
            if query is not None:
                row["by_hand"] = least_seconds(partial(_fetched, hand, query), rounds)
                row["ratio"] = row["now"] / row["by_hand"]
            print(
                json.dumps({k: round(v, 3) if isinstance(v, float) else v for k, v in row.items()}),
                flush=True,
            )
            found.append(row)
    return found


if __name__ == "__main__":
    measure(*(int(argument) for argument in sys.argv[1:]))
