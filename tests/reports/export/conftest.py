"""The county to export, and a fresh database to read an export into."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from ingest.intake import Intake
from ingest.mapping.pages import load_pages
from monitor.reports.export.told import Export
from monitor.settings.configuration import load_configuration
from monitor.settings.environment import Settings
from monitor.store.cases import CaseFilter
from monitor.store.database import Database
from monitor.store.deliveries import Sender
from monitor.store.migrate import upgrade
from tests.county import NOW, County

Again = Callable[[Path], Intake]


@pytest.fixture
def export(told: County) -> Export:
    """Everything of the county, plates whole."""
    services = told.services
    return Export(services.database, CaseFilter(), services.configuration.stations, NOW, plates=True)


@pytest.fixture
def again(tmp_path: Path) -> Again:
    """Reads an exported file into a fresh database, by the page that claims its name."""

    def read(path: Path) -> Intake:
        folder = tmp_path / "again"
        folder.mkdir()
        database = Database(f"sqlite:///{folder / 'log.db'}")
        upgrade(database)
        configuration = load_configuration(Settings(data_dir=folder))
        intake = Intake(database, configuration, load_pages(), b"another key", lambda: NOW)
        page = intake.page_for(path)
        assert page.name == "xes"
        entry = intake.file(path, page, Sender("test", "test"))
        assert (entry.status, entry.counts.refusals) == ("done", 0)
        return intake

    return read
