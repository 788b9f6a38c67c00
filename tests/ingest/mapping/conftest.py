"""Deliveries made of text or cells, mapped by a shipped page or by one written in the test."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter

from ingest.candidate import Candidate, Person, Refusal, RowResult
from ingest.mapping.batch import SheetProblem, Warned
from ingest.mapping.page import SourcePage
from ingest.mapping.pages import SourcePages, load_pages, page_of
from ingest.mapping.read import read_delivery
from ingest.mapping.reading import Reading, reading
from monitor.settings.yamlfile import parse_yaml

STATIONS = {
    "S1": ["城西超限检测站", "城西", "城西站"],
    "S2": ["北关超限检测站", "北关"],
    "road-traffic-fines": [],
}
KEY = b"a key of this test"


@dataclass
class Delivered:
    """All that a file became."""

    rows: list[RowResult] = field(default_factory=list)
    persons: list[Person] = field(default_factory=list)
    warnings: list[Warned] = field(default_factory=list)
    problems: list[SheetProblem] = field(default_factory=list)
    quick: int = 0

    @property
    def candidates(self) -> list[Candidate]:
        return [one for row in self.rows for one in row.candidates]

    @property
    def refusals(self) -> list[Refusal]:
        return [one for row in self.rows for one in row.refusals]

    @property
    def aside(self) -> list[str]:
        return [row.aside for row in self.rows if row.aside is not None]

    def event(self, activity: str) -> Candidate:
        (found,) = [one for one in self.candidates if one.activity == activity]
        return found

    def data(self, activity: str) -> dict[str, Any]:
        text = self.event(activity).data
        found: dict[str, Any] = json.loads(text) if text else {}
        return found


def instant(text: str) -> int:
    """Microseconds of an RFC 3339 time, worked out apart from the code under test."""
    moment = dt.datetime.fromisoformat(text)
    assert moment.tzinfo is not None
    return round(moment.timestamp()) * 1_000_000


@pytest.fixture(scope="session")
def shipped() -> SourcePages:
    return load_pages()


@pytest.fixture
def page_from(shipped: SourcePages) -> Callable[[str], SourcePage]:
    """A page from YAML text."""

    def build(text: str) -> SourcePage:
        return page_of("test", parse_yaml(text, "test.yaml"), shipped.codes)

    return build


@pytest.fixture
def how(shipped: SourcePages) -> Callable[[str | SourcePage], Reading]:
    """A reading by a shipped page (named) or another."""

    def build(page: str | SourcePage) -> Reading:
        return reading(shipped[page] if isinstance(page, str) else page, shipped.codes, STATIONS, KEY)

    return build


Deliver = Callable[..., Delivered]


@pytest.fixture
def deliver(tmp_path: Path, how: Callable[[str | SourcePage], Reading]) -> Deliver:
    """Map a file: text or bytes as they are; a list of rows as XLSX (or a dict of sheets of them)."""

    def run(page: str | SourcePage, content: Any, name: str = "delivery") -> Delivered:
        path = tmp_path / name
        if isinstance(content, bytes | str):
            path.write_bytes(content.encode() if isinstance(content, str) else content)
        else:
            write_workbook(path, content if isinstance(content, dict) else {"台账": content})
        told = Delivered()
        for batch in read_delivery(path, how(page)):
            told.rows += batch.results()
            told.persons += batch.persons
            told.warnings += batch.warnings
            told.problems += batch.problems
            told.quick += len(batch.landed.numbers)
        return told

    return run


def write_workbook(path: Path, sheets: dict[str, list[list[Any]]]) -> None:
    """Dates get a date format, datetimes one with hours."""
    with xlsxwriter.Workbook(str(path)) as book:
        day = book.add_format({"num_format": "yyyy-mm-dd"})
        moment = book.add_format({"num_format": "yyyy-mm-dd hh:mm"})
        clock = book.add_format({"num_format": "hh:mm"})
        for name, rows in sheets.items():
            sheet = book.add_worksheet(name)
            for r, row in enumerate(rows):
                for c, value in enumerate(row):
                    if isinstance(value, dt.datetime):
                        sheet.write_datetime(r, c, value, moment)
                    elif isinstance(value, dt.date):
                        sheet.write_datetime(r, c, value, day)
                    elif isinstance(value, dt.time):
                        sheet.write_datetime(r, c, value, clock)
                    elif value is not None:
                        sheet.write(r, c, value)
