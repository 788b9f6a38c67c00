"""Databases for tests: SQLite in a file, and a real PostgreSQL that lives as long as the test process."""

from __future__ import annotations

import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache, lru_cache
from itertools import count
from pathlib import Path

import pytest
from sqlalchemy import Connection, create_engine
from sqlalchemy.engine import URL, make_url

from monitor.settings import yamlfile
from monitor.store import database as store
from monitor.store.database import Database
from monitor.store.migrate import upgrade

ENGINES = ("sqlite", "postgresql")

PRAGMAS = store.PRAGMAS
"""How the product opens SQLite."""

_TEMPLATE = "newest_layout"
_numbers = count(1)


def hurry() -> None:
    """Open SQLite so that commits do not wait for the disk: nothing of a test outlives its machine. A process
    that is killed loses nothing by it, and those that tests start open it as the product does. And parse the
    same text of a configuration once."""
    yamlfile.parse_yaml = lru_cache(maxsize=500)(yamlfile.parse_yaml)
    store.PRAGMAS = tuple("synchronous=OFF" if one == "synchronous=FULL" else one for one in PRAGMAS)


@cache
def _server() -> URL | str:
    """The server's address with a template of the newest layout in it, or why there is none."""
    try:
        import pgserver
    except ImportError as error:
        return f"pgserver, which brings a PostgreSQL, is not installed ({error})"
    # A folder of its own: as root the server runs under another user, who may not enter pytest's.
    folder = tempfile.mkdtemp(prefix="fangxing-postgresql-")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # platformdirs warns of a missing XDG_RUNTIME_DIR
            server = pgserver.get_server(folder, cleanup_mode="delete")
    except Exception as error:  # noqa: BLE001 - told as the reason of the skip
        return f"PostgreSQL does not start here: {type(error).__name__}: {error}"
    address = make_url(server.get_uri()).set(drivername="postgresql+psycopg")
    # Nothing of a test outlives it, so nothing has to reach the disk.
    _run(address, "ALTER SYSTEM SET fsync = off", "SELECT pg_reload_conf()", f"CREATE DATABASE {_TEMPLATE}")
    made = Database(_shown(address.set(database=_TEMPLATE)))
    upgrade(made)
    made.dispose()
    return address


@cache
def _newest_file() -> bytes:
    """A SQLite database of the newest layout: to make it anew takes twenty times as long as to copy it."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "fangxing.db"
        made = Database(f"sqlite:///{file}")
        upgrade(made)
        made.dispose()
        return file.read_bytes()


@cache
def _keeper(address: URL) -> Connection:
    """One connection for making and dropping databases: to connect takes as long as to make one."""
    return create_engine(address, isolation_level="AUTOCOMMIT").connect()


def _run(address: URL, *statements: str) -> None:
    for statement in statements:
        _keeper(address).exec_driver_sql(statement)


def _shown(address: URL) -> str:
    return address.render_as_string(hide_password=False)


@contextmanager
def postgresql_url(*, empty: bool = False) -> Iterator[str]:
    """A PostgreSQL database of one's own, dropped afterwards: `empty`, or of the newest layout."""
    address = _server()
    if isinstance(address, str):
        pytest.skip(address)
    name = f"test_{next(_numbers)}"
    template = "template0" if empty else _TEMPLATE
    # Copied as files: nothing of it has to be logged, since nothing has to reach the disk.
    _run(address, f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY FILE_COPY")
    try:
        yield _shown(address.set(database=name))
    finally:
        _run(address, f"DROP DATABASE {name} WITH (FORCE)")


@contextmanager
def database_url_on(engine: str) -> Iterator[str | None]:
    """What an installation is told: None for SQLite in its folder, or the URL of a database of its own."""
    if engine == "sqlite":
        yield None
        return
    with postgresql_url() as url:
        yield url


@contextmanager
def database_on(engine: str, folder: Path, *, empty: bool = False) -> Iterator[Database]:
    """A database of its own on this engine: `empty`, or of the newest layout."""
    if engine == "sqlite":
        file = folder / "fangxing.db"
        if not empty and not file.exists():
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(_newest_file())
        database = Database(f"sqlite:///{file}")
        yield database
        database.dispose()
        return
    with postgresql_url(empty=empty) as url:
        database = Database(url)
        yield database
        database.dispose()
