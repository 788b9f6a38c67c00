"""The whole simulation, ingested: every planted defect is found where it stands, and nothing else."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson
import pytest
from sqlalchemy import select

from ingest.intake import Intake
from ingest.mapping.pages import load_pages
from monitor.cases.branch import waiting_on
from monitor.cases.gate import gate_of
from monitor.settings.configuration import load_configuration
from monitor.settings.environment import Settings
from monitor.store.board import open_cases
from monitor.store.database import Database
from monitor.store.deliveries import DeliveryRow, Sender
from monitor.store.migrate import upgrade
from monitor.store.quarantine import QuarantineRow, quarantine_rows
from monitor.store.tables import absences, case_versions, cases
from tests.ingest.simulate.conftest import NOW, SEED, Simulated

QUARANTINED = ("event_lost", "fact_lost", "row_lost")
SENDER = Sender("test", "tests")


@dataclass(frozen=True)
class Found:
    """What the program made of the files."""

    database: Database
    deliveries: dict[str, DeliveryRow]
    quarantined: list[QuarantineRow]
    versions: dict[str, dict[str, Any]]

    def findings(self) -> set[tuple[str, str]]:
        """(case number, code) of every finding."""
        return {
            (case_no, finding[0] if isinstance(finding, list) else finding["code"])
            for case_no, version in self.versions.items()
            for finding in orjson.loads(version["findings"] or "[]")
        }


@pytest.fixture(scope="module")
def intake(simulated: Simulated, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Intake]:
    """A database of its own for each simulated county."""
    del simulated
    database = Database(f"sqlite:///{tmp_path_factory.mktemp('truth') / 'fangxing.db'}")
    upgrade(database)
    yield Intake(database, load_configuration(Settings()), load_pages(), b"key of this test", lambda: NOW)
    database.dispose()


@pytest.fixture(scope="module")
def found(simulated: Simulated, intake: Intake) -> Found:
    deliveries = {
        one.path.name: intake.file(one.path, intake.page_for(one.path), SENDER, backfill=True)
        for one in simulated.summary.files
    }
    latest = select(case_versions).where(case_versions.c.known_to.is_(None))
    with intake.database.read() as connection:
        quarantined = quarantine_rows(connection, status=None)
        versions = {row["case_no"]: dict(row) for row in connection.execute(latest).mappings()}
    return Found(intake.database, deliveries, quarantined, versions)


def test_every_file_is_claimed_by_the_page_that_reads_it(simulated: Simulated, intake: Intake) -> None:
    for one in simulated.summary.files:
        assert [page.name for page in intake.pages.claiming(one.path.name)] == [one.source]


def test_every_file_gives_the_events_duplicates_and_revisions_that_it_tells(
    simulated: Simulated, found: Found
) -> None:
    for told in simulated.truth["files"]:
        got = found.deliveries[told["file"]].counts
        assert (got.mapped, got.events, got.duplicates, got.revisions) == (
            told["told"], told["new"], told["duplicates"], told["revisions"],
        ), told["file"]  # fmt: skip
    assert sum(told["revisions"] for told in simulated.truth["files"]) > 0


def test_rows_of_every_delivery_add_up(found: Found) -> None:
    for got in (one.counts for one in found.deliveries.values()):
        assert got.rows_read == got.rows_landed + got.rows_unchanged + got.rows_quarantined + got.rows_aside
    assert sum(got.counts.rows_hidden for got in found.deliveries.values()) > 0


def test_every_unreadable_cell_and_row_is_quarantined_where_it_stands_and_nothing_else(
    simulated: Simulated, found: Found
) -> None:
    planted = Counter(
        (one["file"], one["sheet"], one["row"], one["column"], one["reason"])
        for one in simulated.truth["defects"] if one["expect"] in QUARANTINED
    )  # fmt: skip
    quarantined = Counter(
        (row.file, row.item.sheet, row.item.row, row.item.column, row.item.reason)
        for row in found.quarantined
    )
    assert quarantined == planted
    assert {one[-1] for one in planted} == {
        "impossible_date", "impossible_time", "negative", "too_large", "unknown_station", "unknown_activity",
        "missing_case_no", "unit_unknown",
    }  # fmt: skip


def test_a_lost_event_is_named_in_the_quarantine(simulated: Simulated, found: Found) -> None:
    lost = {(one["case_no"], one["activity"]) for one in simulated.defects(expect="event_lost")}
    named = {(row.item.case_no, row.item.activity) for row in found.quarantined}
    assert lost and lost <= named


def test_the_findings_are_the_planted_ones(simulated: Simulated, found: Found) -> None:
    planted = {(one["case_no"], one["reason"]) for one in simulated.defects(expect="finding")}
    assert found.findings() == planted
    if simulated.summary.seed != SEED:
        return  # other seeds need not hold one of each
    assert {code for _, code in planted} == {
        "second_confirmation", "several_releases", "released_before_confirmed", "reweigh_heavier",
        "future_time", "limit_unknown", "limit_differs",
    }  # fmt: skip


def test_a_row_gone_from_a_later_ledger_is_noted_once(simulated: Simulated, found: Found) -> None:
    query = select(cases.c.case_no).join(absences, absences.c.case_id == cases.c.id)
    with found.database.read() as connection:
        gone = connection.execute(query).scalars().all()
    planted = [one["case_no"] for one in simulated.defects(expect="absence")]
    assert sorted(gone) == sorted(planted)
    assert planted or simulated.summary.seed != SEED


def test_clock_a_says_of_every_case_what_truth_and_defects_allow(simulated: Simulated, found: Found) -> None:
    told = {case["case_no"]: case["verdict_told"] for case in simulated.truth["cases"]}
    assert {case_no: version["verdict"] for case_no, version in found.versions.items()} == told
    assert {"released_on_time", "released_late", "running", "not_held"} <= set(told.values())


def test_where_only_a_day_was_planted_no_hour_is_claimed(simulated: Simulated, found: Found) -> None:
    for kind, field in (("date_only_confirmation", "confirmed"), ("date_only_release", "released")):
        planted = simulated.defects(kind=kind)
        assert planted
        for one in planted:
            version = found.versions[one["case_no"]]
            span = version[f"{field}_until"] - version[f"{field}_at"]
            assert span == 24 * 3_600_000_000 - 1


def test_late_entries_are_late_by_more_than_an_hour(simulated: Simulated, found: Found) -> None:
    from monitor.store.cases import case_file

    planted = simulated.defects(expect="late_entry")
    assert len(planted) >= 2
    for one in planted:
        file = case_file(found.database, (one["station"], one["case_no"]))
        assert file is not None
        late = [
            event for event in file.events
            if event.source == one["source"] and event.recorded_at is not None
            and event.recorded_at - event.occurred_at > 3_600_000_000
        ]  # fmt: skip
        assert late


def test_the_same_files_again_bring_nothing_new(simulated: Simulated, intake: Intake, found: Found) -> None:
    before = len(found.versions)
    for one in simulated.summary.files[-3:]:
        again = intake.file(one.path, intake.page_for(one.path), SENDER, backfill=True).counts
        assert (again.events, again.revisions) == (0, 0)
    with intake.database.read() as connection:
        latest = select(case_versions.c.case_no).where(case_versions.c.known_to.is_(None))
        assert len(connection.execute(latest).all()) == before


def test_no_personal_value_stands_in_an_event(simulated: Simulated, found: Found) -> None:
    from monitor.store.tables import events

    people = {
        value
        for case in simulated.truth["cases"]
        for key, value in case["personal"].items() if key in ("id_number", "phone", "driver")
    }  # fmt: skip
    with found.database.read() as connection:
        told = "\n".join(data or "" for data in connection.execute(select(events.c.data)).scalars())
    assert "driver_id_digest" in told
    assert not [value for value in people if f'"{value}"' in told]


def test_invented_stations_are_ingested_with_their_overlay(tmp_path: Path) -> None:
    from ingest.simulate import simulate

    summary = simulate(tmp_path / "six", stations=6, days=8, seed=2, until=NOW)
    assert summary.config_dir is not None
    configuration = load_configuration(Settings(config_dir=summary.config_dir))
    database = Database(f"sqlite:///{tmp_path / 'six.db'}")
    upgrade(database)
    intake = Intake(database, configuration, load_pages(), b"key", lambda: NOW)
    invented = [code for code in summary.stations if code.startswith("149")]
    assert len(invented) == 2
    landed = set()
    for one in summary.files:
        if "东岭" in one.path.name or "古韩" in one.path.name:
            intake.file(one.path, intake.page_for(one.path), SENDER)
    with database.read() as connection:
        landed = set(connection.execute(select(case_versions.c.station)).scalars())
    database.dispose()
    assert landed == set(invented)


def test_the_vehicles_that_stand_there_wait_each_for_something_else(found: Found, intake: Intake) -> None:
    steps = []
    for state in open_cases(found.database):
        assert state.deadline_at is not None
        waits = waiting_on(state, gate_of(intake.configuration.stations[state.station].gates[-1]))
        assert waits is not None
        left = (state.deadline_at - NOW) / 3_600_000_000
        steps.append((state.plate, round(left, 1), waits.step.value, waits.owner.value))
    assert steps == [
        ("晋D83521", -1.7, "unload", "party"),
        ("冀EK4207", 1.2, "confirm_payment", "treasury"),
        ("晋D17845", 3.8, "pay_again", "police"),
        ("豫A628D3", 8.9, "reweigh", "station"),
        ("晋D36590", 13.6, "decide", "police"),
        ("陕K95216", 19.1, "unload", "party"),
        ("晋DD51728", 22.8, "arrange_unloading", "station"),
    ]
