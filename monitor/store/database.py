"""Connections and transactions. One writer at a time; readers never wait for it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import URL, make_url

from monitor.store.bulk import SHARED_BY_THREADS, arrived, chunks
from monitor.store.driver_error import refused, strip

BUSY_SECONDS = 60

WRITER_LOCK = 0x46414E47
"""The advisory lock that makes a writer the one writer of a PostgreSQL database."""

_BEGIN_WRITING = "SELECT pg_advisory_xact_lock(%s), set_config('enable_seqscan', 'off', true)"
"""A load asks for what is known by keys alone. Its tables grow faster than statistics of them are gathered,
and by those of an hour ago, or none, the planner reads a table from end to end for each list of keys."""

AMONG_MARKS, AMONG_ARRAY = 500, 50_000
"""Keys in one statement: each a mark of its own, or all of them one array."""

PRAGMAS = (
    "page_size=8192",
    "journal_mode=WAL",
    "synchronous=FULL",
    "foreign_keys=ON",
    "cache_size=-65536",
    "wal_autocheckpoint=4000",
)
"""A commit is on the disk when it returns; readers see the state before it until then. Pages are twice the
usual size, which a database keeps from its first table on: a load splits half as many of them."""


class Database:
    """A database by its SQLAlchemy URL: SQLite by default, PostgreSQL for several stations.

    `read()` and `write()` give a connection inside a transaction; leaving a `write()` by an error rolls back.
    """

    def __init__(self, url: str) -> None:
        self.url = _with_driver(make_url(url))
        self.is_sqlite = self.url.get_backend_name() == "sqlite"
        self.is_postgresql = self.url.get_backend_name() == "postgresql"
        if self.is_sqlite and self.url.database not in (None, "", ":memory:"):
            Path(str(self.url.database)).expanduser().parent.mkdir(parents=True, exist_ok=True)
        self.engine = self._engine()

    def _engine(self) -> Engine:
        if not self.is_sqlite:
            # No prepared statements: a plan made while a table was empty would scan it ever after.
            prepared = {"prepare_threshold": None} if self.is_postgresql else {}
            engine = create_engine(self.url, pool_pre_ping=True, connect_args=prepared, hide_parameters=True)
            event.listen(engine, "before_cursor_execute", _after_rows)
            event.listen(engine, "handle_error", strip)
            return engine
        # Errors are logged and shown; the values they were about may be names and plates.
        # The connection used last is used next: it holds in memory what it has just read and written. A
        # database in memory has one connection and no pool to take it from.
        pool = {"pool_use_lifo": True} if self.url.database not in (None, "", ":memory:") else {}
        engine = create_engine(self.url, connect_args={"timeout": BUSY_SECONDS}, hide_parameters=True, **pool)
        event.listen(engine, "connect", _prepare_sqlite)
        if pool:
            event.listen(engine, "connect", _share)
        event.listen(engine, "before_cursor_execute", _after_rows)
        event.listen(engine, "begin", _begin_sqlite)
        return engine

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A consistent view: every query inside sees one state of the database."""
        with self.engine.connect() as connection:
            if self.is_postgresql:
                connection = connection.execution_options(
                    isolation_level="REPEATABLE READ", postgresql_readonly=True
                )
            with connection.begin() as transaction:
                yield connection
                transaction.rollback()

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """The one writer. Commits on leaving, rolls back on an error.

        SQLite takes its write lock at once (BEGIN IMMEDIATE): a deferred lock fails under concurrent writers.
        PostgreSQL would let writers run side by side, and receipts would then not become visible in their
        order: a lock held until the commit lets them in one by one.
        """
        options: dict[str, Any] = {"fangxing_write": True}
        with self.engine.connect().execution_options(**options) as connection, connection.begin():
            if self.is_postgresql:
                # READ COMMITTED, the default: each statement after the wait sees what the last writer left.
                connection.exec_driver_sql(_BEGIN_WRITING, (WRITER_LOCK,))
            try:
                yield connection
            finally:
                arrived(connection)

    def dispose(self) -> None:
        """Close every pooled connection."""
        self.engine.dispose()


def ask(connection: Connection, statement: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
    """Run a statement with `?` for each of its values, as it is written, and give every row of its answer.

    For what is asked with every push: SQLAlchemy takes five times as long to build a statement, and three
    times as long to hand its rows over, as SQLite to run it. Values come back as the driver gives them:
    SQLite's booleans are 0 and 1.
    """
    if connection.dialect.name != "sqlite":
        result = connection.exec_driver_sql(statement.replace("?", "%s"), tuple(values))
        return [tuple(row) for row in result] if result.returns_rows else []
    arrived(connection)
    driver: Any = connection.connection.driver_connection
    try:
        found: list[tuple[Any, ...]] = driver.execute(statement, values).fetchall()
    except Exception as error:
        raise refused(connection, statement, error) from error
    return found


def ask_among(
    connection: Connection, statement: str, among: Iterable[Any], values: Sequence[Any] = ()
) -> list[tuple[Any, ...]]:
    """The same, where `{among}` in the statement behind a column and every `?` stands for "is one of".

    The one place where many keys become statements. PostgreSQL is sent them as one array, SQLite in several
    parts; so an order holds among the rows of one key, not between keys. Without keys nothing is asked.
    """
    found: list[tuple[Any, ...]] = []
    if connection.dialect.name == "postgresql":
        for chunk in chunks(among, AMONG_ARRAY):
            found += ask(connection, statement.replace("{among}", "= ANY(?)"), (*values, chunk))
        return found
    for chunk in chunks(among, AMONG_MARKS):
        marks = "IN (" + ", ".join("?" * len(chunk)) + ")"
        found += ask(connection, statement.replace("{among}", marks), (*values, *chunk))
    return found


def _with_driver(url: URL) -> URL:
    """The forms that hosts and `psql` write, `postgres://` and `postgresql://`, mean psycopg 3."""
    return url.set(drivername="postgresql+psycopg") if url.drivername in ("postgres", "postgresql") else url


def _prepare_sqlite(raw: Any, _record: object) -> None:
    raw.isolation_level = None
    cursor = raw.cursor()
    for pragma in PRAGMAS:
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _share(_raw: Any, record: Any) -> None:
    record.info[SHARED_BY_THREADS] = True


def _after_rows(connection: Connection, *_: Any) -> None:
    arrived(connection)


def _begin_sqlite(connection: Connection) -> None:
    write = connection.get_execution_options().get("fangxing_write")
    ask(connection, "BEGIN IMMEDIATE" if write else "BEGIN")
