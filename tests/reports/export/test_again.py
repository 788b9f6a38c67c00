"""What is exported and read again gives the same cases; what is personal stays where it is."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest

from monitor.cases.state import CaseState
from monitor.reports.export.choice import Form, Subject
from monitor.reports.export.forms import write
from monitor.reports.export.ocel import ocel_parts
from monitor.reports.export.table import cases_csv, events_csv
from monitor.reports.export.told import Export, each_told
from monitor.store.cases import CaseFilter, each_case
from monitor.store.database import Database
from monitor.store.deliveries import Sender
from tests.county import DAYS_ONLY, WEST

from .conftest import Again


def written(export: Export, folder: Path, form: str, subject: Subject = Subject.EVENTS) -> Path:
    path = folder / f"fangxing-{subject}.{form}"
    with path.open("wb") as file:
        write(file, export, subject, Form(form))
    return path


def states(database: Database) -> dict[tuple[str, str], CaseState]:
    return {(one.station, one.case_no): one for one in each_case(database, CaseFilter(), 0)}


def told_of(export: Export) -> set[tuple[object, ...]]:
    """Each valid event by what it says: case, activity, when, how exactly, when recorded, data."""
    return {
        (
            *case.key,
            one.event.activity,
            one.event.occurred_at,
            one.event.occurred_until,
            one.event.recorded_at,
            one.event.revision,
            tuple(sorted(one.data.items())),
        )
        for case in each_told(export)
        for one in case.events
    }


@pytest.mark.parametrize("form", ["csv", "xes", "parquet"])
def test_an_export_read_into_a_fresh_database_gives_the_same_cases(
    export: Export, tmp_path: Path, again: Again, form: str
) -> None:
    read = again(written(export, tmp_path, form))
    first = told_of(export)
    assert {one[4] is None for one in first} == {True, False}
    assert first == told_of(export._replace(database=read.database))
    before, after = states(export.database), states(read.database)
    assert DAYS_ONLY in before
    assert before == after


def test_an_event_that_comes_in_two_formats_is_one_event(
    export: Export, tmp_path: Path, again: Again
) -> None:
    read = again(written(export, tmp_path, "parquet"))
    for form in ("csv", "xes"):
        path = written(export, tmp_path, form)
        counts = read.file(path, read.page_for(path), Sender("test", "test")).counts
        assert (counts.events, counts.revisions) == (0, 0)
        assert counts.duplicates == len(told_of(export)) > 0


def test_plates_are_masked_unless_they_are_asked_for(export: Export, tmp_path: Path) -> None:
    plates = {state.plate for state in states(export.database).values()} - {None, "无牌"}
    masked = export._replace(plates=False)
    for form in ("csv", "xes"):
        whole = written(export, tmp_path, form).read_text("utf-8-sig")
        assert any(str(plate) in whole for plate in plates)
        hidden = written(masked, tmp_path, form).read_text("utf-8-sig")
        assert not any(str(plate) in hidden for plate in plates)
        assert "**" in hidden
    for parts in (ocel_parts(masked), cases_csv(masked)):
        hidden = b"".join(parts).decode()
        assert not any(str(plate) in hidden for plate in plates)


def test_a_filter_narrows_the_export(export: Export) -> None:
    some = export._replace(chosen=CaseFilter(stations=[WEST]))
    rows = list(csv.DictReader(io.StringIO(b"".join(events_csv(some)).decode("utf-8-sig"))))
    assert {row["station"] for row in rows} == {WEST}
    assert len(rows) == sum(len(case.events) for case in each_told(some)) > 0


def test_the_case_table_has_a_row_a_case_and_days_as_days(export: Export) -> None:
    content = b"".join(cases_csv(export))
    assert content.startswith(b"\xef\xbb\xbf")
    rows = list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"))))
    assert {(row["station"], row["case_no"]) for row in rows} == set(states(export.database))
    days = next(row for row in rows if row["case_no"] == DAYS_ONLY[1])
    assert days["confirmed_at"] == "2026-11-24"
