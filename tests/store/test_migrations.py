"""The migrations: on an empty database, and on one that a station has filled before."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import insert, inspect
from sqlalchemy.exc import IntegrityError

from monitor.actions.notes import add_note
from monitor.cases.event import digest
from monitor.store.cases import case_file
from monitor.store.database import Database
from monitor.store.migrate import is_current, newest_revision, revision_of, upgrade
from monitor.store.notes import notes_of
from monitor.store.tables import deliveries, metadata
from tests.factories import CASE, HOUR, SENDER, STATION, at, candidate, deliver
from tests.store.reading import differing, spans, state_now

START = at("2024-11-26 14:32")
NOW = at("2024-11-30 09:00")


@pytest.fixture
def empty(tmp_path: Path) -> Iterator[Database]:
    database = Database(f"sqlite:///{tmp_path / 'folder' / 'fangxing.db'}")
    yield database
    database.dispose()


def differences(database: Database) -> list[Any]:
    with database.read() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        return list(compare_metadata(context, metadata))


def test_an_empty_database_comes_to_the_newest_layout_which_is_that_of_the_tables(empty: Database) -> None:
    with empty.read() as connection:
        assert revision_of(connection) is None
    assert not is_current(empty)
    upgrade(empty)
    assert is_current(empty)
    assert differences(empty) == []


def test_the_partial_indexes_of_the_migrations_are_those_of_the_tables(empty: Database) -> None:
    upgrade(empty)
    with empty.read() as connection:
        query = "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql LIKE '%WHERE%'"
        made = {str(name): str(sql) for name, sql in connection.exec_driver_sql(query)}
    wanted = {
        str(index.name): str(index.dialect_options["sqlite"]["where"])
        for table in metadata.tables.values()
        for index in table.indexes
        if index.dialect_options["sqlite"].get("where") is not None
    }
    assert {name: sql.split(" WHERE ", 1)[1] for name, sql in made.items()} == wanted


def test_upgrading_twice_changes_nothing(empty: Database) -> None:
    upgrade(empty)
    upgrade(empty)
    with empty.read() as connection:
        assert revision_of(connection) == newest_revision()


IDENTITIES = [digest("ledger", STATION, CASE, activity, 0) for activity in ("confirmed", "released")]


def fill(database: Database) -> None:
    """A case as the first layout held it: by raw SQL, because today's tables say more than that one had."""
    statements: list[tuple[str, tuple[Any, ...]]] = [
        ("INSERT INTO sources (id, name) VALUES (1, 'ledger')", ()),
        ("INSERT INTO cases (id, station, case_no) VALUES (1, ?, ?)", (STATION, CASE)),
        (
            "INSERT INTO deliveries (id, source_id, name, actor, origin, backfill, status, received_at, "
            "received_until, rows_read, rows_landed, rows_unchanged, rows_quarantined, rows_aside, rows_hidden, "
            "mapped, events, duplicates, revisions, refusals, cases, stations) "
            "VALUES (1, 1, 'ledger.xlsx', 'local', 'here', 0, 'done', ?, ?, 2, 2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 1, ?)",
            (NOW, NOW + 2, STATION),
        ),
        (
            "INSERT INTO case_versions (case_id, known_from, station, case_no, verdict, custody, events, first_at, "
            "last_at, pay_failures, removed_derived, confirmed_at, limit_s, deadline_at, released_at, start_date, "
            "start_week, deadline_date, deadline_week, released_date, released_week) VALUES (1, ?, ?, ?, "
            "'released_on_time', 1, 2, ?, ?, 0, 0, ?, 86400, ?, ?, '2024-11-26', '2024-W48', '2024-11-27', "
            "'2024-W48', '2024-11-26', '2024-W48')",
            (
                NOW, STATION, CASE, START, START + 5 * HOUR, START, START + 24 * HOUR, START + 5 * HOUR,
            ),
        ),
    ]  # fmt: skip
    for place, (activity, hours) in enumerate((("confirmed", 0), ("released", 5))):
        moment = START + hours * HOUR
        statements.append(
            (
                "INSERT INTO events (case_id, identity, content, activity, occurred_at, received_at, known_at, "
                "source_id, data, delivery_id, row, named) VALUES (1, ?, ?, ?, ?, ?, ?, 1, '', 1, 1, 0)",
                (IDENTITIES[place], digest(moment, None, ""), activity, moment, NOW + place, NOW),
            )
        )
    with database.write() as connection:
        for statement, values in statements:
            connection.exec_driver_sql(statement, values)


def test_a_filled_database_of_the_first_layout_is_read_and_folded_by_the_newest(empty: Database) -> None:
    upgrade(empty, "0001")
    with empty.read() as connection:
        assert "notes" not in inspect(connection).get_table_names()
    fill(empty)
    upgrade(empty)
    assert is_current(empty)
    assert differences(empty) == []
    assert state_now(empty).released_at == START + 5 * HOUR
    assert differing(empty) == []
    file = case_file(empty, (STATION, CASE))
    assert file is not None
    assert [(e.activity, e.source) for e in file.events] == [("confirmed", "ledger"), ("released", "ledger")]


def test_what_comes_after_the_upgrade_joins_what_was_there(empty: Database) -> None:
    upgrade(empty, "0001")
    fill(empty)
    upgrade(empty)
    told = [candidate("confirmed", START), candidate("released", START + 30 * HOUR)]
    entry = deliver(empty, told, NOW - HOUR)
    assert (entry.counts.duplicates, entry.counts.revisions) == (1, 1)
    assert [begin for begin, _ in spans(empty)] == [NOW, NOW + 4]
    add_note(empty, SENDER, (STATION, CASE), "看过", now=NOW)
    assert [note.text for note in notes_of(empty, [(STATION, CASE)])[STATION, CASE]] == ["看过"]
    assert differing(empty) == []


DELIVERY: dict[str, Any] = {
    "source_id": 1, "name": "x", "actor": "a", "origin": "o", "backfill": False, "status": "done", "received_at": 1,
    "received_until": 1, "rows_read": 3, "rows_landed": 1, "rows_unchanged": 1, "rows_quarantined": 1,
    "rows_aside": 0, "rows_hidden": 0, "mapped": 3, "events": 1, "duplicates": 1, "revisions": 1, "refusals": 0,
    "cases": 1, "stations": "",
}  # fmt: skip


@pytest.mark.parametrize("spoiled", [{"rows_read": 4}, {"rows_aside": 1}, {"mapped": 2}, {"revisions": 0}])
def test_counts_that_do_not_add_up_are_refused_by_the_database(
    empty: Database, spoiled: dict[str, int]
) -> None:
    upgrade(empty)
    with empty.write() as connection:
        connection.exec_driver_sql("INSERT INTO sources (id, name) VALUES (1, 'ledger')")
        connection.execute(insert(deliveries).values(DELIVERY))
    with pytest.raises(IntegrityError, match="add_up"), empty.write() as connection:
        connection.execute(insert(deliveries).values({**DELIVERY, **spoiled}))


def test_a_failed_upgrade_leaves_the_database_as_it_was(empty: Database) -> None:
    upgrade(empty, "0001")
    with empty.write() as connection:
        connection.exec_driver_sql("CREATE TABLE absences (id INTEGER)")
    with pytest.raises(Exception, match="absences"):
        upgrade(empty)
    with empty.read() as connection:
        assert revision_of(connection) == "0001"
        assert "notes" not in inspect(connection).get_table_names()
