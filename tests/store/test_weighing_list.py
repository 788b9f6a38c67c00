"""The list of weighings: cases and those that are none, page by page, on both engines."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from ingest.candidate import Candidate
from monitor.store.database import Database
from monitor.store.weighing_list import Weighing, WeighingFilter, find_weighings
from tests.engines import ENGINES, database_on
from tests.factories import HOUR, STATION, at, candidate, deliver, letter

START = at("2024-11-26 08:00")
NOW = at("2024-11-30 09:00")


def weighed(number: str, gross_kg: int, when: int) -> Candidate:
    return candidate(
        "weighed", when, case_no=number, event_id=f"{STATION}/{number}",
        gross_kg=gross_kg, limit_kg=49_000, axles=6, plate="晋D12345", check_no=number,
    )  # fmt: skip


@pytest.fixture(params=ENGINES)
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    with database_on(request.param, tmp_path / "folder") as made:
        told = [
            weighed("C-1", 48_000, START),
            weighed("C-2", 61_400, START + HOUR),
            weighed("C-3", 61_500, START + 2 * HOUR),
            weighed("C-4", 61_600, START + 3 * HOUR),
            candidate("confirmed", START + 4 * HOUR, case_no="C-3"),
            candidate("reweighed", START + 5 * HOUR, case_no="C-3", gross_kg=48_000, limit_kg=49_000),
            candidate("confirmed", START + 4 * HOUR, case_no="A-7", check_no="C-4"),
            weighed("C-5", 20_000, START + 6 * HOUR),
        ]
        deliver(made, told, NOW, letter("weighings", ledger=False))
        deliver(made, [weighed("C-2", 61_450, START + HOUR)], NOW + HOUR, letter("weighings", ledger=False))
        yield made


def listed(database: Database, chosen: WeighingFilter | None = None) -> list[Weighing]:
    return find_weighings(database, chosen or WeighingFilter(), limit=20).weighings


def test_all_weighings_newest_first_and_what_became_of_each(database: Database) -> None:
    told = [(one.check_no, one.again, one.over_kg, one.case_no, one.unconfirmed) for one in listed(database)]
    assert told == [
        ("C-5", False, None, None, False),
        ("C-3", True, None, "C-3", False),
        ("C-4", False, 12_600, "C-4", False),
        ("C-3", False, 12_500, "C-3", False),
        ("C-2", False, 12_450, "C-2", True),
        ("C-1", False, None, None, False),
    ]
    assert [one.followed_by for one in listed(database)] == [None, None, "A-7", None, None, None]


def test_only_those_over_the_limit_and_only_those_that_nothing_followed(database: Database) -> None:
    assert [one.check_no for one in listed(database, WeighingFilter(over=True))] == ["C-4", "C-3", "C-2"]
    assert [one.check_no for one in listed(database, WeighingFilter(unconfirmed=True))] == ["C-2"]


def test_a_station_and_a_half_open_period(database: Database) -> None:
    chosen = WeighingFilter([STATION], since=START + HOUR, until=START + 3 * HOUR)
    assert [one.check_no for one in listed(database, chosen)] == ["C-3", "C-2"]
    assert listed(database, WeighingFilter(["another"])) == []


def test_page_after_page_shows_every_weighing_once(database: Database) -> None:
    seen: list[str] = []
    before = None
    while True:
        page = find_weighings(database, WeighingFilter(), before=before, limit=2)
        seen += [one.check_no for one in page.weighings]
        if (before := page.next) is None:
            break
    assert seen == ["C-5", "C-3", "C-4", "C-3", "C-2", "C-1"]
