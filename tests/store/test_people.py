"""Personal values live in one table alone and can be erased from it."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import delete
from sqlalchemy.exc import IntegrityError

from ingest.intake import Intake
from ingest.mapping.pages import load_pages
from monitor.settings.configuration import load_configuration
from monitor.settings.environment import Settings
from monitor.store.database import Database
from monitor.store.people import people_by_digest
from monitor.store.quarantine import quarantine_rows
from monitor.store.tables import metadata, people
from tests.factories import SENDER, at
from tests.store.reading import count, current, differing

NOW = at("2024-11-30 09:00")
NAMES = ("欧阳测试甲", "慕容测试乙")
LEDGER = (
    "站点,案件号,车牌号,总重(kg),检测认定时间,放行时间,驾驶员姓名\n"
    f"城西,襄1,晋D12345,61400,2024-11-26 14:32,2024-11-27 10:00,{NAMES[0]}\n"
    f"城西,襄2,晋D54321,60000,2024-11-26 15:00,2024-02-30 10:00,{NAMES[1]}\n"
    f"无此站,襄3,晋D54322,60000,2024-11-26 15:00,2024-11-27 10:00,{NAMES[1]}\n"
)


def bytes_of(database: Database) -> bytes:
    """Everything the database keeps: SQLite's files, or each table as PostgreSQL puts it out."""
    if database.is_postgresql:
        with database.engine.connect() as connection:
            driver = connection.connection.driver_connection
            assert driver is not None
            parts = []
            for table in metadata.tables:
                with driver.cursor().copy(f"COPY {table} TO STDOUT") as copy:
                    parts += [bytes(part) for part in copy]
            return b"".join(parts)
    file = Path(str(database.url.database))
    return b"".join(part.read_bytes() for part in file.parent.glob(file.name + "*"))


def load(database: Database, tmp_path: Path) -> None:
    file = tmp_path / "放行台账.csv"
    file.write_text(LEDGER, encoding="utf-8-sig")
    intake = Intake(database, load_configuration(Settings()), load_pages(), b"key of this test", lambda: NOW)
    entry = intake.file(file, intake.page_for(file), SENDER)
    assert (entry.counts.rows_read, entry.counts.rows_quarantined) == (4, 1)


def test_a_name_stands_in_the_people_table_and_nowhere_else(database: Database, tmp_path: Path) -> None:
    load(database, tmp_path)
    assert count(database, people) == 2
    # The refused rows are kept for a retry, with the digest in place of the name.
    with database.read() as connection:
        digests = set(connection.execute(people.select()).scalars())
        kept = [one.item.raw or {} for one in quarantine_rows(connection)]
    assert len(kept) == 2
    for raw in kept:
        assert any(digest in value for digest in digests for value in raw.values())
    with database.write() as connection:
        connection.execute(delete(people))
    if database.is_sqlite:
        with database.engine.connect() as connection:
            connection.exec_driver_sql("COMMIT")
            connection.exec_driver_sql("VACUUM")
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    stored = bytes_of(database)
    for name in NAMES:
        assert name.encode() not in stored
        assert name.encode("unicode_escape") not in stored
    assert "晋D12345".encode() in stored


def test_what_was_erased_leaves_everything_else_as_it_was(database: Database, tmp_path: Path) -> None:
    load(database, tmp_path)
    before = current(database)
    with database.read() as connection:
        digests = list(connection.execute(people.select()).scalars())
        assert set(people_by_digest(connection, digests).values()) == set(NAMES)
    with database.write() as connection:
        connection.execute(delete(people))
    assert current(database) == before
    configuration = load_configuration(Settings())
    intake = Intake(database, configuration, load_pages(), b"key of this test", lambda: NOW)
    assert differing(database, intake.terms) == []
    with database.read() as connection:
        assert people_by_digest(connection, digests) == {}


def test_an_error_of_the_database_says_no_personal_value(database: Database) -> None:
    row = {"digest": "d", "kind": "name", "value": NAMES[0], "first_delivery_id": None}
    with pytest.raises(IntegrityError) as caught, database.write() as connection:
        connection.execute(people.insert(), row)
    assert NAMES[0] not in str(caught.value).split("DETAIL")[0]
