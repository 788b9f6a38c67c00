"""Bringing a database to the newest layout, empty or filled.

Alembic is imported where something has to be migrated: it takes as long as all the rest of a start.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection

from monitor.store.database import Database, ask

if TYPE_CHECKING:
    from alembic.config import Config

MIGRATIONS = Path(__file__).parent / "migrations"
VERSION_TABLE = "alembic_version"


def alembic_config() -> Config:
    """What Alembic needs to find the migrations."""
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    return config


def upgrade(database: Database, revision: str = "head") -> None:
    """Run every migration that is missing, in one transaction, beside readers of the old layout."""
    if revision == "head" and is_current(database):
        # Not even a lock: others may be writing for a while.
        return
    from alembic import command

    config = alembic_config()
    with database.write() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, revision)


def revision_of(connection: Connection) -> str | None:
    """The migration a database stands at; None for an empty one."""
    if not connection.dialect.has_table(connection, VERSION_TABLE):
        return None
    stands = ask(connection, f"SELECT version_num FROM {VERSION_TABLE}")
    return str(stands[0][0]) if stands else None


@cache
def newest_revision() -> str:
    """The migration this program needs: the last by its file's name, which begins with its number."""
    revisions = sorted(path.name.split("_")[0] for path in (MIGRATIONS / "versions").glob("[0-9]*_*.py"))
    if not revisions:
        raise LookupError("no migrations are shipped")
    return revisions[-1]


def is_current(database: Database) -> bool:
    """Whether the database has the layout this program needs."""
    with database.read() as connection:
        return revision_of(connection) == newest_revision()
