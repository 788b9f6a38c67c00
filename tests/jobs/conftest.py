"""An installation with one watched folder, and hands that put files into it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from ingest.folder import Refused, Taken, WatchedFolder
from ingest.intake import Intake
from ingest.mapping.pages import load_pages
from monitor.jobs.job import note
from monitor.settings.configuration import load_configuration
from monitor.settings.environment import Settings
from monitor.settings.jobs import FolderWatch
from monitor.settings.texts import texts
from monitor.store.database import Database
from tests.engines import database_on
from tests.factories import SENDER, at

NOW = at("2026-07-02 09:00")
HEAD = "station,case_no,activity,occurred_at\n"


def events(*cases: str) -> str:
    """An event file that confirms each case."""
    return HEAD + "".join(f"14042301,{case},confirmed,2026-07-01T08:00:00+08:00\n" for case in cases)


def explain(file: str, refused: Refused) -> str:
    return note(texts("en"), file, refused)


@dataclass
class Inbox:
    """A watched folder: files put into it, a look at it, and what lies where afterwards."""

    watched: WatchedFolder

    @property
    def folder(self) -> Path:
        return self.watched.folder

    def put(self, name: str, text: str) -> Path:
        file = self.folder / name
        file.write_text(text, encoding="utf-8")
        return file

    def look(
        self, wait: Callable[[float], None] | None = None, step: Callable[[str], None] | None = None
    ) -> Taken:
        """One look; `wait` and `step` stand in for the pause and for the moment after a step."""
        quiet: Callable[[float], None] = lambda seconds: None  # noqa: E731
        return replace(self.watched, wait=wait or quiet, step=step or (lambda name: None)).look()

    def within(self, place: str) -> list[str]:
        return sorted(path.name for path in (self.folder / place).iterdir() if path.is_file())


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    with database_on("sqlite", tmp_path) as database:
        yield database


@pytest.fixture
def intake(database: Database, tmp_path: Path) -> Intake:
    settings = Settings(data_dir=tmp_path)
    return Intake(database, load_configuration(settings), load_pages(), b"a key of this test", lambda: NOW)


@pytest.fixture
def inbox(intake: Intake, tmp_path: Path) -> Inbox:
    folder = tmp_path / "inbox"
    folder.mkdir()
    watch = FolderWatch(folder=str(folder), source="events", settled_seconds=1)
    return Inbox(WatchedFolder(intake, watch, SENDER, explain))
