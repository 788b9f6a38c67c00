"""The migrations: on an empty database, and on one that a station has filled before."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, insert, inspect
from sqlalchemy.exc import IntegrityError

from monitor.actions.notes import add_note
from monitor.cases.event import digest
from monitor.store.cases import case_file
from monitor.store.database import Database, ask
from monitor.store.migrate import alembic_config, is_current, newest_revision, revision_of, upgrade
from monitor.store.notes import notes_of
from monitor.store.tables import deliveries, metadata
from tests.engines import ENGINES, database_on
from tests.factories import CASE, HOUR, SENDER, STATION, at, candidate, deliver
from tests.store.reading import differing, spans, state_now

START = at("2024-11-26 14:32")
NOW = at("2024-11-30 09:00")


@pytest.fixture(params=ENGINES)
def empty(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    with database_on(request.param, tmp_path / "folder", empty=True) as database:
        yield database


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
    if empty.is_sqlite:
        query = "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql LIKE '%WHERE%'"
    else:
        query = "SELECT indexname, indexdef FROM pg_indexes WHERE indexdef LIKE '%% WHERE %%'"
    with empty.read() as connection:
        made = {str(name): str(sql) for name, sql in connection.exec_driver_sql(query)}
    wanted = {
        str(index.name): str(index.dialect_options["sqlite"]["where"])
        for table in metadata.tables.values()
        for index in table.indexes
        if index.dialect_options["sqlite"].get("where") is not None
    }
    assert {name: _plain(sql.split(" WHERE ", 1)[1]) for name, sql in made.items()} == wanted


def _plain(condition: str) -> str:
    """PostgreSQL writes the brackets and types of a condition out."""
    return condition.replace("(", "").replace(")", "").replace("::text", "")


def test_upgrading_twice_changes_nothing(empty: Database) -> None:
    upgrade(empty)
    upgrade(empty)
    with empty.read() as connection:
        assert revision_of(connection) == newest_revision()


IDENTITIES = [digest("ledger", STATION, CASE, activity, 0) for activity in ("confirmed", "released")]


def put(connection: Connection, table: str, **values: Any) -> None:
    marks = ", ".join(["?" if connection.dialect.paramstyle == "qmark" else "%s"] * len(values))
    names = ", ".join(f'"{name}"' for name in values)
    connection.exec_driver_sql(f"INSERT INTO {table} ({names}) VALUES ({marks})", tuple(values.values()))


def fill(database: Database) -> None:
    """A case as the first layout held it: by raw SQL, because today's tables say more than that one had."""
    end = START + 5 * HOUR
    with database.write() as connection:
        put(connection, "sources", id=1, name="ledger")
        put(connection, "cases", id=1, station=STATION, case_no=CASE)
        put(
            connection, "deliveries", id=1, source_id=1, name="ledger.xlsx", actor="local", origin="here",
            backfill=False, status="done", received_at=NOW, received_until=NOW + 2, rows_read=2,
            rows_landed=2, rows_unchanged=0, rows_quarantined=0, rows_aside=0, rows_hidden=0, mapped=2,
            events=2, duplicates=0, revisions=0, refusals=0, cases=1, stations=STATION,
        )  # fmt: skip
        put(
            connection, "case_versions", case_id=1, known_from=NOW, station=STATION, case_no=CASE,
            verdict="released_on_time", custody=True, events=2, first_at=START, last_at=end, pay_failures=0,
            removed_derived=False, confirmed_at=START, limit_s=86_400, deadline_at=START + 24 * HOUR,
            released_at=end, start_date="2024-11-26", start_week="2024-W48", deadline_date="2024-11-27",
            deadline_week="2024-W48", released_date="2024-11-26", released_week="2024-W48",
        )  # fmt: skip
        for place, (activity, moment) in enumerate((("confirmed", START), ("released", end))):
            put(
                connection, "events", case_id=1, identity=IDENTITIES[place], content=digest(moment, None, ""),
                activity=activity, occurred_at=moment, received_at=NOW + place, known_at=NOW, source_id=1,
                data="", delivery_id=1, row=1, named=False,
            )  # fmt: skip
        if connection.dialect.name == "postgresql":
            for table in ("sources", "deliveries", "cases"):
                connection.exec_driver_sql(f"SELECT setval('{table}_id_seq', 1)")


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


def test_names_that_decided_cases_told_before_are_noted(empty: Database) -> None:
    upgrade(empty, "0001")
    fill(empty)
    told = (
        ("decided", '{"act":"A1","company":"C","driver_digest":"d"}'),
        ("weighed", '{"driver_digest":"e"}'),
        ("decided", ""),
    )
    with empty.write() as connection:
        for place, (activity, data) in enumerate(told):
            put(
                connection, "events", case_id=1, identity=digest(place), content=digest(data), data=data,
                activity=activity, occurred_at=START, received_at=NOW, known_at=NOW, source_id=1,
                delivery_id=1, row=1, named=False,
            )  # fmt: skip
    upgrade(empty)
    with empty.read() as connection:
        noted = ask(connection, "SELECT kind, name, case_id FROM decision_names ORDER BY kind")
    # What the weighing of the decided case tells counts as well.
    assert sorted(noted) == [("act", "A1", 1), ("company", "C", 1), ("driver", "d", 1), ("driver", "e", 1)]


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
    "source_id": 1, "name": "x", "actor": "a", "origin": "o", "backfill": False, "status": "done",
    "received_at": 1, "received_until": 1, "rows_read": 3, "rows_landed": 1, "rows_unchanged": 1,
    "rows_quarantined": 1, "rows_aside": 0, "rows_hidden": 0, "mapped": 3, "events": 1, "duplicates": 1,
    "revisions": 1, "refusals": 0, "cases": 1, "stations": "",
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


def test_the_newest_migration_by_its_file_is_the_one_that_alembic_would_stop_at() -> None:
    assert newest_revision() == ScriptDirectory.from_config(alembic_config()).get_current_head()


def test_a_database_in_its_newest_layout_is_opened_without_the_lock_of_a_writer(database: Database) -> None:
    with database.write() as connection:
        connection.exec_driver_sql("SELECT 1")
        upgrade(database)
