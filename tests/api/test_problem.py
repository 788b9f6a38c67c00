"""Whatever goes wrong is told as problem details (RFC 9457); every answer carries the guarding headers."""

from __future__ import annotations

from pathlib import Path
from unittest.mock import patch

import pytest
from fastapi.testclient import TestClient

from monitor.server import create_app, install
from monitor.settings.environment import Settings


@pytest.fixture
def client(tmp_path: Path) -> TestClient:
    app = create_app(install(Settings(data_dir=tmp_path)))
    return TestClient(app, base_url="http://127.0.0.1", raise_server_exceptions=False)


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", "/api/v1/nowhere", 404, "unknown_path"),
        ("POST", "/api/v1/nowhere", 404, "unknown_path"),
        ("POST", "/healthz", 405, "method_not_allowed"),
        ("POST", f"/api/v1/events?source={'x' * 65}", 422, "bad_parameter"),
    ],
)
def test_a_wrong_request_is_answered_by_a_problem(
    client: TestClient, method: str, path: str, status: int, code: str
) -> None:
    answer = client.request(method, path, json=[])
    told = answer.json()
    assert answer.headers["content-type"] == "application/problem+json"
    assert (answer.status_code, told["status"], told["code"]) == (status, status, code)
    assert {"type", "title", "detail"} <= set(told)


def test_an_error_of_ours_is_a_problem_that_says_nothing_of_its_cause(client: TestClient) -> None:
    with patch("ingest.append.insert_events", side_effect=ValueError("晋D81021")):
        answer = client.post("/api/v1/events", json=[{"station": "14042302", "case_no": "A-1",
            "activity": "confirmed", "occurred_at": "2024-11-26T08:00:00+08:00"}])  # fmt: skip
    assert (answer.status_code, answer.json()["code"]) == (500, "failed")
    assert answer.headers["content-type"] == "application/problem+json"
    assert "晋D81021" not in answer.text


@pytest.mark.parametrize("path", ["/", "/healthz", "/api/v1/cases", "/api/v1/nowhere"])
def test_every_answer_carries_the_headers_that_keep_other_pages_out(client: TestClient, path: str) -> None:
    headers = client.get(path).headers
    assert "frame-ancestors 'none'" in headers["content-security-policy"]
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "same-origin"


def test_a_header_that_a_route_sets_itself_stands(client: TestClient) -> None:
    with patch("monitor.api.push.NO_STORE", {"Referrer-Policy": "no-referrer"}):
        answer = client.post("/api/v1/events", json=[{"station": "14042302"}])
    assert answer.headers.get_list("referrer-policy") == ["no-referrer"]
