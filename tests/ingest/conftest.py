"""A database of its own for every test."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from monitor.store.database import Database
from tests.engines import database_on


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    with database_on("sqlite", tmp_path) as database:
        yield database
