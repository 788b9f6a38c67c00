"""The assessment of a case over HTTP: numbers with units, the article of every finding, nothing personal."""

from __future__ import annotations

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from monitor.api.cases import cases_router
from monitor.api.problem import answer_problems
from tests.county import NORTH, PAYING, County
from tests.factories import at, candidate, deliver


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> TestClient:
    told = County(tmp_path_factory.mktemp("assessed"))
    facts = {"plate": "晋D12345", "plate_colour": "yellow", "gross_kg": 54_500, "limit_kg": 49_000}
    deliver(
        told.database,
        [
            candidate("confirmed", at("2026-11-20 09:00"), station=NORTH, case_no="over", **facts),
            candidate("decided", at("2026-11-20 15:00"), station=NORTH, case_no="over", authority="transport",
                      outcome="fine", fine_fen=400_000, decision_no="〔2026〕7号", driver_digest="d"),
            candidate("confirmed", at("2026-11-21 09:00"), station=NORTH, case_no="open", **facts),
        ],
        at("2026-11-22 09:00"),
    )  # fmt: skip
    app = FastAPI()
    answer_problems(app)
    app.include_router(cases_router(told.services))
    return TestClient(app)


def test_a_fine_above_its_band_with_its_numbers_and_article(client: TestClient) -> None:
    answer = client.get("/api/v1/cases/over/assessment").json()
    [one] = answer["assessments"]
    assert (one["rule_set"], one["tiers"]) == ("national-transport@2021-08-11", ["mass.per-tonne"])
    assert one["band"] == {
        "low_fen": 250_000, "high_fen": 250_000, "other_low_fen": 300_000, "other_high_fen": 300_000,
    }  # fmt: skip
    assert (one["place"], one["departure"], one["prior_acts"]) == ("above", "without_reason", 0)
    [finding] = one["findings"]
    assert finding["code"] == "above_band"
    assert finding["article"]["article"] == "第四十三条第一款第二项"
    assert {"name": "gross_kg", "value": 54_500, "unit": "kg"} in finding["values"]
    assert one["decided_at"] == "2026-11-20T15:00:00+08:00"
    assert len(answer["rules"]) == 64


def test_nothing_personal_is_told(client: TestClient) -> None:
    text = client.get("/api/v1/cases/over/assessment").text
    assert "晋D12345" not in text
    assert "driver" not in text.replace("prior_driver_acts", "")


def test_a_case_without_a_decision_has_no_assessment(client: TestClient) -> None:
    assert client.get("/api/v1/cases/open/assessment").json()["assessments"] == []


def test_an_unknown_case_is_a_problem(client: TestClient) -> None:
    assert client.get(f"/api/v1/cases/{PAYING[1]}/assessment").status_code == 404
