"""The board's queries go by indexes whose size follows what is open, not history."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import Connection, event

from monitor.store.board import data_version, due_in_week, open_cases, recent_releases, released_between
from monitor.store.cases import CaseFilter, find_cases
from monitor.store.database import Database
from tests.factories import HOUR, STATION, at, candidate, deliver

START = at("2024-11-26 14:32")
NOW = at("2024-11-30 09:00")


def plans(database: Database, ask: Callable[[Database], Any]) -> list[str]:
    """How SQLite would run each query that `ask` makes."""
    asked: list[tuple[str, Any]] = []

    def note(_c: Connection, _cursor: Any, statement: str, parameters: Any, *_: Any) -> None:
        if statement.lstrip().startswith("SELECT"):
            asked.append((statement, parameters))

    event.listen(database.engine, "before_cursor_execute", note)
    ask(database)
    event.remove(database.engine, "before_cursor_execute", note)
    assert asked
    with database.engine.connect() as connection:
        return [
            " / ".join(str(row[3]) for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {sql}", values))
            for sql, values in asked
        ]


@pytest.mark.parametrize("analyzed", [False, True])
@pytest.mark.parametrize("stations", [None, [STATION]])
@pytest.mark.parametrize(
    ("ask", "index"),
    [
        (lambda stations: lambda db: open_cases(db, stations), "ix_case_versions_open"),
        (lambda stations: lambda db: recent_releases(db, stations, NOW), "ix_case_versions_released"),
        (lambda stations: lambda db: released_between(db, stations, START, NOW), "ix_case_versions_released"),
        (lambda stations: lambda db: due_in_week(db, stations, "2024-W48", NOW), "ix_case_versions_deadline"),
        (
            lambda stations: lambda db: find_cases(db, CaseFilter(stations, "open"), NOW),
            "ix_case_versions_open",
        ),
        (
            lambda stations: lambda db: find_cases(db, CaseFilter(stations, "overdue"), NOW),
            "ix_case_versions_open",
        ),
    ],
)  # fmt: skip
def test_each_query_of_the_board_uses_its_index(
    database: Database, ask: Any, index: str, stations: list[str] | None, analyzed: bool
) -> None:
    told = [
        candidate(activity, START + (hours - 24 * number) * HOUR, case_no=f"c{number}")
        for number in range(300)
        for activity, hours in (("confirmed", 0), ("released", 5))
    ]
    deliver(database, told, NOW)
    deliver(database, [candidate("confirmed", START, case_no="open")], NOW)
    if analyzed:
        with database.write() as connection:
            connection.exec_driver_sql("ANALYZE")
    for plan in plans(database, ask(stations)):
        assert index in plan, plan


def test_the_version_of_the_data_is_asked_by_keys(database: Database) -> None:
    before = data_version(database)
    deliver(database, [candidate("confirmed", START)], NOW)
    assert data_version(database) != before
    assert all("SCAN case_versions" not in plan for plan in plans(database, data_version))
