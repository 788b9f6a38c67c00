"""A view that changes its columns: a clear answer, nothing half-written, and on again when mended."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from ingest.view_fault import ViewProblem
from monitor.settings.texts import texts
from monitor.store.deliveries import DeliveryRow, recent_deliveries
from tests.engines import ENGINES
from tests.ingest.viewed import COLUMNS, Station, Viewer, station_on, viewer_of
from tests.store.reading import count


@pytest.fixture(params=ENGINES)
def station(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Station]:
    with station_on(request.param, tmp_path) as station:
        yield station


@pytest.fixture
def viewer(station: Station, tmp_path: Path) -> Iterator[Viewer]:
    with viewer_of(station, tmp_path) as viewer:
        yield viewer


def deliveries(viewer: Viewer) -> list[DeliveryRow]:
    with viewer.database.read() as connection:
        return recent_deliveries(connection)


def refused(viewer: Viewer, **changed: str) -> ViewProblem:
    before = count(viewer.database)
    with pytest.raises(ViewProblem) as caught:
        viewer.poll(**changed)
    assert count(viewer.database) == before
    return caught.value


def filled(station: Station, viewer: Viewer) -> None:
    station.tell("C1", "12:00")
    viewer.poll()
    station.tell("C2", "12:01")


def test_a_needed_column_that_is_gone_is_named_and_nothing_is_written_until_it_is_back(
    station: Station, viewer: Viewer
) -> None:
    filled(station, viewer)
    station.view(COLUMNS.replace("case_no", "case_no AS renamed"))
    problem = refused(viewer)
    assert problem.code == "view_missing_column"
    assert problem.params["column"] == "case_no"
    assert "renamed" in problem.params["found"]
    station.view()
    assert viewer.poll().rows == 2
    assert count(viewer.database) == 2


def test_a_changed_view_is_one_failed_delivery_however_often_it_is_asked(
    station: Station, viewer: Viewer
) -> None:
    filled(station, viewer)
    station.view(COLUMNS.replace("case_no", "case_no AS renamed"))
    for _ in range(3):
        refused(viewer)
    [failed, first] = deliveries(viewer)
    assert (failed.status, failed.problem, failed.counts.rows_read) == ("failed", "view_missing_column", 0)
    assert first.status == "done"
    for language in ("zh", "en"):
        told = texts(language).get(f"reasons.{failed.problem}", **failed.params)
        assert "case_no" in told
    station.view()
    viewer.poll()
    station.view(COLUMNS.replace("case_no", "case_no AS renamed"))
    refused(viewer)
    assert [one.status for one in deliveries(viewer)] == ["failed", "done", "failed", "done"]


def test_a_column_that_could_be_done_without_is_missed_all_the_same_once_it_was_there(
    station: Station, viewer: Viewer
) -> None:
    filled(station, viewer)
    station.view(COLUMNS.replace(" plate,", ""))
    problem = refused(viewer)
    assert (problem.code, problem.params["column"]) == ("view_columns_gone", "plate")
    # a person who means it says so in the query
    named = "SELECT station, case_no, activity, occurred_at, gross_kg, changed_at FROM v_events"
    assert viewer.poll(query=f"{named} WHERE changed_at >= :since").rows == 2


def test_a_column_that_no_page_read_may_go(station: Station, viewer: Viewer) -> None:
    station.view(f"{COLUMNS}, 7 AS shoe_size")
    filled(station, viewer)
    station.view()
    assert viewer.poll().rows == 2


def test_a_new_column_is_told_once_and_read_where_the_page_knows_it(station: Station, viewer: Viewer) -> None:
    station.view(COLUMNS.replace(" plate,", ""))
    filled(station, viewer)
    station.view(f"{COLUMNS}, 7 AS shoe_size")
    assert viewer.poll().new_columns == ("plate", "shoe_size")
    assert viewer.poll().new_columns == ()
    assert count(viewer.database) > 2


def test_another_kind_of_value_in_a_column_is_told_where_columns_have_types(
    station: Station, viewer: Viewer
) -> None:
    filled(station, viewer)
    station.view(COLUMNS.replace("occurred_at", "CAST(occurred_at AS DATE) AS occurred_at"))
    if station.is_sqlite:
        # CAST to a date leaves the year 2026 in SQLite: no time, refused cell by cell
        assert viewer.poll().deliveries[0].counts.rows_quarantined == 2
        return
    problem = refused(viewer)
    assert problem.code == "view_type_changed"
    assert problem.params == {"column": "occurred_at", "before": "time", "now": "date"}


def test_a_number_may_become_a_decimal(station: Station, viewer: Viewer) -> None:
    filled(station, viewer)
    station.view(COLUMNS.replace("gross_kg", "CAST(gross_kg AS NUMERIC(10, 2)) AS gross_kg"))
    polled = viewer.poll()
    assert (polled.deliveries[0].counts.events, polled.deliveries[0].counts.duplicates) == (1, 1)


def test_one_name_for_two_columns_is_refused(station: Station, viewer: Viewer) -> None:
    station.tell("C1", "12:00")
    problem = refused(viewer, query="SELECT *, plate FROM v_events WHERE changed_at >= :since")
    assert (problem.code, problem.params["column"]) == ("view_column_twice", "plate")


def test_an_answer_without_the_watermark_is_refused(station: Station, viewer: Viewer) -> None:
    station.tell("C1", "12:00")
    problem = refused(viewer, query="SELECT station, case_no FROM v_events WHERE changed_at >= :since")
    assert (problem.code, problem.params["found"]) == ("view_no_watermark", "station · case_no")


def test_an_answer_in_which_the_page_finds_nothing_says_what_it_would_accept(
    station: Station, viewer: Viewer
) -> None:
    problem = refused(viewer, query="SELECT changed_at, 1 AS a FROM v_events WHERE changed_at >= :since")
    assert problem.code == "view_missing_column"
    assert "case_no" in problem.params["accepted"]
