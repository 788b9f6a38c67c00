"""A guest in another system's database: reads, cannot write, does not wait for ever, tells no secret."""

from __future__ import annotations

import contextlib
import socket
import sqlite3
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import quote

from sqlalchemy import Connection, CursorResult, Engine, create_engine, text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError, SQLAlchemyError
from sqlalchemy.pool import NullPool

from ingest.view_fault import ViewProblem, fault_of
from monitor.settings.problem import ConfigError
from monitor.settings.secret import filled_url, is_reference, revealed
from monitor.settings.views import SINCE, DatabaseView

PORTION = 1_000
"""Rows fetched at a time."""
GRACE = 5
"""A database that ends long statements itself is given so many seconds more to do so."""

Row = tuple[Any, ...]
Seconds = int


class Answer(NamedTuple):
    """The columns of an answer, and its rows as they come."""

    columns: tuple[str, ...]
    portions: Iterator[list[Row]]


class Guest(NamedTuple):
    """How a kind of database is kept from being written to and from taking too long.

    `opening` are statements sent before the query; `limits_itself` says that one of them bounds it in time.
    """

    connect: Callable[[str, Seconds], dict[str, Any]] = lambda driver, seconds: {}
    opening: Callable[[Connection, Seconds], list[str]] = lambda connection, seconds: []
    limits_itself: bool = False


def _postgresql_connect(driver: str, seconds: Seconds) -> dict[str, Any]:
    if driver not in ("psycopg", "psycopg2"):
        return {}
    # A server that vanished without a word is noticed by its silence.
    return {
        "connect_timeout": seconds,
        "tcp_user_timeout": (seconds + GRACE) * 1000,
        "keepalives_idle": seconds,
    }


def _postgresql_opening(connection: Connection, seconds: Seconds) -> list[str]:
    # For this transaction alone: behind a pool of connections a session belongs to others afterwards.
    limits = [f"SET LOCAL {name} = {seconds * 1000}" for name in ("statement_timeout", "lock_timeout")]
    return ["SET TRANSACTION READ ONLY", *limits]


def _mysql_connect(driver: str, seconds: Seconds) -> dict[str, Any]:
    if driver in ("pymysql", "mysqldb"):
        return {"connect_timeout": seconds, "read_timeout": seconds + GRACE}
    return {"connection_timeout": seconds} if driver == "mysqlconnector" else {}


def _mysql_opening(connection: Connection, seconds: Seconds) -> list[str]:
    bound = f"max_statement_time = {seconds}"
    if not getattr(connection.dialect, "is_mariadb", False):
        bound = f"max_execution_time = {seconds * 1000}"
    return ["SET SESSION TRANSACTION READ ONLY", f"SET SESSION {bound}", "START TRANSACTION READ ONLY"]


MYSQL = Guest(_mysql_connect, _mysql_opening, limits_itself=True)
GUESTS: dict[str, Guest] = {
    "postgresql": Guest(_postgresql_connect, _postgresql_opening, limits_itself=True),
    "mysql": MYSQL,
    "mariadb": MYSQL,
    "oracle": Guest(opening=lambda connection, seconds: ["SET TRANSACTION READ ONLY"]),
    "sqlite": Guest(),
}
"""Others are read with no more than a bound in time: their role must not be able to write."""


@contextmanager
def asked(view: DatabaseView, since: Any, environ: Mapping[str, str] | None = None) -> Iterator[Answer]:
    """Ask a view for what changed since; the answer is good as long as the block lasts.

    Raises ViewProblem, also while its rows are read. Nothing that it carries is a secret or a value of a row.
    """
    url = full_url(view, environ)
    backend = url.get_backend_name()
    guest = GUESTS.get(backend, Guest())
    patience = _Patience(view.timeout_seconds, GRACE if guest.limits_itself else 0)
    told = _Teller(view, patience)
    with told.errors(connecting=True):
        engine = _engine(url, guest, view)
    try:
        with told.errors(connecting=True), patience.step():
            connection = engine.connect()
        with contextlib.closing(connection):
            patience.driver = connection.connection.driver_connection
            with told.errors(), patience.step():
                for statement in guest.opening(connection, view.timeout_seconds):
                    connection.exec_driver_sql(statement)
                streaming = connection.execution_options(stream_results=True, max_row_buffer=PORTION)
                result = streaming.execute(text(view.query), {SINCE: since})
                columns = tuple(result.keys())
            try:
                yield Answer(columns, _portions(result, told, patience))
            finally:
                _leave(connection, result, backend)
    finally:
        engine.dispose()


def full_url(view: DatabaseView, environ: Mapping[str, str] | None = None) -> URL:
    """The URL with every secret in it: never to be shown. Raises ViewProblem."""
    try:
        if is_reference(view.url):
            filled = revealed(view.url, "url", environ)
        else:
            filled = filled_url(view.url, "url", environ)
        url = make_url(filled)
        if view.password is not None:
            url = url.set(password=revealed(view.password, "password", environ))
    except ConfigError as error:
        found = error.problems[0]
        raise ViewProblem(f"view_{found.message}", {"value": "–", "detail": "–", **found.params}) from None
    except (ArgumentError, ValueError):
        # Its text is the URL.
        raise ViewProblem("view_no_url", {}) from None
    # The forms that hosts and `psql` write mean psycopg 3.
    plain = url.drivername in ("postgres", "postgresql")
    return url.set(drivername="postgresql+psycopg") if plain else url


def keeps_times_as_text(view: DatabaseView, environ: Mapping[str, str] | None = None) -> bool:
    """Whether this database has no type for times."""
    return full_url(view, environ).get_backend_name() == "sqlite"


def check_driver(view: DatabaseView, environ: Mapping[str, str] | None = None) -> None:
    """Raises ViewProblem where the URL cannot be used on this machine. Connects to nothing."""
    with _Teller(view, _Patience(view.timeout_seconds, 0)).errors(connecting=True):
        full_url(view, environ).get_dialect().import_dbapi()


def _engine(url: URL, guest: Guest, view: DatabaseView) -> Engine:
    seconds = view.timeout_seconds
    if url.get_backend_name() == "sqlite":
        return create_engine(
            "sqlite://", creator=_sqlite(url, seconds), poolclass=NullPool, hide_parameters=True
        )
    arguments = guest.connect(url.get_driver_name(), seconds)
    return create_engine(url, connect_args=arguments, poolclass=NullPool, hide_parameters=True)


def _sqlite(url: URL, seconds: Seconds) -> Callable[[], sqlite3.Connection]:
    file = Path((url.database or "").removeprefix("file:").partition("?")[0]).expanduser()

    def connect() -> sqlite3.Connection:
        # `mode=ro` makes no file where there is none; `query_only` holds for what is attached too.
        address = f"file:{quote(str(file))}?mode=ro"
        raw = sqlite3.connect(address, uri=True, timeout=seconds, check_same_thread=False)
        raw.execute("PRAGMA query_only = ON")
        return raw

    return connect


def _portions(result: CursorResult[Any], told: _Teller, patience: _Patience) -> Iterator[list[Row]]:
    while True:
        with told.errors(), patience.step():
            rows = result.fetchmany(PORTION)
        if not rows:
            return
        yield [tuple(row) for row in rows]


def _leave(connection: Connection, result: CursorResult[Any], backend: str) -> None:
    """End the transaction. An error of it is of no consequence: nothing was written."""
    with contextlib.suppress(SQLAlchemyError):
        if backend in ("mysql", "mariadb"):
            # Its driver would otherwise read the whole rest of an answer that nobody wants.
            connection.invalidate()
        else:
            # SQLite keeps its lock as long as somebody holds an open cursor, be it an error's traceback.
            result.close()
            connection.rollback()


class _Patience:
    """Ends a step of the driver that takes too long, where the database does not do so itself."""

    def __init__(self, seconds: Seconds, grace: Seconds) -> None:
        self.over = False
        self.driver: Any = None
        self._seconds = seconds + grace

    @contextmanager
    def step(self) -> Iterator[None]:
        timer = threading.Timer(self._seconds, self._end)
        timer.daemon = True
        timer.start()
        try:
            yield
        finally:
            timer.cancel()

    def _end(self) -> None:
        self.over = True
        driver = self.driver
        if driver is None:
            return
        if isinstance(driver, sqlite3.Connection):
            driver.interrupt()
            return
        # Closing the connection from here may wait for the very answer that does not come.
        line = getattr(driver, "_sock", None)
        number = getattr(driver, "fileno", None)
        with contextlib.suppress(Exception):
            if isinstance(line, socket.socket):
                line.shutdown(socket.SHUT_RDWR)
            elif callable(number):
                with socket.fromfd(number(), socket.AF_INET, socket.SOCK_STREAM) as twin:
                    twin.shutdown(socket.SHUT_RDWR)
            else:
                driver.cancel()


class _Teller(NamedTuple):
    """Turns what drivers raise into problems that can be shown."""

    view: DatabaseView
    patience: _Patience

    @contextmanager
    def errors(self, *, connecting: bool = False) -> Iterator[None]:
        shown = {"database": self.view.shown, "seconds": str(self.view.timeout_seconds)}
        try:
            yield
        except ViewProblem:
            raise
        except (NoSuchModuleError, ImportError) as error:
            driver = getattr(error, "name", None) or self.view.url.partition(":")[0]
            raise ViewProblem("view_no_driver", {"driver": driver}) from None
        except DBAPIError as error:
            code, detail = fault_of(error.orig, connecting, self.patience.over)
            raise ViewProblem(code, {**shown, "detail": detail}) from None
        except (SQLAlchemyError, OSError, ValueError, TypeError) as error:
            # Drivers raise these for settings and values that they cannot take.
            code = (
                "view_timeout" if self.patience.over else "view_unreachable" if connecting else "view_query"
            )
            raise ViewProblem(code, {**shown, "detail": type(error).__name__}) from None
