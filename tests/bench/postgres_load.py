"""The real log into PostgreSQL, against INSERT … SELECT … ON CONFLICT of the same rows into the same tables.

    python tests/bench/postgres_load.py LOG [ROUNDS]

The rows that the load left in `cases`, `events` and `case_versions` are set aside in tables without an index,
the tables themselves are emptied, and the rows inserted again: the same indexes, the same foreign keys, each
side committed to the disk (fsync on). Load and insert take turns; medians are told. The insert finds its rows
in the server already: beside it stands the same with the COPY that brings them there from a client.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path
from statistics import median
from typing import NamedTuple

from sqlalchemy import create_engine

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from ingest.intake import Intake
from ingest.mapping.pages import load_pages
from monitor.cli.ingest import fewer_collections
from monitor.settings.configuration import load_configuration
from monitor.settings.environment import Settings
from monitor.store.database import Database
from tests.engines import postgresql_url
from tests.factories import SENDER

TABLES = ("cases", "events", "case_versions")


class Taken(NamedTuple):
    """Seconds of one round, and the events it loaded."""

    load: float
    insert: float
    copy: float
    events: int


def durable(url: str, on: bool) -> None:
    """Tests turn fsync off; what is measured here reaches the disk."""
    engine = create_engine(url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.exec_driver_sql(f"ALTER SYSTEM SET fsync = {'on' if on else 'off'}")
        connection.exec_driver_sql("SELECT pg_reload_conf()")
        connection.exec_driver_sql("CHECKPOINT")
    engine.dispose()


def round_of(log: str) -> Taken:
    """One load and one insert, in a database of their own."""
    pages = load_pages()
    with postgresql_url() as url:
        address = Database(url).url.render_as_string(hide_password=False)
        durable(address, True)
        database = Database(url)
        intake = Intake(
            database,
            load_configuration(Settings()),
            pages,
            b"key of this bench",
            lambda: time.time_ns() // 1000,
        )
        begin = time.perf_counter()
        with fewer_collections():
            entry = intake.file(Path(log), pages["road-traffic-fines"], SENDER)
        load = time.perf_counter() - begin
        insert, copy = inserted(database)
        database.dispose()
        durable(address, False)
    return Taken(load, insert, copy, entry.counts.events)


def inserted(database: Database) -> tuple[float, float]:
    """Seconds of the insert, and of the COPY that brings the rows to the server."""
    insert = copy = 0.0
    blocks: dict[str, bytes] = {}
    with database.write() as connection:
        for table in TABLES:
            connection.exec_driver_sql(f"CREATE UNLOGGED TABLE kept_{table} AS SELECT * FROM {table}")
            connection.exec_driver_sql(f"CREATE UNLOGGED TABLE sent_{table} (LIKE {table})")
        connection.exec_driver_sql(f"TRUNCATE {', '.join(TABLES)} CASCADE")
    for table in TABLES:
        with database.read() as connection:
            driver = connection.connection.driver_connection
            assert driver is not None
            with driver.cursor() as cursor, cursor.copy(f"COPY kept_{table} TO STDOUT") as out:
                blocks[table] = b"".join(out)
        begin = time.perf_counter()
        with database.write() as connection:
            driver = connection.connection.driver_connection
            assert driver is not None
            with driver.cursor() as cursor, cursor.copy(f"COPY sent_{table} FROM STDIN") as into:
                into.write(blocks.pop(table))
        copy += time.perf_counter() - begin
    begin = time.perf_counter()
    with database.write() as connection:
        for table in TABLES:
            connection.exec_driver_sql(
                f"INSERT INTO {table} SELECT * FROM kept_{table} ON CONFLICT DO NOTHING"
            )
    insert = time.perf_counter() - begin
    return insert, copy


def main(log: str, rounds: str = "3") -> None:
    taken = []
    for number in range(int(rounds)):
        one = round_of(log)
        print(
            f"{number + 1}: load {one.load:.1f} s, insert {one.insert:.1f} s, copy {one.copy:.1f} s",
            flush=True,
        )
        taken.append(one)
    rate = median(one.events / one.load for one in taken)
    bare = median(one.load / one.insert for one in taken)
    sent = median(one.load / (one.insert + one.copy) for one in taken)
    print(f"{rate:,.0f} events/s; {bare:.2f} × the insert, {sent:.2f} × copy and insert")


if __name__ == "__main__":
    main(*sys.argv[1:])
