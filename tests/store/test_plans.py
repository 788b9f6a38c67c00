"""The board's queries go by indexes whose size follows what is open, not history."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, event

from monitor.metrics.week import week_figures
from monitor.store.board import data_version, open_cases, recent_releases, released_between
from monitor.store.cases import CaseFilter, find_cases
from monitor.store.database import Database
from tests.engines import database_on
from tests.factories import HOUR, SHANGHAI, STATION, at, candidate, deliver

START = at("2024-11-26 14:32")
NOW = at("2024-11-30 09:00")


def plans(database: Database, ask: Callable[[Database], Any]) -> list[str]:
    """How the database would run each query that `ask` makes."""
    asked: list[tuple[str, Any]] = []

    def note(_c: Connection, _cursor: Any, statement: str, parameters: Any, *_: Any) -> None:
        if statement.lstrip().startswith("SELECT"):
            asked.append((statement, parameters))

    event.listen(database.engine, "before_cursor_execute", note)
    ask(database)
    event.remove(database.engine, "before_cursor_execute", note)
    assert asked
    explain, told = ("EXPLAIN QUERY PLAN", 3) if database.is_sqlite else ("EXPLAIN", 0)
    with database.engine.connect() as connection:
        return [
            " / ".join(str(row[told]) for row in connection.exec_driver_sql(f"{explain} {sql}", values))
            for sql, values in asked
        ]


ASKED: list[tuple[Callable[[list[str] | None], Callable[[Database], Any]], str]] = [
    (lambda stations: lambda db: open_cases(db, stations), "ix_case_versions_open"),
    (lambda stations: lambda db: recent_releases(db, stations, NOW), "ix_case_versions_released"),
    (lambda stations: lambda db: released_between(db, stations, START, NOW), "ix_case_versions_released"),
    # The rate goes by the deadlines, and the hours by the releases.
    (
        lambda stations: lambda db: week_figures(db, stations, NOW, SHANGHAI),
        "ix_case_versions_",
    ),
    (lambda stations: lambda db: find_cases(db, CaseFilter(stations, "open"), NOW), "ix_case_versions_open"),
    (
        lambda stations: lambda db: find_cases(db, CaseFilter(stations, "overdue"), NOW),
        "ix_case_versions_open",
    ),
]


def fill(database: Database, closed: int) -> None:
    """So many closed cases, one a day back from the start, and one that stands at the station."""
    told = [
        candidate(activity, START + (hours - 24 * number) * HOUR, case_no=f"c{number}")
        for number in range(closed)
        for activity, hours in (("confirmed", 0), ("released", 5))
    ]
    deliver(database, told, NOW)
    deliver(database, [candidate("confirmed", START, case_no="open")], NOW)


@pytest.mark.parametrize("analyzed", [False, True])
@pytest.mark.parametrize("stations", [None, [STATION]])
@pytest.mark.parametrize(("ask", "index"), ASKED)
def test_each_query_of_the_board_uses_its_index(
    tmp_path: Path, ask: Any, index: str, stations: list[str] | None, analyzed: bool
) -> None:
    with database_on("sqlite", tmp_path) as database:
        fill(database, 300)
        if analyzed:
            with database.write() as connection:
                connection.exec_driver_sql("ANALYZE")
        for plan in plans(database, ask(stations)):
            assert index in plan, plan


def test_postgresql_as_well_answers_the_board_from_indexes(tmp_path: Path) -> None:
    with database_on("postgresql", tmp_path) as database:
        fill(database, 4_000)
        with database.write() as connection:
            connection.exec_driver_sql("ANALYZE")
        for ask, index in ASKED:
            for stations in (None, [STATION]):
                for plan in plans(database, ask(stations)):
                    assert index in plan and "Seq Scan" not in plan, plan


def test_the_version_of_the_data_is_asked_by_keys(database: Database) -> None:
    before = data_version(database)
    deliver(database, [candidate("confirmed", START)], NOW)
    assert data_version(database) != before
    if not database.is_sqlite:
        fill(database, 2_000)
        with database.write() as connection:
            connection.exec_driver_sql("ANALYZE case_versions")
    for plan in plans(database, data_version):
        assert "SCAN case_versions" not in plan
        assert "Seq Scan on case_versions" not in plan
