"""Taps of the Record page as events: once each, corrected, struck out, or refused."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest

from ingest.intake import Intake
from ingest.mapping.pages import load_pages
from ingest.record import Outcome, Tap, Verdict, accept_taps
from monitor.cases.state import CaseState
from monitor.settings.configuration import load_configuration
from monitor.settings.environment import Settings
from monitor.store.board import open_cases
from monitor.store.cases import case_file
from monitor.store.database import Database
from monitor.store.deliveries import Sender, recent_deliveries
from monitor.store.migrate import upgrade
from monitor.store.quarantine import quarantine_rows

STATION = "14042302"
CASE = "R-14042302-20241126-001-K7QX2"
OFFICER = Sender("local", "127.0.0.1 device-0001")


def micros(moment: str) -> int:
    return round(datetime.fromisoformat(moment).timestamp() * 1_000_000)


NOW = micros("2024-11-26T14:32:00+08:00")


@pytest.fixture
def intake(tmp_path: Path) -> Intake:
    database = Database(f"sqlite:///{tmp_path / 'log.db'}")
    upgrade(database)
    return Intake(database, load_configuration(Settings()), load_pages(), b"key of this test", lambda: NOW)


def tap(event_id: str, activity: str, at: str, *, revision: int = 1, **told: str | int) -> Tap:
    voids = told.pop("voids", None)
    moment = f"2024-11-26T{at}:00+08:00"
    return Tap(event_id, revision, CASE, activity, moment, moment, told, str(voids) if voids else None)


def send(intake: Intake, *taps: Tap, station: str = STATION) -> list[Verdict]:
    return accept_taps(intake, OFFICER, station, "device-0001", taps, NOW)


def outcomes(verdicts: list[Verdict]) -> list[str]:
    return [verdict.outcome.value for verdict in verdicts]


def state(intake: Intake) -> CaseState:
    found = case_file(intake.database, (STATION, CASE))
    assert found is not None
    return found.state


def quarantined(intake: Intake) -> list[str]:
    with intake.database.read() as connection:
        return [row.status for row in quarantine_rows(connection, status=None)]


CONFIRMED = tap(
    "ev-000001", "confirmed", "08:00", plate="晋D81021", vehicle="combination", axles=6, gross_kg=61400
)


def test_a_new_case_runs_for_24_hours_from_the_tap(intake: Intake) -> None:
    assert outcomes(send(intake, CONFIRMED)) == ["new"]
    case = state(intake)
    assert case.plate == "晋D81021"
    assert case.over_kg == 12_400
    assert case.deadline_at == micros("2024-11-27T08:00:00+08:00")


def test_the_same_tap_sent_again_counts_once(intake: Intake) -> None:
    send(intake, CONFIRMED)
    assert outcomes(send(intake, CONFIRMED, tap("ev-000002", "unloading", "09:00"))) == ["duplicate", "new"]
    assert state(intake).events == 2


def test_a_correction_with_a_higher_revision_wins_even_when_it_comes_first(intake: Intake) -> None:
    corrected = replace(
        tap("ev-000001", "confirmed", "07:40", revision=2, reason="wrong_time"),
        recorded_at="2024-11-26T10:00:00+08:00",
    )
    assert outcomes(send(intake, corrected)) == ["new"]
    assert outcomes(send(intake, CONFIRMED)) == ["revision"]
    assert state(intake).confirmed_at == micros("2024-11-26T07:40:00+08:00")


def test_a_struck_out_release_puts_the_vehicle_back_in_custody(intake: Intake) -> None:
    send(intake, CONFIRMED, tap("ev-000002", "released", "10:00"))
    assert state(intake).released_at == micros("2024-11-26T10:00:00+08:00")
    send(intake, tap("ev-000003", "voided", "10:01", voids="ev-000002", reason="slip"))
    assert state(intake).released_at is None


def test_a_case_whose_only_tap_is_struck_out_is_no_longer_held_and_can_come_back(intake: Intake) -> None:
    send(intake, CONFIRMED, tap("ev-000003", "voided", "08:01", voids="ev-000001", reason="slip"))
    assert open_cases(intake.database, [STATION]) == []
    send(intake, tap("ev-000004", "voided", "08:02", voids="ev-000003"))
    assert [case.case_no for case in open_cases(intake.database, [STATION])] == [CASE]


def test_a_reweigh_within_the_limit_ends_the_violation(intake: Intake) -> None:
    send(intake, CONFIRMED, tap("ev-000002", "reweighed", "11:00", gross_kg=49_000))
    assert state(intake).removed_at == micros("2024-11-26T11:00:00+08:00")


def test_a_time_further_ahead_than_clocks_may_differ_is_refused_and_the_rest_lands(intake: Intake) -> None:
    verdicts = send(intake, tap("ev-000009", "unloading", "14:38"), CONFIRMED)
    assert outcomes(verdicts) == ["refused", "new"]
    assert verdicts[0].reason == "tap_ahead"
    assert verdicts[0].accepted == "2024-10-27T06:32:00Z – 2024-11-26T06:37:00Z"


def test_a_time_at_the_tolerance_is_taken(intake: Intake) -> None:
    assert outcomes(send(intake, tap("ev-000009", "confirmed", "14:37"))) == ["new"]


def test_a_time_more_than_30_days_back_is_refused(intake: Intake) -> None:
    old = replace(CONFIRMED, occurred_at="2024-10-27T14:31:59+08:00")
    (verdict,) = send(intake, old)
    assert (verdict.outcome, verdict.reason) == (Outcome.REFUSED, "tap_too_old")


def test_what_was_refused_is_in_quarantine_until_the_corrected_tap_comes(intake: Intake) -> None:
    send(intake, tap("ev-000009", "unloading", "14:50"))
    assert quarantined(intake) == ["open"]
    send(intake, CONFIRMED, tap("ev-000009", "unloading", "14:20", revision=2))
    assert quarantined(intake) == ["superseded"]


@pytest.mark.parametrize(
    ("wrong", "reason"),
    [
        (tap("ev-000009", "teleported", "10:00"), "unknown_activity"),
        (tap("ev-000009", "reweighed", "10:00", gross_kg=-1), "negative"),
        (tap("ev-000009", "decided", "10:00", outcome="prison"), "unknown_code"),
    ],
)
def test_what_the_source_page_does_not_know_is_refused_with_what_would_do(
    intake: Intake, wrong: Tap, reason: str
) -> None:
    (verdict,) = send(intake, wrong)
    assert (verdict.outcome, verdict.reason) == (Outcome.REFUSED, reason)
    assert verdict.accepted


def test_an_unknown_station_is_refused(intake: Intake) -> None:
    (verdict,) = send(intake, CONFIRMED, station="99999999")
    assert (verdict.outcome, verdict.reason) == (Outcome.REFUSED, "unknown_station")


def test_each_batch_is_a_delivery_that_names_device_and_officer_and_adds_up(intake: Intake) -> None:
    send(intake, CONFIRMED, tap("ev-000009", "unloading", "14:50"), tap("ev-000002", "unloading", "09:00"))
    with intake.database.read() as connection:
        (delivery,) = recent_deliveries(connection)
    assert (delivery.source, delivery.name, delivery.actor) == ("record", "device-0001", "local")
    assert (delivery.counts.rows_read, delivery.counts.rows_landed, delivery.counts.rows_quarantined) == (
        3,
        2,
        1,
    )
    assert delivery.counts.events == 2


def test_no_taps_are_no_delivery(intake: Intake) -> None:
    assert send(intake) == []
    with intake.database.read() as connection:
        assert recent_deliveries(connection) == []
