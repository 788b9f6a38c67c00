"""Moving between databases: everything arrives, folds to the same, and goes on; or nothing arrives at all."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, update

import monitor.store.move
from monitor.actions.notes import add_note
from monitor.store.database import Database
from monitor.store.move import NotMoved, move
from monitor.store.tables import case_versions, events, metadata
from tests.engines import database_on
from tests.factories import CASE, HOUR, SENDER, STATION, at, candidate, deliver, letter, terms
from tests.store.reading import count, current, differing, spans

START = at("2024-11-26 14:32")
NOW = at("2024-11-30 09:00")
UNDER = terms()


@pytest.fixture(params=[("sqlite", "postgresql"), ("postgresql", "sqlite")], ids="-to-".join)
def pair(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[Database, Database]]:
    """A filled database and an empty one of the other kind."""
    source, target = request.param
    with database_on(source, tmp_path / "from") as filled, database_on(target, tmp_path / "to") as empty:
        fill(filled)
        yield filled, empty


def fill(database: Database) -> None:
    told = [
        candidate("confirmed", START, case_no=f"c{n}", plate="晋D12345", note="a\tb\\n") for n in range(9)
    ]
    deliver(database, told, NOW)
    deliver(database, [candidate("confirmed", START), candidate("released", START + 5 * HOUR)], NOW)
    deliver(database, [candidate("released", START + 30 * HOUR)], NOW + HOUR)
    weighed = candidate(
        "weighed", START, case_no="w1", event_id=f"{STATION}/w1", gross_kg=9_000, check_no="w1"
    )
    deliver(database, [weighed], NOW + HOUR, letter("weighings", ledger=False))
    add_note(database, SENDER, (STATION, CASE), "看过", now=NOW)


def everything(database: Database) -> dict[str, list[tuple[Any, ...]]]:
    with database.read() as connection:
        return {
            table.name: [tuple(row) for row in connection.execute(select(table).order_by(*table.primary_key))]
            for table in metadata.sorted_tables
        }


def test_every_row_of_every_table_arrives_as_it_was(pair: tuple[Database, Database]) -> None:
    source, target = pair
    before = everything(source)
    moved = move(source, target, lambda station: UNDER)
    assert everything(target) == before == everything(source)
    assert (moved.cases, moved.rows["events"], moved.rows["case_versions"]) == (10, 12, 11)
    assert moved.rows["weighings"] == 1
    assert current(target) == current(source)


def test_the_target_goes_on_where_the_source_stopped(pair: tuple[Database, Database]) -> None:
    source, target = pair
    move(source, target, lambda station: UNDER)
    entry = deliver(target, [candidate("released", START + 40 * HOUR), candidate("confirmed", START)], NOW)
    deliver(target, [candidate("confirmed", START, case_no="new")], NOW + HOUR)
    add_note(target, SENDER, (STATION, "new"), "再看", now=NOW)
    assert (entry.counts.revisions, entry.counts.duplicates) == (1, 1)
    assert len(spans(target)) == 3
    assert differing(target) == []


def test_a_target_that_holds_anything_is_refused_and_left_alone(pair: tuple[Database, Database]) -> None:
    source, target = pair
    deliver(target, [candidate("confirmed", START, case_no="theirs")], NOW)
    with pytest.raises(NotMoved) as refused:
        move(source, target, lambda station: UNDER)
    assert refused.value.code == "not_empty"
    assert [case_no for _, case_no in current(target)] == ["theirs"]


def test_a_source_whose_versions_do_not_follow_from_its_log_is_not_moved(
    pair: tuple[Database, Database],
) -> None:
    source, target = pair
    with source.write() as connection:
        connection.execute(update(case_versions).values(fine_fen=1))
    with pytest.raises(NotMoved) as refused:
        move(source, target, lambda station: UNDER)
    assert (refused.value.code, refused.value.rows) == ("differs", 10)
    assert count(target) == count(target, case_versions) == 0


def test_rows_lost_on_the_way_leave_the_target_empty(
    pair: tuple[Database, Database], monkeypatch: pytest.MonkeyPatch
) -> None:
    source, target = pair
    real = monitor.store.move.append_rows

    def lossy(connection: Any, table: str, columns: Any, rows: Any) -> None:
        real(connection, table, columns, rows[1:] if table == "notes" else rows)

    monkeypatch.setattr(monitor.store.move, "append_rows", lossy)
    with pytest.raises(NotMoved) as refused:
        move(source, target, lambda station: UNDER)
    assert (refused.value.code, refused.value.table) == ("unequal", "notes")
    assert count(target, events) == 0
