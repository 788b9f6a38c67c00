"""How SQLite is opened: what is committed is on the disk, and readers do not wait."""

from __future__ import annotations

from pathlib import Path

import pytest

from monitor.store import database as store
from monitor.store.database import Database
from tests.engines import PRAGMAS


def test_a_commit_waits_for_the_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store, "PRAGMAS", PRAGMAS)
    database = Database(f"sqlite:///{tmp_path / 'fangxing.db'}")
    with database.read() as connection:
        told = [
            connection.exec_driver_sql(f"PRAGMA {name}").scalar()
            for name in ("synchronous", "journal_mode", "foreign_keys")
        ]
    database.dispose()
    assert told == [2, "wal", 1]
