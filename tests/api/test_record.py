"""`/api/v1/record`: verdicts in the order sent, one bad tap holds up no other, and no other site can post."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from ingest.intake import Intake
from ingest.mapping.pages import load_pages
from monitor.api.problem import answer_problems
from monitor.api.record import MOST_BYTES, record_routes
from monitor.settings.configuration import load_configuration
from monitor.settings.environment import Settings
from monitor.store.database import Database
from monitor.store.deliveries import recent_deliveries
from monitor.store.migrate import upgrade

STATION = "14042302"
PAYS_FIRST = "14042301"
NOW = round(datetime.fromisoformat("2024-11-26T14:32:00+08:00").timestamp() * 1_000_000)


@pytest.fixture
def database(tmp_path: Path) -> Database:
    found = Database(f"sqlite:///{tmp_path / 'log.db'}")
    upgrade(found)
    return found


@pytest.fixture
def client(database: Database) -> TestClient:
    app = FastAPI()
    answer_problems(app)
    intake = Intake(database, load_configuration(Settings()), load_pages(), b"key of this test", lambda: NOW)
    app.include_router(record_routes(intake, "officer"))
    return TestClient(app, base_url="http://127.0.0.1")


def event(event_id: str, activity: str, at: str, **told: Any) -> dict[str, Any]:
    moment = f"2024-11-26T{at}:00+08:00"
    plain = {"revision": 1, "case_no": "A-1", "occurred_at": moment, "recorded_at": moment, "data": {}}
    return {**plain, "event_id": event_id, "activity": activity, **told}


def batch(*events: dict[str, Any], station: str = STATION) -> dict[str, Any]:
    return {"station": station, "device": "device-0001", "events": list(events)}


CONFIRMED = event(
    "ev-000001", "confirmed", "08:00",
    data={"plate": "晋D81021", "vehicle": "combination", "axles": 6, "gross_kg": 61400},
)  # fmt: skip


def verdicts(client: TestClient, sent: dict[str, Any]) -> list[tuple[str | None, str, str | None]]:
    answer = client.post("/api/v1/record", json=sent)
    assert answer.status_code == 200, answer.text
    return [(one["event_id"], one["outcome"], one["reason"]) for one in answer.json()["verdicts"]]


def test_verdicts_come_in_the_order_sent_and_one_bad_tap_holds_up_no_other(client: TestClient) -> None:
    sent = batch(
        event("ev-000002", "unloading", "09:00", data={"gross_kg": -5}),
        CONFIRMED,
        event("ev-000003", "unloading", "23:00"),
        {"no": "event"},
        CONFIRMED,
    )
    found = verdicts(client, sent)
    assert [(one[0], one[2]) for one in found] == [
        ("ev-000002", "tap_malformed"),
        ("ev-000001", None),
        ("ev-000003", "tap_ahead"),
        (None, "tap_malformed"),
        ("ev-000001", None),
    ]
    assert [one[1] for one in verdicts(client, batch(CONFIRMED))] == ["duplicate"]


def test_a_malformed_tap_is_told_which_field_and_what_would_be_accepted(client: TestClient) -> None:
    answer = client.post("/api/v1/record", json=batch(event("ev-000002", "paid", "09:00", revision=0)))
    (verdict,) = answer.json()["verdicts"]
    assert verdict["column"] == "revision"
    assert "greater than or equal to 1" in verdict["accepted"]


def test_names_and_phones_are_not_taken(client: TestClient) -> None:
    sent = event("ev-000002", "confirmed", "09:00", data={"driver": "张三"})
    assert verdicts(client, batch(sent)) == [("ev-000002", "refused", "tap_malformed")]


def test_the_delivery_names_who_sent_it_and_the_device(client: TestClient, database: Database) -> None:
    verdicts(client, batch(CONFIRMED))
    with database.read() as connection:
        (delivery,) = recent_deliveries(connection)
    assert (delivery.actor, delivery.source) == ("officer", "record")
    assert delivery.origin.endswith(" device-0001")


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Content-Type": "text/plain"}, 415),
        ({"Content-Type": "application/x-www-form-urlencoded"}, 415),
        ({"Content-Type": "application/json", "Sec-Fetch-Site": "cross-site"}, 403),
        ({"Content-Type": "application/json", "Sec-Fetch-Site": "same-site"}, 403),
        ({"Content-Type": "application/json", "Origin": "http://elsewhere.example"}, 403),
        ({"Content-Type": "application/json", "Origin": "null"}, 403),
        ({"Content-Type": "application/json", "Origin": "http://127.0.0.1:81"}, 403),
    ],
)
def test_no_page_of_another_site_can_post(
    client: TestClient, database: Database, headers: dict[str, str], status: int
) -> None:
    answer = client.post("/api/v1/record", content=json.dumps(batch(CONFIRMED)), headers=headers)
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    with database.read() as connection:
        assert recent_deliveries(connection) == []


def test_our_own_page_can_post(client: TestClient) -> None:
    headers = {
        "Content-Type": "application/json; charset=utf-8",
        "Origin": "http://127.0.0.1",
        "Sec-Fetch-Site": "same-origin",
    }
    answer = client.post("/api/v1/record", content=json.dumps(batch(CONFIRMED)), headers=headers)
    assert answer.status_code == 200


@pytest.mark.parametrize(
    ("body", "status", "said"),
    [
        ("{", 422, "JSON"),
        ("[]", 422, "body"),
        (json.dumps({"station": STATION, "device": "device-0001"}), 422, "events"),
        (json.dumps(batch(*[CONFIRMED] * 201)), 422, "200"),
        (" " * (MOST_BYTES + 1), 413, str(MOST_BYTES)),
    ],
)
def test_a_body_that_is_no_batch_is_a_problem_that_says_why(
    client: TestClient, body: str, status: int, said: str
) -> None:
    answer = client.post("/api/v1/record", content=body, headers={"Content-Type": "application/json"})
    assert answer.status_code == status
    assert said in answer.json()["detail"]


def test_a_body_of_untold_length_is_cut_off_too(client: TestClient) -> None:
    pieces = (b" " * 65536 for _ in range(16))
    answer = client.post("/api/v1/record", content=pieces, headers={"Content-Type": "application/json"})
    assert answer.status_code == 413


def test_the_list_holds_what_a_device_needs_without_the_network(client: TestClient) -> None:
    reweighed = event("ev-000003", "reweighed", "11:00", data={"gross_kg": 48600})
    verdicts(client, batch(CONFIRMED, reweighed, station=PAYS_FIRST))
    answer = client.get(f"/api/v1/record/cases?station={PAYS_FIRST}").json()
    assert answer["now"] == NOW
    assert answer["limit_s"] == 86_400
    assert answer["gate"]["needs"] == ["removal", "payment"]
    assert answer["gate"]["confirmed"] is False
    (case,) = answer["cases"]
    assert (case["plate"], case["limit_kg"], case["reweigh_kg"]) == ("晋D81021", 49_000, 48_600)
    assert case["removed_at"] is not None
    assert [(step["step"], step["awaited"]) for step in case["steps"]] == [("decide", True)]
    assert [one["activity"] for one in case["events"]] == ["confirmed", "reweighed"]


def test_a_released_vehicle_moves_to_those_released_lately(client: TestClient) -> None:
    verdicts(client, batch(CONFIRMED, event("ev-000002", "released", "12:00")))
    answer = client.get(f"/api/v1/record/cases?station={STATION}").json()
    assert answer["cases"] == []
    assert [case["case_no"] for case in answer["released"]] == ["A-1"]


def test_a_struck_out_event_names_what_struck_it_until_that_is_struck_out_itself(client: TestClient) -> None:
    strike = event("ev-000003", "voided", "12:01", voids="ev-000002")
    verdicts(client, batch(CONFIRMED, event("ev-000002", "released", "12:00"), strike))
    assert struck(client) == {"confirmed": None, "released": "ev-000003"}
    verdicts(client, batch(event("ev-000004", "voided", "12:02", voids="ev-000003")))
    assert struck(client) == {"confirmed": None, "released": None}


def struck(client: TestClient) -> dict[str, str | None]:
    answer = client.get(f"/api/v1/record/cases?station={STATION}").json()
    (case,) = answer["cases"] + answer["released"]
    return {one["activity"]: one["struck_by"] for one in case["events"]}


def test_an_unknown_station_is_a_problem_that_names_those_known(client: TestClient) -> None:
    answer = client.get("/api/v1/record/cases?station=99999999")
    assert answer.status_code == 404
    assert STATION in answer.json()["detail"]
