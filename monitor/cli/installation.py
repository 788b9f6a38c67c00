"""The installation as a command needs it: settings, database in its newest layout, configuration, pages."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

from monitor.cli.answer import Answer, Code, tell
from monitor.cli.words import say, words

if TYPE_CHECKING:
    from ingest.intake import Intake
    from monitor.settings.configuration import Configuration
    from monitor.settings.environment import Settings
    from monitor.store.database import Database
    from monitor.store.deliveries import Sender


def now() -> int:
    """The time now in microseconds UTC."""
    import time

    return time.time_ns() // 1000


def sender() -> Sender:
    """Who writes and from where: until there is sign-in the local user."""
    import getpass
    import socket

    from monitor.store.deliveries import Sender

    try:
        user = getpass.getuser()
    except (KeyError, OSError):
        user = "local"
    return Sender(user, f"cli@{socket.gethostname()}")


def open_database(settings: Settings) -> Database:
    """The database, brought to the newest layout. Says so only where one that held data was migrated.

    Raises Answer where a newer program wrote it.
    """
    from monitor.store.database import Database

    database = Database(settings.database_with_secrets())
    before, after = bring_up(database)
    if before not in (None, after):
        tell(say("cli.db.migrated", before=before, after=after))
    return database


def bring_up(database: Database) -> tuple[str | None, str]:
    """Migrate where needed; returns the layout before and after."""
    from monitor.store.migrate import newest_revision, revision_of, upgrade

    newest = newest_revision()
    with database.read() as connection:
        before = revision_of(connection)
    if before == newest:
        # Not even a lock: others may be writing for a while.
        return before, newest
    if before is not None and before > newest:
        raise Answer("newer_database", database=before, program=newest)
    upgrade(database)
    return before, newest


def open_intake(settings: Settings, database: Database | None = None) -> Intake:
    """Everything a way in needs. Raises ConfigError with what is wrong in the configuration."""
    from ingest.intake import Intake
    from ingest.mapping.pages import load_pages
    from monitor.settings.environment import personal_key
    from monitor.settings.texts import texts
    from monitor.store.changes import forget_old
    from monitor.store.deliveries import enter_interrupted

    texts(settings.language, settings.config_dir)
    configuration = configured(settings)
    pages = load_pages(settings.config_dir)
    key = personal_key(settings)
    opened = database or open_database(settings)
    with opened.write() as connection:
        enter_interrupted(connection, now())
    forget_old(opened)
    return Intake(opened, configuration, pages, key, now)


def dry_intake(settings: Settings) -> Intake:
    """An intake that reads and never writes: no database is made, no key is left behind."""
    from ingest.intake import Intake
    from ingest.mapping.pages import load_pages
    from monitor.settings.environment import KEY_FILE, personal_key
    from monitor.store.database import Database

    has_key = (settings.data_dir / KEY_FILE).exists()
    key = personal_key(settings) if has_key else secrets.token_bytes(32)
    pages = load_pages(settings.config_dir)
    return Intake(Database("sqlite://"), configured(settings), pages, key, now)


def configured(settings: Settings) -> Configuration:
    """Stations, limits and thresholds."""
    from monitor.settings.configuration import load_configuration

    return load_configuration(settings)


def station_code(configuration: Configuration, called: str) -> str:
    """The code of a station called by code or any of its names. Raises Answer with those that exist."""
    if called in configuration.stations:
        return called
    station = configuration.stations.named(called)
    if station is None:
        names = {code: one.name.in_language(words().language) for code, one in configuration.stations.items()}
        known = " · ".join(f"{code} {name}" for code, name in names.items())
        raise Answer("unknown_station", Code.WRONG_USE, station=called, known=known)
    return station.code
