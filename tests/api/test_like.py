"""The nearest like cases of a case over HTTP: what they were fined, why they are alike, nothing personal."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from monitor.api.cases import cases_router
from monitor.api.problem import answer_problems
from monitor.lake.judging import judging
from monitor.metrics.source import LakeSource
from tests.county import NORTH, WEST, County
from tests.factories import at, candidate, deliver


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> TestClient:
    folder = tmp_path_factory.mktemp("like")
    told = County(folder)
    rows = []
    for number, (gross, fine) in enumerate([(54_500, 250_000), (54_600, 400_000), (54_500, 250_000)]):
        facts = {"plate": f"晋D1234{number}", "gross_kg": gross, "limit_kg": 49_000, "axles": 6}
        station = WEST if number == 2 else NORTH
        rows += [
            candidate("confirmed", at("2026-11-20 09:00"), station=station, case_no=f"L{number}", **facts),
            candidate("decided", at("2026-11-20 15:00"), station=station, case_no=f"L{number}",
                      authority="transport", outcome="fine", fine_fen=fine, officers="01042、01077"),
        ]  # fmt: skip
    rows.append(candidate("confirmed", at("2026-11-21 09:00"), station=NORTH, case_no="L9"))
    deliver(told.database, rows, at("2026-11-22 09:00"))
    services = told.services
    configuration = services.configuration
    source = LakeSource(
        services.database, Path(folder) / "lake", configuration.zone_of, judging(configuration)
    )
    lent = SimpleNamespace(
        configuration=configuration, database=services.database, now=services.now, lake=source
    )
    app = FastAPI()
    answer_problems(app)
    app.include_router(cases_router(lent))  # type: ignore[arg-type]
    return TestClient(app)


def test_the_nearest_like_cases_with_their_fines_and_why(client: TestClient) -> None:
    [one] = client.get("/api/v1/cases/L0/like").json()["decisions"]
    assert one["alike"] == "transport|national-transport@2021-08-11|mass.per-tonne"
    named = {near["case_no"]: near for near in one["nearest"]}
    same, heavier = named["L2"], named["L1"]
    assert (same["distance"], same["apart"], same["fine_fen"]) == (0, {}, 250_000)
    assert (heavier["place"], heavier["fine_fen"]) == ("above", 400_000)
    # 100 of 2,000 kg, and 100 of 49,000 kg by steps of 5 %.
    assert heavier["apart"] == pytest.approx(
        {"compared_kg": 0.05, "compared_share": 100 / 49_000 / 0.05}, rel=1e-6
    )
    order = [near["distance"] for near in one["nearest"]]
    assert order == sorted(order) and "L0" not in named


def test_neither_plates_nor_officers_are_told(client: TestClient) -> None:
    text = client.get("/api/v1/cases/L0/like").text
    assert "晋D1234" not in text and "01042" not in text


def test_nothing_decided_has_no_like_cases_and_an_unknown_case_is_none(client: TestClient) -> None:
    assert client.get("/api/v1/cases/L9/like").json()["decisions"] == []
    assert client.get("/api/v1/cases/L8/like").status_code == 404
