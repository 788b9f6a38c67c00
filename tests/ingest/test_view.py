"""A database view: what changed since is read, once, however late it was committed."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import func, select

from ingest.view_fault import ViewProblem
from monitor.store.cases import CaseFilter, find_cases
from monitor.store.deliveries import DeliveryRow, recent_deliveries
from monitor.store.tables import absences, case_versions, events
from tests.engines import ENGINES
from tests.factories import SENDER, at, day
from tests.ingest.viewed import COLUMNS, NOW, QUERY, STATION, Station, Viewer, station_on, viewer_of
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


def watermark(viewer: Viewer) -> str | None:
    told = viewer.poller().state().watermark
    return None if told is None else told[1].replace("T", " ")


def test_a_first_poll_reads_everything_and_the_next_only_what_changed_since(
    station: Station, viewer: Viewer
) -> None:
    station.tell("C1", "08:00")
    station.tell("C2", "12:00")
    assert (viewer.poll().rows, count(viewer.database)) == (2, 2)
    assert watermark(viewer) == "2026-07-01 12:00:00"
    station.tell("C3", "12:30")
    polled = viewer.poll()
    # C1 lies more than the overlap of two hours behind
    assert (polled.rows, count(viewer.database)) == (2, 3)
    assert [(one.counts.events, one.counts.duplicates) for one in polled.deliveries] == [(1, 1)]


def test_a_row_committed_late_behind_the_watermark_is_found_within_the_overlap(
    station: Station, viewer: Viewer
) -> None:
    station.tell("C1", "12:00")
    viewer.poll()
    station.tell("LATE", "10:00")
    station.tell("TOO LATE", "09:59")
    viewer.poll()
    assert {one.case_no for one in find_cases(viewer.database, CaseFilter(), NOW).cases} == {"C1", "LATE"}


def test_an_answer_that_is_the_last_one_again_is_no_delivery(station: Station, viewer: Viewer) -> None:
    station.tell("C1", "12:00")
    viewer.poll()
    polled = viewer.poll()
    assert (polled.rows, polled.deliveries, len(deliveries(viewer))) == (1, [], 1)


def test_a_row_corrected_at_its_source_is_a_revision_where_it_has_an_id(
    station: Station, viewer: Viewer
) -> None:
    station.view(f"{COLUMNS}, id AS event_id")
    station.tell("C1", "12:00")
    viewer.poll()
    station.run("UPDATE told SET gross_kg = 52000, changed_at = '2026-07-01 12:01:00'")
    polled = viewer.poll()
    assert polled.deliveries[0].counts.revisions == 1
    [case] = find_cases(viewer.database, CaseFilter(), NOW).cases
    assert case.gross_kg == 52_000


def test_rows_without_a_watermark_are_read_with_every_poll_where_the_query_asks_for_them(
    station: Station, viewer: Viewer
) -> None:
    station.tell("C1", None)
    station.tell("C2", "12:00")
    assert viewer.poll().rows == 1
    query = "SELECT * FROM v_events WHERE changed_at >= :since OR changed_at IS NULL"
    polled = viewer.poll(query=query)
    assert (polled.rows, polled.unmarked, count(viewer.database)) == (2, 1, 2)
    assert viewer.poll(query=query).unmarked == 1


def test_one_row_from_the_future_does_not_hide_what_follows(station: Station, viewer: Viewer) -> None:
    station.tell("C1", "12:00")
    station.run(
        f"INSERT INTO told VALUES (99, '{STATION}', 'WRONG CLOCK', 'confirmed', '2026-07-01 08:00:00', "
        "61400, '晋D81021', '2099-01-01 00:00:00')"
    )
    viewer.poll()
    assert watermark(viewer) == "2026-07-02 09:00:00"
    station.tell("C2", "12:00")
    station.run("UPDATE told SET changed_at = '2026-07-02 09:00:30' WHERE case_no = 'C2'")
    viewer.poll()
    assert count(viewer.database) == 3


@pytest.mark.parametrize("comparison", [">=", ">"])
def test_more_rows_than_one_answer_may_have_come_in_parts_cut_between_two_watermarks(
    station: Station, viewer: Viewer, comparison: str
) -> None:
    for number in range(12):
        # three rows share each watermark
        station.tell(f"C{number}", f"08:{number // 3:02d}")
    query = f"SELECT * FROM v_events WHERE changed_at {comparison} :since ORDER BY changed_at"
    polled = viewer.poll(query=query, rows=4)
    assert count(viewer.database) == 12
    assert len(polled.deliveries) > 1
    assert all(one.counts.rows_read <= 6 for one in polled.deliveries)
    assert watermark_of_cut(viewer, query) == "2026-07-01 08:03:00"


def watermark_of_cut(viewer: Viewer, query: str) -> str:
    told = viewer.poller(query=query, rows=4).state().watermark
    assert told is not None
    return told[1].replace("T", " ")


def test_too_many_rows_out_of_order_are_refused_whole_with_the_remedy(
    station: Station, viewer: Viewer
) -> None:
    for number in range(6):
        station.tell(f"C{number}", f"08:0{9 - number}")
    with pytest.raises(ViewProblem) as caught:
        viewer.poll(query="SELECT * FROM v_events WHERE changed_at >= :since", rows=4)
    assert (caught.value.code, caught.value.params["column"]) == ("view_not_ordered", "changed_at")
    assert count(viewer.database) == 0
    assert viewer.poll(query="SELECT * FROM v_events WHERE changed_at >= :since", rows=6).rows == 6


def test_a_view_that_asks_something_else_is_read_from_its_beginning(station: Station, viewer: Viewer) -> None:
    station.tell("C1", "08:00")
    station.tell("C2", "12:00")
    viewer.poll()
    polled = viewer.poll(query=QUERY.replace("ORDER", "AND 1 = 1 ORDER"))
    assert polled.rows == 2
    assert [one.counts.duplicates for one in polled.deliveries] == [2]


def test_a_start_leaves_out_what_lies_before_it(station: Station, viewer: Viewer) -> None:
    station.tell("C1", "08:00")
    station.tell("C2", "12:00")
    assert viewer.poll(start="2026-07-01 09:00:00").rows == 1


def test_a_watermark_may_be_a_number(station: Station, viewer: Viewer) -> None:
    station.view(f"{COLUMNS}, id AS event_id")
    for number in range(5):
        station.tell(f"C{number}", "08:00")
    how = {
        "query": "SELECT * FROM v_events WHERE event_id >= :since ORDER BY event_id",
        "watermark": "event_id", "watermark_kind": "number", "overlap": "2",
    }  # fmt: skip
    assert viewer.poll(**how).rows == 5
    station.tell("C9", "08:00")
    # 5 − 2 = 3: rows 3, 4, 5 and the new one
    assert viewer.poll(**how).rows == 4
    assert count(viewer.database) == 6


def test_a_watermark_of_another_kind_is_told_with_its_column(station: Station, viewer: Viewer) -> None:
    station.tell("C1", "08:00")
    with pytest.raises(ViewProblem) as caught:
        viewer.poll(
            query="SELECT * FROM v_events WHERE :since = :since", watermark="plate", watermark_kind="time"
        )
    assert caught.value.code == "view_watermark_kind"
    assert "晋" not in str(caught.value.params)


def test_a_cell_that_cannot_be_read_goes_to_quarantine_and_the_rest_lands(
    station: Station, viewer: Viewer
) -> None:
    station.tell("C1", "08:00", gross=-5)
    station.tell("C2", "08:00")
    [entry] = viewer.poll().deliveries
    assert (entry.status, entry.counts.rows_read, entry.counts.refusals) == ("done", 2, 1)


def test_a_view_is_no_full_ledger_whatever_its_page_says_of_files(station: Station, viewer: Viewer) -> None:
    station.tell("C1", "08:00")
    page = viewer.intake.pages["events"]
    viewer.intake.pages.pages["events"] = page.model_copy(update={"full": True})
    viewer.poll()
    station.run("DELETE FROM told")
    station.tell("C2", "12:00")
    viewer.poll()
    with viewer.database.read() as connection:
        assert connection.execute(select(func.count()).select_from(absences)).scalar_one() == 0


def versions(viewer: Viewer) -> list[tuple[object, ...]]:
    """What is held of every case, without when it was learnt."""
    left_out = ("id", "case_id", "known_from", "known_to", "events")
    columns = [column for column in case_versions.c if column.name not in left_out]
    query = select(*columns).where(case_versions.c.known_to.is_(None)).order_by(case_versions.c.case_no)
    with viewer.database.read() as connection:
        return [tuple(row) for row in connection.execute(query)]


def test_the_same_rows_by_view_and_by_file_give_the_same_case_versions(
    station: Station, viewer: Viewer, tmp_path: Path
) -> None:
    for number in range(4):
        station.tell(f"C{number}", "08:00")
        station.tell(f"C{number}", "08:05", activity="released")
    viewer.poll()
    by_view = versions(viewer)
    assert len(by_view) == 4
    (tmp_path / "file").mkdir()
    file = tmp_path / "events.csv"
    lines = ["station,case_no,activity,occurred_at,gross_kg,plate"]
    lines += [
        f"{STATION},C{number},{activity},2026-07-01 08:00:00,61400,晋D81021"
        for number in range(4)
        for activity in ("confirmed", "released")
    ]
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")
    with viewer_of(station, tmp_path / "file") as other:
        other.intake.file(file, other.intake.pages["events"], SENDER)
        assert versions(other) == by_view
        # and both ways into one log bring each event once
        viewer.intake.file(file, viewer.intake.pages["events"], SENDER)
    with viewer.database.read() as connection:
        assert connection.execute(select(func.count()).select_from(events)).scalar_one() == 8


def test_types_that_only_a_server_has_are_read_as_what_they_are(tmp_path: Path) -> None:
    with station_on("postgresql", tmp_path) as station, viewer_of(station, tmp_path) as viewer:
        station.run(
            "CREATE VIEW v_typed AS SELECT station, convert_to(case_no, 'UTF8') AS case_no, activity, "
            "occurred_at AT TIME ZONE 'Asia/Shanghai' AS occurred_at, gross_kg::numeric(10, 2) AS gross_kg, "
            "plate, changed_at AT TIME ZONE 'Asia/Shanghai' AS changed_at FROM told",
            "CREATE VIEW v_days AS SELECT station, 'D' || case_no AS case_no, activity, "
            "occurred_at::date AS occurred_at, changed_at FROM told",
        )
        station.tell("C1", "12:00")
        query = "SELECT * FROM {} WHERE changed_at >= :since ORDER BY changed_at"
        viewer.poll(query=query.format("v_typed"))
        state = viewer.poller(query=query.format("v_typed")).state()
        assert state.watermark is not None
        assert datetime.fromisoformat(state.watermark[1]) == datetime(2026, 7, 1, 4, 0, tzinfo=UTC)
        station.tell("C2", "11:00")
        assert viewer.poll(query=query.format("v_typed")).rows == 2
        viewer.poll(query=query.format("v_days"))
        found = {one.case_no: one for one in find_cases(viewer.database, CaseFilter(), NOW).cases}
        assert found["C1"].gross_kg == 61_400
        assert (found["C1"].confirmed_at, found["C1"].confirmed_until) == (at("2026-07-01 08:00"), None)
        assert (found["DC1"].confirmed_at, found["DC1"].confirmed_until) == day("2026-07-01")
