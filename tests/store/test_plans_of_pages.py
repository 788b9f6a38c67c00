"""What pages and pushes ask is answered from indexes on both engines, however much history there is."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlalchemy import Connection, event

from monitor.store.board import feeds_seen, unconfirmed_overweight
from monitor.store.bulk import append_rows
from monitor.store.cases import CaseFilter, case_file, find_cases
from monitor.store.database import Database
from monitor.store.deliveries import already_delivered, delivery, next_receipt, recent_deliveries
from monitor.store.idempotency import kept_answer
from monitor.store.jobs import job_states, last_due, recent_runs
from monitor.store.log import case_ids, events_of
from monitor.store.notes import notes_of
from monitor.store.quarantine import quarantine_rows, supersede
from monitor.store.weighing_list import WeighingFilter, find_weighings
from monitor.store.weighings import lying, spoken_for
from tests.factories import HOUR, STATION, at, candidate, deliver, letter

START = at("2024-11-26 14:32")
NOW = at("2024-11-30 09:00")
MANY = 3_000
KEY = (STATION, "c7")

Ask = Callable[[Database], Any]


def on(ask: Callable[[Connection], Any]) -> Ask:
    """A question that is asked on a connection."""

    def asked(database: Database) -> Any:
        with database.read() as connection:
            return ask(connection)

    return asked


ASKED: dict[str, Ask] = {
    "deliveries": on(lambda c: recent_deliveries(c, 50)),
    "a delivery": on(lambda c: delivery(c, 7)),
    "the same file before": on(lambda c: already_delivered(c, "ledger", "ab")),
    "last receipt": on(lambda c: next_receipt(c, NOW)),
    "feeds": feeds_seen,
    "quarantine": on(lambda c: quarantine_rows(c, limit=200)),
    "quarantine of a reason": on(lambda c: quarantine_rows(c, reason="impossible_date", limit=200)),
    "quarantine of a delivery": on(lambda c: quarantine_rows(c, status=None, delivery_id=7, limit=200)),
    "a corrected row": on(lambda c: supersede(c, 1, [KEY], [(*KEY, "released")], 7, NOW)),
    "an answer to a key": on(lambda c: kept_answer(c, "wang", "key", NOW)),
    "runs of a job": lambda db: recent_runs(db, "view", 50),
    "runs": lambda db: recent_runs(db, None, 50),
    "jobs": lambda db: job_states(db, ["view", "calendar-check"]),
    "last due": lambda db: last_due(db, "view"),
    "notes": lambda db: notes_of(db, [KEY]),
    "case ids": on(lambda c: case_ids(c, [KEY])),
    "events of a case": on(lambda c: events_of(c, [7])),
    "a case": lambda db: case_file(db, KEY),
    "unconfirmed": lambda db: unconfirmed_overweight(db, [STATION], NOW),
    "cases": lambda db: find_cases(db, CaseFilter([STATION]), NOW, limit=50),
    "cases due": lambda db: find_cases(db, CaseFilter(due_by=NOW), NOW, limit=50),
    # Few on a page: for many, PostgreSQL rightly reads all of so small a table as there is here.
    "weighings": lambda db: find_weighings(db, WeighingFilter(), limit=5),
    "weighings of a station": lambda db: find_weighings(
        db, WeighingFilter([STATION], START, NOW), before=(NOW, NOW), limit=5
    ),
    "weighings over": lambda db: find_weighings(db, WeighingFilter(over=True), limit=5),
    "weighings unconfirmed": lambda db: find_weighings(db, WeighingFilter(unconfirmed=True), limit=5),
    "a weighing": on(lambda c: lying(c, {STATION: {"w7"}})),
    "weighings by number": on(lambda c: lying(c, {STATION: {"w7", "w9"}})),
    "numbers spoken for": on(lambda c: spoken_for(c, {STATION: {"w7", "w9", "c7"}})),
}

HISTORY = (
    "cases", "events", "case_versions", "deliveries", "quarantine", "job_runs", "notes", "idempotency",
    "weighings", "check_numbers",
)  # fmt: skip


def fill(database: Database) -> None:
    """Years of history: closed cases, deliveries, settled refusals, runs, notes, answers."""
    told = [
        candidate(activity, START + (hours - number) * HOUR, case_no=f"c{number}")
        for number in range(MANY)
        for activity, hours in (("confirmed", 0), ("released", 5))
    ]
    deliver(database, told, NOW)
    weighed = [
        candidate(
            "weighed", START + number * HOUR, case_no=f"w{number}", event_id=f"{STATION}/w{number}",
            gross_kg=48_000 if number % 3 else 61_000, limit_kg=49_000, axles=6, check_no=f"w{number}",
        )
        for number in range(MANY)
    ]  # fmt: skip
    deliver(database, weighed, NOW, letter("weighings", ledger=False))
    counts = ("rows_read", "rows_landed", "rows_unchanged", "rows_quarantined", "rows_aside", "rows_hidden",
              "mapped", "events", "duplicates", "revisions", "refusals", "cases")  # fmt: skip
    some = range(10, MANY)
    with database.write() as connection:
        append_rows(
            connection,
            "deliveries",
            ("id", "source_id", "name", "sha256", "actor", "origin", "backfill", "status", "received_at",
             "received_until", "stations", *counts),
            [
                (n, 1, "f", f"{n}", "a", "o", False, "done", NOW + n, NOW + n, "", *[0] * len(counts))
                for n in some
            ],
        )  # fmt: skip
        append_rows(
            connection,
            "check_numbers",
            ("station", "check_no", "case_id"),
            [(STATION, f"n{n}", n) for n in some],
        )
        append_rows(
            connection,
            "quarantine",
            ("digest", "delivery_id", "source_id", "row", "reason", "accepted", "params", "station",
             "case_no", "activity", "status"),
            [
                (n.to_bytes(16), n, 1, n, "impossible_date", "", "{}", STATION, f"c{n}", "released",
                 "open" if n % 1_000 == 0 else "retried")
                for n in some
            ],
        )  # fmt: skip
        append_rows(
            connection,
            "job_runs",
            ("job", "due", "started", "ended", "result", "rows"),
            [(f"job{n % 3}" if n % 9 else "view", n, n, n, "done", 0) for n in some],
        )
        append_rows(
            connection,
            "notes",
            ("case_id", "kind", "at", "actor", "origin", "text"),
            [(n, "note", n, "a", "o", "t") for n in some],
        )
        append_rows(
            connection,
            "idempotency",
            ("actor", "key", "request", "answer", "kept_at"),
            [("a", f"{n}", bytes(32), "", n) for n in some],
        )
    if not database.is_sqlite:
        with database.write() as connection:
            connection.exec_driver_sql("ANALYZE")


def plans(database: Database, ask: Ask) -> list[tuple[str, list[str]]]:
    """Each statement that `ask` makes, and the steps of its plan. SQLite's are traced beneath SQLAlchemy,
    which does not see all of them."""
    statements: list[tuple[str, Any]] = []
    if database.is_sqlite:
        with database.engine.connect() as connection:
            driver: Any = connection.connection.driver_connection
        driver.set_trace_callback(lambda sql: statements.append((sql, ())))
        ask(database)
        driver.set_trace_callback(None)
    else:

        def note(_c: Connection, _cursor: Any, statement: str, parameters: Any, *_: Any) -> None:
            statements.append((statement, parameters))

        event.listen(database.engine, "before_cursor_execute", note)
        ask(database)
        event.remove(database.engine, "before_cursor_execute", note)
    asked = [one for one in statements if one[0].lstrip().startswith(("SELECT", "WITH"))]
    assert asked
    explain, told = ("EXPLAIN QUERY PLAN", 3) if database.is_sqlite else ("EXPLAIN", 0)
    with database.engine.connect() as connection:
        return [
            (sql, [str(row[told]) for row in connection.exec_driver_sql(f"{explain} {sql}", values or None)])
            for sql, values in asked
        ]


def scanned(step: str) -> str | None:
    """The table that a step reads from end to end, without any index."""
    words = step.replace("->", "").split()
    if words[:1] == ["SCAN"] and "INDEX" not in words:
        return words[1]
    if "Seq Scan on" in step:
        return words[words.index("on") + 1]
    return None


def test_no_page_reads_history_from_end_to_end(database: Database) -> None:
    fill(database)
    found = []
    for name, ask in ASKED.items():
        for sql, steps in plans(database, ask):
            if name == "cases" and "count(" in sql:
                # The list tells how many cases there are in all: those as they stand are counted.
                continue
            whole = {scanned(step) for step in steps} & {*HISTORY, "q"}
            if whole and "LIMIT" in sql.upper() and not any("TEMP B-TREE" in step for step in steps):
                # By the key from its end, and no further than the rows that are shown.
                whole = set()
            if whole:
                found.append((name, steps, sql))
    assert not found
