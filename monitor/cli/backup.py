"""Copies of an SQLite database taken and put back while others read and write it."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

from monitor.cli.answer import Answer, Code
from monitor.settings.environment import Settings

PAGES_AT_ONCE = 4096
"""Between steps others may write; small enough that they never wait for the whole copy."""


def sqlite_file(settings: Settings) -> Path:
    """The database's file. Raises Answer for PostgreSQL, which has its own tools."""
    from sqlalchemy.engine import make_url

    url = make_url(settings.database)
    if url.get_backend_name() != "sqlite" or not url.database:
        raise Answer("not_sqlite", Code.WRONG_USE)
    return Path(url.database).expanduser()


def back_up(source: Path, target: Path) -> int:
    """Copy a database that may be in use; returns the bytes of the copy.

    It is written under another name and takes its own only when whole. Raises Answer where the target exists
    or the source does not.
    """
    if not source.is_file():
        raise Answer("no_database", file=source)
    if target.exists():
        raise Answer("exists", Code.WRONG_USE, file=target)
    target.parent.mkdir(parents=True, exist_ok=True)
    draft = target.with_name(f"{target.name}.part")
    try:
        # Whoever holds a copy holds the personal values in it.
        os.close(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600))
        with closing(sqlite3.connect(source, timeout=60)) as live, closing(sqlite3.connect(draft)) as copy:
            live.backup(copy, pages=PAGES_AT_ONCE)
            copy.execute("PRAGMA journal_mode=DELETE")
        draft.replace(target)
    finally:
        draft.unlink(missing_ok=True)
    return target.stat().st_size


def put_back(source: Path, target: Path) -> Path | None:
    """Make the database what the copy holds, in one transaction that readers either see whole or not yet.

    What was there before is kept beside it; returns that file, None where there was nothing. Raises Answer
    where the copy is damaged, or no database of this program.
    """
    _judge(source)
    kept = None
    if target.is_file() and target.stat().st_size:
        moment = datetime.now(UTC).strftime("%Y%m%dT%H%M%S")
        kept = target.with_name(f"{target.name}.before-{moment}")
        back_up(target, kept)
    target.parent.mkdir(parents=True, exist_ok=True)
    draft = target.with_name(f"{target.name}.part")
    try:
        with (
            closing(sqlite3.connect(f"{source.absolute().as_uri()}?mode=ro", uri=True)) as copy,
            closing(sqlite3.connect(target, timeout=60)) as live,
        ):
            # Heard by a database that is not there yet; one that is keeps the size of its pages.
            live.execute(f"PRAGMA page_size={_page_size(copy)}")
            live.execute("PRAGMA journal_mode=WAL")
            if _page_size(copy) == _page_size(live):
                copy.backup(live)
            else:
                # The copy's are cut anew.
                draft.unlink(missing_ok=True)
                os.close(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600))
                copy.execute(f"PRAGMA page_size={_page_size(live)}")
                copy.execute("VACUUM INTO ?", (str(draft),))
                with closing(sqlite3.connect(draft)) as cut:
                    cut.backup(live)
    finally:
        draft.unlink(missing_ok=True)
    return kept


def _page_size(connection: sqlite3.Connection) -> int:
    size: int = connection.execute("PRAGMA page_size").fetchone()[0]
    return size


def _judge(source: Path) -> None:
    if not source.is_file():
        raise Answer("no_database", Code.WRONG_USE, file=source)
    try:
        with closing(sqlite3.connect(f"{source.absolute().as_uri()}?mode=ro", uri=True)) as copy:
            sound = copy.execute("PRAGMA integrity_check").fetchone()[0] == "ok"
            ours = copy.execute(
                "SELECT count(*) FROM sqlite_master WHERE name IN ('alembic_version', 'events', 'deliveries')"
            ).fetchone()[0]
    except sqlite3.DatabaseError as error:
        raise Answer("damaged_copy", file=source) from error
    if not sound:
        raise Answer("damaged_copy", file=source)
    if ours != 3:
        raise Answer("foreign_copy", Code.WRONG_USE, file=source)
