"""Weighings, an event log, a view and pushes of the simulation: each row becomes what the truth says."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import httpx
import orjson
import pytest
from fastapi.testclient import TestClient
from sqlalchemy import create_engine, select, text

from ingest.accept import Letter, accept
from ingest.intake import Intake
from ingest.made_up import MARK
from ingest.mapping.objects import map_objects
from ingest.mapping.pages import load_pages
from ingest.simulate import SimulationSummary, simulate
from ingest.simulate.moments import HOUR, SECOND, iso
from ingest.simulate.ways import bureau_view
from ingest.simulate.ways.pushes import recorded
from ingest.view import ViewPoll
from monitor.server import Installation, create_app
from monitor.settings.configuration import load_configuration
from monitor.settings.environment import Settings
from monitor.settings.views import DatabaseView
from monitor.store.board import open_cases, unconfirmed_overweight
from monitor.store.cases import case_file
from monitor.store.database import Database
from monitor.store.deliveries import DeliveryRow, Sender, recent_deliveries
from monitor.store.migrate import upgrade
from monitor.store.quarantine import QuarantineRow, quarantine_rows
from monitor.store.tables import case_versions, events, weighings
from tests.ingest.simulate.conftest import NOW, SEED, Simulated

SENDER = Sender("test", "tests")
BY_FILE = ["14042301", "14042302"]
"""Stations whose weighings come in files."""


@dataclass(frozen=True)
class Found:
    """What the program made of the ledgers and of everything that came by other ways."""

    database: Database
    deliveries: dict[str, DeliveryRow]
    viewed: DeliveryRow
    answers: list[bytes]
    quarantined: list[QuarantineRow]
    versions: dict[tuple[str, str], dict[str, Any]]
    quiet: dict[tuple[str, str], dict[str, Any]]
    """Weighings of which nothing else is told: they need no case."""


def rows_of_view(database: Path) -> list[dict[str, Any]]:
    engine = create_engine(f"sqlite:///{database}")
    with engine.connect() as connection:
        rows = connection.execute(text(f"{bureau_view.QUERY} ORDER BY {bureau_view.WATERMARK}, event_id"))
        found = [dict(row) for row in rows.mappings()]
    engine.dispose()
    return found


def send(client: TestClient, folder: Path) -> list[httpx.Response]:
    return [
        client.post(
            one.path, content=one.body, params={"source": one.source},
            headers={"Content-Type": "application/json", "Idempotency-Key": one.key},
        )
        for one in recorded(folder)
    ]  # fmt: skip


@pytest.fixture(scope="module")
def intake(simulated: Simulated, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Intake]:
    del simulated
    database = Database(f"sqlite:///{tmp_path_factory.mktemp('ways') / 'fangxing.db'}")
    upgrade(database)
    yield Intake(database, load_configuration(Settings()), load_pages(), b"key of this test", lambda: NOW)
    database.dispose()


@pytest.fixture(scope="module")
def found(simulated: Simulated, intake: Intake) -> Found:
    summary = simulated.summary
    for one in summary.files:
        intake.file(one.path, intake.page_for(one.path), SENDER, backfill=True)
    deliveries = {
        path.name: intake.file(path, intake.page_for(path), SENDER, backfill=True)
        for path, _ in summary.ways.files
    }
    seen = rows_of_view(summary.ways.view)
    batch = map_objects(intake.how(intake.pages[bureau_view.SOURCE]), seen)
    letter = Letter(bureau_view.SOURCE, "view", SENDER)
    viewed = accept(intake.database, intake.terms, letter, [batch], intake.moment)
    installation = Installation(Settings(), intake.database, intake, simulated=True)
    client = TestClient(create_app(installation), base_url="http://127.0.0.1")
    answers = [answer.content for answer in send(client, summary.ways.pushes) if answer.status_code == 200]
    latest = select(case_versions).where(case_versions.c.known_to.is_(None))
    with intake.database.read() as connection:
        quarantined = quarantine_rows(connection, status=None)
        rows = connection.execute(latest).mappings()
        versions = {(row["station"], row["case_no"]): dict(row) for row in rows}
        lying = connection.execute(select(weighings).order_by(weighings.c.received_at)).mappings()
        quiet = {(row["station"], row["check_no"]): dict(row) for row in lying}
    return Found(intake.database, deliveries, viewed, answers, quarantined, versions, quiet)


def ways(simulated: Simulated) -> dict[str, Any]:
    told: dict[str, Any] = simulated.truth["ways"]
    return told


def defects(simulated: Simulated, **about: Any) -> list[dict[str, Any]]:
    return [one for one in ways(simulated)["defects"] if all(one[key] == about[key] for key in about)]


def test_every_file_is_claimed_by_the_page_that_reads_it(simulated: Simulated, intake: Intake) -> None:
    for path, source in simulated.summary.ways.files:
        assert [page.name for page in intake.pages.claiming(path.name)] == [source]


def test_every_file_gives_the_events_duplicates_and_revisions_that_it_tells(
    simulated: Simulated, found: Found
) -> None:
    for told in ways(simulated)["files"]:
        got = found.deliveries[told["file"]].counts
        assert (got.mapped, got.events, got.duplicates, got.revisions) == (
            told["told"], told["new"], told["duplicates"], told["revisions"],
        ), told["file"]  # fmt: skip
        assert got.rows_read == got.rows_landed + got.rows_unchanged + got.rows_quarantined + got.rows_aside
    assert sum(told["revisions"] for told in ways(simulated)["files"]) > 0
    assert sum(told["duplicates"] for told in ways(simulated)["files"]) > 0


def test_there_are_many_more_first_weighings_than_cases(simulated: Simulated) -> None:
    told = Counter(one["activity"] for one in ways(simulated)["weighings"])
    days = {case["confirmed_at"][:10] for case in simulated.truth["cases"]}
    assert told["weighed"] / 4 > 20 * len(simulated.truth["cases"]) / len(days)
    assert 0 < told["reweighed"] < told["weighed"] / 20


def test_every_unreadable_row_is_quarantined_where_it_stands_and_nothing_else(
    simulated: Simulated, found: Found
) -> None:
    planted = Counter(
        (one["file"], one["row"], one["column"], one["reason"])
        for one in defects(simulated, expect="row_lost")
    )
    assert {one[-1] for one in planted} == {"unit_unknown", "unknown_code", "unknown_activity"}
    files = {told["file"] for told in ways(simulated)["files"]}
    quarantined = Counter(
        (row.file, row.item.row, row.item.column, row.item.reason)
        for row in found.quarantined if row.file in files
    )  # fmt: skip
    assert quarantined == planted


def test_weighings_keep_weight_limit_and_colour_whatever_unit_and_codes_they_came_in(
    simulated: Simulated, found: Found
) -> None:
    first = {
        (one["station"], one["check_no"]): one
        for one in ways(simulated)["weighings"] if one["activity"] == "weighed"
    }  # fmt: skip
    assert {"14042301", "14042302", "14042331"} == {station for station, _ in first}
    for key, told in first.items():
        got = found.versions.get(key) or found.quiet[key]
        assert (got["gross_kg"], got["limit_kg"]) == (told["gross_kg"], told["limit_kg"]), key
        colour = {"yellow_green": "green"} if key[0] == "14042302" else {}
        assert got["plate_colour"] == colour.get(told["plate_colour"], told["plate_colour"]), key


def test_a_recheck_joins_its_first_weighing_by_the_check_number(simulated: Simulated, found: Found) -> None:
    again = [one for one in ways(simulated)["weighings"] if one["activity"] == "reweighed"]
    assert again
    for told in again:
        got = found.versions[(told["station"], told["check_no"])]
        assert got["gross_kg"] > got["limit_kg"] >= got["reweigh_kg"] == told["gross_kg"]


def test_a_weighing_alone_starts_no_clock(simulated: Simulated, found: Found) -> None:
    alone = {(told["station"], told["check_no"]): told for told in ways(simulated)["weighings"]}
    for key, told in alone.items():
        if key not in found.versions:
            assert key in found.quiet and told["gross_kg"] <= told["limit_kg"]
            continue
        got = found.versions[key]
        assert (got["verdict"], got["deadline_at"]) == (told["verdict_told"], None)
    assert {state.case_no for state in open_cases(found.database)}.isdisjoint(case_no for _, case_no in alone)
    off_site = [key for key in found.versions if key[0] == "14042331"]
    assert {found.versions[key]["verdict"] for key in off_site} == {"not_held"}


def test_an_overweight_that_nobody_confirmed_is_listed_and_no_off_site_one(
    simulated: Simulated, found: Found, now: int
) -> None:
    planted = {one["case_no"] for one in defects(simulated, expect="unconfirmed")}
    rechecked = {one["check_no"] for one in ways(simulated)["weighings"] if one["activity"] == "reweighed"}
    listed = {state.case_no: state for state in unconfirmed_overweight(found.database, BY_FILE, 0)}
    assert len(planted) == 6 and planted <= listed.keys()
    # of a vehicle weighed in the last hour the confirmation may be still to come
    settled = {case_no for case_no, state in listed.items() if state.first_at < now - HOUR}
    assert settled <= planted | rechecked


def test_the_findings_of_weighings_are_the_planted_ones(simulated: Simulated, found: Found) -> None:
    alone = {(one["station"], one["check_no"]) for one in ways(simulated)["weighings"]}
    findings = {
        (key[1], finding[0] if isinstance(finding, list) else finding["code"])
        for key in alone & found.versions.keys()
        for finding in orjson.loads(found.versions[key]["findings"] or "[]")
    }
    planted = {(one["case_no"], one["reason"]) for one in defects(simulated, expect="finding")}
    assert findings == planted
    assert {code for _, code in planted} == {"scale_uncertified"}


def test_the_other_ways_change_no_clock_and_no_finding_of_a_case(simulated: Simulated, found: Found) -> None:
    told = {(c["station"], c["case_no"]): c["verdict_told"] for c in simulated.truth["cases"]}
    assert {key: found.versions[key]["verdict"] for key in told} == told
    planted = {(one["case_no"], one["reason"]) for one in simulated.defects(expect="finding")}
    got = {
        (key[1], finding[0] if isinstance(finding, list) else finding["code"])
        for key in told
        for finding in orjson.loads(found.versions[key]["findings"] or "[]")
    }
    assert got == planted


def at_of(found: Found, event: dict[str, Any]) -> list[str]:
    """Every instant that was ever told of an event, the valid one first."""
    file = case_file(found.database, (event["station"], event["case_no"]))
    assert file is not None
    own = [one for one in file.events if one.event_id == event["event_id"]]
    return [iso(one.occurred_at) for one in sorted(own, key=lambda one: not file.is_valid(one))]


def test_the_event_log_tells_each_event_under_its_id_and_a_correction_wins(
    simulated: Simulated, found: Found
) -> None:
    last = {one["event_id"]: one for one in ways(simulated)["log"]}
    corrected = {one["case_no"] for one in defects(simulated, kind="corrected_row", source="sim-xes")}
    assert len(last) > 20 and corrected
    for event in last.values():
        told = at_of(found, event)
        assert told[0] == event["at"]
        assert len(told) <= 1 + (event["case_no"] in corrected)


def test_every_row_of_the_view_becomes_one_event_in_its_last_state(
    simulated: Simulated, found: Found
) -> None:
    last = {row["event_id"]: row for row in ways(simulated)["view"]["rows"]}
    got = found.viewed.counts
    assert (got.rows_read, got.events, got.rows_quarantined) == (len(last), len(last), 0)
    for row in list(last.values())[::5]:
        assert at_of(found, row)[0] == row["occurred_at"]


def test_the_view_grows_and_some_of_its_rows_come_behind_the_watermark(
    simulated: Simulated, tmp_path: Path
) -> None:
    told = ways(simulated)["view"]["rows"]
    newest, behind = "", []
    for row in told:
        if row["updated_at"] < newest:
            behind.append(row)
        newest = max(newest, row["updated_at"])
    assert any(row["late"] for row in behind)
    database = tmp_path / "grows.sqlite"
    bureau_view.create(database)
    coming = simulated.summary.ways.coming
    bureau_view.fill(database, coming[:1])
    assert [row["event_id"] for row in rows_of_view(database)] == [coming[0].event_id]
    bureau_view.fill(database, coming)
    assert len(rows_of_view(database)) == len({row.event_id for row in coming})


@pytest.mark.parametrize(("overlap", "finds_all"), [("2h", True), ("0s", False)])
def test_polled_every_two_hours_the_view_gives_its_late_rows_by_the_overlap_alone(
    simulated: Simulated, tmp_path: Path, overlap: str, finds_all: bool
) -> None:
    rows = ways(simulated)["view"]["rows"][-90:]
    states = [as_row(row) for row in rows]
    database = Database(f"sqlite:///{tmp_path / 'fangxing.db'}")
    upgrade(database)
    clock = [states[0].visible_at]
    intake = Intake(database, load_configuration(Settings()), load_pages(), b"key", lambda: clock[0])
    theirs = tmp_path / "theirs.sqlite"
    bureau_view.create(theirs)
    entry = bureau_view.polled(theirs) | {"overlap": overlap, "backfill": False}
    view = DatabaseView.model_validate(entry)
    revisions = 0
    while states:
        # Only where something is new: a poll that finds nothing asks the same again.
        clock[0] = max(clock[0] + 2 * HOUR, states[0].visible_at)
        due = [row for row in states if row.visible_at <= clock[0]]
        states = states[len(due) :]
        bureau_view.fill(theirs, due)
        for one in ViewPoll(intake, "theirs", view, SENDER).poll().deliveries:
            revisions += one.counts.revisions
            assert one.counts.rows_quarantined == 0
    last = {row["event_id"]: row["occurred_at"] for row in rows}
    query = select(events.c.event_id, events.c.occurred_at).order_by(events.c.recorded_at)
    with database.read() as connection:
        got = {event_id: iso(at) for event_id, at in connection.execute(query)}
    database.dispose()
    assert got.keys() <= last.keys()
    if finds_all:
        assert got == last and revisions > 0
    elif simulated.summary.seed == SEED:
        # Other seeds need not have a late row between two polls.
        assert got != last


def as_row(told: dict[str, Any]) -> bureau_view.ViewRow:
    """A row of the truth as the database holds it."""
    at, updated, visible = (
        round(datetime.fromisoformat(told[name]).timestamp()) * SECOND
        for name in ("occurred_at", "updated_at", "visible_at")
    )
    return bureau_view.ViewRow(
        told["event_id"], told["station"], told["case_no"], told["activity"], at, updated, visible,
        told["becomes"] == "revision",
    )  # fmt: skip


def test_every_push_gets_the_verdicts_of_the_truth_and_a_repeat_its_first_answer(
    simulated: Simulated, found: Found
) -> None:
    told = ways(simulated)["pushes"]
    assert len(found.answers) == len(told)
    answered = {one["file"]: answer for one, answer in zip(told, found.answers, strict=True)}
    for one in told:
        got = [row["verdict"] for row in json.loads(answered[one["file"]])["verdicts"]]
        assert got == one["verdicts"], one["file"]
        if one["answered_as"]:
            assert answered[one["file"]] == answered[one["answered_as"]]
    assert any(one["answered_as"] for one in told)
    assert {"new", "duplicate", "revision", "quarantined"} == {
        verdict for one in told for verdict in one["verdicts"]
    }
    with found.database.read() as connection:
        entered = [one for one in recent_deliveries(connection, 100) if one.name.startswith("push ")]
    assert len(entered) == len({one["idempotency_key"] for one in told}) < len(told)


def test_a_folder_of_a_simulation_says_so(tmp_path: Path) -> None:
    summary: SimulationSummary = simulate(tmp_path / "made", stations=1, days=1, seed=1, until=NOW)
    assert "Simulated" in (summary.out / MARK).read_text("utf-8")


def test_one_station_of_one_day_has_the_other_ways_too(tmp_path: Path) -> None:
    summary = simulate(tmp_path / "made", stations=1, days=1, seed=1, until=NOW, story=False)
    assert {path.name for path, _ in summary.ways.files} >= {"weighings_城西.jsonl", "北关称重交换.csv"}
    assert rows_of_view(summary.ways.view) == []
    assert recorded(summary.ways.pushes)
