"""The real log into PostgreSQL, against INSERT … SELECT … ON CONFLICT of the same rows into the same tables.

python tests/bench/postgres_load.py LOG
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

from sqlalchemy import text

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from ingest.intake import Intake
from ingest.mapping.pages import load_pages
from monitor.settings.configuration import load_configuration
from monitor.settings.environment import Settings
from monitor.store.database import Database
from tests.engines import postgresql_url
from tests.factories import SENDER

TABLES = ("events", "case_versions")


def main(log: str) -> None:
    pages = load_pages()
    with postgresql_url() as url:
        database = Database(url)
        now = time.time_ns() // 1000
        intake = Intake(database, load_configuration(Settings()), pages, b"key of this bench", lambda: now)
        begin = time.perf_counter()
        entry = intake.file(Path(log), pages["road-traffic-fines"], SENDER)
        load = time.perf_counter() - begin
        bare = 0.0
        for table in TABLES:
            with database.write() as connection:
                connection.execute(text(f"CREATE TABLE bare_{table} (LIKE {table} INCLUDING ALL)"))
            begin = time.perf_counter()
            with database.write() as connection:
                copy = f"INSERT INTO bare_{table} SELECT * FROM {table} ON CONFLICT DO NOTHING"
                connection.execute(text(copy))
            bare += time.perf_counter() - begin
        database.dispose()
    print(f"load {load:.1f} s, {entry.counts.events / load:,.0f} events/s")
    print(f"INSERT … SELECT … ON CONFLICT {bare:.1f} s; {load / bare:.2f} ×")


if __name__ == "__main__":
    main(*sys.argv[1:])
