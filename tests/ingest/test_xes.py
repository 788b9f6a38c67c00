"""The public log told as XES gives the database that its CSV gives. Skipped where it is not at hand."""

from __future__ import annotations

import csv
import gzip
import itertools
import time
from pathlib import Path
from xml.sax.saxutils import quoteattr

import pytest
from sqlalchemy import select

from ingest.intake import Intake
from ingest.mapping.pages import load_pages
from ingest.tables.fault import TableError
from monitor.settings.configuration import load_configuration
from monitor.settings.environment import Settings
from monitor.store.cases import CaseFilter, each_case
from monitor.store.database import Database
from monitor.store.deliveries import DeliveryRow, Sender, recent_deliveries
from monitor.store.migrate import upgrade
from monitor.store.quarantine import quarantine_rows
from monitor.store.tables import cases, events
from tests.long import is_full

LOG = Path(__file__).resolve().parents[3] / "shared" / "data" / "road_traffic_fines.csv.gz"
SOURCE = "road-traffic-fines"
EVENTS = 561_470
SLICE = EVENTS if is_full() else 30_000
KINDS = {"amount": "float", "expense": "float", "paymentAmount": "float", "points": "int"}
TOLD = ("identity", "content", "activity", "occurred_at", "occurred_until", "recorded_at", "data")

at_hand = pytest.mark.skipif(not LOG.is_file(), reason="the public log is not at hand")


def intake_in(folder: Path) -> Intake:
    folder.mkdir()
    database = Database(f"sqlite:///{folder / 'log.db'}")
    upgrade(database)
    configuration = load_configuration(Settings(data_dir=folder))
    return Intake(
        database, configuration, load_pages(), b"a key of this test", lambda: time.time_ns() // 1000
    )


def load(intake: Intake, file: Path) -> DeliveryRow:
    return intake.file(file, intake.pages[SOURCE], Sender("test", "test"))


def rows(count: int) -> list[list[str]]:
    with gzip.open(LOG, "rt", encoding="utf-8", newline="") as log:
        return list(itertools.islice(csv.reader(log), 1 + count))


def xes_of(table: list[list[str]]) -> str:
    """A trace a case, an attribute a filled cell, typed as the standard has it."""
    head, *body = table
    lines = ['<?xml version="1.0" encoding="UTF-8"?>', '<log xmlns="http://www.xes-standard.org/">']
    for case, group in itertools.groupby(body, key=lambda row: row[0]):
        lines.append(f'<trace><string key="concept:name" value={quoteattr(case)}/>')
        for row in group:
            lines.append("<event>")
            for name, text in itertools.islice(zip(head, row, strict=True), 1, None):
                if text:
                    kind = "date" if name == "time:timestamp" else KINDS.get(name, "string")
                    lines.append(f'<{kind} key="{name}" value={quoteattr(text)}/>')
            lines.append("</event>")
        lines.append("</trace>")
    return "\n".join([*lines, "</log>"])


def told(intake: Intake) -> set[tuple[object, ...]]:
    query = select(cases.c.station, cases.c.case_no, *(events.c[name] for name in TOLD)).join_from(
        events, cases
    )
    with intake.database.read() as connection:
        return {tuple(row) for row in connection.execute(query)}


@at_hand
@pytest.mark.timeout(1200)
def test_the_log_as_xes_gives_the_events_and_cases_of_its_csv(tmp_path: Path) -> None:
    table = rows(SLICE)
    plain = tmp_path / "road_traffic_fines.csv"
    with plain.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(table)
    packed = tmp_path / "road_traffic_fines.xes.gz"
    packed.write_bytes(gzip.compress(xes_of(table).encode()))
    by_csv, by_xes = intake_in(tmp_path / "csv"), intake_in(tmp_path / "xes")
    assert by_xes.page_for(packed).name == SOURCE
    one, other = load(by_csv, plain).counts, load(by_xes, packed).counts
    assert one.events == other.events == SLICE
    assert (other.refusals, other.rows_read) == (0, SLICE)
    assert len(told(by_csv)) == SLICE
    assert told(by_csv) == told(by_xes)
    states = [
        {state.case_no: state for state in each_case(intake.database, CaseFilter(), 0)}
        for intake in (by_csv, by_xes)
    ]
    assert states[0] == states[1]
    assert len(states[0]) == 150_370 or SLICE < EVENTS
    again = load(by_csv, packed).counts
    assert (again.events, again.revisions, again.duplicates) == (0, 0, SLICE)


def fine(name: str, *more: str) -> str:
    return (
        f'<event><string key="concept:name" value="{name}"/>'
        f'<date key="time:timestamp" value="2006-07-24T00:00:00+02:00"/>{"".join(more)}</event>'
    )


def trace(case: str, *told: str) -> str:
    return f'<trace><string key="concept:name" value="{case}"/>{"".join(told)}</trace>'


def test_a_bad_event_is_quarantined_and_the_rest_goes_on(tmp_path: Path) -> None:
    path = tmp_path / "road_traffic_fines.xes"
    bad = '<string key="points" value="many"/>'
    path.write_text(
        f"<log>{trace('A1', fine('Create Fine'), fine('Vanish'), fine('Send Fine', bad))}"
        f"{fine('Create Fine')}</log>"
    )
    intake = intake_in(tmp_path / "data")
    counts = load(intake, path).counts
    assert (counts.rows_read, counts.events, counts.rows_quarantined) == (4, 1, 3)


def test_an_event_without_a_time_or_a_case_is_quarantined_with_what_is_missing(tmp_path: Path) -> None:
    path = tmp_path / "road_traffic_fines.xes"
    undated = '<event><string key="concept:name" value="Create Fine"/></event>'
    badly = fine("Create Fine").replace("2006-07-24T00:00:00+02:00", "some day")
    twice = fine("Create Fine", '<string key="article" value="1"/>' * 2)
    unknown = fine("Create Fine", '<string key="nobody:knows" value="1"/>')
    path.write_text(
        f"<log>{trace('A1', undated, badly, twice, unknown)}<trace>{fine('Send Fine')}</trace></log>"
    )
    intake = intake_in(tmp_path / "data")
    counts = load(intake, path).counts
    assert (counts.rows_read, counts.events, counts.rows_quarantined) == (5, 1, 4)
    with intake.database.read() as connection:
        refused = [(one.item.row, one.item.reason) for one in quarantine_rows(connection)]
    assert refused == [
        (1, "missing_time"), (2, "not_a_time"), (3, "attribute_twice"), (5, "missing_case_no"),
    ]  # fmt: skip


def test_what_came_before_the_damage_has_landed_and_the_delivery_has_failed(tmp_path: Path) -> None:
    path = tmp_path / "road_traffic_fines.xes"
    path.write_text(f"<log>{trace('A1', fine('Create Fine'))}<trace>")
    intake = intake_in(tmp_path / "data")
    with pytest.raises(TableError, match="broken_xml"):
        load(intake, path)
    with intake.database.read() as connection:
        [entry] = recent_deliveries(connection, 1)
    assert (entry.status, entry.problem, entry.counts.events) == ("failed", "broken_xml", 1)
