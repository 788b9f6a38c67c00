"""Weighed over the limit at a station and nothing followed: those cases can be seen."""

from __future__ import annotations

from pathlib import Path

from monitor.store.board import unconfirmed_overweight
from monitor.store.cases import CaseFilter, find_cases
from monitor.store.database import Database
from monitor.store.migrate import upgrade
from tests.factories import HOUR, STATION, at, candidate, deliver

START = at("2024-11-26 08:00")


def test_only_overweight_first_weighings_without_a_confirmation_are_listed(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path / 'log.db'}")
    upgrade(database)
    over = {"gross_kg": 61_400, "limit_kg": 49_000}
    told = [
        candidate("weighed", START, case_no="C-1", **over),
        candidate("weighed", START, case_no="C-2", gross_kg=49_000, limit_kg=49_000),
        candidate("weighed", START, case_no="C-3", **over),
        candidate("confirmed", START + HOUR, case_no="C-3"),
        candidate("weighed", START - 30 * HOUR, case_no="C-4", **over),
    ]
    deliver(database, told, START + HOUR)

    def seen(stations: list[str], since: int) -> list[str]:
        return [one.case_no for one in unconfirmed_overweight(database, stations, since)]

    assert seen([STATION], START) == ["C-1"]
    assert seen([STATION], 0) == ["C-1", "C-4"]
    assert seen(["another"], 0) == []
    page = find_cases(database, CaseFilter([STATION], state="unconfirmed"), START + HOUR)
    assert [one.case_no for one in page.cases] == ["C-1", "C-4"]
