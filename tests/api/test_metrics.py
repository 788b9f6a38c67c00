"""Metrics over HTTP, on the county of the tests."""

from __future__ import annotations

from pathlib import Path

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from monitor.api.metrics import metrics_router
from monitor.api.problem import answer_problems
from monitor.metrics.catalog import METRICS
from monitor.metrics.source import LakeSource
from tests.county import County


@pytest.fixture
def asked(told: County, tmp_path: Path) -> TestClient:
    source = LakeSource(told.services.database, tmp_path / "lake", told.services.configuration.zone_of)
    app = FastAPI()
    answer_problems(app)
    app.include_router(metrics_router(told.services, source))
    return TestClient(app)


def test_every_metric_answers_with_its_definition(asked: TestClient) -> None:
    for name in METRICS:
        answer = asked.get(f"/api/v1/metrics/{name}")
        assert answer.status_code == 200, answer.text
        assert answer.json()["metric"] == name
        assert answer.json()["definition"]


def test_a_rate_is_told_by_station_and_week(asked: TestClient) -> None:
    rows = asked.get("/api/v1/metrics/compliance", params={"by": ["station", "week"]}).json()["rows"]
    assert rows and all(row["station"] and row["period"] for row in rows)
    for row in rows:
        assert 0 <= row["k"] <= row["n"]
        assert (row["rate"] is None) == (row["n"] == 0)


def test_before_the_first_receipt_nothing_was_known(asked: TestClient) -> None:
    answer = asked.get("/api/v1/metrics/compliance", params={"as_of": "2001-01-01T00:00:00+08:00"})
    assert (answer.status_code, answer.json()["rows"]) == (200, [])
    assert answer.json()["nothing"]["code"] == "before_receipt"


@pytest.mark.parametrize(
    ("asked_for", "code"),
    [
        ({"to": "2001-01-01"}, "before_data"),
        ({"from": "2099-01-01"}, "future"),
        ({}, None),
    ],
)
@pytest.mark.parametrize("metric", ["compliance", "hours_of_week", "throughput"])
def test_an_answer_of_nothing_says_why(
    asked: TestClient, metric: str, asked_for: dict[str, str], code: str | None
) -> None:
    told = asked.get(f"/api/v1/metrics/{metric}", params=asked_for).json()
    assert told.get("nothing", {}).get("code") == code
    if code is not None:
        assert asked_for.get("from", "20") in told["nothing"]["said"]


@pytest.mark.parametrize(
    ("path", "status", "code"),
    [
        ("nothing", 404, "unknown_metric"),
        ("compliance?station=99999999", 422, "unknown_station"),
        ("compliance?from=2026-11-02&to=2026-11-01", 422, "days_reversed"),
        ("compliance?as_of=2026-11-02T00:00:00", 422, "no_offset"),
        ("hours?by=station", 422, "not_told_apart"),
    ],
)
def test_what_cannot_be_answered_is_said(asked: TestClient, path: str, status: int, code: str) -> None:
    answer = asked.get(f"/api/v1/metrics/{path}")
    assert answer.status_code == status
    assert answer.json()["code"] == code
    assert answer.headers["content-type"] == "application/problem+json"
